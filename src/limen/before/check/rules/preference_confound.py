"""LIM601."""

from __future__ import annotations

from array import array
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.answer_features import FEATURES, answer_features
from limen.before.check.feature_table import feature_table, p_text, signed
from limen.before.check.paired_logit import paired_logit
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.shown_position import position_code, shown_first
from limen.before.check.whole_file import parts_of
from limen.core import Finding, Interval, Message, RowKind, Verdict
from limen.data import ReadReport

FAMILYWISE_LEVEL = 0.02
LEAST_PAIRS = 50
"""Prompts without which nothing is fitted."""

LEAST_EACH_WAY = 5
"""Pairs that must differ in a feature in each direction for its coefficient to be compared with its standard error."""

MATTERS = 0.05
"""How far from one half the share of pairs must lie to matter."""

_POSITION = "position"
Floats = NDArray[np.float64]


@rule
class PreferenceConfound(Rule):
    """Preference pairs in which the chosen answer can be told by its form.

    One logistic regression of being chosen on the differences of all features of a pair at once, without an intercept:
    length, lists, Markdown, politeness, agreement with the user, praise of itself, refusal, hedging, and the position
    where a column such as `chosen_position` records it. Every feature that some pair differs in is in it and is held
    while the others are weighed, one that only chosen answers have too: the likelihood is Firth's penalised one, which
    keeps its coefficient finite. Each coefficient stands with its sign, its 95% interval from errors clustered by
    prompt, and a p-value that is Holm-adjusted over the features; these decide what is found. Where fewer than five
    pairs show a feature in one direction, interval and p-value come from the profile of the penalised likelihood, and
    the p-value is never below that of an exact sign test over prompts. A feature that the others tell exactly has no
    coefficient, and is judged by the sign test alone. The position is 1 for the answer shown first: above zero the
    one shown first is chosen more often, below zero the one shown second. Numbers in its column count from 0, or from
    1 where there is a 2 and no 0; a column of nothing but 1 tells no position.

    Beside it stands what is plainly counted: the share of pairs in which the chosen answer has more of the feature,
    among those that differ in it, with its 95% interval and the p-value of an exact sign test (binomial), as if each
    pair were on a prompt of its own. Every feature stands in the table, found or not: a plain share far from one half
    whose coefficient is not found may be another feature's doing, or too weak once the others are held. Words are
    English; length, lists and Markdown are of any language.

    Why: A reward model, or DPO, learns what tells chosen from rejected most cheaply. If that is length or a list, the
    model becomes longer or lists more, and no better. That the form goes with the choice does not say that the judge
    went by it: better answers can be longer.

    Example: 1,000 pairs in which the chosen answer is the longer one in 70%.
    """

    code: ClassVar[str] = "LIM601"
    name: ClassVar[str] = "preference-confound"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Bradley and Terry 1952, Rank Analysis of Incomplete Block Designs; Firth 1993, Bias Reduction of Maximum "
        "Likelihood Estimates; Heinze and Schemper 2002, A Solution to the Problem of Separation in Logistic "
        "Regression; Liang and Zeger 1986, Longitudinal Data Analysis Using Generalized Linear Models; Singhal "
        "et al. 2023, A Long Way to Go, arXiv 2310.03716, on length."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._differences = array("f")
        self._positions = array("b")
        self._prompts = array("q")

    def see(self, seen: SeenRow) -> None:
        """Keep the differences of a pair: 41 bytes."""
        row = seen.row
        if row.kind is not RowKind.PREFERENCE:
            return
        chosen, rejected = answer_features(_text(row.answer)), answer_features(_text(row.rejected))
        self._differences.extend(c - r for c, r in zip(chosen, rejected, strict=True))
        self._positions.append(position_code(row))
        self._prompts.append(seen.prompt_key)

    def findings(self, report: ReadReport) -> list[Finding]:
        """Which features go with being chosen; nothing where the file holds no pairs."""
        if not self._prompts:
            return []
        positions = shown_first(np.array(self._positions, np.int64))
        differences = np.array(self._differences, np.float64).reshape(len(self._prompts), -1)
        differences = np.column_stack([differences, positions])
        prompts = np.array(self._prompts, np.int64)
        if len(np.unique(prompts)) < LEAST_PAIRS:
            return [
                self.not_measured(
                    "Whether the form of an answer tells which is chosen was not measured.",
                    f"the file holds pairs on fewer than {LEAST_PAIRS} prompts.",
                    "Check a larger file.",
                )
            ]
        told = weigh(differences, prompts, (*FEATURES, _POSITION))
        return [self._finding(told, len(prompts), int(np.count_nonzero(positions)))]

    def _finding(self, features: list[dict[str, Any]], pairs: int, with_position: int) -> Finding:
        found = [f for f in features if f["p_adjusted"] <= FAMILYWISE_LEVEL]
        found.sort(key=lambda f: f["p_adjusted"])
        widest = max((max(abs(f["low"] - 0.5), abs(f["high"] - 0.5)) for f in features), default=0.0)
        verdict = Verdict.FOUND if found else Verdict.CLEAR if widest <= MATTERS else Verdict.INCONCLUSIVE
        effect = None
        if strongest := next(iter(found or sorted(features, key=lambda f: f["p_adjusted"])), None):
            effect = Interval(
                strongest["share"] - 0.5, strongest["low"] - 0.5, strongest["high"] - 0.5,
                unit="share of pairs above one half", sampling_unit="pair",
            )  # fmt: skip
        title = {
            Verdict.FOUND: f"What is chosen in {pairs:,} pairs can be told by its form: "
            + "; ".join(map(_say, found))
            + ".",
            Verdict.CLEAR: f"The form of an answer does not tell which is chosen, in {pairs:,} pairs.",
        }.get(verdict, f"Whether the form of an answer tells which is chosen stays open in {pairs:,} pairs.")
        return self.finding(
            title=title,
            verdict=verdict,
            effect=effect,
            p=strongest["p"] if strongest else None,
            p_adjusted=strongest["p_adjusted"] if strongest else None,
            smallest_detectable=widest if verdict is Verdict.INCONCLUSIVE else None,
            guarantee=f"familywise error {FAMILYWISE_LEVEL:.0%} over {len(features)} features (Holm), errors "
            f"clustered by prompt",
            reason="some shares can lie further than 0.05 from one half." if verdict is Verdict.INCONCLUSIVE else "",
            remedy="Balance the pairs over these features, or weigh them, and look at length-controlled rewards."
            if found
            else "",
            harmful=any(self.spoils(abs(f["share"] - 0.5)) for f in found),
            # Nobody asked for this verdict by name, so that an open one does not fail a run
            asked=verdict is not Verdict.INCONCLUSIVE,
            evidence={
                "total": pairs,
                "with_position": with_position,
                "features": features,
                "table": feature_table(features, _COLUMNS),
                "parts": parts_of(map(_part, found)),
            },
        )


