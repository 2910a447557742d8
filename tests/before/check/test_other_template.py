"""LIM208 names rows that were rendered for another model, and leaves those that were rendered for this one."""

from __future__ import annotations

import re

import pytest

from limen.before.check.rules.other_template import _OPENING
from limen.core import Verdict
from limen.data import read_rows
from tests.before.check.finding import found, indices
from tests.before.check.labelled import FILES, FURTHER
from tests.data.made_tokenizers import CHATML, byte_level

TURN = "<start_of_turn>user\nHello<end_of_turn>\n<start_of_turn>model\n"
GEMMA = re.sub(r"<\|im_(start|end)\|>", lambda m: f"<{m[1]}_of_turn>", CHATML)


@pytest.mark.parametrize(
    "record",
    [
        {"text": f"{TURN}Hi."},
        {"text": f"<bos>{TURN}Hi."},
        {"prompt": TURN, "completion": "Hi."},
        {"text": "<s>[INST] Hello [/INST] Hi."},
        {"text": "\n<|start_header_id|>user<|end_header_id|>\nHello"},
    ],
)
def test_rows_rendered_for_another_model(record):
    finding = found([record], "LIM208", tokenizer=byte_level())
    assert (finding.verdict, finding.harmful) == (Verdict.FOUND, True)
    (example,) = finding.evidence["examples"]
    start, end = example["text_span"]
    assert example["note"] == f"the tokenizer has no token {example['text'][start:end]}"


@pytest.mark.parametrize(
    ("record", "template"),
    [
        ({"text": "<|im_start|>user\nHello<|im_end|>\n"}, None),  # a token of its own, though no template writes it
        ({"text": f"{TURN}Hi."}, GEMMA),  # no token, but what its own template writes
        ({"text": f"The mark is {TURN}"}, CHATML),
        ({"messages": [{"role": "user", "content": TURN}, {"role": "assistant", "content": "a"}]}, CHATML),
        ({"text": ""}, CHATML),
    ],
)
def test_rows_of_the_model_itself_and_rows_that_only_speak_of_marks(record, template):
    assert found([record], "LIM208", tokenizer=byte_level(template)).verdict is Verdict.CLEAR


def test_a_file_of_such_rows_is_its_own_format_for_one_rule_and_not_for_the_other():
    rows = [{"text": f"{TURN}Hi {i}."} for i in range(4)]
    assert found(rows, "LIM406", tokenizer=byte_level()).verdict is Verdict.CLEAR
    assert indices(found(rows, "LIM208", tokenizer=byte_level())) == [0, 1, 2, 3]


def test_without_a_tokenizer_it_says_so():
    finding = found([{"text": TURN}], "LIM208")
    assert (finding.verdict, finding.asked) == (Verdict.NOT_MEASURED, False)


def test_no_real_row_begins_with_such_a_mark(shared_data):
    for file in (*FILES, *FURTHER):
        for row in read_rows(shared_data / file):
            assert not any(_OPENING.match(message.content) for message in row.messages)
