"""LIM207 says which share of the trained tokens is the prompts', with every loss."""

from __future__ import annotations

import numpy as np
import pytest

from limen.before.check.answer_tokens import answer_tokens
from limen.before.check.rule import RuleSettings, Severity
from limen.core import Verdict
from limen.data import encode_rows, read_rows
from tests.before.check.finding import found
from tests.data.made_tokenizers import CHATML, MARKED, THINKING, byte_level

TURNS = [("user", "q1"), ("assistant", "ans"), ("user", "q2"), ("assistant", "b")]


def talk(*turns):
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


def of_chatml(turns):
    """Tokens of prompts and of answers, by counting letters: the start, the role's line, the text, the end, a line."""
    prompt = sum(1 + len(role) + 1 + (role != "assistant") * (len(said) + 2) for role, said in turns)
    return prompt, sum(len(said) + 2 for role, said in turns if role == "assistant")


def test_the_share_is_that_of_a_count_of_letters():
    others = [("system", "xyz"), ("user", "q"), ("assistant", "a")]
    finding = found([talk(*TURNS), talk(*others)], "LIM207", tokenizer=byte_level())
    counts = [of_chatml(turns) for turns in (TURNS, others)]
    prompt = sum(p for p, _ in counts) - 2  # the first token of a row is never trained on
    trained = prompt + sum(a for _, a in counts)
    assert (finding.verdict, finding.harmful, finding.rows) == (Verdict.FOUND, False, ())
    evidence = finding.evidence
    assert (evidence["prompt_tokens"], evidence["trained_tokens"], evidence["count"]) == (prompt, trained, 2)
    assert evidence["share"] == pytest.approx(prompt / trained)
    assert f"{prompt / trained:.1%} of the trained tokens of 2 rows" in finding.title


def test_a_system_prompt_that_every_row_has_is_told_as_repeated():
    system = ("system", "You are brief. " * 5)
    rows = [talk(system, ("user", f"{i}"), ("assistant", "a")) for i in range(9)]
    evidence = found(rows, "LIM207", tokenizer=byte_level()).evidence
    shared = 1 + len("system\n") + len(system[1]) - 1  # but for a merge of two letters
    assert evidence["repeated_tokens"] == pytest.approx(8 * shared, rel=0.2)
    unlike = [talk(("user", chr(97 + i) * 50), ("assistant", "a")) for i in range(9)]
    few = found(unlike, "LIM207", tokenizer=byte_level()).evidence
    assert few["repeated_tokens"] == 8 * len("user\n")


@pytest.mark.parametrize(
    ("record", "loss", "verdict"),
    [
        (talk(*TURNS), "completion", Verdict.CLEAR),
        (talk(*TURNS), "all", Verdict.FOUND),
        ({"instruction": "i", "output": "o"}, "auto", Verdict.CLEAR),
        ({"instruction": "i", "output": "o"}, "all", Verdict.FOUND),
        ({"prompt": "p", "completion": "c"}, "auto", Verdict.CLEAR),
        ({"prompt": "prompt", "completion": "c"}, "all", Verdict.FOUND),
        ({"text": "t"}, "all", Verdict.CLEAR),
    ],
)
def test_each_loss(record, loss, verdict):
    assert found([record], "LIM207", tokenizer=byte_level(), loss=loss).verdict is verdict


def test_assistant_only_loss_trains_on_no_prompt():
    assert found([talk(*TURNS)], "LIM207", tokenizer=byte_level(MARKED), loss="assistant").verdict is Verdict.CLEAR


def test_without_a_tokenizer_it_says_so():
    finding = found([talk(*TURNS)], "LIM207")
    assert (finding.verdict, finding.asked) == (Verdict.NOT_MEASURED, False)
    assert "--model" in finding.remedy


def test_a_user_may_make_it_fail():
    settings = {"LIM207": RuleSettings(severity=Severity.WARNING)}
    assert found([talk(*TURNS)], "LIM207", tokenizer=byte_level(), settings=settings).harmful


def test_answers_are_those_that_a_template_marks():
    tokenizer = byte_level(MARKED)
    (row,) = read_rows([talk(("system", "s"), *TURNS)])
    (marked,) = encode_rows([row], tokenizer, loss="assistant")
    answers = answer_tokens(row, marked, tokenizer)
    assert marked.trained.any()
    assert np.array_equal(answers, marked.trained)


def test_answers_of_a_cut_row_and_of_a_template_whose_prompt_goes_on_otherwise():
    (row,) = read_rows([talk(*TURNS)])
    for template in (CHATML, THINKING):
        tokenizer = byte_level(template)
        (whole,) = encode_rows([row], tokenizer)
        (cut,) = encode_rows([row], tokenizer, max_length=30)
        answers = answer_tokens(row, whole, tokenizer)
        assert np.array_equal(answer_tokens(row, cut, tokenizer), answers[:30])
        assert tokenizer.decode(whole.input_ids[answers]) == "ans<|im_end|>\nb<|im_end|>\n"


def test_a_row_whose_beginning_cannot_be_rendered_is_told_apart():
    """A template that wants two questions renders the row and not what stands in front of its first answer."""
    strict = "{% if messages | length < 3 %}{{ raise_exception('too short') }}{% endif %}" + CHATML
    finding = found([talk(*TURNS)], "LIM207", tokenizer=byte_level(strict))
    assert finding.verdict is Verdict.NOT_MEASURED
