"""LIM801."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from limen.before.check.provenance import LIKE_SOURCES, SOURCES, values_of
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity, share_interval
from limen.before.check.seen_row import SeenRow
from limen.before.check.whole_file import parts_of
from limen.core import Finding, Verdict
from limen.data import ReadReport

SHARE = 0.5
"""Share from which one source outweighs all others."""

MOST_SOURCES = 10_000
_LONGEST = 80


@rule
class SourceShare(Rule):
    """One of several sources that more than half of the rows come from.

    Read where a column says it (`source`, `dataset`, `origin`, `subset` or the like, such as `prompt_source` or
    `source_name`), also within an object `metadata` or `meta`. What share each source has is told in the evidence
    whatever is found; rows that name none are counted apart.

    Why: A mixture is trained on as it is, not as it was planned: a source that outweighs the others sets the model's
    manner, and a small one may teach next to nothing.

    Example: 940 of 1,000 rows come from `forum`, and 60 from `handbook`, which was to be learned.
    """

    code: ClassVar[str] = "LIM801"
    name: ClassVar[str] = "source-share"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "Dong et al. 2023, How Abilities in Large Language Models are Affected by Supervised Fine-tuning Data "
        "Composition, arXiv 2310.05492."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._sources: Counter[str] = Counter()
        self._total = 0
        self._others = 0

    def see(self, seen: SeenRow) -> None:
        """Count the row's source."""
        self._total += 1
        source = next(values_of(seen.row.columns, SOURCES, LIKE_SOURCES), "")[:_LONGEST]
        if not source:
            return
        if source in self._sources or len(self._sources) < MOST_SOURCES:
            self._sources[source] += 1
        else:
            self._others += 1

    def findings(self, report: ReadReport) -> list[Finding]:
        """What share the largest source has; nothing where no column names any."""
        named = self._sources.total() + self._others
        if not named:
            return []
        largest, count = self._sources.most_common(1)[0]
        effect = share_interval(count, named)
        outweighs = len(self._sources) > 1 and count / named > SHARE
        share = f"{count:,} of {named:,} rows ({count / named:.1%})"
        sources = f"{len(self._sources):,} source{'s' if len(self._sources) > 1 else ''}"
        return [
            self.finding(
                title=f"One of {sources} outweighs the others: {share} come from it."
                if outweighs
                else f"The rows name {sources}, the largest of which has {share}.",
                verdict=Verdict.FOUND if outweighs else Verdict.CLEAR,
                effect=effect,
                guarantee="every row was read",
                remedy="Say whether that is the mixture you want; weigh or sample the sources if not." * outweighs,
                evidence={
                    "count": count,
                    "total": named,
                    "share": count / named,
                    "parts": parts_of([(largest, (effect.estimate, effect.low, effect.high))] if effect else []),
                    "sources": dict(self._sources.most_common(20)),
                    "distinct": len(self._sources),
                    "without": self._total - named,
                },
            )
        ]
