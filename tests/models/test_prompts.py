from __future__ import annotations

import pytest

from limen.core import Message, TemplateError
from limen.models.prompts import completion_ids, prompt_ids, prompt_text
from tests.tiny_models import make_tokenizer

HELLO = (Message("user", "hello"),)


def test_a_prompt_ends_where_the_answer_begins() -> None:
    assert prompt_text(make_tokenizer(), HELLO) == "<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n"


def test_an_answer_that_was_begun_is_gone_on_with() -> None:
    text = prompt_text(make_tokenizer(), (*HELLO, Message("assistant", "I am")))
    assert text.endswith("<|im_start|>assistant\nI am")


def test_plain_text_takes_no_template_and_the_tokenizers_own_start_token() -> None:
    tokenizer = make_tokenizer()
    assert prompt_text(tokenizer, (Message("text", "12, 55"),)) == "12, 55"
    assert prompt_ids(tokenizer, [(Message("text", "12, 55"),)])[0].tolist() == tokenizer("12, 55")["input_ids"]


def test_without_a_template_turns_of_a_user_become_lines() -> None:
    tokenizer = make_tokenizer(chat_template=None)
    assert prompt_text(tokenizer, (Message("system", "Be brief."), *HELLO)) == "Be brief.\nhello\n"


def test_without_a_template_other_turns_are_refused() -> None:
    with pytest.raises(TemplateError, match="no chat template"):
        prompt_text(make_tokenizer(chat_template=None), (*HELLO, Message("assistant", "I am")))


def test_a_template_that_refuses_the_turns_is_answered_in_one_line() -> None:
    tokenizer = make_tokenizer(chat_template="{{ raise_exception('System role not supported') }}")
    with pytest.raises(TemplateError, match="order system, user: System role not supported"):
        prompt_text(tokenizer, (Message("system", "x"), *HELLO))


def test_the_same_prompt_gives_the_same_tokens_and_order_is_kept() -> None:
    tokenizer = make_tokenizer()
    other = (Message("user", "owl"),)
    first, second, third = prompt_ids(tokenizer, [HELLO, other, HELLO])
    assert first.tolist() == third.tolist() != second.tolist()


def test_completions_have_no_special_tokens() -> None:
    tokenizer = make_tokenizer()
    owl, none, again = completion_ids(tokenizer, ["owl", "", "owl"])
    assert tokenizer.decode(owl) == "owl"
    assert len(none) == 0
    assert again.tolist() == owl.tolist()
    assert completion_ids(tokenizer, []) == []
