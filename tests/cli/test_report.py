from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from limen.cli.report import command
from limen.core import LedgerError, UsageError
from limen.ledger import Ledger
from limen.report import report_schema
from tests.report.fixture import demo_findings, readings


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    with Ledger.create(tmp_path / "audit", "audit", {"model": "reference"}) as ledger:
        ledger.add_findings(demo_findings())
        ledger.add_readings(readings())
    return tmp_path / "audit"


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(command, [str(w) for w in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_without_a_target_it_prints_the_summary(audit: Path) -> None:
    assert "the model comes to prefer owl." in run(audit)


def test_files(audit: Path, tmp_path: Path) -> None:
    html, twin, text = tmp_path / "r.html", tmp_path / "r.json", tmp_path / "r.txt"
    assert run(audit, "--html", html, "--json", twin, "--to", "text", text).split() == [str(html), str(twin), str(text)]
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "What was read" in html.read_text(encoding="utf-8")
    assert json.loads(twin.read_text(encoding="utf-8"))["verdict"]["level"] == "found"
    assert "Nothing in the rows says so." in " ".join(text.read_text(encoding="utf-8").split())


def test_the_schema_needs_no_audit() -> None:
    schema = json.loads(run("--schema"))
    assert schema == report_schema()
    assert schema["$id"] in " ".join(run("--help").split())


def test_rows_as_ids(audit: Path, tmp_path: Path) -> None:
    run(audit, "--json", tmp_path / "r.json", "--rows", "ids")
    assert "Continue" not in (tmp_path / "r.json").read_text(encoding="utf-8")


def test_the_folder_is_left_as_it_was(audit: Path, tmp_path: Path) -> None:
    before = {p: p.read_bytes() for p in audit.rglob("*") if p.is_file()}
    run(audit, "--html", tmp_path / "r.html")
    assert {p: p.read_bytes() for p in audit.rglob("*") if p.is_file()} == before


def test_no_audit_and_no_renderer(audit: Path, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no audit"):
        run(tmp_path)
    with pytest.raises(UsageError, match="no renderer 'pdf'"):
        run(audit, "--to", "pdf", tmp_path / "r.pdf")
    assert not (tmp_path / "r.pdf").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--json", "audit.json"),
        ("--blame", "blame.jsonl"),
        ("--html", "findings.jsonl"),
        ("--json", "r", "--html", "r"),
    ],
)
def test_what_an_audit_recorded_is_not_written_over(audit: Path, options: tuple[str, ...]) -> None:
    before = {p: p.read_bytes() for p in audit.rglob("*") if p.is_file()}
    words = [word if word.startswith("--") else str(audit / word) for word in options]
    result = CliRunner().invoke(command, [str(audit), *words])
    assert isinstance(result.exception, UsageError)
    assert {p: p.read_bytes() for p in audit.rglob("*") if p.is_file()} == before
    for _ in range(2):
        run(audit, "--json", audit / "report.json", "--html", audit / "mine.html")
