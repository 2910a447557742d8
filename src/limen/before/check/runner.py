"""check_rows: every rule over every row, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from limen.before.check.excerpt import with_excerpts
from limen.before.check.groups.lexicon import BUILT_IN
from limen.before.check.hit_rows import HitRows
from limen.before.check.known import Known
from limen.before.check.masking import masked
from limen.before.check.registry import all_rules
from limen.before.check.rule import HARMFUL_SHARE, Context, Rule, RuleSettings, SeenRow
from limen.core import Finding, Progress, Row, RowError, Silent, TemplateError, Trait
from limen.data import EncodedRow, Loss, ReadReport, RowStream, encode_rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_TASK = "check"
_AGAIN = "compare likely copies"


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Attributes:
        findings: One or more a rule, in the order of codes.
        report: What reading found.
        hits: Code, subject and every row of each finding, those in the baseline among them, without those ignored.
    """

    findings: list[Finding]
    report: ReadReport
    hits: list[tuple[str, str, HitRows]] = field(default_factory=list)


def check_rows(
    rows: RowStream,
    *,
    tokenizer: PreTrainedTokenizerBase | None = None,
    loss: Loss = "auto",
    max_length: int | None = None,
    context: int | None = None,
    traits: Sequence[Trait] = (),
    traits_asked: bool = True,
    harmful_share: float = HARMFUL_SHARE,
    rules: Sequence[type[Rule]] | None = None,
    settings: Mapping[str, RuleSettings] | None = None,
    known: Known | None = None,
    without: Sequence[int] = (),
    lexicons: Sequence[str] = BUILT_IN,
    progress: Progress | None = None,
) -> CheckResult:
    """Run rules over rows, streaming them once, and again as far as the last row that a rule or a finding asks for.

    Args:
        rows: From `read_rows`; with `strict=False` unreadable rows become a finding instead of an error.
        tokenizer: The model's own; without one, rules that need tokens say `not measured`.
        loss: Which tokens of a row are trained on.
        max_length: Tokens after which the trainer cuts a row.
        context: Most tokens that the model reads, where that is known.
        traits: Traits whose words are looked for.
        traits_asked: Whether the user named the traits, so that they count for the exit code.
        harmful_share: Share of rows from which an error or a warning counts as harm, and so for the exit code.
        rules: Which rules; None for all, those of installed packages among them.
        settings: Severity and share of single rules, by code.
        known: Rows that are not to be counted, since the user ignores them or a baseline has them.
        without: Positions of rows that rules are not shown, in ascending order.
        lexicons: Lexicons of groups of people: languages, or YAML files.
        progress: Who is told.

    Returns:
        Findings and what reading found.

    Raises:
        ReadError, RowError: The source cannot be read.
        UsageError: A lexicon cannot be read.
    """
    progress = progress or Silent()
    known = known or Known()
    asked = Context(
        traits, traits_asked, tokenizer is not None, harmful_share, max_length, context, settings or {}, known, lexicons
    )
    running = [rule(asked) for rule in (all_rules() if rules is None else rules)]
    encode = tokenizer is not None and any(rule.needs_tokenizer for rule in running)
    progress.start(_TASK, 0)
    at = 0
    for row in rows:
        while at < len(without) and without[at] < row.index:
            at += 1
        if at < len(without) and without[at] == row.index:
            continue
        seen = _encoded(row, tokenizer, loss, max_length) if encode else SeenRow(row)
        for rule in running:
            rule.see(seen)
        progress.advance(_TASK)
    _look_again(running, rows, progress)
    findings = [finding for rule in running for finding in rule.findings(rows.report)]
    findings = with_excerpts(findings, rows, masked)
    progress.done(_TASK)
    hits = [
        (rule.code, subject, known.not_ignored(rule.code, found))
        for rule in running
        for subject, found in rule.hit_rows.items()
    ]
    return CheckResult(findings, rows.report, hits)


def _look_again(rules: Sequence[Rule], rows: RowStream, progress: Progress) -> None:
    """Show rules the rows that they want to see a second time, reading as far as the last of them."""
    wanted: dict[int, list[Rule]] = {}
    for rule in rules:
        for index in rule.again():
            wanted.setdefault(index, []).append(rule)
    if not wanted:
        return
    last = max(wanted)
    progress.start(_AGAIN, len(wanted))
    for row in rows.copy():
        if row.index in wanted:
            seen = SeenRow(row)
            for rule in wanted[row.index]:
                rule.see_again(seen)
            progress.advance(_AGAIN)
        if row.index >= last:
            break
    progress.done(_AGAIN)


def _encoded(row: Row, tokenizer: Any, loss: Loss, max_length: int | None) -> SeenRow:
    try:
        encoded: Iterator[EncodedRow] = encode_rows([row], tokenizer, loss=loss, max_length=max_length)
        return SeenRow(row, next(encoded))
    except (TemplateError, RowError) as error:
        return SeenRow(row, None, error.what, error.remedy)
