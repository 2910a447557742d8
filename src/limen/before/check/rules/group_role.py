"""LIM704."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import ClassVar

from limen.before.check.groups.association import (
    LEAST_OF_GROUP,
    LEAST_OF_OCCUPATION,
    MATTERS,
    Association,
    association,
    battery,
    can_be_tested,
)
from limen.before.check.groups.family import FAMILYWISE_LEVEL
from limen.before.check.groups.roles import Role, roles_in
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.groups.tables import association_table
from limen.before.check.registry import rule
from limen.before.check.rule import EXAMPLES, Context, Hit, Rule, Severity, example
from limen.before.check.seen_row import SeenRow
from limen.before.check.whole_file import parts_of
from limen.core import Finding, Interval, RowBlame, Verdict
from limen.core.wording import plural
from limen.data import ReadReport

_TOLD = 5
_KEPT = 100


@rule
class GroupRole(Rule):
    """Occupations that go with a group: she a nurse, he an engineer.

    An occupation is taken for a group's where a sentence says so: by an adjective in front of it ("an Italian
    physicist"), by a linking word ("she works as a secretary", "the man is a teacher"), or by a pronoun after it ("the
    professor rose to greet his students"). A lawyer whom she only speaks to is left out, and so are rows that mention
    two groups of the dimension. The distinct prompt is the unit, by the first of its rows that says an occupation; a
    row without a prompt counts by itself. Of the units that say any, each group is compared with the others of its
    dimension by the log odds ratio of each occupation, beside the count that chance would give. An occupation needs 10
    units, a group 20. P-values are Fisher's, Holm-adjusted over all groups and occupations, at a familywise error of
    2%, which a seeded Monte Carlo confirms; odds that are not doubled or halved are not named. Occupations come from a
    lexicon (English, German) that `lexicons` in the configuration replaces; in German, where pronouns count as no
    gender, few are found.

    Why: Word by word a model learns who does what. An association that no single row shows is what the file teaches
    about the next applicant.

    Example: Women in 55 of the 60 prompts on a nurse, where chance would give 31.
    """

    code: ClassVar[str] = "LIM704"
    name: ClassVar[str] = "group-role"
    severity: ClassVar[Severity] = Severity.INFO
    reads: ClassVar[str] = "groups"
    reference: ClassVar[str] = (
        "Woolf 1955, On Estimating the Relation between Blood Group and Disease; Fisher's exact test; Holm 1979, A "
        "Simple Sequentially Rejective Multiple Test Procedure."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Units of a dimension that were counted, 100 bytes each; few rows say an occupation
        self._units: dict[str, set[int]] = {}
        self._groups: Counter[tuple[str, str]] = Counter()
        self._occupations: Counter[tuple[str, str]] = Counter()
        self._both: Counter[tuple[str, str, str]] = Counter()
        self._hits: dict[tuple[str, str, str], list[Hit]] = {}

    def see(self, seen: SeenRow) -> None:
        """Count the row for each dimension of which it says an occupation, unless its prompt was counted."""
        for dimension, roles in roles_in(row_groups(seen, self.context.groups)).items():
            unit = seen.prompt_key if seen.row.prompt else int(seen.row.id, 16)
            units = self._units.setdefault(dimension, set())
            if unit in units:
                continue
            units.add(unit)
            self._groups[dimension, roles[0].group] += 1
            for role in roles:
                self._count(seen, role)

    def _count(self, seen: SeenRow, role: Role) -> None:
        names = (role.dimension, role.group, role.occupation)
        self._occupations[role.dimension, role.occupation] += 1
        self._both[names] += 1
        hits = self._hits.setdefault(names, [])
        if len(hits) < EXAMPLES:
            note = f"{role.group}: {role.occupation}"
            hits.append(Hit(seen.row.id, seen.row.index, note, role.field, role.start, role.end))

    def findings(self, report: ReadReport) -> list[Finding]:
        """Which occupations go with which groups; nothing where no row says that somebody of a group has one."""
        if not self._both:
            return []
        made = battery(self._associations())
        return [self._finding(made)] if made else [self._too_few()]

    def _associations(self) -> list[Association]:
        made = []
        for dimension, units in self._units.items():
            groups = {group: n for (d, group), n in self._groups.items() if d == dimension}
            occupations = {o: n for (d, o), n in self._occupations.items() if d == dimension}
            for group in list(groups) if len(groups) > 2 else sorted(groups)[-1:]:
                for occupation, n in occupations.items():
                    if can_be_tested(groups[group], n, len(units)):
                        names = (dimension, group, occupation)
                        made.append(association(names, self._both[names], groups[group], n, len(units)))
        return made

    def _too_few(self) -> Finding:
        dimension = max(self._units, key=lambda d: len(self._units[d]))
        units = len(self._units[dimension])
        most = max(n for (d, _), n in self._occupations.items() if d == dimension)
        say = "says" if units == 1 else "say"
        return self.not_measured(
            "Whether occupations go with groups was not measured.",
            f"by {dimension}, {plural(units, 'distinct prompt')} {say} an occupation, the commonest in {most}; "
            f"an occupation needs {LEAST_OF_OCCUPATION}, a group and the others {LEAST_OF_GROUP} each.",
            "Check a larger file; what is named with whom stands with group-mention.",
        )

    def _finding(self, made: list[Association]) -> Finding:
        made.sort(key=lambda one: (not one.found, -abs(one.estimate), one.group, one.occupation))
        found = [one for one in made if one.found]
        open_ = [one for one in made if max(abs(one.low), abs(one.high)) > MATTERS]
        verdict = Verdict.FOUND if found else Verdict.INCONCLUSIVE if open_ else Verdict.CLEAR
        widest = max(open_, key=lambda one: one.detectable, default=made[0])
        shown = widest if verdict is Verdict.INCONCLUSIVE else made[0]
        more = f"; and {len(found) - _TOLD} more." if len(found) > _TOLD else "."
        title = {
            Verdict.FOUND: f"Occupations go with groups: {'; '.join(map(_say, found[:_TOLD]))}{more}",
            Verdict.CLEAR: f"No occupation goes with a group, in {len(made)} comparisons.",
        }.get(verdict, "Whether occupations go with groups stays open.")
        hits = [hit for one in found for hit in self._hits.get((one.dimension, one.group, one.occupation), [])]
        return self.finding(
            title=title,
            verdict=verdict,
            effect=Interval(
                shown.estimate, shown.low, shown.high, unit="doublings of the odds", sampling_unit="prompt"
            ),
            p=shown.p,
            p_adjusted=shown.p_adjusted,
            smallest_detectable=widest.detectable if verdict is Verdict.INCONCLUSIVE else None,
            guarantee=f"familywise error {FAMILYWISE_LEVEL:.0%} over {len(made)} comparisons (Holm), by prompt",
            reason=_open(open_, widest) if verdict is Verdict.INCONCLUSIVE else "",
            remedy="Read the rows; --fix can write the same about the other group: --balance swap." if found else "",
            harmful=any(self.spoils(abs(one.both - one.expected) / one.units) for one in found),
            # Nobody asked for this verdict by name, so that an open one does not fail a run
            asked=verdict is not Verdict.INCONCLUSIVE,
            rows=tuple(RowBlame(hit.row_id, hit.index, 1.0) for hit in _each(hits)),
            evidence={
                "comparisons": [asdict(one) for one in made[:_KEPT]],
                "table": association_table(made),
                "tests": len(made),
                "parts": parts_of(
                    (f"{one.dimension}: {one.occupation} with {one.group}", (one.estimate, one.low, one.high))
                    for one in found
                ),
                "examples": [example(hit) for hit in _each(hits)],
            },
        )


def _say(one: Association) -> str:
    return (
        f"{one.occupation} with {one.group} in {one.both} of {one.of_occupation} prompts, {one.expected:.1f} by chance "
        f"({2**one.estimate:.2g} times the odds [{2**one.low:.2g}, {2**one.high:.2g}])"
    )


def _open(open_: Sequence[Association], widest: Association) -> str:
    return (
        f"{len(open_)} of the associations can be larger than what matters; of {widest.occupation} with {widest.group} "
        f"one below {2**widest.detectable:.2g} times the odds would not have been seen with 80% power."
    )


def _each(hits: Sequence[Hit]) -> list[Hit]:
    """The first hits, each row once."""
    return list({hit.index: hit for hit in reversed(hits)}.values())[::-1][:EXAMPLES]
