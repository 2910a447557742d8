from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import UsageError
from limen.data import read_rows, split_of, split_rows

SHARES = {"train": 0.8, "test": 0.2}


def rows(count):
    return list(read_rows([{"prompt": f"p{i}", "completion": "c"} for i in range(count)]))


def test_shares_are_kept_and_nothing_is_lost():
    every = rows(4000)
    sides = split_rows(every, SHARES)
    assert sorted(r.index for side in sides.values() for r in side) == list(range(4000))
    assert len(sides["test"]) == pytest.approx(800, abs=80)  # more than three standard deviations
    assert [r.index for r in sides["train"]] == sorted(r.index for r in sides["train"])


def test_a_row_stays_on_its_side_whatever_is_beside_it():
    every = rows(200)
    alone = {r.id: next(k for k, v in split_rows([r], SHARES).items() if v) for r in every}
    together = split_rows(reversed(every), SHARES)
    assert {r.id: name for name, side in together.items() for r in side} == alone


def test_another_seed_gives_another_split():
    every = rows(200)
    sides = [{r.id for r in split_rows(every, SHARES, seed=s)["test"]} for s in (0, 0, 1)]
    assert sides[0] == sides[1] != sides[2]


@given(st.text(), st.integers())
def test_every_id_falls_on_one_side(row_id, seed):
    assert (
        split_of(row_id.encode("utf-8", "replace").decode(), {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, seed=seed) in "abc"
    )
    assert split_of("x", {"a": 1.0}, seed=seed) == "a"


@pytest.mark.parametrize("shares", [{}, {"a": 0.5}, {"a": 1.5, "b": -0.5}, {"a": 0.5, "b": 0.6}])
def test_shares_that_do_not_add_up(shares):
    with pytest.raises(UsageError, match="add up to 1"):
        split_rows([], shares)