def weigh(differences: Floats, prompts: NDArray[np.int64], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Each feature that some pair differs in: its coefficient in the joint fit, its plain share, and its p-values.

    Args:
        differences: Chosen minus rejected, shape (pairs, features).
        prompts: The prompt of each pair, shape (pairs,).
        names: Of the features.
    """
    from limen.stats import holm, mcnemar_p, proportion_interval

    more, less = (differences > 0).sum(axis=0), (differences < 0).sum(axis=0)
    differing = np.flatnonzero(more + less)
    one_sided = np.minimum(more, less)[differing] < LEAST_EACH_WAY
    fit = paired_logit(differences[:, differing], prompts, profiled=one_sided) if len(differing) else None
    features: list[dict[str, Any]] = []
    for at, i in enumerate(differing.tolist()):
        ways = int(more[i]), int(less[i])
        low, high = proportion_interval(ways[0], sum(ways))
        one: dict[str, Any] = {
            "feature": names[i], "more": ways[0], "less": ways[1], "share": ways[0] / sum(ways),
            "share_of_pairs": ways[0] / len(differences),
            "low": low, "high": high, "share_p": mcnemar_p(*ways), "coefficient": None,
            "p": mcnemar_p(*_by_prompt(differences[:, i], prompts)),
        }  # fmt: skip
        if fit is not None and np.isfinite(fit.coefficient[at]):
            p = float(fit.p[at])
            one |= {
                "coefficient": float(fit.coefficient[at]),
                "coefficient_low": float(fit.low[at]),
                "coefficient_high": float(fit.high[at]),
                # Of few pairs the likelihood ratio is too sure: five of five are one in sixteen, and 0.03 by it
                "p": max(p, one["p"]) if one_sided[at] else p,
            }
        features.append(one)
    if features:
        for one, adjusted in zip(features, holm([f["p"] for f in features]), strict=True):
            one["p_adjusted"] = float(adjusted)
    return features


def _by_prompt(differences: Floats, prompts: NDArray[np.int64]) -> tuple[int, int]:
    """On how many prompts the chosen answers mostly have more, and on how many less: a prompt is one unit."""
    _, group = np.unique(prompts, return_inverse=True)
    votes = np.bincount(group, np.sign(differences))
    return int((votes > 0).sum()), int((votes < 0).sum())


_COLUMNS = {
    "feature": lambda f: "position (shown first)" if f["feature"] == _POSITION else f["feature"],
    "chosen has more": lambda f: f"{f['more']:,} ({f['share_of_pairs']:.1%})",
    "less": lambda f: f"{f['less']:,}",
    "share of those that differ": lambda f: f"{f['share']:.1%} [{f['low']:.1%}, {f['high']:.1%}]",
    "p": lambda f: p_text(f["share_p"]),
    "log-odds, others held": lambda f: signed(*(f.get(f"coefficient{bound}") for bound in ("", "_low", "_high"))),
    "adjusted p": lambda f: p_text(f["p_adjusted"]),
}


def _part(feature: dict[str, Any]) -> tuple[str, tuple[float, float, float]]:
    name = str(feature["feature"])
    if feature["coefficient"] is None:
        return f"{name}, share", (feature["share"] - 0.5, feature["low"] - 0.5, feature["high"] - 0.5)
    return name, (feature["coefficient"], feature["coefficient_low"], feature["coefficient_high"])


def _say(feature: dict[str, Any]) -> str:
    share = _share(feature)
    if feature["coefficient"] is None:
        return f"{feature['feature']} ({share})"
    interval = signed(*(feature[f"coefficient{bound}"] for bound in ("", "_low", "_high")))
    return f"{feature['feature']} {interval} in log-odds ({share})"


def _share(feature: dict[str, Any]) -> str:
    """What is plainly counted; of positions, of the one that is chosen more often."""
    share, of = feature["share"], feature["more"] + feature["less"]
    if feature["feature"] != _POSITION:
        return f"the chosen one has more in {share:.1%} of {of:,}"
    shown, sign = ("first", "above") if share >= 0.5 else ("second", "below")
    return f"{sign} zero: the answer shown {shown} is chosen in {max(share, 1 - share):.1%} of {of:,}"


def _text(messages: tuple[Message, ...]) -> str:
    return "\n".join(m.content for m in messages if m.role not in ("user", "tool"))
