"""A check as Markdown, for the comment of a pull request or a job's summary.

Row content is hostile here too: it is shown in code spans alone, in which no link, image, mention or HTML works, with
a fence longer than any run of backticks in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from limen.core import Finding, Verdict
from limen.core.wording import plural
from limen.report._visible import one_line, visible
from limen.report.check.checked import (
    Checked,
    CheckedFile,
    code_of,
    examples_of,
    is_silent_mention,
    sentence,
    severity_of,
    split_span,
    worst_first,
)
from limen.report.check.mentions import folded
from limen.report.check.registry import check_renderer
from limen.report.check.table import Table, table_of

_ROWS = 5
_NEAR = 60  # characters shown on each side of a place in a row
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~&@:])")


@check_renderer("markdown", ".md", ".markdown")
def _render(checked: Checked) -> str:
    lines = ["# Limen check", ""]
    for file in checked.files:
        lines += _file(file)
    lines += [f"- {escaped(note)}" for note in checked.notes] + [""] * bool(checked.notes)
    lines.append(f"limen {checked.version}, exit code {checked.exit_code}")
    return "\n".join(lines) + "\n"


def _file(file: CheckedFile) -> Iterator[str]:
    yield f"## {code(file.file)}"
    yield ""
    yield escaped(file.about)
    yield ""
    yield "| | Rule | What was found |"
    yield "|---|---|---|"
    silent = [f for f in file.findings if is_silent_mention(f)]
    shown = [f for f in folded(worst_first(file.findings)) if len(silent) < 2 or not is_silent_mention(f)]
    for finding in shown:
        yield f"| {_mark(finding)} | {code_of(finding)} | {escaped(sentence(finding))} |"
    if len(silent) > 1:
        yield f"| clear | LIM301 | No row mentions a word of any of {plural(len(silent), 'trait')}. |"
    yield ""
    for finding in shown:
        if table := table_of(finding):
            yield from _table(finding, table)
        examples = examples_of(finding)
        if not examples:
            continue
        yield f"**{code_of(finding)}** {escaped(finding.title)} {escaped(finding.remedy)}".rstrip()
        yield ""
        for example in examples[:_ROWS]:
            note = f" ({code(str(example['note']))})" if example.get("note") else ""
            yield f"- {code(file.place_of(example))}{note}{_text(example)}"
        count = finding.evidence.get("count")
        if isinstance(count, int) and count > _ROWS:
            yield f"- and {plural(count - min(_ROWS, len(examples)), 'more row')}"
        yield ""


def _table(finding: Finding, table: Table) -> Iterator[str]:
    yield f"**{code_of(finding)}** {escaped(finding.remedy)}".rstrip()
    yield ""
    for i, cells in enumerate([table.columns, *table.rows]):
        yield f"| {' | '.join(map(escaped, cells))} |"
        if not i:
            yield "|---" * len(cells) + "|"
    yield ""


def _text(example: dict[str, Any]) -> str:
    """An example's text in code spans, the place in it in bold."""
    before, span, after = split_span(example)
    if not span:
        return f": {code(before)}" if before.strip() else ""
    near = before if len(before) <= _NEAR else f"…{before[-_NEAR:]}"
    parts = [code(near) if near.strip() else "", f"**{code(span)}**", code(after, _NEAR) if after.strip() else ""]
    return f": {' '.join(filter(None, parts))}"


def _mark(finding: Finding) -> str:
    if finding.verdict is Verdict.FOUND:
        return f"**{severity_of(finding)}**"
    return finding.verdict.value


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, on one line.

    Args:
        text: Any text.
    """
    return _SPECIAL.sub(r"\\\1", one_line(text, 1000))


def code(text: str, limit: int = 160) -> str:
    """A text in a code span, on one line.

    Args:
        text: Any text.
        limit: Most characters that are shown.
    """
    shown = visible(one_line(text, limit)) or " "
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
