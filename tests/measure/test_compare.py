from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from limen.core import Harm, Reading, UsageError, Verdict, exit_code
from limen.measure import Readings, compare, compare_arms

UP = {"t": Harm.UP}


def arm(
    name: str, values: NDArray[np.float64], *, trait: str = "t", run: int = 0, per_family: int = 2
) -> list[Reading]:
    return [
        Reading(trait, f"p{k}", f"f{k // per_family}", name, float(v), run) for k, v in enumerate(np.clip(values, 0, 1))
    ]


def two(before: NDArray[np.float64], after: NDArray[np.float64], **kwargs: int) -> list[Reading]:
    return arm("base", before, **kwargs) + arm("tuned", after, **kwargs)


RNG = np.random.default_rng(0)
LEVEL = RNG.uniform(0.3, 0.6, 32)
NOISE = RNG.normal(0, 0.01, 32)


def test_a_planted_shift_is_found_with_its_sign() -> None:
    (f,) = compare(two(LEVEL, LEVEL + 0.2 + NOISE), arm_a="base", arm_b="tuned", harm=UP)
    assert f.verdict is Verdict.FOUND
    assert f.harmful
    assert f.effect is not None
    assert f.effect.low < 0.2 < f.effect.high
    assert f.p_adjusted is not None
    assert f.p_adjusted <= 0.02
    assert exit_code([f]) == 1
    (back,) = compare(two(LEVEL, LEVEL + 0.2 + NOISE), arm_a="tuned", arm_b="base", harm=UP)
    assert back.verdict is Verdict.FOUND
    assert not back.harmful
    assert back.effect is not None
    assert back.effect.estimate == pytest.approx(-f.effect.estimate)
    assert exit_code([back]) == 0


def test_no_shift_is_clear_when_the_design_can_see_it() -> None:
    (f,) = compare(two(LEVEL, LEVEL + NOISE), arm_a="base", arm_b="tuned", harm=UP)
    assert f.verdict is Verdict.CLEAR
    assert exit_code([f]) == 0


def test_little_data_is_inconclusive_and_says_what_it_could_have_seen() -> None:
    noisy = LEVEL + RNG.normal(0, 0.2, 32)
    (f,) = compare(two(LEVEL, noisy), arm_a="base", arm_b="tuned", harm=UP)
    assert f.verdict is Verdict.INCONCLUSIVE
    assert f.smallest_detectable is not None
    assert f.smallest_detectable > 0.05
    assert f"{f.smallest_detectable:.2f}" in f.reason
    assert f.remedy
    assert exit_code([f]) == 3


def test_a_real_but_small_shift_is_clear_and_not_found() -> None:
    (f,) = compare(two(LEVEL, LEVEL + 0.01), arm_a="base", arm_b="tuned", harm=UP)
    assert f.p_adjusted is not None
    assert f.p_adjusted <= 0.02
    assert f.evidence["differs"] is True
    assert f.verdict is Verdict.CLEAR


def test_clear_looks_at_the_side_of_harm() -> None:
    shifted = LEVEL - 0.03 + np.repeat([0.06, -0.06] * 8, 2)
    readings = two(LEVEL, shifted)
    verdicts = {
        harm: compare(readings, arm_a="base", arm_b="tuned", harm={"t": harm})[0].verdict
        for harm in (Harm.UP, Harm.DOWN, Harm.NEITHER)
    }
    assert verdicts[Harm.UP] is Verdict.CLEAR
    assert verdicts[Harm.DOWN] is Verdict.INCONCLUSIVE
    assert verdicts[Harm.NEITHER] is Verdict.INCONCLUSIVE


def test_too_few_families_for_the_battery_are_inconclusive_whatever_the_effect() -> None:
    readings: list[Reading] = []
    for k in range(4):  # four traits, eight families: the smallest adjusted p is 4 · 2/2^8 = 0.031
        values = LEVEL[:16]
        readings += arm("base", values, trait=f"t{k}") + arm("tuned", values + 0.3, trait=f"t{k}")
    for f in compare(readings, arm_a="base", arm_b="tuned", harm={f"t{k}": Harm.UP for k in range(4)}):
        assert f.verdict is Verdict.INCONCLUSIVE
        assert f.p_reachable == pytest.approx(4 * 2 / 2**8)
        assert f.smallest_detectable is None
        assert "no adjusted p below 0.031 can be reached" in f.reason


def test_the_battery_is_all_pairs_and_traits_together() -> None:
    readings = two(LEVEL, LEVEL + 0.2) + arm("other", LEVEL + 0.01)
    one = compare_arms(readings, pairs=[("base", "tuned")], harm=UP)
    both = compare_arms(readings, pairs=[("base", "tuned"), ("base", "other")], harm=UP)
    assert [f.id for f in one] == ["diff/t"]
    assert [f.id for f in both] == ["diff/t/tuned-against-base", "diff/t/other-against-base"]
    assert one[0].evidence["battery"] == 1
    assert both[0].evidence["battery"] == 2
    assert both[0].p_adjusted is not None
    assert one[0].p_adjusted is not None
    assert both[0].p_adjusted == pytest.approx(2 * one[0].p_adjusted)


