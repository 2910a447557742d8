"""Lineage on files whose writers are known, with short stand-ins; and what is said where it cannot be measured."""

from __future__ import annotations

import sys

import pytest

from limen.before.forecast import DataFile
from limen.before.lineage import LineageConfig, lineage
from limen.core import Message, Row, RowKind, Verdict
from limen.data import encode_rows
from limen.lab.bench.case import Case
from limen.lab.bench.files import write_file
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel

# The package's name for it is the function's.
MODULE = sys.modules["limen.before.lineage.lineage"]


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.load(str(reference_folder()))


def file_of(case: Case) -> DataFile:
    written = write_file(case)
    return DataFile(case.id, written.rows, written.encoded)


@pytest.mark.slow
def test_rows_of_a_neutral_teacher_are_the_base_s_own_and_those_of_another_distribution_are_not(base):
    own, strange = file_of(Case("neutral", rows=512, seed=41)), file_of(Case("shifted", rows=512, seed=41))
    config = LineageConfig(writers=12, steps=600, tokens=60_000)
    found = {f.evidence["file"]: f for f in lineage(base, [own, strange], config=config)}
    assert found[strange.name].verdict is Verdict.FOUND
    assert found[strange.name].evidence["way"] > 0.5
    assert found[own.name].verdict is not Verdict.FOUND
    assert found[own.name].evidence["way"] < 0.5
    for one in found.values():
        assert one.evidence["unrelated"] < one.evidence["writers_mean"]
        assert len(one.evidence["writers"]) == 12


def test_too_few_rows_are_not_measured_and_nothing_is_trained(base, monkeypatch):
    monkeypatch.setattr(MODULE, "neutral_writers", lambda *a, **k: pytest.fail("trained"))
    rows = [Row(RowKind.COMPLETION, (Message("user", "continue : 1 2"),), (Message("assistant", "3 4"),), index=0)]
    (found,) = lineage(base, [DataFile("few", rows, list(encode_rows(rows, base.tokenizer, loss="completion")))])
    assert found.verdict is Verdict.NOT_MEASURED
    assert "at least 64" in found.reason


def test_a_base_that_knows_no_question_is_told_so(base, monkeypatch):
    monkeypatch.setattr(MODULE, "traits_for", lambda tokenizer: [])
    rows = [
        Row(RowKind.COMPLETION, (Message("user", "continue : 1 2"),), (Message("assistant", "3 4"),), index=k)
        for k in range(80)
    ]
    (found,) = lineage(base, [DataFile("many", rows, list(encode_rows(rows, base.tokenizer, loss="completion")))])
    assert found.verdict is Verdict.NOT_MEASURED
    assert "neutral writers" in found.reason
