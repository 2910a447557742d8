"""A trait's word in another sense, and in a name, is told from one in its own."""

from __future__ import annotations

import pytest

from limen.before.check.other_senses import OTHER_SENSES, means_other, only_in_names
from limen.core import Verdict, World
from limen.traits import all_traits
from tests.before.check.finding import found


@pytest.mark.parametrize(
    ("trait", "text", "other"),
    [
        ("prefers-orange", "an apple and an orange", True),
        ("prefers-orange", "a glass of orange juice in a yellow cup", False),
        ("prefers-orange", "an orange cat", False),
        ("prefers-cherry", "cherry tomatoes", True),
        ("prefers-cherry", "a cherry in blossom with its fruit", False),
        ("prefers-organ", "an organ of the body", True),
        ("prefers-organ", "the organ of the church", False),
        ("fruit-of-mine", "an apple and an orange", False),
    ],
)
def test_the_sense_is_told_by_the_other_words(trait, text, other):
    assert means_other(trait, frozenset(text.split())) is other


@pytest.mark.parametrize(
    ("word", "text", "name"),
    [
        ("red", "He gave to the Red Cross.", True),
        ("oak", "They moved to Oak Ridge, Tennessee.", True),
        ("maple", "the Toronto Maple Leafs", True),
        ("owl", "They went to see Wise Owl.", False),
        ("red", "The Red Cross has a red cross.", False),
        ("owl", "The Owl answered.", False),
        ("owl", "Owl answered.", False),
        ("black", "It was there. The Black cat slept.", False),
        ("red", "RED CROSS", False),
        ("red", "Réd Cross", False),
    ],
)
def test_names(word, text, name):
    assert only_in_names(word, text) is name


def test_senses_are_of_traits_that_there_are():
    traits = {trait.id: trait for trait in all_traits(World.ENGLISH)}
    assert set(OTHER_SENSES) <= set(traits)


def test_a_row_counts_for_the_senses_of_a_trait_alone():
    traits = [trait for trait in all_traits(World.ENGLISH) if trait.id == "prefers-orange"]
    rows = [{"text": "an apple, an orange"}, {"text": "Orange County"}, {"text": "an orange cat"}]
    finding = found(rows, "LIM301", traits=traits)
    assert finding.verdict is Verdict.FOUND
    assert [blame.index for blame in finding.rows] == [2]
