"""Masking: row content that is shown beside a finding never carries a secret or a personal datum.

Masking errs on the side of hiding: it also hides what the rules leave uncounted as a placeholder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from limen.before.check.find_personal import personal_data
from limen.before.check.find_secrets import secrets

_SHOWN = 2


def hint(text: str, kind: str) -> str:
    """What may be shown of a secret or a personal datum: its first two characters and its kind.

    Args:
        text: The datum.
        kind: What it is.
    """
    return f"{text[:_SHOWN]}… ({kind})"


def masked(text: str) -> str:
    """A text in which secrets and personal data are replaced by hints.

    Args:
        text: Any text.
    """
    spans = [(s.start, s.end, s.kind) for s in secrets(text, placeholders=True)]
    spans += [(s.start, s.end, s.kind) for s in personal_data(text, placeholders=True)]
    return _replaced(text, spans, hint)


def redacted(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """A text in which stretches are replaced by what they are, such as `[e-mail]`: what a fixed file holds.

    Args:
        text: Any text.
        spans: Beginning, end and kind of each stretch.
    """
    return _replaced(text, spans, lambda _, kind: f"[{kind}]")


def _replaced(text: str, spans: Iterable[tuple[int, int, str]], by: Callable[[str, str], str]) -> str:
    parts: list[str] = []
    at = 0
    for start, end, kind in sorted(spans):
        if start >= at:
            parts += [text[at:start], by(text[start:end], kind)]
        elif end > at:
            parts.append("…")
        at = max(at, end)
    return "".join([*parts, text[at:]])
