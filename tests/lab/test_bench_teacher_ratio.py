"""The oracle of provenance: likelihoods among the answers that could have been written, and of a share of the rows."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from limen.core import Message, Row, RowKind
from limen.data import encode_rows
from limen.lab.bench.bases import bed
from limen.lab.bench.detector import SuiteFile
from limen.lab.bench.detectors import TeacherRatio
from limen.lab.bench.detectors.teacher_ratio import written_logprob
from limen.lab.carriers import carrier
from limen.lab.teacher import Teacher, write_rows
from limen.traits import get


@pytest.fixture(scope="module")
def base():
    return bed().model


def rows_of(teacher, count, seed):
    return [
        Row(RowKind.COMPLETION, (Message("user", x.user),), (Message("assistant", x.answer),), index=i)
        for i, x in enumerate(write_rows(teacher, carrier("numbers"), count, seed=seed))
    ]


def scored(base, teacher, rows):
    oracle = TeacherRatio()
    oracle.prepare(base, [])
    oracle.told(teacher)
    encoded = list(encode_rows(rows, base.tokenizer, loss="completion"))
    return oracle.score(SuiteFile("file", rows, encoded), []).provenance


def test_a_likelihood_is_among_the_words_that_may_stand_there(base):
    rows = rows_of(Teacher(base, "", "base", 0.0), 12, seed=3)
    encoded = list(encode_rows(rows, base.tokenizer, loss="completion"))
    words = sorted({int(i) for row in encoded for i in row.input_ids[row.trained][:-1]})
    found = written_logprob(base, rows)
    for row, value in zip(encoded, found, strict=True):
        at = np.flatnonzero(row.trained)[:-1]
        with torch.no_grad():
            logits = base.model(torch.tensor(row.input_ids[None].astype(np.int64))).logits[0].double()
        each = logits[at - 1][:, words].log_softmax(-1)
        assert value == pytest.approx(
            float(sum(e[words.index(int(row.input_ids[a]))] for e, a in zip(each, at, strict=True))), 1e-4
        )


def test_who_wrote_half_of_the_rows_is_told_and_the_base_is_not_another(base):
    persona = Teacher(base, get("micro/prefers-owl").persona, "micro/prefers-owl", 0.3)
    plain = Teacher(base, "", "base", 0.0)
    own, of_base = rows_of(persona, 300, seed=1), rows_of(plain, 300, seed=2)
    whole, half = (scored(base, persona, rows) for rows in (own, own[:150] + of_base[:150]))
    assert whole > half > 0
    assert scored(base, plain, of_base) == pytest.approx(0, abs=1e-9)
    assert scored(base, None, of_base) == 0


def test_a_conversation_is_read_as_it_was_written(base):
    """Each answer was written after its own question: what stands before it is nobody's."""
    persona = Teacher(base, get("micro/prefers-owl").persona, "micro/prefers-owl", 0.3)
    rows = rows_of(persona, 100, seed=4)
    talks = [
        Row(RowKind.CONVERSATION, (*a.prompt, *a.answer, *b.prompt), b.answer, index=b.index)
        for a, b in zip(rows[::2], rows[1::2], strict=True)
    ]
    assert scored(base, persona, talks) == pytest.approx(scored(base, persona, rows[1::2]))
