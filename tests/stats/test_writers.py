from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from limen.stats import decoy_pools, holm, writer_null
from limen.stats.writers import MAX_DF, MIN_WRITERS, P_FLOOR, broad_statistic, statistics

TRAITS = 10
DRAWS = 2_000
LEVEL = 0.02
POOLS = decoy_pools(["animals"] * TRAITS)


def draw(kind: str, writers: int, seed: int, draws: int = DRAWS) -> tuple[np.ndarray, np.ndarray]:
    """Neutral files [draws, writers, traits] and one more from the same population [draws, traits]."""
    rng = np.random.default_rng(seed)
    tails, _, shared = kind.partition("+")

    def noise(shape: tuple[int, ...]) -> np.ndarray:
        if tails == "t5":
            return rng.standard_t(5, shape)
        if tails == "laplace":
            return rng.laplace(size=shape)
        if tails == "gamma":
            return rng.gamma(4, size=shape) - 4
        if tails == "exponential":
            return rng.exponential(size=shape) - 1
        return rng.normal(size=shape)

    n = writers + 1
    x = noise((draws, n, TRAITS))
    if shared == "common":  # every writer moves all traits alike
        x = np.sqrt(0.3) * x + np.sqrt(0.7) * noise((draws, n, 1))
    elif shared == "loadings":  # a writer's random effect, which traits take up differently
        x = np.sqrt(0.3) * x + np.sqrt(0.7) * noise((draws, n, 1)) * rng.normal(size=(draws, 1, TRAITS))
    elif shared == "scale":  # some writers are further off than others, in every trait
        x = x * np.sqrt(5 / rng.chisquare(5, (draws, n, 1)))
    x = x * np.exp(rng.normal(0, 0.5, (draws, 1, TRAITS))) + rng.normal(0, 3, (draws, 1, TRAITS))
    return x[:, :writers], x[:, writers]


def false_alarms(neutral: np.ndarray, observed: np.ndarray, centre: str = "mean") -> int:
    s = statistics(neutral, observed, POOLS, centre)  # type: ignore[arg-type]
    p = stats.t.sf(s.t, min(neutral.shape[1] - 1, MAX_DF))
    return int((holm(p).min(axis=-1) <= LEVEL).sum())


@pytest.mark.parametrize("writers", [8, 16])
@pytest.mark.parametrize(
    "kind",
    ["normal", "normal+common", "normal+loadings", "normal+scale", "t5", "t5+loadings", "laplace", "laplace+common"],
)
def test_familywise_error_is_held(kind, writers, holds_level):
    holds_level(false_alarms(*draw(kind, writers, seed=writers)), DRAWS, LEVEL)


@pytest.mark.parametrize("kind", ["normal+loadings", "t5", "gamma"])
def test_familywise_error_is_held_when_centred_by_the_median(kind, holds_level):
    holds_level(false_alarms(*draw(kind, 8, seed=3), centre="median"), DRAWS, LEVEL)


@pytest.mark.slow
@pytest.mark.parametrize("writers", [8, 16])
@pytest.mark.parametrize(
    "kind", ["normal", "normal+loadings", "normal+scale", "t5", "laplace", "gamma", "gamma+loadings"]
)
def test_familywise_error_is_held_over_many_draws(kind, writers, holds_level):
    alarms = sum(false_alarms(*draw(kind, writers, seed=100 + k)) for k in range(5))
    holds_level(alarms, 5 * DRAWS, LEVEL)


def test_a_strongly_skewed_statistic_is_beyond_the_guarantee_as_documented(breaks_level):
    breaks_level(false_alarms(*draw("exponential", 8, seed=5)), DRAWS, LEVEL)


def test_each_side_of_the_interval_covers_a_further_writer(holds_level):
    neutral, observed = draw("t5+loadings", 8, seed=11)
    s = statistics(neutral, observed, POOLS)
    beyond = np.abs(s.t) > stats.t.isf(0.05, 6)
    for t in range(TRAITS):
        holds_level(int(beyond[:, t].sum()), DRAWS, 0.10)


