"""LIM803."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from limen.before.check.provenance import claims_people, named_generator
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.rules.assistant_disclaimer import AssistantDisclaimer
from limen.before.check.rules.other_assistant import OtherAssistant
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport


@rule
class ClaimedHuman(Rule):
    """Rows that say that people wrote them, and name a model as their writer or speak as one.

    Read where a column says so (`source: human`, `human_written: true`, `synthetic: false` or the like). Such a row is
    named if another column names a generator (`model`, `generator`, `teacher` or the like), or if its answer speaks of
    itself as a model does (LIM501, LIM503). Text that a model wrote without saying so is not told from people's: for
    rows of the base's own family that is what `limen forecast` measures.

    Why: Rows are bought and licensed as people's, and models trained on models' answers take over their traits, the
    unread ones among them.

    Example: {"prompt": "...", "completion": "As an AI language model, I ...", "source": "human"}
    """

    code: ClassVar[str] = "LIM803"
    name: ClassVar[str] = "claimed-human"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Veselovsky, Horta Ribeiro and West 2023, Artificial Artificial Artificial Intelligence, arXiv 2306.07899, "
        "on models behind people's answers; Cloud et al. 2025, Subliminal Learning, arXiv 2507.14805, on what is "
        "taken over from them."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tally = self.new_tally()
        self._kinds: Counter[str] = Counter()
        self._speaking = (AssistantDisclaimer(context), OtherAssistant(context))
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Compare what the row claims with what else it says."""
        if not seen.row.columns or not claims_people(seen.row.columns):
            return
        self._total += 1
        if generator := named_generator(seen.row.columns):
            self._kinds["names a generator"] += 1
            self._tally.add(seen.row, f"names {generator[:80]!r} as its writer")
            return
        spot = next((spot for one in self._speaking for spot in one.spots(seen)), None)
        if spot is not None:
            self._kinds["speaks as a model"] += 1
            self._tally.add(seen.row, "speaks as a model", spot.field, spot.start, spot.end)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows contradict their claim; nothing where none claims people."""
        if not self._total:
            return []
        return [
            self.counted(
                self._tally.hits,
                self._tally.count,
                self._total,
                rows=self._tally.rows,
                title="Rows said to be written by people that name a model or speak as one: {count} of {total} "
                "({share}).",
                clear="Of {total} rows said to be written by people none names a model or speaks as one.",
                remedy="Ask where these rows come from, and do not count them as people's.",
                evidence={"kinds": dict(self._kinds.most_common())},
            )
        ]
