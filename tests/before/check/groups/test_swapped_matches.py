"""A prompt and its counterfactual swap are what LIM702 calls matched: it compares how the two are answered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from limen.before.check.groups.lexicon import load_lexicons
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.groups.swap_german import NotSwapped
from limen.before.check.groups.swapping import swap_for
from limen.before.check.seen_row import SeenRow
from limen.core import Row
from limen.data import read_rows

LEXICONS = load_lexicons(("en",))


def asked(row: Row) -> Row:
    """The prompt of a row, answered by a word."""
    return replace(row, answer=(replace(row.answer[0], content="Yes."),), rejected=())


def swapped(row: Row, dimension: str) -> Row | None:
    """The same about another group; None where words alone cannot tell."""
    try:
        change = swap_for(row, LEXICONS[0], dimension)
        return replace(row, prompt=tuple(replace(m, content=change(m.content)) for m in row.prompt))
    except NotSwapped:
        return None


@pytest.mark.parametrize("name", ["instructions/alpaca_en_demo.json", "preferences/rasbt_preferences.json"])
def test_prompts_of_a_real_file_match_their_swaps(name: str, shared_data: Path):
    rows = [asked(row) for row in read_rows(shared_data / name)]
    pairs = [(row, other) for row in rows if (other := swapped(row, "gender")) is not None]
    assert len(pairs) >= 10
    for row, other in pairs:
        one, two = (row_groups(SeenRow(each), LEXICONS) for each in (row, other))
        assert one.slot_key("gender") == two.slot_key("gender"), row.prompt
        named, others = one.asked_about["gender"], two.asked_about["gender"]
        assert named != others or len(named) == 2  # of two groups, each takes the other's place
