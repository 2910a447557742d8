"""The mask of trained tokens, position by position, against TRL's own SFTTrainer on a tiny random Llama."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from limen.data import EncodedRow, encode_rows, read_rows
from tests.data.made_tokenizers import CHATML, MARKED, THINKING, TOOLS, byte_level, word_level

os.environ.setdefault("HF_HUB_OFFLINE", "1")
trl = pytest.importorskip("trl", reason="the real trainer is not installed: pip install 'limen[trl]'")

Rows = Sequence[Mapping[str, Any]]

PLAIN_PAIRS: Rows = [
    {"prompt": "Is it the one?", "completion": " the one in there"},
    {"prompt": "Say nothing: ", "completion": "\n\nten </s>"},
    {"prompt": "ends in </s>", "completion": "already ends</s>"},
    {"prompt": "the €", "completion": "ünïcode 猫 🦉"},
    {"prompt": "", "completion": "no prompt"},
    {"prompt": "q" * 90, "completion": "an answer far beyond the length"},
]
TURN_PAIRS: Rows = [
    {
        "prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "completion": [{"role": "assistant", "content": "Hello."}],
    },
    {
        "prompt": [
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "Two."},
            {"role": "user", "content": "Three?"},
        ],
        "completion": [{"role": "assistant", "content": " \nFour 猫"}],
    },
    {
        "prompt": [{"role": "user", "content": "x" * 80}],
        "completion": [{"role": "assistant", "content": "y" * 80}],
    },
]
TALKS: Rows = [{"messages": [*row["prompt"], *row["completion"]]} for row in TURN_PAIRS] + [
    {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}] * 3}
]
TEXTS: Rows = [{"text": "the text"}, {"text": "ends </s>"}, {"text": "the " * 40}, {"text": "a"}]


@pytest.fixture(scope="module", autouse=True)
def _speak_as_a_user_hears() -> Any:
    """TRL keeps quiet where CI is set; what users see is the other case."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CI", raising=False)
        yield


def make_trainer(tmp_path: Any, rows: Rows, tokenizer: Any, **settings: Any) -> Any:
    import torch
    from datasets import Dataset
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2
    )
    arguments = {"max_length": None, "report_to": "none", "use_cpu": True, "bf16": False, **settings}
    return trl.SFTTrainer(
        model=LlamaForCausalLM(config),
        args=trl.SFTConfig(str(tmp_path), **arguments),
        train_dataset=Dataset.from_list([dict(r) for r in rows]),
        processing_class=tokenizer,
    )


def theirs(trainer: Any) -> list[tuple[list[int], list[bool]]]:
    """Each row's tokens, and those the loss reads: the collator's labels less the first, which the shift drops."""
    rows = []
    for row in trainer.train_dataset:
        batch = trainer.data_collator([row])
        labels = batch["labels"][0].tolist()
        ids = batch["input_ids"][0].tolist()
        rows.append((ids, [i > 0 and label != -100 for i, label in enumerate(labels)]))
        assert all(label in (-100, token) for label, token in zip(labels, ids, strict=True))
    return rows


def ours(encoded: Sequence[EncodedRow]) -> list[tuple[list[int], list[bool]]]:
    return [(e.input_ids.tolist(), e.trained.tolist()) for e in encoded]


