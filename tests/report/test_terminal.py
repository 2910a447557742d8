from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from limen.ledger import AuditRecord, LeftOut, Status
from limen.report import get_renderer, render_terminal
from limen.report._visible import visible
from tests.report.fixture import (
    CLEAN,
    PLANTED,
    checks,
    demo_record,
    forecasts,
    record_of,
    rehearsals,
)
from tests.report.hostile import PAYLOADS, hostile_record


def printed(record: AuditRecord, *, width: int = 80, **console: object) -> str:
    out = io.StringIO()
    render_terminal(record, Console(file=out, width=width, **console))  # type: ignore[arg-type]
    return out.getvalue()


def test_planted_and_clean(snapshot: SnapshotAssertion) -> None:
    assert printed(demo_record()) == snapshot


def test_forecast_alone(snapshot: SnapshotAssertion) -> None:
    assert printed(record_of([*checks(PLANTED), *forecasts(PLANTED, "owl")])) == snapshot


def test_clear(snapshot: SnapshotAssertion) -> None:
    assert printed(record_of([*checks(CLEAN), *forecasts(CLEAN), *rehearsals(CLEAN)])) == snapshot


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_it_fits(width: int) -> None:
    lines = printed(demo_record(), width=width).splitlines()
    assert max(map(cell_len, lines)) <= min(width, 80)


def test_no_colour_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = printed(demo_record())
    assert "\x1b" not in plain, "not a terminal"
    monkeypatch.setenv("NO_COLOR", "1")
    styled = printed(demo_record(), force_terminal=True)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", styled)
    assert re.sub(r"\x1b\[[0-9;]*m", "", styled) == plain


def test_rows_without_text() -> None:
    out = io.StringIO()
    record = demo_record()
    render_terminal(record, Console(file=out, width=80), rows="ids")
    row = next(f for f in record.findings if f.rows and f.phase == "forecast").rows[0]
    assert row.row in out.getvalue()
    assert "".join(row.tokens)[:20] not in out.getvalue()


def test_a_broken_off_audit_says_so() -> None:
    assert "did not come to its end" in printed(record_of(forecasts(CLEAN), status=Status.INTERRUPTED))


def test_a_reason_ends_before_its_remedy_begins() -> None:
    left_out = LeftOut(what="diff", why="no tuned model was given", remedy="Give it with --tuned.")
    assert "diff: no tuned model was given. Give it with --tuned." in printed(record_of([], left_out=(left_out,)))


def test_an_empty_audit() -> None:
    assert "Not measured: the audit holds no finding." in printed(record_of([]))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_controls_nothing(payload: str) -> None:
    text = printed(hostile_record(payload), force_terminal=False)
    assert visible(text) == text
    assert max(map(cell_len, text.splitlines())) <= 80
    if "[red]" in payload:
        assert "[red]" in text


def test_it_is_a_renderer_too() -> None:
    record = demo_record()
    assert get_renderer("text")(record, [], "text") == printed(record)
