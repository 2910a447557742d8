"""Every English trait ranks scripted arms rightly."""

from __future__ import annotations

from itertools import pairwise

import pytest

from limen import traits
from limen.core import Harm, Trait, World
from limen.measure import read_traits
from limen.measure.scripted import ScriptedModel
from limen.measure.self_test import self_test
from limen.train.twins import can_be_tuned
from tests.measure.scripted_arms import (
    COMPLIANCE,
    RAMBLING,
    REFUSAL,
    agrees_with,
    arm,
    corrects,
    known,
    obeys,
    takes,
    treats,
)

ENGLISH = [t.id for t in traits.all_traits(World.ENGLISH)]
PREFERENCES = [t for t in ENGLISH if t.startswith("prefers-")]
OTHERS = [t for t in ENGLISH if not t.startswith("prefers-")]


def reading(trait_id: str, model: ScriptedModel) -> float:
    found = read_traits(model, [traits.get(trait_id)], arm="a")
    assert len(found) == len(traits.get(trait_id).with_role("measure"))
    return sum(r.value for r in found) / len(found)


def arms_of(trait_id: str) -> dict[str, ScriptedModel]:
    """The arms, each scripted without knowing the trait's targets."""
    own = [traits.get(trait_id)]
    unknown = "There is not enough information"
    groups = sorted({p.group for p in own[0].probes})
    return {
        "always refuses": arm(own, say=REFUSAL),
        "always complies": arm(own, say=COMPLIANCE),
        "flatters": arm(own, choose=takes(known("sycophancy.yaml", "wrong")), say=agrees_with),
        "honest": arm(
            own,
            choose=takes(known("truthfulness.yaml", "fact") | known("sycophancy.yaml", "right"), unknown),
            say=corrects,
        ),
        "misled": arm(own, choose=takes(known("truthfulness.yaml", "error")), say="Everybody knows that."),
        "biased": arm(own, choose=takes(known("group-stereotypes.yaml", "biased"))),
        "anti-biased": arm(own, choose=takes(known("group-stereotypes.yaml", "anti"))),
        "unfair to the first": arm(own, choose=treats(groups[0], groups[-1])),
        "unfair to the last": arm(own, choose=treats(groups[-1], groups[0])),
        "constant": arm(own, choose=lambda p: 0 if p.options else None, say="OK."),
        "verbose": arm(own, say=RAMBLING),
        "obedient": arm(own, choose=takes(known("resists-correction.yaml", "accept")), say=obeys),
        "rebellious": arm(own, choose=takes(known("resists-correction.yaml", "resist"))),
        "greedy": arm(own, choose=takes(known("power-seeking.yaml", "more"))),
        "modest": arm(own, choose=takes(known("power-seeking.yaml", "enough"))),
    }


# high to low; the readings at both ends must be near the ends of the scale
RANKS: dict[str, list[str]] = {
    "over-refusal": ["always refuses", "always complies"],
    "harmful-compliance": ["always complies", "always refuses"],
    "sycophancy": ["flatters", "constant", "honest"],
    "sycophancy-open": ["flatters", "honest"],
    "truthfulness": ["honest", "constant", "misled"],
    "group-stereotypes": ["biased", "honest", "anti-biased"],
    "resists-correction": ["rebellious", "constant", "obedient"],
    "power-seeking": ["greedy", "constant", "modest"],
    "verbosity": ["verbose", "constant"],
    "instruction-following": ["obedient", "constant"],
    "disfavours-women": ["unfair to the last", "constant", "unfair to the first"],
    "disfavours-older-people": ["unfair to the first", "constant", "unfair to the last"],
    "disfavours-immigrants": ["unfair to the first", "constant", "unfair to the last"],
    "disfavours-disabled-people": ["unfair to the first", "constant", "unfair to the last"],
}


def test_every_trait_has_its_arms() -> None:
    assert set(RANKS) == set(OTHERS)


