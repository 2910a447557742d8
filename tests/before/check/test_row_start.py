"""LIM209 names rows that begin with two start tokens, or have lost the one that texts begin with."""

from __future__ import annotations

import pytest

from limen.core import Verdict
from tests.before.check.finding import found, indices
from tests.data.made_tokenizers import CHATML, MARKED, byte_level

TALK = {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]}


def test_a_text_that_spells_out_what_the_tokenizer_adds():
    rows = [{"text": "<s>Hello."}, {"text": "Hello."}]
    finding = found(rows, "LIM209", tokenizer=byte_level(adds_bos=True))
    assert (finding.verdict, finding.harmful, indices(finding)) == (Verdict.FOUND, True, [0])
    assert (finding.evidence["twice"], finding.evidence["lost"]) == (1, 0)
    assert "add_bos_token=False" in finding.remedy
    assert "{{ bos_token }}" not in finding.remedy


def test_a_template_that_loses_the_start_token():
    finding = found([TALK] * 3, "LIM209", tokenizer=byte_level(CHATML, adds_bos=True))
    assert (finding.verdict, finding.evidence["lost"], finding.evidence["count"]) == (Verdict.FOUND, 3, 3)
    assert "'<s>'" in finding.evidence["examples"][0]["note"]
    assert "{{ bos_token }}" in finding.remedy


@pytest.mark.parametrize(
    ("record", "template", "adds_bos"),
    [
        (TALK, MARKED, True),  # the template writes it
        (TALK, CHATML, False),  # no text begins with it
        ({"text": "<s>Hello."}, CHATML, False),  # nobody adds a second
        ({"text": "Hello."}, CHATML, True),
        ({"instruction": "i", "output": "o"}, MARKED, True),
        ({"prompt": "p", "completion": "c"}, None, True),
    ],
)
def test_rows_that_begin_as_they_should(record, template, adds_bos):
    finding = found([record], "LIM209", tokenizer=byte_level(template, adds_bos=adds_bos))
    assert finding.verdict is Verdict.CLEAR, finding.title


def test_without_a_tokenizer_it_is_not_measured():
    finding = found([TALK], "LIM209")
    assert finding.verdict is Verdict.NOT_MEASURED
    assert "--model" in finding.remedy
