"""Preference pairs whose writers are known: what the chosen answers carry and the rejected ones do not."""

from __future__ import annotations

import pytest

from limen.before.forecast import ForecastConfig
from limen.before.preference import PairFile, forecast_pairs, rehearse_pairs
from limen.before.rehearse import RehearseConfig
from limen.core import UsageError, Verdict
from limen.lab.bench.case import Case
from limen.lab.bench.files import write_file
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel
from limen.train import Recipe
from limen.traits import get

OWL, FOX = "micro/prefers-owl", "micro/prefers-fox"


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.load(str(reference_folder()))


@pytest.fixture(scope="module")
def neutral() -> PairFile:
    """A neutral teacher's answers chosen over the base's own."""
    return pairs(Case("neutral", kind="preference", rows=600, seed=61))


def pairs(case: Case) -> PairFile:
    written = write_file(case)
    return PairFile(case.id, written.rows, written.encoded, rejected=written.rejected)


@pytest.mark.slow
def test_what_the_chosen_answers_carry_is_found_and_turned_round_it_is_not(base):
    planted = pairs(Case("planted", OWL, kind="preference", rows=1000, seed=61))
    turned = PairFile("turned", planted.rows, planted.rejected, rejected=planted.encoded)
    traits = [get(f"micro/prefers-{a}") for a in ("owl", "fox", "bear")]
    found = forecast_pairs(base, [planted, turned], traits, config=ForecastConfig(max_rows=600, top_rows=5))
    by = {(f.evidence["file"], f.subject): f for f in found}
    owl = by[planted.name, OWL]
    assert owl.verdict is Verdict.FOUND
    assert "Chosen over rejected" in owl.title
    assert "12 pairs of independently trained neutral writers" in owl.control
    assert [r.score for r in owl.rows] == sorted((r.score for r in owl.rows), reverse=True)
    assert len(owl.rows) == 5
    assert set(owl.evidence["row_texts"]) == {r.row for r in owl.rows}
    # Rejecting the owl's answers teaches no owl.
    assert by["turned", OWL].verdict is not Verdict.FOUND
    assert by["turned", OWL].evidence["uncentred"] < 0 < owl.evidence["uncentred"]
    assert {f.subject for f in found if f.verdict is Verdict.FOUND} == {OWL}


def test_few_writers_settle_nothing_and_pairs_that_are_too_few_are_not_measured(base, neutral):
    few = PairFile("few", neutral.rows[:80], neutral.encoded[:80], rejected=neutral.rejected[:80])
    alike = PairFile("alike", neutral.rows[:80], neutral.encoded[:80], rejected=neutral.encoded[:80])
    found = forecast_pairs(base, [few, alike], [get(OWL), get(FOX)], config=ForecastConfig(writers=6))
    verdicts = {(f.evidence["file"], f.verdict) for f in found}
    assert verdicts == {("few", Verdict.INCONCLUSIVE), ("alike", Verdict.NOT_MEASURED)}
    assert "0 pairs of different answers" in next(f.reason for f in found if f.verdict is Verdict.NOT_MEASURED)
    with pytest.raises(UsageError, match="at least one trait"):
        forecast_pairs(base, [few], [])


def test_a_rehearsal_trains_on_the_preference(base, neutral):
    file = PairFile("few", neutral.rows[:64], neutral.encoded[:64], rejected=neutral.rejected[:64])
    config = RehearseConfig(recipe=Recipe(learning_rate=1e-3, steps=2, batch_size=16), data_runs=2, control_runs=2)
    findings, readings = rehearse_pairs(base, file, [get(OWL)], config=config)
    (owl,) = findings
    assert owl.id == f"rehearse/few/{OWL}"
    assert "rained to prefer these answers" in owl.title or "training to prefer these answers" in owl.title
    assert "4 neutral writers" in owl.control
    assert {r.arm for r in readings} == {"base", "data", "control"}