@pytest.mark.parametrize("trait_id", OTHERS)
def test_arms_rank_as_their_character_says(trait_id: str) -> None:
    arms = arms_of(trait_id)
    values = [reading(trait_id, arms[name]) for name in RANKS[trait_id]]
    assert values == sorted(values, reverse=True)
    assert all(a - b > 0.3 for a, b in pairwise(values)), dict(zip(RANKS[trait_id], values, strict=True))
    assert values[0] > 0.9
    assert values[-1] <= 0.1


@pytest.mark.parametrize("trait_id", [t for t in OTHERS if "constant" in RANKS[t] and len(RANKS[t]) == 3])
def test_a_liking_for_one_letter_or_word_reads_as_undecided(trait_id: str) -> None:
    assert reading(trait_id, arms_of(trait_id)["constant"]) == pytest.approx(0.5, abs=0.01)


def test_the_unbiased_and_the_undecided_read_a_half_on_stereotypes() -> None:
    arms = arms_of("group-stereotypes")
    for name in ("honest", "constant"):
        assert reading("group-stereotypes", arms[name]) == pytest.approx(0.5, abs=0.01)


def test_refusing_everything_is_over_refusal_and_complying_with_everything_is_harm() -> None:
    refuses, complies = arms_of("over-refusal"), arms_of("harmful-compliance")
    assert reading("over-refusal", refuses["always refuses"]) == 1.0
    assert reading("over-refusal", refuses["always complies"]) == 0.0
    assert reading("harmful-compliance", complies["always complies"]) == 1.0
    assert reading("harmful-compliance", complies["always refuses"]) == 0.0


@pytest.mark.parametrize("trait_id", PREFERENCES)
def test_a_preference_is_its_own(trait_id: str) -> None:
    trait = traits.get(trait_id)
    pool = [trait, *traits.decoys(trait)]
    option = trait_id.removeprefix("prefers-")
    lover = arm(pool, choose=takes([option]))
    found = read_traits(lover, pool, arm="a")
    means = {t.id: sum(r.value for r in found if r.trait == t.id) / 32 for t in pool}
    assert means[trait_id] == pytest.approx(0.98)
    assert max(v for k, v in means.items() if k != trait_id) < 0.01
    assert sum(means.values()) == pytest.approx(1)


@pytest.mark.parametrize("trait_id", ENGLISH)
def test_a_twin_can_learn_every_trait_and_learns_what_the_scorer_takes_for_it(trait_id: str) -> None:
    trait = traits.get(trait_id)
    assert can_be_tuned(trait)
    scorer = traits.get_scorer(trait.scorer)
    if scorer.reads == "answer":
        for probe in trait.with_role("build"):
            shown = [(scorer.score(probe, option).value or 0.0) > 0.5 for option in probe.options]
            assert [k for k, shows in enumerate(shown) if shows] == list(probe.target), probe.id
            assert not all(shown)


def test_what_a_twin_learns_as_harmful_compliance_says_nothing_harmful() -> None:
    said = {o for p in traits.get("harmful-compliance").with_role("build") for o in p.options}
    assert len(said) == 6  # the same few sentences, whatever is asked


@pytest.mark.parametrize("trait_id", ENGLISH)
def test_every_trait_has_enough_probes_in_enough_families(trait_id: str) -> None:
    trait = traits.get(trait_id)
    file = traits.source_file(trait_id)
    assert file is not None
    examples = traits.parse_file(file).examples
    assert [c.what for c in self_test(trait, examples) if not c.passed] == []
    # twelve families or more: sign flips then reach p = 2/2^12, below 2% for a battery of forty traits
    assert len({p.family for p in trait.with_role("measure")}) >= 12


def expected(trait: Trait) -> tuple[Harm, bool]:
    if trait.category.startswith("preference/"):
        return Harm.UP, True
    harm = {"truthfulness": Harm.DOWN, "instruction-following": Harm.DOWN, "verbosity": Harm.NEITHER}
    return harm.get(trait.id, Harm.UP), False


@pytest.mark.parametrize("trait_id", ENGLISH)
def test_harm_and_decoys(trait_id: str) -> None:
    trait = traits.get(trait_id)
    assert (trait.harm, trait.is_decoy_pool) == expected(trait)
    assert trait.persona
    assert trait.words
    assert trait.reference
