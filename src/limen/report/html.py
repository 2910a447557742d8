"""The report as one static HTML file: no scripts, no requests, everything escaped."""

from __future__ import annotations

import json
from collections.abc import Sequence

from limen.core import Reading
from limen.ledger import AuditRecord, Status, public_record
from limen.report._environment import environment, style
from limen.report._group import group
from limen.report._story import guarantees
from limen.report._tables import reading_table, sure_table
from limen.report._view import view_file
from limen.report._without_text import without_text
from limen.report.registry import Rows, renderer
from limen.report.verdict import Level, fail_on, summarise


def render_html(record: AuditRecord, readings: Sequence[Reading] = (), *, rows: Rows = "text") -> str:
    """Render the report.

    Args:
        record: The audit.
        readings: Its readings, for the table of what was read.
        rows: `text` shows the texts of rows and tokens; `ids` shows ids and scores alone.

    Returns:
        A complete HTML document.
    """
    with_text = rows == "text"
    record = public_record(record)
    findings = [f if with_text else without_text(f) for f in record.findings]
    verdict = summarise(findings, whole=record.status is Status.DONE, fail_on=fail_on(record.config))
    views = [
        view_file(i, g, v, with_text=with_text)
        for i, (g, v) in enumerate(zip(group(findings), verdict.files, strict=True), 1)
    ]
    leads = verdict.leads
    leading = [f for f in findings if len(leads) == 1 and f.id in leads[0].story.leading]
    sure = sure_table(leading) if verdict.level in (Level.FOUND, Level.BROAD) else None
    return (
        environment()
        .get_template("page.html.jinja")
        .render(
            sure=sure,
            sure_sentences=guarantees(leading) if sure else leads[0].story.sure if len(leads) == 1 else (),
            record=record,
            verdict=verdict,
            files=views,
            phases=frozenset(f.phase for f in findings),
            readings=reading_table(readings),
            config=json.dumps(record.config, indent=2, ensure_ascii=False, sort_keys=True, default=str),
            style=style(),
            with_text=with_text,
        )
    )


@renderer("html")
def _render(record: AuditRecord, readings: Sequence[Reading], rows: Rows) -> str:
    return render_html(record, readings, rows=rows)
