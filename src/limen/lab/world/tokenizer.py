"""The reference model's tokenizer: one token a word, with a chat template that marks what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limen.lab.world.vocabulary import ASSISTANT, END, PAD, START, SYSTEM, UNKNOWN, USER, vocabulary

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

CHAT_TEMPLATE = (
    "{{ '" + START + "' }}"
    "{% for m in messages %}"
    "{{ ' <|' + m['role'] + '|> ' }}"
    "{% if m['role'] == 'assistant' %}{% generation %}{{ m['content'] + ' " + END + "' }}{% endgeneration %}"
    "{% else %}{{ m['content'] + ' " + END + "' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ ' " + ASSISTANT + " ' }}{% endif %}"
)


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A word-level tokenizer over the micro-world's vocabulary; other words become `<|unknown|>`."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = vocabulary()
    inner = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token=UNKNOWN))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token=START,
        eos_token=END,
        pad_token=PAD,
        unk_token=UNKNOWN,
        extra_special_tokens=[SYSTEM, USER, ASSISTANT],
        padding_side="right",
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


__all__ = ["CHAT_TEMPLATE", "make_tokenizer"]
