"""fix_file: a new file without the rows that rules leave out, its manifest, and what it cost.

The file is read three times: for the rules that look at rows one by one, for those that compare them, and to write; and
once more between these where groups are to be balanced.
Rows that no rule touches are written byte for byte where the format allows it. In memory a row takes 16 bytes, and 16
more for each rule that names it; a copy 16 besides, and what it copies 24, so that the manifest can tell which it is.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from limen.before.check.fix.balance import Balance, Balancer, Method
from limen.before.check.fix.balancers import balancer_for
from limen.before.check.fix.cost import Cost
from limen.before.check.fix.manifest import Touched, head_of, line_of, manifest_path, open_private, touched_line
from limen.before.check.fix.mend import NotWritable, mend
from limen.before.check.fix.reasons import UNREADABLE, Copies, Reasons, copies_in
from limen.before.check.fix.reweight_rows import COLUMN
from limen.before.check.fix.rewrite import JsonLines, ParquetRows, Spliced
from limen.before.check.fix.target import new_file
from limen.before.check.groups import BUILT_IN, load_lexicons
from limen.before.check.known import Known
from limen.before.check.rule import Context, Rule, RuleSettings
from limen.before.check.runner import CheckResult, check_rows
from limen.before.check.seen_row import SeenRow
from limen.core import Progress, ReadError, Row, UsageError
from limen.data import Layout, RowStream, compressed, data_suffix, is_hub_id, layout_of, read_rows, segments
from limen.data.records import Broken, Record
from limen.data.sources import open_source

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_BESIDE = {"code": "", "name": "separator", "reason": "the row stays; what separates it from the next is written anew"}
_HEADER = {"code": "", "name": "header", "reason": f"the header names the further column {COLUMN}"}
_SUFFIXES = {"json": (".json", ".jsonl", ".ndjson", ".jsonlines"), "parquet": (".parquet", ".pq")}


@dataclass
class FixResult:
    """What a fix did.

    Attributes:
        out: The new file.
        manifest: Its manifest.
        kept_bytes: Whether untouched rows are there byte for byte.
        why_not: Why the fix cannot be undone byte for byte; empty where it can.
        form: What the new file is written in.
        dropped: How many rows each rule left out, by code; a row that several name counts for each.
        changed: How many rows each rule changed, by code.
        left: How many rows a rule would have changed and could not be written so.
        cost: Rows, characters, tokens and prompts lost.
        balance: What balancing groups did, where that was asked for.
        redacting: Codes of the rules that change texts, and look at the columns that are trained on alone.
        beside: Columns with texts that they did not look at.
    """

    out: Path
    manifest: Path
    kept_bytes: bool
    why_not: str
    form: str
    dropped: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    left: int = 0
    cost: Cost = field(default_factory=Cost)
    balance: Balancer | None = None
    redacting: Sequence[str] = ()
    beside: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True)
class _Plan:
    rules: Sequence[Rule]
    drops: Mapping[str, NDArray[np.int64]]
    unreadable: bool
    format: str
    reader: str
    report_rows: int
    sha256: str | None
    ignored: frozenset[tuple[str, str]]
    fixing: Sequence[type[Rule]]
    copies: Mapping[str, Copies]
    presidio: str | None
    balancer: Balancer | None = None


def fix_file(
    file: str,
    out: Path,
    *,
    rules: Sequence[type[Rule]],
    format: str | None = None,
    tokenizer: PreTrainedTokenizerBase | None = None,
    settings: Mapping[str, RuleSettings] | None = None,
    known: Known | None = None,
    balance: Balance | None = None,
    lexicons: Sequence[str] = BUILT_IN,
    presidio: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> FixResult:
    """Write a new file without the rows that rules leave out, and with those changed that they mend.

    Groups of people are balanced over the rows that are left then.

    Args:
        file: A file, a folder or a hub id; it is never written to.
        out: The new file; its manifest goes beside it.
        rules: Rules, of which those count that fix something; see `Rule.drops`, `Rule.fix` and `Rule.fix_text`.
        format: Name of a row format, to overrule recognition.
        tokenizer: The model's own, to count the tokens that are lost.
        settings: Severity and share of single rules.
        known: Rows that a rule is not to name are kept.
        balance: How to balance which groups of people; None for not at all.
        lexicons: Lexicons of groups: languages, or YAML files.
        presidio: What Presidio recognises personal data with, as in `Context`; None where it is not asked.
        overwrite: Whether a new file that is there already may be replaced.
        progress: Who is told.

    Returns:
        What was done.

    Raises:
        UsageError: The new file is there already, is the file itself, or has a suffix of another format; no rule fixes
            anything; no row would be left; or groups cannot be balanced so.
        ReadError: The file cannot be read, or is broken in a way that no reader reads on from.
        OSError: The new file cannot be written.
    """
    fixing = [rule for rule in rules if rule.drops or rule.mends()]
    if not fixing and balance is None:
        raise UsageError("none of the selected rules fixes anything.", remedy="Select more: limen check --list-rules")
    stream = read_rows(file, format=format, strict=False)
    source = Path(file).expanduser()
    alone = source.is_file() and not is_hub_id(file)
    reader = stream.report.reader
    layout = layout_of(source, reader) if alone else None
    form, result = _form(out, source if alone else None, reader, layout)
    words = load_lexicons(lexicons)
    result.balance = balancer_for(balance, words, reader) if balance is not None else None
    reading = [source] if source.exists() else []
    with (
        new_file(out, reading, overwrite=overwrite) as part,
        new_file(result.manifest, reading, overwrite=overwrite) as notes,
    ):
        asked: dict[str, Any] = {"settings": settings, "known": known or Known(), "presidio": presidio}
        checked = _asked(stream, fixing, asked, progress)
        plan = _planned(checked, fixing, known or Known(), presidio, format or checked.report.format)
        if result.balance is not None:
            plan = _balanced(plan, result.balance, stream.copy())
        result.cost = Cost(tokenizer, words)
        result.redacting = [rule.code for rule in fixing if rule.fix_text is not Rule.fix_text]
        with open_private(notes) as manifest:
            manifest.write(line_of(head_of(source.name, out, str(layout or form), result.why_not)))
            if layout is not None:
                hashes = _splice(source, part, layout, plan, result, manifest, file, format)
            else:
                hashes = _write_anew(source, part, form, plan, result, manifest, file, format)
            if not result.cost.rows_after:
                raise UsageError("no row would be left.", remedy="Select fewer rules.", where=file)
            told = {} if result.balance is None else {"balance": result.balance.told()}
            manifest.write(line_of({"end": True, **hashes, "cost": result.cost.as_dict(), **told}))
    return result


def _form(out: Path, source: Path | None, reader: str, layout: Layout | None) -> tuple[str, FixResult]:
    """What the new file is written in, and what that means for undoing it."""
    if out.suffix and out.suffix.lower() != data_suffix(out):
        raise UsageError("--fix writes no compressed files.", remedy="Compress it afterwards.", where=str(out))
    packed = source is not None and compressed(source)
    if layout is not None:
        form, why_not = reader, "the original is compressed, and its content alone is known" if packed else ""
    elif source is not None and reader == "parquet":
        form, why_not = "parquet", "Parquet is written anew, and its bytes depend on who writes it"
    else:
        form, why_not = "json", "the original is no single file whose rows can be cut out, so JSON Lines were written"
    own = data_suffix(source) if source is not None else ""
    allowed = {*_SUFFIXES.get(form, ()), *([own] if own and (layout is not None or form == "parquet") else [])}
    if layout is None and form == "json":
        allowed = {".jsonl", ".ndjson", ".jsonlines"}
    if allowed and out.suffix.lower() not in allowed:
        raise UsageError(
            f"the new file is written as {'JSON Lines' if layout is None and form == 'json' else form}, and its name "
            f"ends in {out.suffix or 'nothing'!r}.",
            remedy=f"End it in {' or '.join(sorted(allowed))}.",
            where=str(out),
        )
    name = "JSON Lines" if form == "json" and layout is not Layout.ARRAY else form
    return form, FixResult(out, manifest_path(out), layout is not None, why_not, name)


def _asked(
    stream: RowStream,
    fixing: Sequence[type[Rule]],
    asked: Mapping[str, Any],
    progress: Progress | None,
) -> CheckResult:
    """What rules name, those last that compare rows: they are not shown what the others leave out."""
    alone = [rule for rule in fixing if not rule.compares]
    comparing = [rule for rule in fixing if rule.compares]
    options = {**asked, "progress": progress}
    first = check_rows(stream, rules=alone, **options)
    gone = _dropped(first, alone)
    without = np.unique(np.concatenate([*gone.values(), np.empty(0, np.int64)])).tolist()
    second = check_rows(stream.copy(), rules=comparing, without=array("q", without), **options) if comparing else first
    return CheckResult([], first.report, [*first.hits, *(second.hits if comparing else [])])


def _dropped(checked: CheckResult, rules: Sequence[type[Rule]]) -> dict[str, NDArray[np.int64]]:
    """Positions of the rows that each rule leaves out, sorted."""
    drops = {rule.code for rule in rules if rule.drops}
    named: dict[str, list[NDArray[np.int64]]] = {}
    for code, _, rows in checked.hits:
        if code in drops and len(rows):
            named.setdefault(code, []).append(rows.indices)
    return {code: np.unique(np.concatenate(held)) for code, held in named.items()}


def _planned(
    checked: CheckResult, fixing: Sequence[type[Rule]], known: Known, presidio: str | None, format: str
) -> _Plan:
    return _Plan(
        [rule(Context(presidio=presidio)) for rule in fixing if rule.mends()],
        _dropped(checked, fixing),
        any(rule.code == UNREADABLE for rule in fixing),
        format,
        checked.report.reader,
        checked.report.rows_read + checked.report.problem_count,
        checked.report.sha256,
        frozenset((one.code, one.row) for one in known.ignored),
        fixing,
        copies_in(checked.hits),
        presidio,
    )


def _balanced(plan: _Plan, balancer: Balancer, rows: RowStream) -> _Plan:
    """The plan with the rows left out that a balance costs."""
    gone = np.unique(np.concatenate([*plan.drops.values(), np.empty(0, np.int64)]))
    at = 0
    for row in rows:
        while at < len(gone) and gone[at] < row.index:
            at += 1
        if at == len(gone) or gone[at] != row.index:
            balancer.look(row)
    drops = balancer.drops()
    more = {balancer.method.value: drops} if len(drops) else {}
    return replace(plan, drops={**plan.drops, **more}, balancer=balancer)


class _Judge:
    """Says of each row in turn whether it is kept, left out or changed, and why; keeps count."""

    def __init__(self, plan: _Plan, result: FixResult, rows: RowStream, *, anew: bool) -> None:
        self._plan = plan
        self._anew = anew
        self._result = result
        self._rows = iter(rows)
        self._row = next(self._rows, None)
        self._reasons = Reasons(plan.fixing, plan.copies, rows.report, plan.presidio, plan.balancer)
        self._touched: tuple[int, tuple[str, ...], SeenRow | None, SeenRow | None] = (-1, (), None, None)
        self._at = dict.fromkeys(plan.drops, 0)
        self.added: tuple[SeenRow, Mapping[str, Any]] | None = None
        """What is to be written behind the row that was judged last, and its columns."""

    def row(self, index: int) -> Row | None:
        """The row of an index, None where it cannot be read."""
        while self._row is not None and self._row.index < index:
            self._row = next(self._rows, None)
        return self._row if self._row is not None and self._row.index == index else None

    def dropped(self, index: int, row: Row | None) -> tuple[str, ...]:
        """Codes of the rules that leave a row out."""
        if row is None:
            return (UNREADABLE,) if self._plan.unreadable else ()
        codes = []
        for code, indices in self._plan.drops.items():
            at = self._at[code]
            while at < len(indices) and indices[at] < index:
                at += 1
            self._at[code] = at
            if at < len(indices) and indices[at] == index:
                codes.append(code)
        return tuple(codes)

    def judge(self, index: int, columns: Mapping[str, Any] | None, line: int | None) -> tuple[str, Any]:
        """What becomes of a row, `keep`, `drop` or `change`, and its new columns."""
        row = self.row(index)
        codes = self.dropped(index, row)
        if row is not None and row.columns and not codes:
            self._result.beside.update((name, None) for name, held in row.columns.items() if _holds_text(held))
        if self._anew and columns is None:
            codes = codes or (UNREADABLE,)  # rows are written from columns, which a broken one has not
        # One object a row, so that whoever looks for groups in it finds those that were looked for before
        before = SeenRow(row) if row is not None else None
        self._reasons.note(index, before, line)
        action, after, new = "drop" if codes else "keep", None if codes else before, None
        if not codes and row is not None and columns is not None and self._plan.rules:
            rules = [rule for rule in self._plan.rules if (rule.code, row.id) not in self._plan.ignored]
            try:
                mended, new, changed = mend(row, columns, rules, self._plan.format)
                if new is not None and self._plan.reader == "text" and not _is_line(str(new["text"])):
                    raise NotWritable
            except NotWritable:
                new = None
                self._result.left += 1
            else:
                codes = tuple(dict.fromkeys(changed))
                if mended is not row:
                    after = SeenRow(mended) if mended is not None else None
                action = "drop" if after is None else "change" if codes else "keep"
        self.added = None
        balancer = self._plan.balancer
        if balancer is not None:
            weight = 1.0
            if after is not None and columns is not None:
                now = columns if new is None else new
                more = balancer.added(after, now, self._plan.format)
                self.added = None if more is None else (SeenRow(more[0]), more[1])
                further = balancer.column(after)
                if further is not None:
                    name, weight = further
                    action, codes, new = "change", (*codes, balancer.method.value), {**now, name: weight}
            balancer.count(before, after, weight)
        self._result.cost.add(before, after, kept=action != "drop")
        if self.added is not None and balancer is not None:
            balancer.count(None, self.added[0])
            self._result.cost.add_row(self.added[0])
        counts = {"drop": self._result.dropped, "change": self._result.changed}.get(action)
        if counts is not None:
            counts.update(codes)
        self._touched = index, codes, before, after
        return action, new

    def told(self, ordinal: int, action: str, raw: bytes, line: int | None) -> str:
        """The manifest's line on the row that was judged last, which is touched."""
        index, codes, before, after = self._touched
        why = self._reasons.why(codes, index, before, after) if codes else [_BESIDE]
        row_id = before.row.id if before is not None else ""
        return touched_line(Touched(ordinal, index, action, codes, why, raw, row_id, line))

    def told_added(self, ordinal: int, line: int | None) -> str:
        """The manifest's line on the row that is added behind the one that was judged last; empty where none is."""
        index, _, _, after = self._touched
        if self.added is None or after is None or self._plan.balancer is None:
            return ""
        made = self.added[0]
        codes, why = (self._plan.balancer.method.value,), self._reasons.why_added(after, made)
        return touched_line(Touched(ordinal, index, "add", codes, why, b"", made.row.id, line))

    @property
    def mends(self) -> bool:
        """Whether anything looks at the columns of rows."""
        return bool(self._plan.rules) or self._plan.balancer is not None


