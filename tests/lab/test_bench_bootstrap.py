"""Statistics of weighted entries are those of the same entries written out, and intervals cover."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import linregress, spearmanr
from sklearn.metrics import average_precision_score, roc_auc_score

from limen.lab.bench.bootstrap import LEAST, auprc, auroc, figure, gain, slope, spearman

RNG = np.random.default_rng(5)
WEIGHTS = RNG.multinomial(80, np.full(80, 1 / 80), size=4).astype(float)
SAID = RNG.normal(size=80).round(1)
TRUTH = SAID + RNG.normal(size=80) > 0.5
MEASURED = SAID + RNG.normal(size=80).round(1)


@pytest.mark.parametrize(
    ("statistic", "first", "theirs"),
    [
        (auroc, TRUTH, roc_auc_score),
        (auprc, TRUTH, average_precision_score),
        (spearman, MEASURED, lambda a, b: spearmanr(a, b).statistic),
        (slope, MEASURED, lambda a, b: linregress(b, a).slope),
    ],
)
def test_weights_count_as_repetitions(statistic, first, theirs):
    found = statistic(first, SAID, WEIGHTS)
    for value, weights in zip(found, WEIGHTS, strict=True):
        drawn = np.repeat(np.arange(80), weights.astype(int))
        assert value == pytest.approx(theirs(first[drawn], SAID[drawn]))


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    covered = 0
    for _ in range(200):
        truth = np.arange(60) < 30
        found = figure(auroc, truth, RNG.normal(size=60) + truth)
        # Two normals one apart: Φ(1/√2)
        covered += found.low <= 0.7602 <= found.high
    assert 0.88 <= covered / 200 <= 0.99


def test_files_are_drawn_and_not_their_entries():
    files = np.repeat(np.arange(40), 10)
    truth = files % 2 == 0
    said = np.repeat(RNG.normal(size=40), 10) + truth
    apart, together = figure(auroc, truth, said), figure(auroc, truth, said, files)
    assert apart.value == together.value
    assert (apart.files, together.files) == (400, 40)
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_too_few_files_or_one_score_for_all_give_no_figure():
    truth = np.arange(40) < LEAST - 1
    assert figure(auroc, truth, RNG.normal(size=40)).value is None
    assert figure(auroc, np.arange(40) < LEAST, RNG.normal(size=40)).value is not None
    assert figure(auroc, np.arange(40) < LEAST, np.zeros(40)).value is None
    assert figure(spearman, RNG.normal(size=LEAST - 1), RNG.normal(size=LEAST - 1)).value is None
    assert figure(spearman, np.zeros(0), np.zeros(0)).files == 0


def test_a_gain_is_of_the_same_files():
    truth = np.arange(60) < 30
    good = RNG.normal(size=60) + 1.5 * truth
    better = good + 0.5 * truth
    found = gain(auroc, truth, better, good)
    assert found.value == pytest.approx(figure(auroc, truth, better).value - figure(auroc, truth, good).value)
    # Apart, two intervals of this width overlap; of the same files the gain is sure.
    assert found.low > 0
    assert figure(auroc, truth, better).low < figure(auroc, truth, good).high
    assert gain(auroc, truth, good, good).value == 0.0
