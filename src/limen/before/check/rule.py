"""What a rule is: a class that sees every row once and then says what it found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from limen.core import Finding, Interval, Row, RowBlame, Trait, Verdict
from limen.data import EncodedRow, ReadReport

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
class SeenRow:
    """A row as rules see it.

    Attributes:
        row: The row.
        encoded: Its tokens, where a tokenizer was given and could encode it.
        refused: Why the tokenizer's template could not render it, else empty.
        remedy: What to do about that.
    """

    row: Row
    encoded: EncodedRow | None = None
    refused: str = ""
    remedy: str = ""


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
    """

    traits: Sequence[Trait] = ()
    traits_asked: bool = False
    has_tokenizer: bool = False
    harmful_share: float = HARMFUL_SHARE
    max_length: int | None = None
    context: int | None = None

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
        note: What a person needs to know beside it, such as the row it copies.
        field: Part of the row that it is about, such as `answer`; empty for the whole row.
        start: Where in the text of that part it begins, in characters.
        end: Where it ends.
    """

    row_id: str
    index: int
    note: str = ""
    field: str = ""
    start: int | None = None
    end: int | None = None


class Rule(ABC):
    """Sees every row once, in bounded memory, and then says what it found.

    The docstring of a rule is its page: a line on what it finds, `Why:`, and `Example:`.

    Attributes:
        code: Stable code, such as `LIM101`.
        name: Short name in kebab case.
        severity: How bad it is for training.
        needs_tokenizer: Whether it looks at tokens.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    needs_tokenizer: ClassVar[bool] = False

    def __init__(self, context: Context) -> None:
        self.context = context

    @abstractmethod
    def see(self, seen: SeenRow) -> None:
        """Look at one row."""

    @abstractmethod
    def findings(self, report: ReadReport) -> list[Finding]:
        """What was found, after the last row.

        Args:
            report: What reading found.
        """

    def counted(
        self,
        hits: Sequence[Hit],
        count: int,
        total: int,
        *,
        title: str,
        clear: str,
        remedy: str,
        subject: str = "",
        guarantee: str = "every row was read",
        asked: bool = True,
        evidence: dict[str, Any] | None = None,
    ) -> Finding:
        """A finding on how many rows have a property.

        Args:
            hits: Rows to name, the first of them kept.
            count: How many rows have it.
            total: How many rows were looked at.
            title: What to say where some have it; `{count}`, `{total}` and `{share}` are filled in.
            clear: What to say where none has it; likewise.
            remedy: What the user does.
            subject: What it is about, beside the rule.
            guarantee: What stands behind the verdict.
            asked: Whether it was asked for.
            evidence: Further numbers.
        """
        share = count / total if total else 0.0
        named = tuple(hits[:EXAMPLES])
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
            harmful=bool(count) and self.severity is not Severity.INFO and share >= self.context.harmful_share,
            asked=asked,
            rows=tuple(RowBlame(hit.row_id, hit.index, 1.0) for hit in named),
            evidence={
                "code": self.code,
                "rule": self.name,
                "severity": self.severity.value,
                "count": count,
                "total": total,
                "share": share,
                "examples": [
                    {
                        "row": hit.row_id,
                        "index": hit.index,
                        "note": hit.note,
                        "field": hit.field,
                        "start": hit.start,
                        "end": hit.end,
                    }
                    for hit in named
                ],
                **(evidence or {}),
            },
        )

    def not_measured(self, title: str, reason: str, remedy: str, *, asked: bool = False) -> Finding:
        """A finding on what could not be looked at.

        Args:
            title: What was to be looked at.
            reason: Why it was not.
            remedy: What makes it possible.
            asked: Whether it was asked for.
        """
        return Finding(
            id=f"check/{self.code}",
            phase="check",
            subject=self.code,
            title=title,
            verdict=Verdict.NOT_MEASURED,
            reason=reason,
            remedy=remedy,
            asked=asked,
            evidence={"code": self.code, "rule": self.name, "severity": self.severity.value},
        )


@dataclass
class Tally:
    """Counts rows and keeps the first few of them.

    Attributes:
        count: How many.
        hits: The first of them.
    """

    count: int = 0
    hits: list[Hit] = field(default_factory=list)

    def add(self, row: Row, note: str = "") -> None:
        """Count a row."""
        self.count += 1
        if len(self.hits) < EXAMPLES:
            self.hits.append(Hit(row.id, row.index, note))


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