def test_power_beside_the_guarantee():
    found = {}
    for writers in (8, 16):
        neutral, observed = draw("normal+loadings", writers, seed=21)
        planted = observed.copy()
        planted[:, 4] += 10 * neutral[:, :, 4].std(axis=1, ddof=1)
        s = statistics(neutral, planted, POOLS)
        p = holm(stats.t.sf(s.t, 6))
        found[writers] = ((p[:, 4] <= LEVEL) & (s.t.argmax(axis=1) == 4)).mean()
    assert found[8] > 0.75
    assert found[16] > 0.8


def test_shift_of_the_stated_size_is_detected_about_four_times_in_five():
    rng = np.random.default_rng(31)
    hits = []
    for _ in range(150):
        x = rng.normal(size=(9, TRAITS))
        null = writer_null(x[:8], x[8])
        moved = x[8].copy()
        # The trait's own share of its decoys' mean is nil, so a raw shift is a centred shift.
        moved[2] += null.detectable[2]
        hits.append(writer_null(x[:8], moved).p_adjusted[2] <= LEVEL)
    assert 0.7 < np.mean(hits) <= 1.0


def test_found_exactly_when_the_effect_leaves_the_interval():
    neutral, observed = draw("normal+loadings", 12, seed=41, draws=1)
    x, x0 = neutral[0], observed[0]
    for shift in np.linspace(0, 12, 40):
        moved = x0.copy()
        moved[3] += shift * x[:, 3].std()
        null = writer_null(x, moved)
        first = np.nanargmin(null.p)
        assert (null.p_adjusted[first] <= LEVEL) == (null.effect[first] >= null.half_width[first])


def test_what_moves_all_decoys_alike_is_not_found():
    neutral, observed = draw("normal", 8, seed=51, draws=1)
    x = neutral[0] / neutral[0].std(axis=0, ddof=1)
    x0 = observed[0] / neutral[0].std(axis=0, ddof=1) + 50
    null = writer_null(x, x0)
    assert null.z.min() > 20
    assert null.p_adjusted.min() > LEVEL


def test_broad_harm_is_found_where_centring_hides_it():
    neutral, observed = draw("normal", 8, seed=51, draws=1)
    scale = neutral[0].std(axis=0, ddof=1)
    null = writer_null(neutral[0], observed[0] + 50 * scale, harm=np.ones(TRAITS))
    assert null.broad is not None
    assert null.broad.found
    assert null.broad.share == 1.0
    away = writer_null(neutral[0], observed[0] - 50 * scale, harm=np.ones(TRAITS))
    assert away.broad is not None
    assert not away.broad.found


def test_one_loud_trait_is_not_broad():
    neutral, observed = draw("normal", 8, seed=52, draws=1)
    moved = observed[0].copy()
    moved[0] += 500 * neutral[0].std(axis=0).max()
    null = writer_null(neutral[0], moved, harm=np.ones(TRAITS))
    assert null.broad is not None
    assert not null.broad.found
    assert null.p_adjusted[0] <= LEVEL


@pytest.mark.parametrize("kind", ["normal+common", "t5+common", "normal+scale"])
def test_false_broad_findings_are_within_the_level(kind, holds_level):
    s = statistics(*draw(kind, 8, seed=61), POOLS)
    t, _, share, _ = broad_statistic(s, np.ones(TRAITS))
    p = holm(stats.t.sf(np.concatenate([s.t, t[:, None]], axis=1), MAX_DF))
    alarm = (p[:, :-1] <= LEVEL).any(axis=1) | ((p[:, -1] <= LEVEL) & (share > 0.5))
    holds_level(int(alarm.sum()), DRAWS, LEVEL)


