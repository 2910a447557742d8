from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.report._visible import one_line, visible

anything = st.text(st.characters(exclude_categories=()))


@settings(deadline=None)
@given(anything)
def test_nothing_hidden_is_left(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in "\n\t"]
    shown.encode("utf-8")


@settings(deadline=None)
@given(anything)
def test_showing_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@settings(deadline=None)
@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_plain_text_stays(text: str) -> None:
    assert visible(text) == text


@settings(deadline=None)
@given(anything, st.integers(1, 50))
def test_one_line_is_one_line_and_short(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert "\n" not in line
    assert len(line) <= limit * len("⟨U+10FFFF⟩")


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("\x00", "␀"),
        ("\x7f", "␡"),
        ("\x85", "⟨U+0085⟩"),
        ("‮", "⟨U+202E⟩"),
        ("\u200b", "⟨U+200B⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\U000e0101", "⟨U+E0101⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\ufffe", "⟨U+FFFE⟩"),
        ("a\r\nb", "a\nb"),
        ("a\rb", "a␍b"),
    ],
)
def test_spelled_out(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown
