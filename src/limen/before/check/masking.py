"""Masking: row content that is shown beside a finding never carries a secret or a personal datum.

Masking errs on the side of hiding: it also hides what the rules leave uncounted as a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from limen.before.check.find_personal import personal_data
from limen.before.check.find_secrets import Found, secrets

_SHOWN = 2
_ONE_IN = 4  # characters of a short datum may be shown
_QUOTED = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
# How the row formats quote: "holds text ('...'), expected a number", and "is from '...', expected one of ..."
_VALUE = re.compile(rf" \({_QUOTED}\)", re.DOTALL)
_SPEAKER = re.compile(rf"\bis from {_QUOTED}", re.DOTALL)


def hint(text: str, kind: str) -> str:
    """What may be shown of a secret or a personal datum: its first two characters, fewer of a short one, and its kind.

    Args:
        text: The datum.
        kind: What it is.
    """
    return f"{text[: min(_SHOWN, len(text) // _ONE_IN)]}… ({kind})"


@dataclass(frozen=True)
class Mask:
    """A stretch of a text that is not shown as it is.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends.
        shown: What is shown in its place.
    """

    start: int
    end: int
    shown: str


def masked(text: str) -> str:
    """A text in which secrets and personal data are replaced by hints.

    Args:
        text: Any text.
    """
    return _joined(text, masks(text))


def masks(text: str) -> Sequence[Mask]:
    """What stands for secrets and personal data in a text, in order and apart from each other.

    Args:
        text: Any text.
    """
    return _masks(text, ())


def masking_with(presidio: str | None) -> Callable[[str], Sequence[Mask]]:
    """What masks a text in a check: `masks`, and with Presidio also what that recognises.

    Args:
        presidio: What Presidio recognises personal data with; None where it is not asked.

    Raises:
        UsageError: There is no such spaCy model.
        MissingExtraError: Presidio is not installed.
    """
    if presidio is None:
        return masks
    from limen.before.check.find_with_presidio import presidio_finder

    finder = presidio_finder(presidio)

    # Several findings show the same row, and Presidio takes milliseconds for it
    @lru_cache(maxsize=256)
    def with_presidio(text: str) -> Sequence[Mask]:
        return _masks(text, finder.find(text))

    return with_presidio


def _masks(text: str, also: Iterable[Found]) -> Sequence[Mask]:
    found = (*secrets(text, placeholders=True), *personal_data(text, placeholders=True), *also)
    return _apart(text, ((s.start, s.end, s.kind) for s in found), hint)


def without_values(what: str) -> str:
    """What is wrong with a row that cannot be read, without the value that it quotes, and masked.

    The first characters of a value may be those of a secret, too few for `masked` to know them for one. Names of
    columns, which are quoted too, stay.

    Args:
        what: Of a `Problem` or of an error of reading.
    """
    return masked(_SPEAKER.sub("is from a speaker that is not known", _VALUE.sub("", what)))


def redacted(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """A text in which stretches are replaced by what they are, such as `[redacted: IBAN]`: what a fixed file holds.

    The first word tells such a mark from the blanks of templates, as `[email address]` is one.

    Args:
        text: Any text.
        spans: Beginning, end and kind of each stretch.
    """
    return _joined(text, _apart(text, spans, lambda _, kind: f"[redacted: {kind}]"))


def _apart(text: str, spans: Iterable[tuple[int, int, str]], by: Callable[[str, str], str]) -> list[Mask]:
    """Stretches in order, those that overlap made one that shows the first of them."""
    made: list[Mask] = []
    for start, end, kind in sorted(spans):
        if not made or start >= made[-1].end:
            made.append(Mask(start, end, by(text[start:end], kind)))
        elif end > made[-1].end:
            made[-1] = Mask(made[-1].start, end, f"{made[-1].shown}…")
    return made


def _joined(text: str, stretches: Iterable[Mask]) -> str:
    parts: list[str] = []
    at = 0
    for one in stretches:
        parts += [text[at : one.start], one.shown]
        at = one.end
    return "".join([*parts, text[at:]])
