"""What a rule is: a class that sees every row once and then says what it found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache, partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.against import Against
from limen.before.check.groups.lexicon import BUILT_IN, Lexicon, load_lexicons
from limen.before.check.hit_rows import HitRows
from limen.before.check.known import Known
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, Interval, Row, RowBlame, Trait, Verdict
from limen.data import Loss, ReadReport

EXAMPLES = 20
"""Most rows that a finding names."""

HARMFUL_SHARE = 0.05
"""Share of rows from which an error or a warning counts as harm, unless it was asked otherwise."""


class Severity(StrEnum):
    """How bad it is for training when a rule finds something."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class RuleSettings:
    """What a user has set for one rule.

    Attributes:
        severity: How bad it is here; None for the rule's own.
        fail_on: Share of rows from which it fails; None for that of the check.
    """

    severity: Severity | None = None
    fail_on: float | None = None


@dataclass(frozen=True)
class Context:
    """What a check is asked for.

    Attributes:
        traits: Traits whose words are looked for.
        traits_asked: Whether the user named them.
        has_tokenizer: Whether rows come encoded.
        harmful_share: Share of rows from which an error or a warning counts as harm.
        max_length: Tokens after which rows come cut; None where nothing cuts them.
        context: Most tokens that the model reads, where that is known.
        settings: What is set for single rules, by code.
        known: Rows that are not to be counted.
        against: Texts of files that rows must not hold; None where none is named.
        lexicons: Lexicons of groups of people: languages, or YAML files.
        presidio: What Presidio recognises personal data with: an installed spaCy model, or `patterns` for none; None
            where it is not asked.
        loss: Which tokens of a row are trained on, as `encode_rows` has it.
        toxicity: The classifier that judges whether answers are toxic, a folder or hub id; None where it is not asked.
        named: Codes of the rules that the user named one by one.
    """

    traits: Sequence[Trait] = ()
    traits_asked: bool = False
    has_tokenizer: bool = False
    harmful_share: float = HARMFUL_SHARE
    max_length: int | None = None
    context: int | None = None
    settings: Mapping[str, RuleSettings] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    against: Against | None = None
    lexicons: Sequence[str] = BUILT_IN
    presidio: str | None = None
    loss: Loss = "auto"
    toxicity: str | None = None
    named: frozenset[str] = frozenset()

    @cached_property
    def groups(self) -> tuple[Lexicon, ...]:
        """The lexicons, read.

        Raises:
            UsageError: There is no such lexicon, or a file is none.
        """
        return load_lexicons(self.lexicons)

    @property
    def longer(self) -> str:
        """What a user does about rows that are cut."""
        shorter = "Shorten or split these rows"
        if self.max_length is None or (self.context is not None and self.max_length >= self.context):
            return f"{shorter}: the model reads no more tokens."
        most = f" up to the model's {self.context:,}" if self.context else ""
        return f"Raise the trainer's max_length (here --max-length){most}, or: {shorter[0].lower()}{shorter[1:]}."


@dataclass(frozen=True)
class Hit:
    """A row that a rule names.

    Attributes:
        row_id: Its id.
        index: Its position in the source, from 0.
        note: What a person needs to know beside it, such as the row it copies. No secret or personal datum stands in
            it unmasked. Of another row it says `row 4`, counted from 1; the line is put behind it where it is known.
        field: The passage that is meant, such as `prompt[0]` or `answer[0]`, where one is.
        start: Where in the passage it begins, in characters.
        end: Where it ends.
        others: Positions of the other rows that the note speaks of.
    """

    row_id: str
    index: int
    note: str = ""
    field: str = ""
    start: int | None = None
    end: int | None = None
    others: tuple[int, ...] = ()


