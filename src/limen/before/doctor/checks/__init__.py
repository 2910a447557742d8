"""The doctor's own checks; importing this registers them."""

from limen.before.doctor.checks import (
    boilerplate,
    chat_template,
    double_bos,
    end_token,
    generation_markers,
    pad_is_end,
    padding_invariance,
    truncation,
    untrained_rows,
    vocabulary,
)

__all__ = [
    "boilerplate",
    "chat_template",
    "double_bos",
    "end_token",
    "generation_markers",
    "pad_is_end",
    "padding_invariance",
    "truncation",
    "untrained_rows",
    "vocabulary",
]
