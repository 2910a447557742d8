"""Tables whose cells hold what separates cells and rows: what is changed reads as it should, and is undone."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.before.check import get_rule
from limen.before.check.fix import Balance, Method, fix_file, undo
from limen.data import read_rows
from tests.before.check.fix.made import Quiet

CELLS = st.text(alphabet='ab,;"\n\r\t ', max_size=8).map(lambda text: f"x{text}s3cret{text}y")


def written(path, rows, end="\n", delimiter=","):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
            [["prompt", "completion"], *rows]
        )
    return path


def cells(path, delimiter=","):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=delimiter))[1:]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4), end=st.sampled_from(["\n", "\r\n"]))
def test_any_cell_that_is_changed_reads_back(tmp_path_factory, rows, end):
    folder = tmp_path_factory.mktemp("table")
    source = written(folder / "a.csv", rows, end)
    result = fix_file(str(source), folder / "b.csv", rules=[Quiet])
    changed = [[cell.replace("s3cret", "[key]") for cell in row] for row in rows]
    assert cells(folder / "b.csv") == changed
    assert sum(1 for _ in read_rows(folder / "b.csv")) == len(rows)
    undo(result.manifest, folder / "c.csv")
    assert (folder / "c.csv").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_an_address_between_lines_is_taken_out_of_one_row(tmp_path, delimiter):
    source = written(tmp_path / "a.csv", [("Hi", "one\nwrite to joe.blogs@gmail.com\nthree")] * 2, delimiter=delimiter)
    result = fix_file(str(source), tmp_path / "b.csv", rules=[get_rule("LIM402")])
    assert cells(tmp_path / "b.csv", delimiter) == [["Hi", "one\nwrite to [redacted: e-mail address]\nthree"]] * 2
    undo(result.manifest, tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("method", list(Method))
def test_a_balance_of_cells_in_lines(tmp_path, method):
    rows = [(f"Who came\nin year {i}?", f"{'She' if i < 16 else 'He'} came\nlate, {i}") for i in range(28)]
    source = written(tmp_path / "a.csv", rows)
    result = fix_file(str(source), tmp_path / "b.csv", rules=[], balance=Balance(method, "gender"))
    out = cells(tmp_path / "b.csv")
    assert {tuple(row[:2]) for row in out} >= set(rows[16:])
    assert sum(1 for _ in read_rows(tmp_path / "b.csv")) == len(out)
    undo(result.manifest, tmp_path / "c.csv")
    assert (tmp_path / "c.csv").read_bytes() == source.read_bytes()
