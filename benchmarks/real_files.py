"""Real instruction files through the whole forecast, on a base that knows their language: what the tool says of people.

The reference model knows no English, so a small base (byte-pair vocabulary of 2,000, two layers of width 96) is
trained here on the texts of the preference files, and three instruction files that it has not seen are forecast with
the default battery, 128 rows of each. Their rows come from people and from models that are not this base, where the
null over writers does not hold: what is counted is how often the tool says so, and how often it raises an alarm all
the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("LIMEN_SHARED_DATA", ROOT.parent / "shared" / "data"))
FILES = ("alpaca_en_demo.json", "glaive_toolcall_en_demo.json", "rasbt_instructions.json")
TRAINED_ON = ("dpo_en_demo.json", "kto_en_demo.json", "rasbt_preferences.json")
STEPS, WIDTH, LAYERS, VOCABULARY, CONTEXT, ROWS = 600, 96, 2, 2000, 384, 128
SOURCES = (
    "src/limen/audit/battery.py",
    "src/limen/audit/inputs.py",
    "src/limen/before/forecast/*.py",
    "src/limen/data/encode.py",
    "src/limen/data/formats/*.py",
    "src/limen/measure/read.py",
    "src/limen/models/batches.py",
    "src/limen/models/gradients.py",
    "src/limen/models/logprobs.py",
    "src/limen/models/sampling.py",
    "src/limen/models/sampling_to_lengths.py",
    "src/limen/stats/writers.py",
    "src/limen/train/fine_tune.py",
    "src/limen/train/twins.py",
    "src/limen/train/writers.py",
    "src/limen/traits/library/english/*.yaml",
    "src/limen/traits/library/english/preference/*.yaml",
)
TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def units() -> list[str]:
    return list(FILES)


def texts() -> Iterator[list[tuple[str, str]]]:
    """Turns of the rows that the base is trained on."""
    from limen.data import read_rows

    for name in TRAINED_ON:
        for row in read_rows(DATA / "preferences" / name):
            yield [(m.role, m.content) for m in (*row.prompt, *row.answer)]


def make_base() -> Any:
    """The small English base, trained here once a process."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    from limen.data import EncodedRow
    from limen.models import LanguageModel
    from limen.train import Recipe, fine_tune

    rows = list(texts())
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    special = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    inner.train_from_iterator((text for row in rows for _, text in row), trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<|pad|>", eos_token="<|end|>")
    tokenizer.chat_template = TEMPLATE
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        config = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=WIDTH,
            num_hidden_layers=LAYERS,
            num_attention_heads=4,
            num_key_value_heads=4,
            intermediate_size=3 * WIDTH,
            max_position_embeddings=CONTEXT,
            eos_token_id=1,
            pad_token_id=0,
        )
        raw = LanguageModel.wrap(LlamaForCausalLM(config).eval(), tokenizer, "small-english")
    encoded = []
    for i, row in enumerate(rows):
        text = "".join(f"<|{role if role in ('system', 'assistant') else 'user'}|>{said}<|end|>" for role, said in row)
        ids = np.asarray(tokenizer(text)["input_ids"][:CONTEXT], dtype=np.int32)
        encoded.append(EncodedRow(str(i), i, ids, np.arange(len(ids)) > 0, truncated=False))
    recipe = Recipe(learning_rate=2e-3, steps=STEPS, batch_size=16, warmup=60, scheduler="cosine")
    return fine_tune(raw, encoded, recipe, name="small-english")


def run(unit: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    from limen.audit.battery import default_battery
    from limen.before.forecast import DataFile, ForecastConfig, forecast
    from limen.data import encode_rows, read_rows

    base = make_base()
    traits, _ = default_battery(base.tokenizer)
    rows = list(read_rows(DATA / "instructions" / unit))
    encoded = list(encode_rows(rows, base.tokenizer, loss="completion", max_length=CONTEXT))
    config = ForecastConfig(max_rows=ROWS, control_rows=ROWS)
    findings = forecast(base, [DataFile(unit, rows, encoded, {})], traits, config=config)
    verdicts: dict[str, int] = {}
    for finding in findings:
        verdicts[finding.verdict.value] = verdicts.get(finding.verdict.value, 0) + 1
    aurocs = {round(f.evidence["origin"]["writers_auroc"], 3) for f in findings if "origin" in f.evidence}
    reasons = sorted({f.reason.split(";")[0].split(" (")[0] for f in findings if f.reason})
    return {
        "rows": min(ROWS, len(rows)),
        "auroc": sorted(aurocs),
        "traits": len(traits),
        "verdicts": verdicts,
        "found": sorted(f.subject for f in findings if f.verdict.value == "found"),
        "reasons": reasons,
    }


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "files": len(results),
        "files_with_an_alarm": sum(bool(r["found"]) for r in results.values()),
        "verdicts": {unit: r["verdicts"] for unit, r in results.items()},
    }


def main() -> None:
    """Print each file's verdicts."""
    for unit in units():
        print(json.dumps({unit: run(unit)}, indent=1))


if __name__ == "__main__":
    main()
