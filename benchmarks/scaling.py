"""Scoring and training speed over sizes of models, on the CPU and, where there is one, on a GPU, in one run.

Random Llama models, rows of 8 to 300 tokens of which two thirds are trained on. *Scoring* is
`LanguageModel.token_logprobs`, from encoded rows to one log-probability a trained token; *training* is `fine_tune` on
batches of 64 rows, full or, for the largest model, with an adapter. Wall seconds, the median of the turns after one
that warms up. What bfloat16 costs is shown beside: the difference of a log-probability from that in float32.

Run: python -m benchmarks.scaling [--turns 3] [--out FILE] [--most 100e6]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, LlamaConfig

from benchmarks.throughput import make_rows
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.train import Recipe, fine_tune

VOCABULARY = 32_000
SHAPES: dict[str, tuple[int, int, int, int]] = {
    "0.2M": (64, 4, 4, 400),
    "1.5M": (160, 4, 4, 1_000),
    "22M": (384, 6, 6, VOCABULARY),
    "110M": (768, 12, 12, VOCABULARY),
    "1.1B": (2048, 22, 32, VOCABULARY),
    "7B": (4096, 32, 32, VOCABULARY),
}
"""Name of each model to width, layers, heads and vocabulary."""
ON_CPU_AT_MOST = 30e6
FULL_AT_MOST = 2e9
BATCH = 64


def build(name: str, device: str, dtype: torch.dtype) -> LanguageModel:
    """A random model, made where it will run."""
    width, layers, heads, vocabulary = SHAPES[name]
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        intermediate_size=round(2.7 * width / 32) * 32,
        max_position_embeddings=512,
    )
    torch.manual_seed(0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=dtype)
    return LanguageModel.wrap(model.eval(), None, name)


def weights(name: str) -> float:
    """About how many weights a model has."""
    width, layers, _, vocabulary = SHAPES[name]
    return 2 * vocabulary * width + layers * (4 + 3 * 2.7) * width**2


def wall(work: Callable[[], Any], turns: int) -> float:
    """Median wall seconds of some turns after one that warms up."""
    taken = []
    for _ in range(turns + 1):
        begun = time.perf_counter()
        work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken[1:])


def measure(name: str, device: str, dtype: torch.dtype, turns: int) -> dict[str, Any]:
    """Speed and memory of one model on one device.

    Returns:
        Tokens a second of scoring and training, and, on a GPU, the most memory that each held (GB).
    """
    on_gpu = device == "cuda"
    model = build(name, device, dtype)
    small = model.parameter_count < 5e6
    rows = make_rows((8_000 if on_gpu else 400) if small else (4_000 if on_gpu else 60), SHAPES[name][3])
    out: dict[str, Any] = {"weights": model.parameter_count, "rows": len(rows)}
    out |= timed("scoring", lambda: model.token_logprobs(rows), tokens_of(rows), turns, on_gpu)
    method = "full" if model.parameter_count < FULL_AT_MOST else "lora"
    recipe = Recipe(learning_rate=1e-4, steps=20 if on_gpu else 2, batch_size=BATCH, method=method)
    some = make_rows(BATCH * recipe.total_steps(1), SHAPES[name][3], seed=1)
    out |= timed("training", lambda: fine_tune(model, some, recipe), tokens_of(some), turns, on_gpu)
    return out | {"method": method}


def timed(what: str, work: Callable[[], Any], tokens: int, turns: int, on_gpu: bool) -> dict[str, float]:
    """Tokens a second of some work, and the most memory that it held."""
    if on_gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    found = {what: tokens / wall(work, turns)}
    if on_gpu:
        found[f"{what}_gb"] = torch.cuda.max_memory_allocated() / 1e9
    return found


def tokens_of(rows: list[EncodedRow]) -> int:
    """Tokens of some rows."""
    return sum(len(r.input_ids) for r in rows)


def rounding(name: str) -> dict[str, float]:
    """How far log-probabilities of the same weights are apart: GPU against CPU in float32, and in bfloat16."""
    rows = make_rows(100, SHAPES[name][3])
    model = build(name, "cpu", torch.float32)
    here = np.concatenate(model.token_logprobs(rows))
    model.model.to("cuda")
    there = np.concatenate(model.token_logprobs(rows))
    model.model.to(torch.bfloat16)
    half = np.concatenate(model.token_logprobs(rows))
    return {
        "float32, largest": float(np.abs(there - here).max()),
        "bfloat16, largest": float(np.abs(half - here).max()),
        "bfloat16, mean": float(np.abs(np.mean(half - here))),
    }


def main() -> None:
    """Print every size on every device."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=3, help="how often each is timed (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    parser.add_argument("--most", type=float, default=1e11, help="leave out models of more weights")
    chosen = parser.parse_args()
    card = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads; {card or 'no GPU'}")
    head = ("model", "device", "scoring, tokens/s", "GB", "training, tokens/s", "GB")
    print("".join(f"{h:>20}" for h in head))
    found: dict[str, Any] = {"card": card, "threads": torch.get_num_threads(), "torch": torch.__version__, "sizes": {}}
    for name in SHAPES:
        if weights(name) > chosen.most:
            continue
        ways: list[tuple[str, torch.dtype]] = [("cpu", torch.float32)] if weights(name) < ON_CPU_AT_MOST else []
        if card:
            ways += [("cuda", torch.float32)] if weights(name) < FULL_AT_MOST else []
            ways += [("cuda", torch.bfloat16)]
        for device, dtype in ways:
            one = measure(name, device, dtype, chosen.turns)
            way = f"{device} {str(dtype).removeprefix('torch.')}"
            found["sizes"].setdefault(name, {})[way] = one
            cells = (name, way, *(f"{one.get(k, float('nan')):,.1f}" for k in _COLUMNS))
            print("".join(f"{c:>20}" for c in cells), flush=True)
        if card and weights(name) < ON_CPU_AT_MOST:
            found["sizes"][name]["rounding"] = rounding(name)
            print(f"{name:>20} log-probabilities differ by " + str(found["sizes"][name]["rounding"]), flush=True)
        if chosen.out:
            chosen.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


_COLUMNS = ("scoring", "scoring_gb", "training", "training_gb")

if __name__ == "__main__":
    main()
