"""LIM604."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.answer_features import FEATURES, answer_features
from limen.before.check.feature_table import feature_table, p_text, signed
from limen.before.check.rank_correlation import partial_rank_correlations, rank_correlation
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.whole_file import parts_of
from limen.core import Finding, Interval, RowKind, Verdict
from limen.data import ReadReport

FAMILYWISE_LEVEL = 0.02
LEAST_ROWS = 50
LEAST_OF_EACH = 10
"""Rows that must lie on either side of a feature's most common value."""

MATTERS = 0.1
"""How far from zero a correlation must lie to matter."""


@rule
class RatingConfound(Rule):
    """Rated answers whose rating goes with their form.

    One linear regression of the rating's ranks on the ranks of all features at once: length, lists, Markdown,
    politeness, agreement with the user, praise of itself, refusal, hedging. Of each feature stands its partial rank
    correlation with the rating, which has the sign of its coefficient there and is zero where that is, with its 95%
    interval from errors clustered by prompt, and a p-value that is Holm-adjusted over the features; these decide what
    is found. Beside it stands Spearman's plain correlation with its interval and p-value. A feature that the others
    tell exactly is judged by the plain one; one that fewer than ten answers show, or do not show, is held while the
    others are weighed, and is not judged itself. Words are English; length, lists and Markdown are of any language.

    Why: What is trained on ratings learns what tells good ratings from bad most cheaply. That form and rating go
    together does not say that the judge went by the form.

    Example: Rows with a thumbs up are twice as long as those with a thumbs down.
    """

    code: ClassVar[str] = "LIM604"
    name: ClassVar[str] = "rating-confound"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Spearman 1904, The Proof and Measurement of Association between Two Things; Holm 1979, A Simple Sequentially"
        " Rejective Multiple Test Procedure."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._features = array("f")
        self._ratings = array("d")
        self._prompts = array("q")

    def see(self, seen: SeenRow) -> None:
        """Keep the features of a rated answer: 48 bytes."""
        row = seen.row
        if row.kind is RowKind.RATED and row.rating is not None:
            self._features.extend(answer_features("\n".join(m.content for m in row.answer)))
            self._ratings.append(row.rating)
            self._prompts.append(seen.prompt_key)

    def findings(self, report: ReadReport) -> list[Finding]:
        """Which features go with the rating; nothing where the file holds no ratings."""
        if not self._ratings:
            return []
        ratings, prompts = np.array(self._ratings), np.array(self._prompts, np.int64)
        features = np.array(self._features, np.float64).reshape(len(ratings), -1)
        told = correlations(features, ratings, prompts) if len(np.unique(prompts)) >= LEAST_ROWS else []
        if not told:
            return [
                self.not_measured(
                    "Whether ratings go with the form of answers was not measured.",
                    f"the file rates answers to fewer than {LEAST_ROWS} prompts, or all alike.",
                    "Check a larger file.",
                )
            ]
        found = sorted((f for f in told if f["p_adjusted"] <= FAMILYWISE_LEVEL), key=lambda f: f["p_adjusted"])
        widest = max(abs(bound) for f in told for bound in _judged(f)[1:])
        verdict = Verdict.FOUND if found else Verdict.CLEAR if widest <= MATTERS else Verdict.INCONCLUSIVE
        strongest = min(told, key=lambda f: f["p_adjusted"])
        title = {
            Verdict.FOUND: f"The rating of {len(ratings):,} answers goes with their form: "
            + "; ".join(map(_say, found))
            + ".",
            Verdict.CLEAR: f"The rating of {len(ratings):,} answers does not go with their form.",
        }.get(verdict, f"Whether the rating of {len(ratings):,} answers goes with their form stays open.")
        remedy = "Balance the ratings over these features, and look at length-controlled rewards."
        return [
            self.finding(
                title=title,
                verdict=verdict,
                effect=Interval(*_judged(strongest), unit="partial rank correlation", sampling_unit="prompt"),
                p=strongest["p"],
                p_adjusted=strongest["p_adjusted"],
                smallest_detectable=widest if (open_ := verdict is Verdict.INCONCLUSIVE) else None,
                guarantee=f"familywise error {FAMILYWISE_LEVEL:.0%} over {len(told)} features (Holm), by prompt",
                reason=f"some correlations can lie further than {MATTERS} from zero." if open_ else "",
                remedy=remedy if found else "",
                harmful=any(abs(r := _judged(f)[0]) >= MATTERS and self.spoils(abs(r)) for f in found),
                # Nobody asked for this verdict by name, so that an open one does not fail a run
                asked=not open_,
                evidence={
                    "total": len(ratings),
                    "features": told,
                    "table": feature_table(told, _COLUMNS),
                    "parts": parts_of((f["feature"], _judged(f)) for f in found),
                },
            )
        ]


def correlations(
    features: NDArray[np.float64], ratings: NDArray[np.float64], prompts: NDArray[np.int64]
) -> list[dict[str, Any]]:
    """Each feature that varies enough, with its correlations with the rating, intervals and p-values.

    Args:
        features: Shape (rows, features), in the order of `FEATURES`.
        ratings: Shape (rows,).
        prompts: The prompt of each row, shape (rows,).
    """
    from limen.stats import holm

    varying = [i for i in range(len(FEATURES)) if _varies(features[:, i])]
    if not varying:
        return []
    # What too few answers have to be judged itself is held all the same: what comes with it would be accused for it
    rare = [i for i in range(len(FEATURES)) if i not in varying and np.ptp(features[:, i]) > 0]
    held = partial_rank_correlations(features[:, [*varying, *rare]], ratings, prompts)[: len(varying)]
    told: list[dict[str, Any]] = []
    for i, partial in zip(varying, held, strict=True):
        plain = rank_correlation(features[:, i], ratings, prompts)
        if plain is None:
            continue
        one: dict[str, Any] = {
            "feature": FEATURES[i],
            **_named("", plain),
            **_named("partial_", partial or (None,) * 4),
        }
        told.append({**one, "p": (partial or plain)[3], "plain_p": plain[3]})
    if told:
        for one, adjusted in zip(told, holm([f["p"] for f in told]), strict=True):
            one["p_adjusted"] = float(adjusted)
    return told


def _varies(values: NDArray[np.float64]) -> bool:
    _, counts = np.unique(values, return_counts=True)
    return bool(len(values) - counts.max() >= LEAST_OF_EACH)


def _named(prefix: str, found: Sequence[float | None]) -> dict[str, float | None]:
    return {f"{prefix}{key}": value for key, value in zip(("correlation", "low", "high"), found[:3], strict=True)}


def _judged(feature: dict[str, Any]) -> tuple[float, float, float]:
    """Estimate and bounds of the correlation that decides: the partial one, where there is one."""
    prefix = "" if feature["partial_correlation"] is None else "partial_"
    estimate, low, high = (float(feature[f"{prefix}{key}"]) for key in ("correlation", "low", "high"))
    return estimate, low, high


_COLUMNS = {
    "feature": lambda f: f["feature"],
    "rank correlation": lambda f: signed(f["correlation"], f["low"], f["high"]),
    "p": lambda f: p_text(f["plain_p"]),
    "others held": lambda f: signed(f["partial_correlation"], f["partial_low"], f["partial_high"]),
    "adjusted p": lambda f: p_text(f["p_adjusted"]),
}


def _say(feature: dict[str, Any]) -> str:
    return f"{feature['feature']} {signed(*_judged(feature))}"
