"""Whether rows can be read by a base at all."""

from __future__ import annotations

from collections.abc import Sequence

from limen.before.forecast.config import LEAST_ROWS, UNKNOWN_LIMIT
from limen.data import EncodedRow, unknown_share
from limen.models import LanguageModel


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