class Rule(ABC):
    """Sees every row once, in bounded memory, and then says what it found.

    The docstring of a rule is its page: a line on what it finds, `Why:`, and `Example:`.

    Attributes:
        code: Stable code, such as `LIM101`.
        name: Short name in kebab case.
        severity: How bad it is for training.
        needs_tokenizer: Whether it looks at tokens.
        needs_against: Whether it compares rows with other files.
        needs_presidio: Whether it has Presidio recognise personal data.
        needs_classifier: Whether it has a classifier of the user's judge answers.
        drops: Whether `--fix` leaves out the rows that it names.
        compares: Whether it names a row for what an earlier one says; `--fix` then asks it last, so that no row is left
            out as a copy of one that is left out itself.
        any_row_fails: Whether a single row is enough to fail, unless the user has set a share for the rule.
        reads: What it reads in a row that is made once for all rules that read it, and takes longer than they do; such
            rules run in one process.
        reference: The source of its method: a paper, a standard, a library's documentation; empty for none.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    needs_tokenizer: ClassVar[bool] = False
    needs_against: ClassVar[bool] = False
    needs_presidio: ClassVar[bool] = False
    needs_classifier: ClassVar[bool] = False
    drops: ClassVar[bool] = False
    compares: ClassVar[bool] = False
    any_row_fails: ClassVar[bool] = False
    reads: ClassVar[str] = ""
    reference: ClassVar[str] = ""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.hit_rows: dict[str, HitRows] = {}

    @property
    def graded(self) -> Severity:
        """How bad it is, as the user has set it or as the rule has it."""
        return self._settings.severity or self.severity

    @property
    def fail_on(self) -> float:
        """Share of rows from which an error or a warning counts as harm."""
        own = self._settings.fail_on
        if own is not None:
            return own
        return 0.0 if self.any_row_fails else self.context.harmful_share

    @property
    def _settings(self) -> RuleSettings:
        return self.context.settings.get(self.code, RuleSettings())

    def spoils(self, share: float) -> bool:
        """Whether finding something in this share of rows counts as harm.

        Args:
            share: From 0 to 1.
        """
        return self.graded is not Severity.INFO and share >= self.fail_on

    def described(self, **numbers: Any) -> dict[str, Any]:
        """Evidence of a finding: the rule's code and name, how it is graded, and numbers.

        Args:
            numbers: What was counted or estimated.
        """
        own = {} if self.fail_on == self.context.harmful_share else {"fail_on": self.fail_on}
        return {"code": self.code, "rule": self.name, "severity": self.graded.value, **own, **numbers}

    def new_tally(self, subject: str = "") -> Tally:
        """A tally that keeps, of the rows to name, those that are counted before those that are known.

        Args:
            subject: What the finding is about, beside the rule.
        """
        return Tally(known=partial(self.context.known.may_hide, self.code, subject or self.code))

    @abstractmethod
    def see(self, seen: SeenRow) -> None:
        """Look at one row."""

    def again(self) -> Sequence[int]:
        """Positions of rows that it wants to see a second time, in ascending order; asked after the last row."""
        return ()

    def see_again(self, seen: SeenRow) -> None:  # noqa: B027  a rule that asks for no row has nothing to do
        """Look at one of the rows that `again` named, in their order."""

    def fix_text(self, text: str) -> str:
        """A text of a row as `--fix` writes it, such as with what is private taken out; by default unchanged.

        Args:
            text: A text of one of the columns that are trained on.
        """
        return text

    def fix(self, row: Row) -> Row | None:
        """A row as `--fix` writes it: the same object for no change, another for a change, None to leave it out.

        Args:
            row: A row, with the texts that `fix_text` gave.
        """
        return row

    @classmethod
    def is_off(cls, context: Context) -> bool:
        """Whether it looks at no row of a check, since what it needs was not asked for.

        Args:
            context: What the check is asked for.
        """
        against = cls.needs_against, context.against
        presidio, classifier = (cls.needs_presidio, context.presidio), (cls.needs_classifier, context.toxicity)
        return any(needed and given is None for needed, given in (against, presidio, classifier))

    @classmethod
    def mends(cls) -> bool:
        """Whether `--fix` asks it for each row as it should be."""
        return cls.fix is not Rule.fix or cls.fix_text is not Rule.fix_text

    @abstractmethod
    def findings(self, report: ReadReport) -> list[Finding]:
        """What was found, after the last row.

        Args:
            report: What reading found.
        """

    def counted(
        self,
        hits: Sequence[Hit] | Callable[[int], Hit],
        count: int,
        total: int,
        *,
        title: str,
        clear: str,
        remedy: str,
        subject: str = "",
        of_all: str = "",
        guarantee: str = "every row was read",
        asked: bool = True,
        evidence: dict[str, Any] | None = None,
        rows: HitRows | None = None,
    ) -> Finding:
        """A finding on how many rows have a property.

        Rows that the user ignores or that a baseline has are not counted, and the title says how many those are.

        Args:
            hits: Rows to name, the first of them kept; or what gives the hit on each of `rows`, by its number from 0.
            count: How many rows have it.
            total: How many rows were looked at.
            title: What to say where some have it; `{count}`, `{total}` and `{share}` are filled in.
            clear: What to say where none has it; likewise.
            remedy: What the user does.
            subject: What it is about, beside the rule.
            of_all: What to say besides of all rows, those that are not counted too; `title` and `clear` are then
                without their full stop.
            guarantee: What stands behind the verdict.
            asked: Whether it was asked for.
            evidence: Further numbers.
            rows: Every row that has it, in the order of `hits`; without them, only the rows in `hits` can be ignored
                or be in a baseline.
        """
        if rows is None:
            rows = HitRows() if callable(hits) else hit_rows_of(hits)
        self.hit_rows[subject or self.code] = rows
        ignored, old = self.context.known.split(self.code, subject or self.code, rows)
        hidden = {"ignored": int(ignored.sum()), "in_baseline": int(old.sum())}
        named = _named(hits, rows, ~(ignored | old))
        of_all = of_all.replace("{", "{{").replace("}", "}}")
        if any(hidden.values()):
            count -= sum(hidden.values())
            told = f"{title}.{_hidden(hidden)} With these: {of_all}." if of_all else f"{title}{_hidden(hidden)}"
            clear, title = told, told
        elif of_all:
            clear, title = f"{clear}.", f"{title}: {of_all}."
        share = count / total if total else 0.0
        words = {"count": f"{count:,}", "total": f"{total:,}", "share": f"{share:.1%}"}
        return Finding(
            id="/".join(filter(None, ("check", self.code, subject))),
            phase="check",
            subject=subject or self.code,
            title=(title if count else clear).format(**words),
            verdict=Verdict.FOUND if count else Verdict.CLEAR,
            effect=share_interval(count, total),
            guarantee=guarantee,
            remedy=remedy if count else "",
            harmful=bool(count) and self.spoils(share),
            asked=asked,
            rows=tuple(RowBlame(hit.row_id, hit.index, 1.0) for hit in named),
            evidence=self.described(
                count=count,
                total=total,
                share=share,
                examples=[example(hit) for hit in named],
                **(hidden if any(hidden.values()) else {}),
                **(evidence or {}),
            ),
        )

    def finding(self, title: str, verdict: Verdict, *, evidence: dict[str, Any], **more: Any) -> Finding:
        """A finding of the rule's own making.

        Args:
            title: What it says.
            verdict: What was decided.
            evidence: Numbers; what `described` says of the rule is put in front of them.
            more: Further fields of the finding.
        """
        return Finding(
            id=f"check/{self.code}",
            phase="check",
            subject=self.code,
            title=title,
            verdict=verdict,
            evidence=self.described(**evidence),
            **more,
        )

    def not_measured(self, title: str, reason: str, remedy: str, *, asked: bool = False) -> Finding:
        """A finding on what could not be looked at.

        Args:
            title: What was to be looked at.
            reason: Why it was not.
            remedy: What makes it possible.
            asked: Whether it was asked for; a rule that the user named always was.
        """
        asked = asked or self.code in self.context.named
        return self.finding(title, Verdict.NOT_MEASURED, reason=reason, remedy=remedy, asked=asked, evidence={})

    def not_encoded(self, what: str) -> Finding:
        """A finding of a rule that looks at tokens, where no model was named.

        Args:
            what: What was to be looked at, as a clause.
        """
        return self.not_measured(
            f"{what} was not measured.", "this needs the model's tokenizer.", "Name the model with --model."
        )

    def not_compared(self, what: str) -> Finding:
        """A finding of a rule that needs files to compare rows with, where none was named.

        Args:
            what: What was to be looked at, as a clause.
        """
        return self.not_measured(
            f"{what} was not measured.", "no file to compare them with was named.", "Name one with --against."
        )


@dataclass
class Tally:
    """Counts rows, keeps the first few of them, and of all of them the id.

    Attributes:
        count: How many.
        hits: The first of them, and where some are known, the first of the others.
        rows: All of them, 16 bytes each.
        known: Whether a row, given by its id, is likely not to be counted; see `Rule.new_tally`.
    """

    count: int = 0
    hits: list[Hit] = field(default_factory=list)
    rows: HitRows = field(default_factory=HitRows)
    known: Callable[[str], bool] | None = None

    def add(self, row: Row, note: str = "", field: str = "", start: int | None = None, end: int | None = None) -> None:
        """Count a row; the place in it is given as in `Hit`."""
        self.count += 1
        self.rows.add(row.id, row.index)
        if len(self.hits) < EXAMPLES and not (self.known and self.known(row.id)):
            self.hits.append(Hit(row.id, row.index, note, field, start, end))


def example(hit: Hit) -> dict[str, Any]:
    """A hit as evidence has it.

    Args:
        hit: The hit.
    """
    told: dict[str, Any] = {"row": hit.row_id, "index": hit.index, "note": hit.note}
    if hit.others:
        told["other_rows"] = [{"index": index, "line": None} for index in hit.others]
    return {**told, "field": hit.field, "start": hit.start, "end": hit.end} if hit.field else told


def hit_rows_of(hits: Sequence[Hit]) -> HitRows:
    """The rows of hits; none where one of them has no id, as a row that cannot be read has none."""
    rows = HitRows()
    if all(hit.row_id for hit in hits):
        for hit in hits:
            rows.add(hit.row_id, hit.index)
    return rows


def _named(hits: Sequence[Hit] | Callable[[int], Hit], rows: HitRows, counted: NDArray[np.bool_]) -> tuple[Hit, ...]:
    """The first hits that are counted; of one that the rule has not kept, only its row is known."""
    if not callable(hits) and counted.all() and len(hits) >= min(EXAMPLES, len(rows)):
        return tuple(hits[:EXAMPLES])
    first = np.flatnonzero(counted)[:EXAMPLES].tolist()
    if callable(hits):
        return tuple(hits(at) for at in first)
    kept = {(hit.row_id, hit.index): hit for hit in hits}
    return tuple(kept.get(rows.one(at)) or Hit(*rows.one(at)) for at in first)


def _hidden(hidden: Mapping[str, int]) -> str:
    names = {"ignored": "ignored by the configuration", "in_baseline": "in the baseline"}
    told = ", ".join(f"{hidden[key]:,} {name}" for key, name in names.items() if hidden[key])
    return f" Not counted: {told}."


@lru_cache(maxsize=64)  # `--fix` asks it again and again for one row of one
def share_interval(count: int, total: int, level: float = 0.95) -> Interval | None:
    """The share of rows with its Wilson score interval; None without rows.

    The share in the file is exact; the interval is for the source that the rows are a sample of.

    Args:
        count: Rows that have the property.
        total: Rows looked at.
        level: Confidence level.
    """
    if not total:
        return None
    from limen.stats import proportion_interval

    low, high = proportion_interval(count, total, level=level)
    return Interval(count / total, low, high, level=level, unit="share of rows", sampling_unit="row")
