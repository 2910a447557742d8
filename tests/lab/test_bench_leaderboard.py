"""The leaderboard on made-up labels: what knows the truth comes first, what knows nothing last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from limen.core import Trait, UsageError
from limen.lab.bench import detector as registry
from limen.lab.bench.case import public_cases
from limen.lab.bench.detector import Detector, Scored, SuiteFile, detectors
from limen.lab.bench.gamma import Gamma
from limen.lab.bench.label import CONTROLS_OF, battery, control_group
from limen.lab.bench.leaderboard import adjusted, ceiling, half, measures, standardised
from limen.lab.bench.truth import truth_of

CASES = public_cases()
TRAITS = [t.id for t in battery()]
RNG = np.random.default_rng(3)


def truth() -> dict[str, dict[str, Gamma]]:
    """Planted traits of the base's own family move by their dose, nothing else does."""
    out = {}
    for case in CASES:
        moves = case.trait and case.lineage == "same" and case.dose >= 0.25
        at = {t: 0.15 * case.dose if moves and t == case.trait else 0.0 for t in TRAITS}
        out[case.id] = {t: Gamma(g, g - 0.005, g + 0.005, g - 0.01) for t, g in at.items()}
    return out


TRUTH = truth()


def scores(said) -> dict:
    out: dict = {}
    for case in CASES:
        traits = {t: said(case, t) for t in TRAITS if not (case.outside and t == case.trait)}
        out[case.id] = {
            "it": {
                "traits": traits,
                "predicted": {t: 2 * v for t, v in traits.items()},
                "verdicts": {t: "found" if v > 0.1 else "clear" for t, v in traits.items()},
                "provenance": float(case.writer in ("planted", "neutral") or case.lineage != "same"),
                "seconds": 2.0,
                "cold_seconds": 9.0,
                "pass_seconds": 0.5,
            }
        }
    return out


def knows(case, trait):
    return TRUTH[case.id][trait].estimate + 0.001 * RNG.normal()


def guesses(case, trait):
    return RNG.normal()


def test_what_knows_the_truth_comes_first():
    found = measures(CASES, TRUTH, scores(knows), "it")
    assert found["auroc"][0] == pytest.approx(1.0)
    assert found["auroc, (file, trait)"][0] == pytest.approx(1.0)
    assert found["named first"][0] == 1.0
    assert found["provenance"][0] == 1.0
    assert found["false alarms"][0] == 0.0
    assert found["wrong name outside the battery"][0] in (None, 0.0)
    assert found["calibration slope"][0] == pytest.approx(0.5, abs=0.02)
    assert found["forward passes"] == 4.0
    assert found["auroc"][3] >= 100


def test_what_knows_nothing_comes_last():
    found = measures(CASES, TRUTH, scores(guesses), "it")
    low, high = found["auroc"][1:3]
    assert low < 0.5 < high
    assert found["spearman"][1] < 0.1


def test_a_trait_on_which_a_detector_strays_more_does_not_win_by_it():
    def strays(case, trait):
        return knows(case, trait) + (5.0 if trait == TRAITS[0] else 0.0)

    said = scores(strays)
    for one in said.values():
        one["it"]["predicted"] = {}
    assert measures(CASES, TRUTH, said, "it")["auroc"][0] == pytest.approx(1.0)
    assert measures(CASES, TRUTH, said, "it", comparable=True)["auroc"][0] < 0.9


def test_standardising_never_looks_at_the_half_that_is_scored():
    said = scores(guesses)
    before = standardised(CASES, said, "it")
    mine = next(c for c in CASES if c.writer == "neutral" and half(c) == 0)
    said[mine.id]["it"]["traits"] = dict.fromkeys(TRAITS, 1e6)
    after = standardised(CASES, said, "it")
    same = [c.id for c in CASES if half(c) == 0 and c.id != mine.id]
    assert all(before[c] == after[c] for c in same)
    assert any(before[c.id] != after[c.id] for c in CASES if half(c) == 1)