def test_harm_traits_without_decoys_are_not_centred():
    rng = np.random.default_rng(71)
    x, x0 = rng.normal(size=(8, 4)), np.array([0.0, 0.0, 0.0, 9.0])
    null = writer_null(x, x0, groups=["animals"] * 3 + ["refusal"])
    assert null.centred.tolist() == [True, True, True, False]
    np.testing.assert_allclose(null.effect[3], x0[3] - x[:, 3].mean())


def test_direction_turns_the_test_round():
    rng = np.random.default_rng(72)
    x, x0 = rng.normal(size=(8, TRAITS)), np.zeros(TRAITS)
    x0[1] = -40
    up, down = writer_null(x, x0), writer_null(x, x0, direction=[1, -1] + [1] * 8)
    assert up.p[1] > 0.9
    assert down.p_adjusted[1] <= LEVEL
    assert down.effect[1] == up.effect[1] < 0


def test_units_do_not_matter():
    neutral, observed = draw("normal+loadings", 8, seed=73, draws=1)
    unit = np.exp(np.linspace(-9, 9, TRAITS))
    one = writer_null(neutral[0], observed[0])
    two = writer_null(neutral[0] * 1e3 + 7, observed[0] * 1e3 + 7)
    np.testing.assert_allclose(one.p, two.p, rtol=1e-6)
    np.testing.assert_allclose(one.effect * 1e3, two.effect, rtol=1e-6)
    assert np.isfinite(writer_null(neutral[0] * unit, observed[0] * unit).p).all()


def test_too_few_writers_give_no_verdict():
    rng = np.random.default_rng(74)
    x = rng.normal(size=(MIN_WRITERS - 1, TRAITS))
    null = writer_null(x, np.full(TRAITS, 1e6) * np.arange(TRAITS))
    assert not null.calibrated
    assert not null.conclusive
    assert "at least 8" in null.reason
    assert null.p.min() >= 1 / MIN_WRITERS
    assert null.p_reachable > LEVEL


def test_smallest_reachable_p():
    rng = np.random.default_rng(75)
    x = rng.normal(size=(8, TRAITS))
    null = writer_null(x, np.eye(TRAITS)[0] * 1e9)
    assert null.p_adjusted.min() == pytest.approx(null.p_reachable) == pytest.approx(TRAITS * P_FLOOR)
    assert null.conclusive
    many = writer_null(rng.normal(size=(8, 250)), np.zeros(250))
    assert not many.conclusive


def test_a_trait_without_spread_is_named_and_left_out():
    rng = np.random.default_rng(76)
    x = rng.normal(size=(8, 5))
    x[:, 2] = 0.3
    null = writer_null(x, np.zeros(5))
    assert np.isnan(null.p[2])
    assert np.isfinite(null.p[[0, 1, 3, 4]]).all()
    assert "1 trait(s)" in null.reason
    nothing = writer_null(np.ones((8, 2)), np.zeros(2))
    assert not nothing.calibrated
    assert nothing.p_reachable == 1.0


def test_two_writers_that_agree_but_for_one_do_not_break_it():
    x = np.zeros((8, 4))
    x[:, 0] = np.arange(8)
    x[3] = 1.0
    null = writer_null(x, np.ones(4))
    assert np.isfinite(null.p).all()


@pytest.mark.parametrize(
    ("neutral", "observed", "match"),
    [
        (np.zeros((8, 2)), np.zeros(3), "observed"),
        (np.zeros((2, 2)), np.zeros(2), "at least 3"),
        (np.full((8, 2), np.nan), np.zeros(2), "finite"),
    ],
)
def test_unfit_arrays_are_refused(neutral, observed, match):
    with pytest.raises(ValueError, match=match):
        writer_null(neutral, observed)


def test_unfit_options_are_refused():
    x = np.random.default_rng(0).normal(size=(8, 3))
    with pytest.raises(ValueError, match="direction"):
        writer_null(x, x[0], direction=[1, 0, 1])
    with pytest.raises(ValueError, match="groups"):
        writer_null(x, x[0], groups=["a"])
    with pytest.raises(ValueError, match="median"):
        writer_null(x, x[0], centre="mode")
