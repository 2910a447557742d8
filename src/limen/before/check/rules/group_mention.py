"""LIM701."""

from __future__ import annotations

from typing import ClassVar

from limen.before.check.groups.profile import GroupProfile, add_row
from limen.before.check.groups.row_groups import RowGroups, row_groups
from limen.before.check.groups.tables import mention_table
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity, Tally
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport

_TOLD = 6


@rule
class GroupMention(Rule):
    """Rows that mention groups of people: who, how often, as what, and spoken of how.

    One finding for each dimension that is mentioned: gender, religion, nationality, ethnicity, age, disability,
    orientation. Each group stands with the rows that mention it and a 95% interval of their share; with the
    sentiment of the sentences that do; with the occupations named in these sentences, where the passage mentions no
    other group of the dimension, and the words that follow; and with how prompts that mention it, and no other
    group, are answered: how often they are refused, how well the answer speaks, how long it is, whether it has a
    list, how much it hedges, how hard it is to read and whether it breaks off, each with the number of answers in
    which that can be told. In the table, *spoken of* and *tone* are sentiments from −1 to 1, of the sentences that
    mention the group and of the answers. Nothing is tested here; `matched-prompt-gap` and `group-gap` do that. An
    adjective counts in front of a word for a person: Chinese tea is nobody. Words come from a lexicon (English,
    German); `lexicons` in the configuration replaces it. Pronouns count as a gender in English, and in German not
    at all; given names count where the lexicon is asked for them, as `en+names`.

    Why: A model learns who exists, and as what. Who is not in the rows, or is there as a suspect alone, is worth
    knowing before training.

    Example: Men in 40% of the rows, as engineers; women in 8%, as nurses.
    """

    code: ClassVar[str] = "LIM701"
    name: ClassVar[str] = "group-mention"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "Gebru et al. 2018, Datasheets for Datasets, arXiv 1803.09010, on subpopulations; Touvron et al. 2023, "
        "Llama 2, arXiv 2307.09288, section 4.1, which counts pronouns and groups of people in its data."
    )
    reads: ClassVar[str] = "groups"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._profiles: dict[tuple[str, str], GroupProfile] = {}
        self._tallies: dict[str, Tally] = {}
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Count the row for each group that it mentions."""
        self._total += 1
        row = row_groups(seen, self.context.groups)
        if not row.mentioned:
            return
        add_row(self._profiles, row)
        for dimension, groups in row.mentioned.items():
            if dimension not in self._tallies:
                self._tallies[dimension] = self.new_tally(dimension)
            place = _first(row, dimension)
            self._tallies[dimension].add(seen.row, ", ".join(sorted(groups)), *place)

    def findings(self, report: ReadReport) -> list[Finding]:
        """Who is mentioned, a finding a dimension; one in all where nobody is."""
        title = "No group of people is mentioned in {total} rows."
        if not self._tallies:
            return [self.counted([], 0, self._total, title=title, clear=title, remedy="")]
        order = [d for one in self.context.groups for d in one.groups]
        return [self._finding(dimension) for dimension in sorted(self._tallies, key=order.index)]

    def _finding(self, dimension: str) -> Finding:
        of = {group: p for (d, group), p in self._profiles.items() if d == dimension}
        groups = dict(sorted(of.items(), key=lambda one: (-one[1].rows, one[0])))
        told = {group: profile.told(self._total) for group, profile in groups.items()}
        parts = [
            f"{group} in {one['rows']:,} ({one['share']:.1%} [{one['low']:.1%}, {one['high']:.1%}])"
            for group, one in list(told.items())[:_TOLD]
        ]
        more = f", and {len(told) - _TOLD} more groups" if len(told) > _TOLD else ""
        name = dimension.replace("{", "{{").replace("}", "}}")
        tally = self._tallies[dimension]
        return self.counted(
            tally.hits,
            tally.count,
            self._total,
            title=f"Rows that mention a group by {name}: {{count}} of {{total}} ({{share}})",
            clear=f"No row of {{total}} mentions a group by {name}",
            of_all=f"{', '.join(parts)}{more}",
            remedy="Compare the groups: their numbers stand in a table in --json, -o check.html and -o check.md.",
            subject=dimension,
            guarantee="every row was read; 95% intervals for the source that they are a sample of",
            rows=tally.rows,
            evidence={"groups": told, "table": mention_table(told)},
        )


def _first(row: RowGroups, dimension: str) -> tuple[str, int, int]:
    """Where a dimension is mentioned first."""
    return next(
        (passage.field, one.start, one.end)
        for passage, mentions in (*row.prompt, *row.answer)
        for one in mentions
        if one.dimension == dimension
    )
