"""The built-in rules, one a file."""

from limen.before.check.rules import (
    empty_answer,
    exact_duplicate,
    hidden_character,
    mention,
    near_duplicate,
    personal_data,
    same_pair,
    secret,
    truncated,
    unreadable,
    untrained,
)

__all__ = [
    "empty_answer",
    "exact_duplicate",
    "hidden_character",
    "mention",
    "near_duplicate",
    "personal_data",
    "same_pair",
    "secret",
    "truncated",
    "unreadable",
    "untrained",
]
