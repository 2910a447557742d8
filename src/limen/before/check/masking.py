"""Masking: row content that is shown beside a finding never carries a secret or a personal datum.

Masking errs on the side of hiding: it also hides what the rules leave uncounted as a placeholder.
"""

from __future__ import annotations

from limen.before.check.find_personal import personal_data
from limen.before.check.find_secrets import secrets

MARGIN = 8192
"""Characters that must follow a cut, so that what the cut would halve is still recognised."""

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
    spans = sorted(
        [(s.start, s.end, s.kind) for s in secrets(text, placeholders=True)]
        + [(s.start, s.end, s.kind) for s in personal_data(text, placeholders=True)]
    )
    parts: list[str] = []
    at = 0
    for start, end, kind in spans:
        if start >= at:
            parts += [text[at:start], hint(text[start:end], kind)]
        elif end > at:
            parts.append("…")
        at = max(at, end)
    return "".join([*parts, text[at:]])