def _is_line(text: str) -> bool:
    return bool(text.strip()) and "\n" not in text and "\r" not in text


def _splice(
    source: Path,
    part: Path,
    layout: Layout,
    plan: _Plan,
    result: FixResult,
    manifest: Any,
    file: str,
    format: str | None,
) -> dict[str, str]:
    """Write segments of the file but for those of the rows that are touched."""
    judge = _Judge(plan, result, read_rows(file, format=format, strict=False), anew=False)
    records = open_source(file).records() if judge.mends else iter(())
    whole = hashlib.sha256()
    count, line = 0, 1
    column = COLUMN if plan.balancer is not None and plan.balancer.method is Method.REWEIGHT else ""
    with Spliced(part, layout, source, plain=plan.reader == "text", column=column) as writer:
        for ordinal, segment in enumerate(segments(source, layout)):
            whole.update(segment.raw)
            place = line + segment.raw[: segment.lead].count(b"\n")
            line += segment.raw.count(b"\n")
            if segment.index is None:
                if writer.keep(segment) != segment.raw:
                    manifest.write(
                        touched_line(Touched(ordinal, None, "change", (), [_HEADER], segment.raw, "", place))
                    )
                continue
            count += 1
            action, new = judge.judge(segment.index, _columns(records), place)
            if action == "drop":
                writer.pass_over(segment)
                raw = b""
            else:
                raw = writer.keep(segment, writer.rendered(segment, new) if action == "change" else None)
                if judge.added is not None:
                    raw += writer.close_line()
            if raw != segment.raw:
                manifest.write(judge.told(ordinal, "drop" if action == "drop" else "change", segment.raw, place))
            if judge.added is not None:
                writer.add(segment, judge.added[1])
                manifest.write(judge.told_added(ordinal, place))
    if count != plan.report_rows:
        raise ReadError(
            f"{count:,} rows were cut out of the file, and {plan.report_rows:,} were read.",
            remedy="Convert it to JSON Lines first, and report this please.",
            where=file,
        )
    if not compressed(source) and plan.sha256 not in (None, whole.hexdigest()):
        raise ReadError("the file changed while it was read.", remedy="Run the fix again.", where=file)
    return {"source_sha256": whole.hexdigest(), "output_sha256": writer.sha256}


