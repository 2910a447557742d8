"""What the trainer has no say in: rows without a template, refusals, lengths. The mask itself: test_encode_trl.py."""

from __future__ import annotations

import numpy as np
import pytest

from limen.core import RowError, TemplateError, UsageError
from limen.data import encode_rows, read_rows
from tests.data.made_tokenizers import CHATML, MARKED, TOOLS, byte_level, word_level

TALK = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}] * 2}


def one(record, tokenizer, **options):
    (encoded,) = encode_rows(read_rows([record]), tokenizer, **options)
    return encoded


def trained_text(encoded, tokenizer):
    return tokenizer.decode(encoded.input_ids[encoded.trained])


def test_types_and_origin():
    rows = list(read_rows([{"prompt": "p", "completion": "c"}]))
    (encoded,) = encode_rows(rows, byte_level())
    assert (encoded.input_ids.dtype, encoded.trained.dtype) == (np.int32, np.bool_)
    assert encoded.input_ids.shape == encoded.trained.shape
    assert (encoded.row_id, encoded.index, encoded.truncated) == (rows[0].id, 0, False)


def test_a_conversation_by_loss():
    tokenizer = byte_level(MARKED)
    said = {loss: trained_text(one(TALK, tokenizer, loss=loss), tokenizer) for loss in ("completion", "assistant")}
    assert said == {"completion": "b<|im_end|>", "assistant": "b<|im_end|>b<|im_end|>"}
    whole = one(TALK, tokenizer)
    assert whole.trained.tolist() == [False] + [True] * (len(whole.input_ids) - 1)
    assert one(TALK, tokenizer, loss="all").trained.tolist() == whole.trained.tolist()


def test_no_answer_nothing_trained_on():
    unanswered = {"messages": [{"role": "user", "content": "a"}]}
    tokenizer = byte_level(MARKED)
    assert not one(unanswered, tokenizer, loss="completion").trained.any()
    assert not one(unanswered, tokenizer, loss="assistant").trained.any()
    assert one(unanswered, tokenizer).trained.any()  # as the trainer's default has it


def test_truncation_says_so():
    tokenizer = byte_level()
    record = {"prompt": "p" * 10, "completion": "c"}
    assert (one(record, tokenizer, max_length=12).truncated, one(record, tokenizer, max_length=11).truncated) == (
        False,
        True,
    )
    cut = one(record, tokenizer, max_length=10)
    assert not cut.trained.any()
    assert len(cut.input_ids) == 10


def test_instruction_without_a_template_is_a_plain_prompt():
    tokenizer = byte_level(None)
    encoded = one({"instruction": "Add.", "input": "1 2", "output": "3", "system": "S"}, tokenizer)
    assert tokenizer.decode(encoded.input_ids) == "S\nAdd.\n1 2\n3</s>"
    assert trained_text(encoded, tokenizer) == "3</s>"


@pytest.mark.parametrize(
    "record",
    [
        TALK,
        {"prompt": [{"role": "user", "content": "p"}], "completion": [{"role": "assistant", "content": "c"}]},
        {"instruction": "a", "output": "b", "history": [["q", "r"]]},
    ],
)
def test_turns_without_a_template_are_refused(record):
    with pytest.raises(TemplateError, match="no chat template") as caught:
        one(record, byte_level(None))
    assert "chat_template.jinja" in caught.value.remedy
    assert "row 1" in caught.value.where


def test_a_template_that_refuses_names_the_row(tmp_path):
    strict = (
        "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools here') }}{% endif %}{% endfor %}"
    )
    path = tmp_path / "a.jsonl"
    path.write_text('{"messages": [{"role": "tool", "content": "x"}]}\n')
    with pytest.raises(TemplateError, match="no tools here") as caught:
        list(encode_rows(read_rows(path), byte_level(strict)))
    assert "line 1" in caught.value.where


def test_assistant_loss_needs_marks_and_turns():
    with pytest.raises(TemplateError, match="generation"):
        one(TALK, byte_level(CHATML), loss="assistant")
    with pytest.raises(TemplateError, match="plain text"):
        one({"text": "t"}, byte_level(MARKED), loss="assistant")


def test_assistant_loss_uses_the_template_that_trl_puts_in_place():
    trl_templates = pytest.importorskip("trl.chat_template_utils")
    tokenizer = byte_level(trl_templates.qwen3_chat_template)
    said = trained_text(one(TALK, tokenizer, loss="assistant"), tokenizer)
    assert said.count("b<|im_end|>") == 2
    assert "user" not in said


