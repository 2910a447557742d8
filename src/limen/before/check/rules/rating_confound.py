"""LIM604."""

from __future__ import annotations

from array import array
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.answer_features import FEATURES, answer_features
from limen.before.check.rank_correlation import rank_correlation
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, SeenRow, Severity
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

    Spearman's correlation of the rating with each of: length, lists, Markdown, politeness, agreement with the user,
    praise of itself, refusal, hedging; with 95% intervals whose errors are clustered by prompt, and p-values that are
    Holm-adjusted over the features. One feature at a time: unlike `preference-confound` this does not hold the others
    fixed. Words are English; length, lists and Markdown are of any language.

    Why: What is trained on ratings learns what tells good ratings from bad most cheaply. That form and rating go
    together does not say that the judge went by the form.

    Example: Rows with a thumbs up are twice as long as those with a thumbs down.
    """

    code: ClassVar[str] = "LIM604"
    name: ClassVar[str] = "rating-confound"
    severity: ClassVar[Severity] = Severity.WARNING

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
        widest = max(max(abs(f["low"]), abs(f["high"])) for f in told)
        verdict = Verdict.FOUND if found else Verdict.CLEAR if widest <= MATTERS else Verdict.INCONCLUSIVE
        strongest = min(told, key=lambda f: f["p_adjusted"])
        title = {
            Verdict.FOUND: f"The rating of {len(ratings):,} answers goes with their form: "
            + "; ".join(map(_say, found))
            + ".",
            Verdict.CLEAR: f"The rating of {len(ratings):,} answers does not go with their form.",
        }.get(verdict, f"Whether the rating of {len(ratings):,} answers goes with their form stays open.")
        interval = (strongest["correlation"], strongest["low"], strongest["high"])
        remedy = "Balance the ratings over these features, and look at length-controlled rewards."
        return [
            self.finding(
                title=title,
                verdict=verdict,
                effect=Interval(*interval, unit="rank correlation", sampling_unit="prompt"),
                p=strongest["p"],
                p_adjusted=strongest["p_adjusted"],
                smallest_detectable=widest if (open_ := verdict is Verdict.INCONCLUSIVE) else None,
                guarantee=f"familywise error {FAMILYWISE_LEVEL:.0%} over {len(told)} features (Holm), by prompt",
                reason=f"some correlations can lie further than {MATTERS} from zero." if open_ else "",
                remedy=remedy if found else "",
                harmful=any(abs(r := f["correlation"]) >= MATTERS and self.spoils(abs(r)) for f in found),
                # Nobody asked for this verdict by name, so that an open one does not fail a run
                asked=not open_,
                evidence={"total": len(ratings), "features": told},
            )
        ]


def correlations(
    features: NDArray[np.float64], ratings: NDArray[np.float64], prompts: NDArray[np.int64]
) -> list[dict[str, Any]]:
    """Each feature that varies enough, with its correlation with the rating, interval and p-values.

    Args:
        features: Shape (rows, features), in the order of `FEATURES`.
        ratings: Shape (rows,).
        prompts: The prompt of each row, shape (rows,).
    """
    from limen.stats import holm

    told: list[dict[str, Any]] = []
    for i, name in enumerate(FEATURES):
        _, counts = np.unique(features[:, i], return_counts=True)
        if len(ratings) - counts.max() < LEAST_OF_EACH:
            continue
        found = rank_correlation(features[:, i], ratings, prompts)
        if found is not None:
            r, low, high, p = found
            told.append({"feature": name, "correlation": r, "low": low, "high": high, "p": p})
    if told:
        for one, adjusted in zip(told, holm([f["p"] for f in told]), strict=True):
            one["p_adjusted"] = float(adjusted)
    return told


def _say(feature: dict[str, Any]) -> str:
    return f"{feature['feature']} {feature['correlation']:+.2f} [{feature['low']:+.2f}, {feature['high']:+.2f}]"