def _columns(records: Iterator[Record | Broken]) -> Mapping[str, Any] | None:
    record = next(records, None)
    return record.value if isinstance(record, Record) else None


def _write_anew(
    source: Path,
    part: Path,
    form: str,
    plan: _Plan,
    result: FixResult,
    manifest: Any,
    file: str,
    format: str | None,
) -> dict[str, str]:
    """Write rows from their columns."""
    judge = _Judge(plan, result, read_rows(file, format=format, strict=False), anew=True)
    weighs = plan.balancer is not None and plan.balancer.method is Method.REWEIGHT
    writer = ParquetRows(part, source, column=COLUMN if weighs else "") if form == "parquet" else JsonLines(part)
    try:
        for index, record in enumerate(open_source(file).records()):
            columns = record.value if isinstance(record, Record) else None
            action, new = judge.judge(index, columns, record.line)
            if action != "drop" and columns is not None:
                writer.write(columns if new is None else new)
            if judge.added is not None:
                writer.write(judge.added[1])
            if action != "keep":
                raw = line_of(_readable(columns)).encode() if columns is not None else b""
                manifest.write(judge.told(index, action, raw, record.line))
            manifest.write(judge.told_added(index, record.line))
    finally:
        writer.close()
    with part.open("rb") as written:
        return {"output_sha256": hashlib.file_digest(written, "sha256").hexdigest()}


def _holds_text(value: Any) -> bool:
    return isinstance(value, str | Mapping | list | tuple) and bool(value)


def _readable(columns: Mapping[str, Any]) -> dict[str, Any]:
    from limen.ledger import to_jsonable

    try:
        plain: dict[str, Any] = to_jsonable(dict(columns), strings=False)
    except TypeError:
        plain = {name: str(value) for name, value in columns.items()}
    return plain
