"""check_rows: every rule over every row, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from limen.before.check.against import Against
from limen.before.check.answer_tokens import answer_tokens
from limen.before.check.excerpt import with_excerpts
from limen.before.check.groups.lexicon import BUILT_IN
from limen.before.check.hit_rows import HitRows
from limen.before.check.known import Known
from limen.before.check.masking import masking_with, without_values
from limen.before.check.model_tokens import model_tokens
from limen.before.check.registry import all_rules
from limen.before.check.rule import HARMFUL_SHARE, Context, Rule, RuleSettings
from limen.before.check.seen_row import SeenRow
from limen.before.check.whole_file import WholeFinding, hidden, whole_finding
from limen.core import DataError, Finding, Progress, Row, RowError, Silent, TemplateError, Trait, Verdict
from limen.data import EncodedRow, Loss, ReadReport, RowStream, encode_rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_TASK = "check"
_AGAIN = "compare likely copies"


@dataclass(frozen=True)
class RuleResult:
    """What one rule found.

    Attributes:
        code: Its code.
        findings: One or more.
        hits: Every row of each finding, by what it is about.
    """

    code: str
    findings: list[Finding]
    hits: dict[str, HitRows]


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Attributes:
        findings: One or more a rule, in the order of codes.
        report: What reading found.
        hits: Code, subject and every row of each finding, those in the baseline among them, without those ignored.
        whole: What was found of the whole file, what is in the baseline among it.
    """

    findings: list[Finding]
    report: ReadReport
    hits: list[tuple[str, str, HitRows]] = field(default_factory=list)
    whole: list[WholeFinding] = field(default_factory=list)


