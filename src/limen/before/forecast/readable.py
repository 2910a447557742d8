"""Which files a base can read at all, and which of them are forecast together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from limen.before.forecast.config import LEAST_ROWS, UNKNOWN_LIMIT, ForecastConfig
from limen.before.forecast.data_file import DataFile
from limen.before.forecast.judge import not_measured
from limen.core import Finding, Trait, UsageError
from limen.data import EncodedRow, unknown_share
from limen.models import LanguageModel

Item = TypeVar("Item")


def unreadable(base: LanguageModel, encoded: Sequence[EncodedRow], chosen: Sequence[int]) -> tuple[str, str]:
    """Why rows cannot be read by a base, and what to do about it; empty if they can.

    Args:
        base: The base.
        encoded: Every row of the file.
        chosen: Positions of those that would be read.
    """
    trained = sum(bool(r.trained.any()) for r in encoded)
    if trained < LEAST_ROWS:
        cut = sum(r.truncated and not r.trained.any() for r in encoded)
        what = f"{trained} rows with trained tokens" + (f", since {cut} are cut before their answer" if cut else "")
        remedy = "Shorten the prompts, or raise --max-length." if cut else "Give more rows."
        return f"{what}; at least {LEAST_ROWS} are needed", remedy
    share = unknown_share([encoded[i] for i in chosen], base.tokenizer)
    if share > UNKNOWN_LIMIT:
        reason = f"{share:.0%} of the tokens are unknown to the base's vocabulary (at most {UNKNOWN_LIMIT:.0%})"
        return reason, "Use a base whose vocabulary and template fit the rows."
    return "", ""


def readable_files(
    base: LanguageModel, files: Sequence[DataFile], traits: Sequence[Trait], config: ForecastConfig
) -> tuple[list[tuple[DataFile, list[int]]], list[Finding]]:
    """Files that a base can read, each with the positions of the rows that are scored.

    Args:
        base: The base.
        files: The files.
        traits: The battery.
        config: How many rows are scored.

    Returns:
        Those files, and of the others the finding that each trait was not measured.

    Raises:
        UsageError: No traits or no files.
    """
    check_asked(traits, files)
    readable, findings = [], []
    for file in files:
        chosen = file.chosen(config.max_rows, config.seed)
        reason, remedy = unreadable(base, file.encoded, chosen)
        if reason:
            findings += [not_measured(file, t, reason, remedy) for t in traits]
        else:
            readable.append((file, chosen))
    return readable, findings


def check_asked(traits: Sequence[Trait], files: Sequence[object]) -> None:
    """See that there is something to forecast.

    Raises:
        UsageError: No traits or no files.
    """
    if not traits or not files:
        raise UsageError("a forecast needs at least one trait and one file.", remedy="See: limen traits list")


def grouped(items: Iterable[Item], key: Callable[[Item], Hashable]) -> list[list[Item]]:
    """Items whose key is equal, together, in the order in which they first come.

    Files on the same prompts share the rows that neutral writers and twins write.
    """
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())
