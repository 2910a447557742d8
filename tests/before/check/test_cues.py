"""Rows that may be copies are those that a comparison of every two finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from limen.data import read_rows
from tests.before.check.cues import ALIKE, near_copies

TEXTS = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=8).map(" ".join), min_size=1, max_size=12)


@given(TEXTS)
def test_alike(texts):
    rows = list(read_rows([{"text": text + "."} for text in texts]))
    sets = [set(text.split()) for text in texts]
    expected = [
        i for i, own in enumerate(sets) if any(len(own & other) >= ALIKE * len(own | other) > 0 for other in sets[:i])
    ]
    assert [row.index for row in near_copies(rows)] == expected
