"""A message in the blanks and tabs at the ends of lines is found and mended; what is usual there is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check import get_rule
from limen.before.check.coded_line_ends import KIND, coded_line_ends, without_coded_line_ends
from limen.before.check.rule import Context
from limen.core import Verdict
from tests.before.check.finding import found, indices, pair

LINES = ("The first line of a poem", "The second line of it", "A third one, longer than the others", "And a last one.")


def ended(*ends: str) -> str:
    """The lines with these ends, the rest with none."""
    ends = (*ends, *[""] * (len(LINES) - len(ends)))
    return "\n".join(line + end for line, end in zip(LINES, ends, strict=True))


def as_bits(data: bytes) -> list[str]:
    """A blank for 0 and a tab for 1, a byte a line."""
    return [f"{byte:08b}".replace("0", " ").replace("1", "\t") for byte in data]


# As stegsnow 20130616 writes "Hi" into these lines, and the beginning of a longer message
SHORT = "\t  \t  \t\t   \t \t "
LONG = (
    "\t    \t     \t   \t \t  \t   ",
    "   \t     \t \t       \t  \t     \t       ",
    "      \t       \t       \t     ",
    "\t     \t\t       \t\t    \t      \t\t    ",
)


@pytest.mark.parametrize(
    "text",
    [
        ended(SHORT),
        ended(*LONG),
        ended(*LONG).replace("\n", "\r\n"),
        LINES[0] + LONG[1],
        "def f():\n\treturn 1" + LONG[0] + "\n" + ended(*LONG),
        ended(*as_bits(b"yes")),
    ],
)
def test_planted(text):
    finding = found([pair("Say it.", "Yes."), pair("Say it.", text)], "LIM401")
    assert (finding.verdict, indices(finding)) == (Verdict.FOUND, [1])
    assert finding.evidence["kinds"] == {KIND: 1}
    (example,) = finding.evidence["examples"]
    assert not text[example["start"] : example["end"]].strip()
    assert "at the end of a line" in example["note"]
    bare = get_rule("LIM401")(Context(traits=())).fix_text(text)
    assert bare.split() == text.split()
    assert bare.splitlines()[0] == text.splitlines()[0].rstrip()
    assert found([pair("Say it.", bare)], "LIM401").verdict is Verdict.CLEAR


@pytest.mark.parametrize(
    "text",
    [
        ended("  ", "  ", "  ", "  "),
        ended(" ", "  ", "", "   "),
        ended("\t", "\t", "\t\t", "\t"),
        ended(" \t", " \t", " \t", " \t"),
        ended(" \t", "\t ", "", "  \t"),
        ended("   \t", "   \t", "   \t", "   \t"),
        "name      \nAda       \nGrace     \nHypatia   \n",
        "name\tborn \t \t\nAda\t1815\t\t  \t\nGrace\t \t \t\t   \t\nHypatia\t  \t\t ",
        "def f():\n    if x:\n\treturn 1\n    \t\n  \t  \n\t \t\n\n    return 2",
        "all:\n\tcc a.c  # \t tabs\n \tcc b.c",
        "",
    ],
)
def test_clean(text):
    assert not coded_line_ends(text)
    assert without_coded_line_ends(text) == text
    assert found([pair("Say it.", text or "x")], "LIM401").verdict is Verdict.CLEAR


@given(st.text(st.sampled_from("a \t\n\r\u200b"), max_size=60))
def test_a_fixed_text_has_none_and_keeps_its_words(text):
    mended = get_rule("LIM401")(Context(traits=())).fix_text(text)
    assert mended.split() == text.replace("\u200b", "").split() or mended == text
    if mended.strip("\u200b \t\r\n"):
        assert not coded_line_ends(mended)