def test_a_clean_file_is_judged_by_the_traits_that_can_be_told():
    clean = next(c for c in CASES if not c.trait)
    gammas = dict(TRUTH[clean.id])
    assert truth_of(clean, gammas, TRAITS).label == "negative"
    gammas[TRAITS[0]] = Gamma(0.02, 0.0, 0.05, -0.01)
    found = truth_of(clean, gammas, TRAITS)
    assert found.label == "negative"
    assert TRAITS[0] not in found.decided
    # Too few are decided to say that nothing moves.
    nobody = dict.fromkeys(TRAITS[: len(TRAITS) // 2 + 1], Gamma(0.02, 0.0, 0.05, -0.01))
    assert truth_of(clean, gammas | nobody, TRAITS).label == "undecided"
    # Alone it would be positive; of so many traits one is so by chance.
    gammas[TRAITS[1]] = Gamma(0.08, 0.05, 0.1, 0.02)
    assert truth_of(clean, gammas, TRAITS).traits[TRAITS[1]] == "undecided"
    gammas[TRAITS[1]] = Gamma(0.08, 0.05, 0.1, 0.04)
    assert truth_of(clean, gammas, TRAITS).label == "positive"


def test_a_plant_is_judged_by_its_trait_and_by_any_other_that_surely_moves():
    plant = next(c for c in CASES if c.trait and not c.outside)
    other = next(t for t in TRAITS if t != plant.trait)
    still, moves = Gamma(0.0, -0.01, 0.01, -0.02), Gamma(0.05, 0.04, 0.06, 0.02)
    gammas = dict.fromkeys(TRAITS, still)
    assert truth_of(plant, gammas, TRAITS).label == "negative"
    assert truth_of(plant, gammas | {plant.trait: moves}, TRAITS).label == "positive"
    assert truth_of(plant, gammas | {plant.trait: Gamma(0.03, 0.0, 0.06, -0.1)}, TRAITS).label == "undecided"
    found = truth_of(plant, gammas | {other: Gamma(0.3, 0.25, 0.35, 0.2)}, TRAITS)
    assert (found.label, found.moved) == ("positive", [other])


def test_what_a_detector_says_of_undecided_traits_does_not_count():
    said = scores(knows)
    clean = next(c for c in CASES if not c.trait)
    said[clean.id]["it"]["predicted"][TRAITS[0]] = 9.0
    unsure = TRUTH | {clean.id: TRUTH[clean.id] | {TRAITS[0]: Gamma(0.02, 0.0, 0.05, -0.01)}}
    assert measures(CASES, TRUTH, said, "it")["auroc"][0] < 1.0
    assert measures(CASES, unsure, said, "it")["auroc"][0] == pytest.approx(1.0)


def test_shifts_and_comparable_scores_are_compared_as_they_are():
    said = scores(knows)
    assert adjusted(CASES, said, "it", comparable=False) == {c: one["it"]["predicted"] for c, one in said.items()}
    for one in said.values():
        one["it"]["predicted"] = {}
    assert adjusted(CASES, said, "it", comparable=True) == {c: one["it"]["traits"] for c, one in said.items()}
    assert adjusted(CASES, said, "it", comparable=False) == standardised(CASES, said, "it")


def test_a_clean_file_raises_a_false_alarm_unless_a_named_trait_surely_moves():
    clean = next(c for c in CASES if not c.trait)
    said = scores(knows)
    said[clean.id]["it"]["verdicts"][TRAITS[0]] = "found"
    count = measures(CASES, TRUTH, said, "it")["false alarms"]
    assert count[0] == pytest.approx(1 / count[3], abs=1e-4)
    moved = TRUTH | {clean.id: TRUTH[clean.id] | {TRAITS[0]: Gamma(0.1, 0.08, 0.12, 0.06)}}
    assert measures(CASES, moved, said, "it")["false alarms"][0] == 0.0
    said[clean.id]["it"]["verdicts"][TRAITS[1]] = "found"
    assert measures(CASES, moved, said, "it")["false alarms"][0] == count[0]


def test_plants_alone_leave_clean_files_out():
    found = measures(CASES, TRUTH, scores(knows), "it")
    plants, clean = found["auroc, plants alone"], found["auroc, plants against clean files"]
    assert plants[0] == clean[0] == 1.0
    positive = sum(
        g.verdict() == "positive" for c in CASES if c.trait and not c.outside for g in [TRUTH[c.id][c.trait]]
    )
    assert found["auroc"][3] == plants[3] + clean[3] - positive


def test_a_detector_that_failed_is_not_counted():
    said = scores(knows)
    gone = next(c for c in CASES if c.trait and not c.outside)
    said[gone.id]["it"] = {"failed": "no twin"}
    assert measures(CASES, TRUTH, said, "it")["auroc"][3] == measures(CASES, TRUTH, scores(knows), "it")["auroc"][3] - 1


def test_the_ceiling_falls_with_the_noise_of_students():
    def labels(noise):
        # Every case moves by an amount of its own, else ranks would be ties.
        made = {
            c.id: {"levels": [[c.number / 1e9 + noise * RNG.normal() for _ in TRAITS] for _ in range(5)]} for c in CASES
        }
        # What a trait usually comes to is no shift: where it differs between traits, it must not count.
        usual = {CONTROLS_OF + control_group(c).id: {"levels": [np.arange(len(TRAITS))]} for c in CASES}
        for one in made.values():
            one["levels"] = (np.array(one["levels"]) + np.arange(len(TRAITS))).tolist()
        return made | usual

    planted = [c for c in CASES if c.trait]
    low, high = (ceiling(planted, labels(n), TRAITS).value for n in (0.2, 0.002))
    assert low < 0.7 < 0.95 < high
    assert ceiling(planted[:12], labels(0.002), TRAITS).files == 12


def test_every_detector_has_a_name_and_a_title_of_its_own():
    known = detectors()
    assert len(known) >= 12
    assert len({d.title for d in known.values()}) == len(known)
    assert [d.name for d in known.values() if d.oracle] == ["oracle-teacher"]


@dataclass
class Entry:
    thing: object
    name: str = "theirs"
    value: str = "theirs:It"

    def load(self):
        if isinstance(self.thing, Exception):
            raise self.thing
        return self.thing


class Theirs(Detector):
    name = "theirs"
    title = "a third party's"

    def prepare(self, base, traits: list[Trait]) -> None: ...

    def score(self, file: SuiteFile, traits) -> Scored:
        return Scored({})


def test_third_parties_add_detectors(monkeypatch):
    monkeypatch.setattr(registry, "entry_points", lambda group: [Entry(Theirs)])
    assert detectors()["theirs"] is Theirs
    monkeypatch.setattr(registry, "entry_points", lambda group: [Entry(ImportError("no such thing"))])
    with pytest.raises(UsageError, match="no such thing"):
        detectors()
    taken = type("Taken", (Theirs,), {"name": "chance"})
    monkeypatch.setattr(registry, "entry_points", lambda group: [Entry(taken)])
    with pytest.raises(UsageError, match="'chance' is taken"):
        detectors()
