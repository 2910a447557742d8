"""What is stored of the public cases: the oracles reach what noise leaves, and random scores come last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from limen.lab.bench.bench import Standing, standing
from limen.lab.bench.case import REFERENCE, public_cases
from limen.lab.bench.combined import COMBINED
from limen.lab.bench.oracle import ORACLE
from limen.lab.bench.shipped import shipped_full_doses, shipped_labels
from scripts.figures import BEGUN, FIGURES
from scripts.verify import code_of

RESULTS = Path(__file__).parents[2] / "results" / "suite"
STORED = {p.stem: one for p in sorted(RESULTS.rglob("*.json")) if (one := json.loads(p.read_text()))["summary"]}
ELSEWHERE = "digits-1m"


def whole(suffix: str = "") -> dict[str, dict]:
    """Detector → case id → its piece, of those that scored every case of a base."""
    names = [n for n in STORED if n.startswith("scores-") and n.endswith(f"-{ELSEWHERE}") == bool(suffix)]
    return {n.removeprefix("scores-").removesuffix(suffix): STORED[n]["units"] for n in names}


WHOLE = whole()


@pytest.fixture(scope="module")
def found() -> Standing:
    cases = public_cases()
    said = {c.id: {name: units[c.id]["result"] for name, units in WHOLE.items()} for c in cases}
    return standing(cases, shipped_labels(REFERENCE), said, list(WHOLE), full_doses=shipped_full_doses(REFERENCE))


@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_of_the_suite_is_of_the_present_code(name):
    figure = next(f for f in (*FIGURES, *BEGUN) if f.name == name)
    assert STORED[name]["code"] == code_of(figure)[0], f"make it anew: python scripts/verify.py --only {name}"


def test_intervals_of_the_combined_predictor_cover_fresh_runs(found):
    combined = found.suite["combined"]
    low, high = combined["covered"][1:3]
    assert combined["covered"][3] >= 100
    assert low <= 1 - combined["miss"] <= high


def test_the_combined_predictor_tells_how_far_as_its_best_part_does_or_better(found):
    slope = found.board[COMBINED]["calibration slope"]
    assert slope[1] < 1.25
    assert slope[2] > 0.8
    assert found.suite["combined"]["gain, spearman"][2] > 0


def test_the_suite_decides_as_many_files_as_it_has_to(found):
    files = found.suite["files"]
    assert files["positive"] >= 40
    assert files["positive"] + files["negative"] >= 100
    assert found.suite["positives of other kinds"] >= 15


def test_the_oracle_of_transfer_reaches_what_noise_leaves(found):
    board = found.board[ORACLE]
    for key, ceiling in (("spearman", "ceiling"), ("spearman, positives", "ceiling, positives")):
        assert board[key][2] >= found.suite[ceiling][1]
    # Two students' shifts and five students' labels disagree by noise alone.
    assert board["auroc"][2] >= 0.99
    assert board["auroc, (file, trait)"][0] >= 0.99
    low, high = board["calibration slope"][1:3]
    assert low < 1 < high


def test_the_oracle_of_provenance_tells_writers_apart(found):
    assert found.board["oracle-teacher"]["provenance"][2] >= 0.99


def test_random_scores_come_last(found):
    low, high = found.board["chance"]["auroc"][1:3]
    assert low < 0.5 < high
    blind = found.board["chance"]["auroc"][0]
    assert all(one["auroc"][0] is None or one["auroc"][2] > blind for one in found.board.values())
    assert found.board["chance"]["named first"][0] <= min(
        one["named first"][0] for one in found.board.values() if one["named first"][0] is not None
    )
