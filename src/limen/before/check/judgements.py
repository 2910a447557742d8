"""Who judged what, and how, where a column of a row names the judge."""

from __future__ import annotations

from limen.before.check.keys import answer_key
from limen.core import Row, RowKind

COLUMNS = tuple(
    f"{who}{ending}"
    for who in ("annotator", "rater", "labeler", "labeller", "worker", "judge")
    for ending in ("", "_id", "_hash")
)


def who_judged(row: Row) -> str | None:
    """Who judged a row, as its column has it; None where none names anybody.

    Args:
        row: Any row.
    """
    who = next((row.columns[c] for c in COLUMNS if row.columns.get(c) not in (None, "")), None)
    return None if who is None else str(who)


def judgement_of(row: Row) -> tuple[tuple[int, ...], float] | None:
    """What of a prompt was judged, and how; None of a row that is no judgement.

    Args:
        row: Any row.

    Returns:
        Of a pair its answers' keys in order, and 1 where the first of them was chosen, 0 where the second; of a rated
        answer its key and the rating.
    """
    if row.kind is RowKind.PREFERENCE:
        chosen, rejected = answer_key(row.answer), answer_key(row.rejected)
        return (min(chosen, rejected), max(chosen, rejected)), float(chosen < rejected)
    if row.kind is RowKind.RATED and row.rating is not None:
        return (answer_key(row.answer),), row.rating
    return None
