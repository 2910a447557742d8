"""Tokenizers made on the spot, and the place of the real data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHATML = (
    "{% if bos %}{{ bos_token }}{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
MARKED = (
    "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['role'] == 'assistant' %}{% generation %}{{ m['content'] }}<|im_end|>{% endgeneration %}"
    "{% else %}{{ m['content'] }}<|im_end|>{% endif %}\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_tokenizer(template: str | None = CHATML, *, adds_bos: bool = True):
    """A byte-level tokenizer with 256 bytes, a few merges' worth of special tokens, and a beginning token or not."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    specials = ["<s>", "</s>", "<pad>", "<|im_start|>", "<|im_end|>"]
    vocab = {token: i for i, token in enumerate([*specials, *alphabet, "Ġt", "he", "in"])}
    merges = [("Ġ", "t"), ("h", "e"), ("i", "n")]
    core = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens(specials)
    if adds_bos:
        core.post_processor = processors.TemplateProcessing(
            single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 0)]
        )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, bos_token="<s>", eos_token="</s>", pad_token="<pad>", clean_up_tokenization_spaces=False
    )
    tokenizer.chat_template = template
    return tokenizer


@pytest.fixture(scope="session")
def chat_tokenizer():
    return make_tokenizer(CHATML)


@pytest.fixture(scope="session")
def marked_tokenizer():
    return make_tokenizer(MARKED)


@pytest.fixture(scope="session")
def plain_tokenizer():
    return make_tokenizer(None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    root = os.environ.get("LIMEN_SHARED")
    folder = (
        Path(root) / "data" if root else Path(__file__).resolve().parents[2].parent / "shared" / "data"
    )
    if not folder.is_dir():
        pytest.skip(f"the real data is not here: {folder} is absent (set LIMEN_SHARED to name it)")
    return folder
