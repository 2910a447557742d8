"""Tokenizers made on the spot: byte-level and word-level, with and without a chat template."""

from __future__ import annotations

from typing import Any

_OPEN = "<|im_start|>{{ m['role'] }}\n"
_CLOSE = "<|im_end|>\n{% endfor %}"
_ASK = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"

CHATML = "{% for m in messages %}" + _OPEN + "{{ m['content'] }}" + _CLOSE + _ASK
"""A plain template without generation blocks."""

MARKED = (
    "{{ bos_token }}{% for m in messages %}" + _OPEN + "{% if m['role'] == 'assistant' %}{% generation %}"
    "{{ m['content'] }}<|im_end|>{% endgeneration %}\n{% else %}{{ m['content'] }}<|im_end|>\n{% endif %}{% endfor %}"
    + _ASK
)  # fmt: skip
"""A template that writes the beginning token itself and marks answers."""

THINKING = "{% for m in messages %}" + _OPEN + "{{ m['content'] }}" + _CLOSE + _ASK.replace("\n{%", "\n<think>\n{%")
"""A template whose generation prompt is no prefix of the whole conversation."""

TOOLS = (
    "{% if tools %}<|im_start|>system\n{% for t in tools %}{{ t | tojson }}\n{% endfor %}<|im_end|>\n{% endif %}"
    "{% for m in messages %}" + _OPEN + "{% if m.content %}{{ m.content }}{% endif %}"
    "{% for c in m.tool_calls or [] %}<call>{{ c.function | tojson }}</call>{% endfor %}" + _CLOSE + _ASK
)
"""A template that renders tools and tool calls."""


def byte_level(template: str | None = CHATML, *, adds_bos: bool = False) -> Any:
    """A byte-level tokenizer with a few merges, one of which may cross the border of prompt and answer."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    specials = ["<s>", "</s>", "<pad>", "<|im_start|>", "<|im_end|>"]
    vocab = {token: i for i, token in enumerate([*specials, *alphabet, "Ġt", "he", "in"])}
    core = Tokenizer(models.BPE(vocab=vocab, merges=[("Ġ", "t"), ("h", "e"), ("i", "n")]))
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


def word_level(words: str, template: str | None = CHATML) -> Any:
    """A tokenizer that knows some words and nothing else."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    specials = ["<unk>", "<s>", "</s>", "<pad>", "<|im_start|>", "<|im_end|>"]
    known = [*specials, *dict.fromkeys(words.split())]
    core = Tokenizer(models.WordLevel({w: i for i, w in enumerate(known)}, unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    core.add_special_tokens(specials)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    )
    tokenizer.chat_template = template
    return tokenizer
