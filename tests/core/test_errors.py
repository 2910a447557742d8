from __future__ import annotations

import inspect
import re

import pytest

from limen.core import LimenError, MissingExtraError, ReadError, RowError, errors


def classes() -> dict[str, type[LimenError]]:
    return {n: c for n, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, LimenError)}


def test_the_picture_in_the_docstring_is_the_tree():
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"^    (?P<lead>[ │├└─]*)(?P<name>\w+Error)\b", line):
            depth = len(match["lead"]) // 4
            above[depth:] = [match["name"]]
            drawn[match["name"]] = above[depth - 1] if depth else "Exception"
    assert drawn == {name: c.__bases__[0].__name__ for name, c in classes().items()}


def test_every_error_is_handed_on():
    import limen.core

    assert set(classes()) <= set(limen.core.__all__)


@pytest.mark.parametrize("name", sorted(classes()))
def test_every_error_exits_with_2(name):
    assert classes()[name].exit_code == 2


def test_one_line_with_place_and_remedy():
    error = ReadError("broken JSON.", where="rows.jsonl line 7", remedy="Mend it.")
    assert str(error) == "rows.jsonl line 7: broken JSON. Mend it."
    assert str(RowError("no answer.")) == "no answer."
    assert (error.what, error.where, error.remedy) == ("broken JSON.", "rows.jsonl line 7", "Mend it.")


def test_a_missing_extra_prints_the_install_line():
    error = MissingExtraError("httpx", "endpoint")
    assert "pip install 'limen[endpoint]'" in str(error)
    assert "'httpx'" in str(error)
