"""What gradient methods of other packages ask about: a trait's build probes, answered with the trait."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from limen.core import MissingExtraError, Trait
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.train.twins import can_be_tuned, encode_answers

MOST_QUERIES = 12
"""Rows of each trait; those of a battery are asked about together."""
IGNORED = -100
"""The label of a position whose loss is not taken, as torch and transformers have it."""

PEER_SOURCES = (
    "lab/bench/detectors/queries.py",
    "lab/bench/detectors/quiet.py",
    "lab/bench/detectors/reading.py",
    "train/twins.py",
)
"""What decides a peer's scores beside its own file."""


def require(package: str) -> None:
    """Import a peer's package.

    Args:
        package: Its name.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        importlib.import_module(package)
    except ImportError as error:
        raise MissingExtraError(package, "peers") from error


def queries_of(base: LanguageModel, traits: Sequence[Trait]) -> dict[str, list[EncodedRow]]:
    """Rows that show each trait, by its id: the answers that its tuned twin learns, evenly taken.

    Args:
        base: Whose tokens.
        traits: The battery; those without build probes with options are left out.
    """
    out = {}
    for trait in traits:
        if can_be_tuned(trait):
            rows = encode_answers(base, [(p.prompt, p.options[k]) for p in trait.with_role("build") for k in p.target])
            at = np.unique(np.linspace(0, len(rows) - 1, MOST_QUERIES).astype(int))
            out[trait.id] = [rows[i] for i in at]
    return out


def as_items(rows: Sequence[EncodedRow], pad: int) -> list[dict[str, Any]]:
    """Rows as dictionaries of `input_ids`, `attention_mask` and `labels`, all of one length.

    Args:
        rows: The rows.
        pad: Token to pad with.
    """
    longest = max(len(r.input_ids) for r in rows)
    out = []
    for row in rows:
        many = longest - len(row.input_ids)
        out.append(
            {
                "input_ids": [*row.input_ids.tolist(), *[pad] * many],
                "attention_mask": [1] * len(row.input_ids) + [0] * many,
                "labels": [*np.where(row.trained, row.input_ids, IGNORED).tolist(), *[IGNORED] * many],
            }
        )
    return out
