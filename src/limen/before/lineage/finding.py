"""The finding of a file's lineage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from limen.before.forecast.data_file import DataFile
from limen.before.lineage.judge import LineageNull
from limen.core import Finding, Interval, Verdict

SUBJECT = "lineage"
_VERDICTS = {"foreign": Verdict.FOUND, "own": Verdict.CLEAR, "open": Verdict.INCONCLUSIVE}
_TITLES = {
    "foreign": "People or another model wrote the rows: the base’s own hand is not in them.",
    "own": "A model of the base’s own family wrote the rows, or the people whose text it learned.",
    "open": "Whether a model of the base’s own family wrote the rows is not settled.",
}
_REMEDIES = {
    "foreign": "What such rows teach can be read in them (limen check); a forecast by twins does not hold for them.",
    "own": "Such rows can carry what nobody can read in them: see limen forecast.",
    "open": "Give more rows (--rows), or train more neutral writers (--writers).",
}


def finding_of(
    file: DataFile, judged: LineageNull, neutral: Sequence[float], rows: int, level: float, base: str
) -> Finding:
    """The finding of a judged file.

    Args:
        file: The file.
        judged: What the null over writers says of it.
        neutral: Ratio of each neutral writer's rows, nats a token.
        rows: How many rows were read.
        level: Of each claim.
        base: The base's name.
    """
    half = judged.half_width
    evidence: dict[str, Any] = {
        "file": file.name,
        "base": base,
        "ratio": judged.ratio,
        "writers_mean": judged.writers,
        "unrelated": judged.unrelated,
        "way": judged.way,
        "writers": [judged.writers - x for x in neutral],
        "rows_read": rows,
    }
    return Finding(
        id=f"lineage/{file.name}",
        phase="lineage",
        subject=SUBJECT,
        title=_TITLES[judged.says],
        verdict=_VERDICTS[judged.says],
        effect=Interval(judged.short, judged.short - half, judged.short + half, 1 - level, "nats/token", "writer"),
        p=judged.p,
        p_adjusted=judged.p,
        smallest_detectable=judged.detectable,
        guarantee=f"error {level:.0%} of each of the two claims; null: neutral writers, and half of the way from them "
        "to a model that shares the distribution alone",
        control=f"{len(neutral)} independently trained neutral writers on the same prompts",
        reason=judged.reason,
        remedy=_REMEDIES[judged.says],
        evidence=evidence,
    )


def not_measured(file: DataFile, reason: str) -> Finding:
    """The finding that a file's lineage was not measured."""
    return Finding(
        id=f"lineage/{file.name}",
        phase="lineage",
        subject=SUBJECT,
        title="Whether a model of the base’s own family wrote the rows was not measured.",
        verdict=Verdict.NOT_MEASURED,
        reason=reason,
        remedy="Give more rows." if "rows" in reason else "Rehearse (limen rehearse): that holds for every base.",
        evidence={"file": file.name},
    )