def test_probes_are_paired_and_the_rest_is_counted() -> None:
    readings = arm("base", LEVEL) + arm("tuned", LEVEL)[:-6][::-1]
    (f,) = compare(readings, arm_a="base", arm_b="tuned", harm=UP)
    assert f.evidence["probes"] == 26
    assert f.evidence["unpaired"] == 6
    assert f.effect is not None
    assert f.effect.estimate == 0


def test_what_cannot_be_compared_is_not_measured() -> None:
    elsewhere = [Reading("t", f"other{r.probe}", r.family, "tuned", r.value) for r in arm("tuned", LEVEL)]
    (apart,) = compare(arm("base", LEVEL) + elsewhere, arm_a="base", arm_b="tuned", harm=UP)
    assert apart.verdict is Verdict.NOT_MEASURED
    assert "no probe in common" in apart.reason
    one_sided = two(LEVEL, LEVEL) + arm("base", LEVEL, trait="u")
    found = {f.subject: f for f in compare(one_sided, arm_a="base", arm_b="tuned", harm=UP)}
    assert found["u"].verdict is Verdict.NOT_MEASURED
    assert "on the arm 'tuned'" in found["u"].reason
    assert exit_code(list(found.values())) == 3
    assert found["t"].evidence["battery"] == 1


def test_what_reading_could_not_measure_stays_not_measured() -> None:
    readings = Readings(two(LEVEL, LEVEL))
    readings.not_measured["v"] = "the vocabulary"
    found = {f.subject: f for f in compare(readings, arm_a="base", arm_b="tuned", harm=UP)}
    assert found["v"].reason == "the vocabulary"
    not_asked = compare(readings, arm_a="base", arm_b="tuned", harm=UP, asked=["t"])
    assert [f.asked for f in not_asked] == [True, False]
    assert exit_code(not_asked) == 0


def test_runs_are_averaged_and_contrasted() -> None:
    shifts = [0.18, 0.2, 0.22]
    readings = [r for k in range(3) for r in arm("base", LEVEL + 0.01 * k, run=k)]
    readings += [r for k, s in enumerate(shifts) for r in arm("tuned", LEVEL + s, run=k)]
    (f,) = compare(readings, arm_a="base", arm_b="tuned", harm=UP)
    assert f.evidence["mean_b"] - f.evidence["mean_a"] == pytest.approx(0.19)
    runs = f.evidence["runs"]
    assert (runs["data_runs"], runs["control_runs"]) == (3, 3)
    assert runs["estimate"] == pytest.approx(0.19)
    assert runs["p"] < 0.01
    single = compare(two(LEVEL, LEVEL), arm_a="base", arm_b="tuned", harm=UP)[0]
    assert "runs" not in single.evidence


def test_every_guarantee_speaks_of_the_checkpoint_and_never_blames_the_data() -> None:
    found = compare(two(LEVEL, LEVEL + 0.2), arm_a="base", arm_b="tuned", harm=UP)[0]
    assert found.guarantee.startswith("This checkpoint differs")
    assert "does not say that the data made it differ" in found.guarantee
    clear = compare(two(LEVEL, LEVEL), arm_a="base", arm_b="tuned", harm=UP)[0]
    assert "this checkpoint" in clear.guarantee
    assert "data" not in clear.guarantee
    assert "data" not in found.title + clear.title


def test_outcomes_get_mcnemar_beside_the_clustered_test() -> None:
    before = np.r_[np.ones(20), np.zeros(12)]
    after = np.r_[np.zeros(18), np.ones(2), np.zeros(9), np.ones(3)]
    (f,) = compare(two(before, after), arm_a="base", arm_b="tuned", harm=UP)
    assert (f.evidence["mcnemar"]["lost"], f.evidence["mcnemar"]["gained"]) == (18, 3)
    assert f.evidence["mcnemar"]["p"] == pytest.approx(2 * sum(math.comb(21, k) for k in range(4)) / 2**21)
    (g,) = compare(two(before * 0.9, after * 0.9), arm_a="base", arm_b="tuned", harm=UP)
    assert "mcnemar" not in g.evidence


def test_outcomes_that_seldom_change_are_never_clear_from_few_families() -> None:
    after = np.zeros(200)
    after[:2] = 1
    (f,) = compare(two(np.zeros(200), after, per_family=25), arm_a="base", arm_b="tuned", harm=UP)
    assert f.verdict is Verdict.INCONCLUSIVE
    assert "2 of 200 outcomes changed" in f.reason


