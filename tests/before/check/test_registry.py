"""Third parties add rules as Limen's own are added: a package with an entry point, installed in a folder here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from limen.before.check import Rule, Severity, all_rules, registry, rule
from limen.core import UsageError

PACKAGE = '''
from limen.before.check import Rule, Severity, Tally, rule

@rule
class Shouting(Rule):
    """Rows in capitals."""

    code, name, severity = "ACME101", "shouting", Severity.INFO

    def __init__(self, context):
        super().__init__(context)
        self.tally, self.total = Tally(), 0

    def see(self, seen):
        self.total += 1
        if seen.row.text.isupper():
            self.tally.add(seen.row)

    def findings(self, report):
        return [self.counted(self.tally.hits, self.tally.count, self.total, title="{count} shout", clear="", remedy="")]
'''
USE = """
from limen.before.check import check_rows
from limen.data import read_rows
(f,) = [f for f in check_rows(read_rows([{"text": "LOUD"}, {"text": "low"}])).findings if f.subject == "ACME101"]
print(f.title, f.verdict.value)
"""


def run(tmp_path: Path, module: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "acme_rules.py").write_text(module)
    info = tmp_path / "acme_rules-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[limen.rules]\nacme = acme_rules\n")
    source = str(Path(__file__).resolve().parents[3] / "src")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([source, str(tmp_path)])}
    return subprocess.run([sys.executable, "-c", USE], capture_output=True, text=True, env=environment, check=False)


def test_an_installed_package_adds_a_rule(tmp_path):
    assert run(tmp_path, PACKAGE).stdout == "1 shout found\n"


def test_a_broken_package_is_named(tmp_path):
    assert "the rules 'acme' of an installed package cannot be loaded" in run(tmp_path, "import nowhere").stderr


def test_rules_are_documented_and_their_codes_are_unique():
    rules = all_rules()
    assert [r.code for r in rules] == sorted({r.code for r in rules})
    assert len({r.name for r in rules}) == len(rules)
    for one in rules:
        assert one.__doc__
        assert "Why:" in one.__doc__
        assert "Example:" in one.__doc__
        assert one.code.startswith("LIM")


@pytest.mark.parametrize(
    ("code", "doc", "said"),
    [("lim1", "x", "is no rule code"), ("LIM101", "x", "is taken by ExactDuplicate"), ("ACME102", "", "docstring")],
)
def test_what_is_no_rule(code, doc, said):
    cls = type("Odd", (Rule,), {"code": code, "name": "odd", "severity": Severity.INFO, "__doc__": doc})
    with pytest.raises(UsageError, match=said):
        rule(cls)
    assert registry._RULES.get(code) is not cls
