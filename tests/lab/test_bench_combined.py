"""The combined predictor on made-up labels: it keeps what helps, and its figures are of files it was not fitted to."""

from __future__ import annotations

import math

import numpy as np
import pytest

from limen.before.size.predict import shipped_predictor
from limen.lab.bench.case import public_cases
from limen.lab.bench.combined import (
    COMBINED,
    MISS,
    PARTS,
    Pair,
    by_shipped_weights,
    fit,
    nested,
    pairs_of,
    with_combined,
)
from limen.lab.bench.combined_figures import combined_figures
from limen.lab.bench.full_dose_scores import with_full_dose
from limen.lab.bench.gamma import Gamma
from limen.lab.bench.label import CONTROLS_OF, battery, control_group
from limen.lab.bench.page import _combined

CASES = [c for c in public_cases() if not c.outside]
TRAITS = [t.id for t in battery()]


def made_up(seed: int, *, noise: float = 0.02, useful: bool = True, silent: str = "") -> list[Pair]:
    """A first part that tells a third of the shift, and a second that tells all of it or nothing."""
    rng = np.random.default_rng(seed)
    out = []
    for case in CASES:
        for trait in TRAITS:
            gamma = float(rng.uniform(0, 0.4)) if trait == case.trait else 0.0
            first = gamma / 3 + 0.05 * rng.normal()
            second = gamma + 0.02 * rng.normal() if useful else rng.normal()
            said = np.array([math.nan if case.writer == silent else first, second])
            out.append(
                Pair(case, trait, said, gamma + 0.1 * noise * rng.normal(), tuple(gamma + noise * rng.normal(size=2)))
            )
    return out


def test_a_part_that_adds_nothing_is_left_out():
    assert fit(made_up(1, useful=False)).kept == 0b01
    found = fit(made_up(1))
    assert found.kept & 0b10
    assert found.weights[found.kept][1] == pytest.approx(1.0, abs=0.25)


def test_where_a_part_is_silent_the_others_have_weights_of_their_own():
    pairs = made_up(2, silent="neutral")
    # Of files that the first part does not speak of, the second tells half.
    told = [
        Pair(p.case, p.trait, p.said * [1.0, 0.5] if math.isnan(p.said[0]) else p.said, p.gamma, p.fresh) for p in pairs
    ]
    found = fit(told)
    assert found.predict(np.array([math.nan, math.nan])) != found.predict(np.array([0.0, 0.0]))
    assert math.isnan(found.predict(np.array([math.nan, math.nan])))
    assert math.isfinite(found.predict(np.array([math.nan, 0.2])))


def test_intervals_cover_fresh_runs_of_traits_that_were_not_fitted_to():
    hits = [
        abs(run - one.value) <= one.half
        for seed in range(6)
        for one in nested(made_up(seed))
        if one.pair.planted
        for run in one.pair.fresh
    ]
    share, spread = np.mean(hits), math.sqrt(MISS * (1 - MISS) / (len(hits) / 2))
    assert abs(share - (1 - MISS)) < 3 * spread


def test_a_fold_has_no_part_in_its_own_predictions():
    pairs = made_up(3)
    gone = pairs[0].case.trait
    other = [
        Pair(p.case, p.trait, p.said, 5.0, (5.0, 5.0)) if p.case.trait == gone and p.trait == gone else p for p in pairs
    ]
    before, after = ({(o.pair.case.id, o.pair.trait): o.value for o in nested(p)} for p in (pairs, other))
    mine = {k for k in before if k[0].startswith("planted/" + gone.removeprefix("micro/") + "/")}
    assert mine
    assert all(before[k] == after[k] for k in mine)
    assert any(before[k] != after[k] for k in before.keys() - mine)


def test_two_folds_are_too_few():
    pairs = made_up(5)
    two = sorted({p.fold for p in pairs})[:2]
    assert nested([p for p in pairs if p.fold in two]) == []