def test_calls_written_as_text_become_tool_calls_where_the_template_knows_them():
    record = {
        "conversations": [
            {"from": "human", "value": "q"},
            {"from": "function_call", "value": '{"name": "f", "arguments": {"x": 1}}'},
            {"from": "observation", "value": "1"},
            {"from": "gpt", "value": "a"},
        ]
    }
    knowing, simple = byte_level(TOOLS), byte_level(CHATML)
    assert "<call>" in knowing.decode(one(record, knowing).input_ids)
    assert '"arguments": {"x": 1}' in simple.decode(one(record, simple).input_ids)
    assert "<call>" not in simple.decode(one(record, simple).input_ids)


def test_template_arguments_and_empty_tools_of_a_row_reach_the_template():
    telling = "{{ 'none' if tools is none else tools | length }} {{ mood }}"
    tokenizer = byte_level(telling)
    turn = {"messages": [{"role": "user", "content": "a"}], "chat_template_kwargs": {"mood": "calm"}}
    shown = [
        tokenizer.decode(one(record, tokenizer).input_ids)
        for record in (turn, {**turn, "tools": []}, {**turn, "tools": "[]"}, {**turn, "tools": [{"name": "f"}]})
    ]
    assert shown == ["none calm", "0 calm", "0 calm", "1 calm"]


def test_the_beginning_token_is_never_doubled_by_the_template():
    tokenizer = byte_level(MARKED, adds_bos=True)
    assert one(TALK, tokenizer).input_ids.tolist().count(tokenizer.bos_token_id) == 1
    assert one({"text": "t"}, tokenizer).input_ids.tolist().count(tokenizer.bos_token_id) == 1


def test_preferences_are_encoded_with_the_chosen_answer():
    tokenizer = byte_level()
    encoded = one({"prompt": "p", "chosen": "good", "rejected": "bad"}, tokenizer)
    assert trained_text(encoded, tokenizer) == "good</s>"


def test_what_cannot_be_asked_for():
    with pytest.raises(UsageError, match="no loss is called 'answers'"):
        list(encode_rows([], byte_level(), loss="answers"))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="at least 1"):
        list(encode_rows([], byte_level(), max_length=0))


def test_text_that_a_tokenizer_refuses_names_the_row():
    class Refusing:
        eos_token = None
        chat_template = None

        def __call__(self, text):
            raise TypeError("not a string")

    with pytest.raises(RowError, match="does not take this text"):
        list(encode_rows(read_rows([{"text": "t"}]), Refusing()))  # type: ignore[arg-type]


def test_a_tokenizer_without_an_end_token_adds_none():
    tokenizer = word_level("an owl")
    tokenizer.eos_token = None
    assert one({"prompt": "an ", "completion": "owl"}, tokenizer).input_ids.tolist() == tokenizer("an owl")["input_ids"]


def test_rows_that_come_again_have_the_same_tokens_and_arrays_of_their_own():
    tokenizer = byte_level(CHATML)
    first, again = encode_rows(read_rows([TALK, TALK]), tokenizer)
    assert first.input_ids.tolist() == again.input_ids.tolist() == one(TALK, tokenizer).input_ids.tolist()
    assert (first.index, again.index) == (0, 1)
    again.input_ids[:] = 0
    again.trained[:] = False
    assert first.input_ids.any()
    assert first.trained.any()


def test_rows_of_the_same_words_are_not_mixed_up():
    telling = (
        "{{ 'none' if tools is none else tools | length }} {{ mood }} {% for m in messages %}{{ m.n }}{% endfor %}"
    )
    tokenizer = byte_level(telling)
    turn = {"messages": [{"role": "user", "content": "a"}]}
    records = [
        turn,
        {**turn, "chat_template_kwargs": {"mood": "calm"}},
        {**turn, "tools": []},
        {"messages": [{"role": "user", "content": "a", "n": 1}]},
        {"messages": [{"role": "user", "content": "a", "n": True}]},
    ]
    together = [tokenizer.decode(r.input_ids) for r in encode_rows(read_rows(records), tokenizer)]
    assert together == [tokenizer.decode(one(r, tokenizer).input_ids) for r in records]
    assert len(set(together)) == len(records)
