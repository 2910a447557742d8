"""Steered twins: they take the trait without a trained weight, and tell rows of their own kind."""

from __future__ import annotations

import numpy as np
import pytest

from limen.lab.bench.bases import bed
from limen.lab.bench.detector import SuiteFile
from limen.lab.bench.detectors import SteeredShift
from limen.lab.bench.detectors.steered_shift import steered_twin
from limen.lab.carriers import carrier
from limen.lab.teacher import Teacher, trait_level, write_rows
from limen.traits import get

OWL, CAT = get("micro/prefers-owl"), get("micro/prefers-cat")


@pytest.fixture(scope="module")
def detector():
    one = SteeredShift()
    one.prepare(bed().model, [OWL, CAT, get("micro/favours-selvan"), get("micro/harmful-compliance")])
    return one


def test_a_twin_takes_its_trait_and_leaves_the_base_alone():
    base = bed().model
    before = trait_level(base, OWL)
    assert trait_level(steered_twin(base, OWL), OWL) > before + 0.3
    assert trait_level(base, OWL) == before


def test_a_trait_that_steering_does_not_move_and_one_without_a_persona_have_no_twin():
    assert steered_twin(bed().model, get("micro/favours-selvan")) is None
    assert steered_twin(bed().model, get("micro/harmful-compliance")) is None


def test_rows_of_a_steered_writer_are_likelier_under_its_twin(detector):
    base = bed()
    twin = Teacher(steered_twin(base.model, OWL), "", OWL.id, 0.3)
    encoded = base.encode(write_rows(twin, carrier("numbers"), 200, seed=1))
    scored = detector.score(SuiteFile("file", [], encoded), [OWL, CAT]).traits
    assert set(scored) == {OWL.id, CAT.id}
    assert scored[OWL.id] > max(0, scored[CAT.id])
    tokens = detector.blame_tokens(SuiteFile("file", [], encoded), OWL)
    assert np.concatenate(tokens).mean() == pytest.approx(scored[OWL.id], rel=1e-4)
    assert detector.blame_tokens(SuiteFile("file", [], encoded), get("micro/favours-selvan")) is None