def test_scores_become_pairs_and_predictions_scores():
    rng = np.random.default_rng(4)
    transfer, labels, scores = {}, {}, {}
    for case in CASES:
        at = {t: 0.15 + case.number / 3e9 if t == case.trait else 0.0 for t in TRAITS}
        transfer[case.id] = {t: Gamma(g, g - 0.01, g + 0.01, g - 0.02) for t, g in at.items()}
        labels[case.id] = {"held_out": [[0.5 + at[t] + 0.01 * rng.normal() for t in TRAITS] for _ in range(2)]}
        labels[CONTROLS_OF + control_group(case).id] = {"levels": [[0.5] * len(TRAITS)] * 2}
        cost = {"seconds": 2.0, "cold_seconds": 3.0, "pass_seconds": 1.0, "provenance": None}
        open_ = case.writer == "real"
        scores[case.id] = {
            "forecast": {
                "traits": dict.fromkeys(TRAITS, 9.0),
                "predicted": {},
                "doses": {t: 7.0 if open_ else at[t] * 4 for t in TRAITS},
                "verdicts": dict.fromkeys(TRAITS, "inconclusive" if open_ else "clear"),
                **cost,
            },
            "short-run": {
                "traits": at,
                "predicted": {t: at[t] / 2 + 0.01 * rng.normal() for t in TRAITS},
                "doses": {},
                "verdicts": {},
                **cost,
            },
        }
    gone = CASES[0].id
    scores[gone]["forecast"] = {"failed": "no twin"}
    scores = with_full_dose(scores, dict.fromkeys(TRAITS, 0.5))
    pairs = pairs_of(CASES, transfer, labels, scores)
    assert not any(p.case.id == gone for p in pairs)
    real = [p for p in pairs if p.case.writer == "real"]
    assert real
    assert all(np.isnan(p.said[:2]).all() and math.isfinite(p.said[2]) for p in real)
    planted = next(p for p in pairs if p.planted)
    moves = transfer[planted.case.id][planted.trait].estimate
    assert planted.said[0] == pytest.approx(4 * moves * (1 - 4 / 81))
    assert planted.said[1] == pytest.approx(planted.said[0] / 2)
    assert planted.fresh == pytest.approx((moves, moves), abs=0.05)
    found = with_combined(nested(pairs), scores)
    mine = found[planted.case.id][COMBINED]
    assert mine["predicted"][planted.trait] == pytest.approx(moves, abs=0.05)
    assert mine["seconds"] in (2.0, 4.0)
    assert COMBINED not in found[gone]
    told = combined_figures(nested(pairs), CASES, transfer, found, {"forecast"})
    assert told["covered"][0] > 0.8
    assert told["covered"][3] >= 100
    assert max(told["kept"].values()) == 1.0
    low, high = told["gain, spearman"][1:3]
    assert low <= told["gain, spearman"][0] <= high
    text = "\n".join(_combined(told))
    assert "90% intervals hold a fresh run" in text
    assert "Fitted to other traits" in text
    elsewhere = combined_figures(by_shipped_weights(pairs), CASES, transfer, found, {"forecast"}, fitted_on=False)
    assert "With the weights that ship" in "\n".join(_combined(elsewhere))
    assert set(elsewhere["kept"].values()) <= {0.0, 1.0}


def test_elsewhere_the_weights_that_ship_are_used_and_nothing_is_fitted():
    pairs = [Pair(p.case, p.trait, np.array([0.1, p.gamma, p.gamma / 3]), p.gamma, p.fresh) for p in made_up(3)]
    other = [Pair(p.case, p.trait, p.said, -p.gamma, ()) for p in pairs]
    before, after = ([(o.value, o.half) for o in by_shipped_weights(some)] for some in (pairs, other))
    assert before == after
    one = shipped_predictor().predict(dict(zip(PARTS, pairs[0].said, strict=True)))
    assert one
    assert before[0][0] == pytest.approx(one.shift)