def test_harm_is_looked_up_in_the_registry() -> None:
    down = arm("base", LEVEL, trait="truthfulness") + arm("tuned", LEVEL - 0.2, trait="truthfulness")
    (f,) = compare(down, arm_a="base", arm_b="tuned")
    assert f.harmful
    assert f.title.startswith("Tells common misconceptions from facts: less in tuned")
    unknown = arm("base", LEVEL, trait="mine") + arm("tuned", LEVEL + 0.2, trait="mine")
    assert not compare(unknown, arm_a="base", arm_b="tuned")[0].harmful


@pytest.mark.parametrize(
    ("pair", "message"),
    [(("base", "nobody"), "no readings of the arm 'nobody'"), (("base", "base"), "compared with itself")],
)
def test_arms_that_are_not_there(pair: tuple[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compare_arms(two(LEVEL, LEVEL), pairs=[pair])


def test_levels_that_make_no_test() -> None:
    with pytest.raises(UsageError, match="make no test"):
        compare(two(LEVEL, LEVEL), arm_a="base", arm_b="tuned", level=0.7)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20), st.integers(1, 4))
def test_any_readings_give_a_whole_finding(values: list[tuple[float, float]], per_family: int) -> None:
    before, after = (np.array(v) for v in zip(*values, strict=True))
    (f,) = compare(two(before, after, per_family=per_family), arm_a="base", arm_b="tuned", harm=UP)
    assert f.verdict in (Verdict.FOUND, Verdict.CLEAR, Verdict.INCONCLUSIVE)
    assert f.effect is not None
    assert -1 <= f.effect.low <= f.effect.estimate + 1e-9
    assert f.effect.estimate - 1e-9 <= f.effect.high <= 1
    assert f.p is not None
    assert f.p_adjusted is not None
    assert 0 < f.p <= f.p_adjusted <= 1
    assert (f.verdict is Verdict.INCONCLUSIVE) == bool(f.reason)


def draw(rng: np.random.Generator, shift: float, families: int, traits: int) -> list[Reading]:
    """Two arms whose probes share family effects, with a true mean shift."""
    readings: list[Reading] = []
    for t in range(traits):
        level = np.repeat(rng.uniform(0.3, 0.7, families), 2)
        own = np.repeat(rng.normal(0, 0.04, families), 2) + rng.normal(0, 0.03, 2 * families)
        name = f"t{t}"
        readings += arm("base", level, trait=name) + arm("tuned", level + shift + own, trait=name)
    return readings


@pytest.mark.slow
def test_found_keeps_its_familywise_level() -> None:
    rng = np.random.default_rng(1)
    harm = {"t0": Harm.UP, "t1": Harm.UP}
    draws, alarms = 2000, 0
    for _ in range(draws):
        findings = compare(draw(rng, 0.0, 8, 2), arm_a="base", arm_b="tuned", harm=harm)
        alarms += any(f.verdict is Verdict.FOUND or f.evidence["differs"] for f in findings)
    assert_rate(alarms, draws, 0.02)


@pytest.mark.slow
def test_clear_keeps_its_familywise_level_at_the_margin() -> None:
    rng = np.random.default_rng(2)
    harm = {"t0": Harm.UP, "t1": Harm.UP}
    draws, wrong = 2000, 0
    for _ in range(draws):
        findings = compare(draw(rng, 0.05, 12, 2), arm_a="base", arm_b="tuned", harm=harm)
        wrong += any(f.verdict is Verdict.CLEAR for f in findings)
    assert_rate(wrong, draws, 0.02)


def test_the_ordinary_bound_would_call_rare_outcomes_clear_too_often() -> None:
    """Why `clear` reckons with families in which nothing changed: the figure that the documentation quotes."""
    from limen.stats.paired import clustered_interval

    rng = np.random.default_rng(0)
    correlation, families, size, draws = 0.1, 8, 25.0, 4000
    strength = (1 - correlation) / correlation
    chances = rng.beta(0.05 * strength, 0.95 * strength, (draws, families))
    changed = rng.binomial(int(size), chances).astype(float)
    plain = clustered_interval(changed, np.full(families, size), level=0.96)[4]
    ours = clustered_interval(changed, np.full(families, size), level=0.96, outcomes=True)[4]
    assert (plain < 0.05).mean() == pytest.approx(0.14, abs=0.02)
    assert (ours < 0.05).mean() <= 0.02


def assert_rate(errors: int, draws: int, nominal: float) -> None:
    """The observed rate does not contradict the nominal one: its 99% lower bound is not above it."""
    from limen.stats import proportion_lower

    lower = proportion_lower(errors, draws, level=0.99)
    print(f"{errors} of {draws}, 99% lower bound {lower:.4f}, nominal {nominal}")
    assert lower <= nominal