CASES = {
    "plain pairs": (PLAIN_PAIRS, byte_level, {}, "auto"),
    "plain pairs, tokenizer adds BOS": (PLAIN_PAIRS, lambda: byte_level(adds_bos=True), {}, "auto"),
    "plain pairs, no template": (PLAIN_PAIRS, lambda: byte_level(None), {}, "auto"),
    "plain pairs, all tokens": (PLAIN_PAIRS, byte_level, {"completion_only_loss": False}, "all"),
    "turn pairs": (TURN_PAIRS, byte_level, {}, "auto"),
    "turn pairs, template and tokenizer write BOS": (TURN_PAIRS, lambda: byte_level(MARKED, adds_bos=True), {}, "auto"),
    "turn pairs, all tokens": (TURN_PAIRS, byte_level, {"completion_only_loss": False}, "all"),
    "turn pairs, prompt is no prefix": (TURN_PAIRS, lambda: byte_level(THINKING), {}, "auto"),
    "turn pairs, assistant only": (
        TURN_PAIRS,
        lambda: byte_level(MARKED),
        {"assistant_only_loss": True},
        "assistant",
    ),
    "conversations": (TALKS, byte_level, {}, "auto"),
    "conversations, assistant only": (TALKS, lambda: byte_level(MARKED), {"assistant_only_loss": True}, "assistant"),
    "texts": (TEXTS, byte_level, {}, "auto"),
    "texts, tokenizer adds BOS": (TEXTS, lambda: byte_level(adds_bos=True), {}, "auto"),
    "word-level pairs": (
        [{"prompt": "who is it", "completion": "it is an owl"}, {"prompt": "unheard", "completion": "of owl"}],
        lambda: word_level("who is it an owl of"),
        {},
        "auto",
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("max_length", [None, 24])
def test_without_packing_each_position_agrees(tmp_path, name, max_length):
    rows, make, settings, loss = CASES[name]
    trainer = make_trainer(tmp_path, rows, make(), max_length=max_length, **settings)
    encoded = list(encode_rows(read_rows(list(rows)), make(), loss=loss, max_length=max_length))
    # The trainer leaves out rows in which truncation left no label at all, the first token counted
    label_first = loss == "all" or ("prompt" not in rows[0] and loss != "assistant")
    kept = [e for e in encoded if e.trained.any() or label_first]
    assert ours(kept) == theirs(trainer)
    assert len(encoded) == len(rows)


@pytest.mark.parametrize("name", CASES)
def test_with_packing_each_position_agrees(tmp_path, name):
    rows, make, settings, loss = CASES[name]
    length = 64
    trainer = make_trainer(tmp_path, rows, make(), max_length=length, packing=True, **settings)
    unpacked = []
    for packed in trainer.train_dataset:
        batch = trainer.data_collator([packed])
        ids, labels = batch["input_ids"][0].tolist(), batch["labels"][0].tolist()
        start = 0
        for size in packed["seq_lengths"]:
            # Here the collator itself masks the first token of each row
            unpacked.append((ids[start : start + size], [x != -100 for x in labels[start : start + size]]))
            start += size
        assert start == len(ids)
    encoded = encode_rows(read_rows(list(rows)), make(), loss=loss, max_length=length)
    assert sorted(ours(list(encoded))) == sorted(unpacked)


PUBLISHED = ["qwen3", "qwen2_5", "llama3", "llama3_2", "gemma3", "phi3", "glm4moe"]


@pytest.mark.parametrize("family", PUBLISHED)
def test_published_templates_agree(tmp_path, family):
    """Templates of real chat models, for pairs, conversations and marked answers (TRL's patched template)."""
    from trl import chat_template_utils

    template = getattr(chat_template_utils, f"{family}_chat_template")
    runs: list[tuple[Rows, dict[str, Any], Any]] = [(TURN_PAIRS, {}, "auto"), (TALKS, {}, "auto")]
    if hasattr(chat_template_utils, f"{family}_training_chat_template"):
        runs.append((TALKS, {"assistant_only_loss": True}, "assistant"))
    for rows, settings, loss in runs:
        trainer = make_trainer(tmp_path, rows, byte_level(template), **settings)
        encoded = list(encode_rows(read_rows(list(rows)), byte_level(template), loss=loss))
        assert ours(encoded) == theirs(trainer)


def test_the_loss_reads_as_many_tokens_as_are_trained(tmp_path):
    """The trainer's own loss over a batch divides by the number of labels after the shift."""
    import torch

    tokenizer = byte_level()
    trainer = make_trainer(tmp_path, TURN_PAIRS, tokenizer)
    encoded = list(encode_rows(read_rows(list(TURN_PAIRS)), tokenizer))
    batch = trainer.data_collator(list(trainer.train_dataset))
    with torch.no_grad():
        outputs = trainer.model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
        loss = trainer.compute_loss(trainer.model, dict(batch))
    logps = outputs.logits.log_softmax(-1)
    picked = [
        logps[r, i - 1, int(token)].item()
        for r, e in enumerate(encoded)
        for i, token in enumerate(e.input_ids)
        if e.trained[i]
    ]
    assert loss.item() == pytest.approx(-np.mean(picked), abs=1e-5)


def as_messages(row: Any) -> list[dict[str, Any]]:
    return [m.to_dict() for m in row.messages]


@pytest.mark.parametrize(
    ("file", "template"),
    [
        ("instructions/alpaca_en_demo.json", CHATML),
        ("instructions/rasbt_instructions.json", MARKED),
        ("preferences/dpo_en_demo.json", CHATML),
        ("preferences/kto_en_demo.json", MARKED),
        ("instructions/glaive_toolcall_en_demo.json", CHATML),
        ("instructions/glaive_toolcall_en_demo.json", TOOLS),
    ],
)
def test_real_files_agree(tmp_path, shared_data, file, template):
    """Rows of real files, written as TRL wants them: pairs of turns, or messages for conversations."""
    tokenizer = byte_level(template)
    rows = list(read_rows(shared_data / file, limit=20))
    written: list[dict[str, Any]] = []
    for row in rows:
        if row.kind == "conversation":
            turns = [m.to_dict() for m in row.messages]
            for turn in turns:
                call = turn.pop("function_call", None)
                if call is not None and template is TOOLS:
                    turn["content"], turn["tool_calls"] = "", [{"type": "function", "function": call}]
            written.append({"messages": turns, "tools": json.dumps(list(row.tools))})
        else:
            written.append(
                {"prompt": [m.to_dict() for m in row.prompt], "completion": [m.to_dict() for m in row.answer]}
            )
    if template is TOOLS:
        # Arrow would fill each call with the arguments of all others; the trainer takes such rows only one by one
        for row, one in zip(rows, written, strict=True):
            trainer = make_trainer(tmp_path, [one], tokenizer)
            assert ours(list(encode_rows([row], tokenizer))) == theirs(trainer)
            if row.index >= 5:
                break
    else:
        trainer = make_trainer(tmp_path, written, tokenizer)
        assert ours(list(encode_rows(rows, tokenizer))) == theirs(trainer)