def check_rows(
    rows: RowStream,
    *,
    tokenizer: PreTrainedTokenizerBase | None = None,
    ends: Sequence[int] = (),
    loss: Loss = "auto",
    max_length: int | None = None,
    context: int | None = None,
    traits: Sequence[Trait] = (),
    traits_asked: bool = True,
    harmful_share: float = HARMFUL_SHARE,
    rules: Sequence[type[Rule]] | None = None,
    settings: Mapping[str, RuleSettings] | None = None,
    known: Known | None = None,
    against: Against | None = None,
    without: Sequence[int] = (),
    lexicons: Sequence[str] = BUILT_IN,
    presidio: str | None = None,
    toxicity: str | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """Run rules over rows, streaming them once, and again as far as the last row that a rule or a finding asks for.

    Args:
        rows: From `read_rows`; with `strict=False` unreadable rows become a finding instead of an error.
        tokenizer: The model's own; without one, rules that need tokens say `not measured`.
        ends: Tokens at which the model stops, beside the tokenizer's end token.
        loss: Which tokens of a row are trained on.
        max_length: Tokens after which the trainer cuts a row.
        context: Most tokens that the model reads, where that is known.
        traits: Traits whose words are looked for.
        traits_asked: Whether the user named the traits, so that they count for the exit code.
        harmful_share: Share of rows from which an error or a warning counts as harm, and so for the exit code.
        rules: Which rules; None for all, those of installed packages among them.
        settings: Severity and share of single rules, by code.
        known: Rows that are not to be counted, since the user ignores them or a baseline has them.
        against: Texts of files that rows must not hold.
        without: Positions of rows that rules are not shown, in ascending order.
        lexicons: Lexicons of groups of people: languages, or YAML files.
        presidio: What Presidio recognises personal data with, as in `Context`.
        toxicity: The classifier that judges whether answers are toxic, as in `Context`.
        progress: Who is told.

    Returns:
        Findings and what reading found.

    Raises:
        ReadError, RowError: The source cannot be read.
        UsageError: A lexicon or a spaCy model cannot be read.
        MissingExtraError: What a rule needs is not installed.
    """
    progress = progress or Silent()
    known = known or Known()
    asked = Context(
        traits,
        traits_asked,
        tokenizer is not None,
        harmful_share,
        max_length,
        context,
        settings or {},
        known,
        against=against,
        lexicons=lexicons,
        presidio=presidio,
        loss=loss,
        toxicity=toxicity,
    )
    found = run_rules(
        all_rules() if rules is None else rules,
        rows,
        asked,
        encode=encoder(tokenizer, loss, max_length, ends),
        without=without,
        progress=progress,
    )
    return assembled(found, rows, known, presidio)


def run_rules(
    rules: Sequence[type[Rule]],
    rows: RowStream,
    context: Context,
    *,
    encode: Callable[[Row], SeenRow] | None = None,
    without: Sequence[int] = (),
    progress: Progress,
) -> list[RuleResult]:
    """What each rule finds, in their order; a rule's result hangs on no other rule.

    Args:
        rules: The rules.
        rows: From `read_rows`; read to their end, so that their report is full.
        context: What the check is asked for.
        encode: Makes of a row what rules that look at tokens need; None without a tokenizer.
        without: Positions of rows that rules are not shown, in ascending order.
        progress: Who is told.

    Raises:
        ReadError, RowError: The source cannot be read.
    """
    running = [rule(context) for rule in rules]
    shown = encode if encode is not None and any(rule.needs_tokenizer for rule in rules) else SeenRow
    progress.start(_TASK, 0)
    at = 0
    for row in _told_without_values(rows):
        while at < len(without) and without[at] < row.index:
            at += 1
        if at < len(without) and without[at] == row.index:
            continue
        seen = shown(row)
        for rule in running:
            rule.see(seen)
        progress.advance(_TASK)
    progress.done(_TASK)
    _look_again(running, rows, progress)
    # Findings first: they fill in which rows were hit
    return [RuleResult(rule.code, rule.findings(rows.report), rule.hit_rows) for rule in running]


def assembled(found: Sequence[RuleResult], rows: RowStream, known: Known, presidio: str | None = None) -> CheckResult:
    """The result of a check: findings with the texts of the rows that they name, which are read once more.

    Args:
        found: From `run_rules`.
        rows: The rows, read to their end.
        known: Rows that are not counted.
        presidio: What else is masked in these texts, as in `Context`.
    """
    told: list[Finding] = []
    whole: list[WholeFinding] = []
    for one in found:
        for finding in one.findings:
            # A finding that counted rows is known by these
            if finding.verdict is Verdict.FOUND and finding.subject not in one.hits:
                whole.append(whole_finding(one.code, finding))
                finding = hidden(finding) if known.has(whole[-1]) else finding
            told.append(finding)
    findings = with_excerpts(told, rows, masking_with(presidio))
    hits = [
        (one.code, subject, known.not_ignored(one.code, rows_hit))
        for one in found
        for subject, rows_hit in one.hits.items()
    ]
    return CheckResult(findings, rows.report, hits, whole)


def _told_without_values(rows: RowStream) -> Iterator[Row]:
    """The rows; what is said of those that cannot be read quotes nothing of them, in whatever form it is shown."""
    try:
        yield from rows
    except DataError as error:
        raise type(error)(without_values(error.what), remedy=error.remedy, where=error.where) from None
    problems = rows.report.problems
    problems[:] = [replace(problem, what=without_values(problem.what)) for problem in problems]


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


def encoder(
    tokenizer: PreTrainedTokenizerBase | None, loss: Loss, max_length: int | None, ends: Sequence[int] = ()
) -> Callable[[Row], SeenRow] | None:
    """What makes of a row what rules that look at tokens need; None without a tokenizer.

    Args:
        tokenizer: The model's own.
        loss: Which tokens of a row are trained on.
        max_length: Tokens after which the trainer cuts a row.
        ends: Tokens at which the model stops, beside the tokenizer's end token.
    """
    if tokenizer is None:
        return None
    model = model_tokens(tokenizer, ends)

    def encoded(row: Row) -> SeenRow:
        try:
            made: Iterator[EncodedRow] = encode_rows([row], tokenizer, loss=loss, max_length=max_length)
            tokens = next(made)
            return SeenRow(row, tokens, answers=partial(answer_tokens, row, tokens, tokenizer), model=model)
        except (TemplateError, RowError) as error:
            return SeenRow(row, None, error.what, error.remedy, model=model)

    return encoded
