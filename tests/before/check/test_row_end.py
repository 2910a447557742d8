"""LIM210 names rows that never end, or end twice, and leaves cut ones to LIM204."""

from __future__ import annotations

import pytest

from limen.core import Verdict
from tests.before.check.finding import found, indices
from tests.data.made_tokenizers import CHATML, byte_level

TALK = {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi."}]}
FINE = {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi.</s>"}]}
LONG = {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "word " * 60}]}


def end_of_turn(tokenizer):
    return [tokenizer.convert_tokens_to_ids("<|im_end|>")]


def test_a_template_that_ends_turns_where_generation_does_not_stop():
    finding = found([TALK, FINE], "LIM210", tokenizer=byte_level(CHATML))
    assert (finding.verdict, finding.harmful, indices(finding)) == (Verdict.FOUND, True, [0])
    assert finding.evidence["without_end"] == 1
    assert "'</s>'" in finding.title
    assert "eos_token_id" in finding.remedy


def test_what_the_generation_config_names_ends_a_row_too():
    tokenizer = byte_level(CHATML)
    finding = found([TALK], "LIM210", tokenizer=tokenizer, ends=end_of_turn(tokenizer))
    assert finding.verdict is Verdict.CLEAR
    assert finding.evidence["ends"] == [1, 4]


def test_an_answer_that_spells_out_the_end():
    template = CHATML.replace("<|im_end|>", "</s>")
    rows = [{"instruction": "i", "output": "o</s>"}, {"instruction": "i", "output": "o"}]
    finding = found(rows, "LIM210", tokenizer=byte_level(template))
    assert (finding.verdict, indices(finding)) == (Verdict.FOUND, [0])
    assert (finding.evidence["twice"], finding.evidence["without_end"]) == (1, 0)
    assert "Take the end token out" in finding.remedy
    assert "eos_token_id" not in finding.remedy


@pytest.mark.parametrize(
    ("end", "twice"),
    [("", 0), ("</s>", 0), ("</s>\n", 1), ("</s> \n\n", 1), ("</s> </s>", 1), ("</s></s>", 1), ("</s>.", 0), ("\n", 0)],
)
def test_text_that_spells_out_the_end_and_goes_on_in_white_space(end, twice):
    """The trainer adds no end token to a text that ends in it, and adds one to any other."""
    finding = found([{"prompt": "hello", "completion": f" green{end}"}], "LIM210", tokenizer=byte_level())
    assert (finding.evidence["twice"], finding.evidence["without_end"]) == (twice, 0)


def test_a_turn_s_end_and_a_text_s_end_are_two_things():
    """As Phi-3 writes them, and stops at both."""
    tokenizer = byte_level(f"{CHATML}{{{{ eos_token }}}}")
    finding = found([TALK], "LIM210", tokenizer=tokenizer, ends=end_of_turn(tokenizer))
    assert finding.verdict is Verdict.CLEAR


def test_a_row_that_is_cut_is_not_looked_at():
    finding = found([LONG], "LIM210", tokenizer=byte_level(CHATML), max_length=16)
    assert (finding.verdict, finding.evidence["total"]) == (Verdict.CLEAR, 0)


def test_no_text_of_a_row_stands_in_what_is_said_of_it():
    template = CHATML.replace("{{ m['content'] }}<|im_end|>\n", "{{ m['content'] }}")
    rows = [{"instruction": "i", "output": "xyzzy"}]
    finding = found(rows, "LIM210", tokenizer=byte_level(template))
    assert finding.verdict is Verdict.FOUND
    (example,) = finding.evidence["examples"]
    assert example["note"] == "it ends in its text"
    assert "xyzzy" not in finding.title


@pytest.mark.parametrize("loss", ["auto", "completion", "all"])
def test_each_loss(loss):
    tokenizer = byte_level(CHATML)
    finding = found([TALK], "LIM210", tokenizer=tokenizer, ends=end_of_turn(tokenizer), loss=loss)
    assert finding.verdict is Verdict.CLEAR


def test_without_a_tokenizer_it_is_not_measured():
    assert found([TALK], "LIM210").verdict is Verdict.NOT_MEASURED
