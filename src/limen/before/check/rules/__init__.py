"""The built-in rules, one a file."""

from limen.before.check.rules import (
    empty_answer,
    exact_duplicate,
    mention,
    near_duplicate,
    same_pair,
    truncated,
    unreadable,
    untrained,
)

__all__ = [
    "empty_answer",
    "exact_duplicate",
    "mention",
    "near_duplicate",
    "same_pair",
    "truncated",
    "unreadable",
    "untrained",
]
