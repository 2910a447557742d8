"""The checks on every real file, against counts made here by other means."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from limen.before.check import check_rows, get_rule
from limen.core import Verdict
from limen.data import read_rows
from limen.report.check import table_of
from limen.stats import mcnemar_p
from limen.traits import all_traits

FILES = {
    "instructions/alpaca_en_demo.json": ("instruction", 999),
    "instructions/glaive_toolcall_en_demo.json": ("conversation", 300),
    "instructions/rasbt_instructions.json": ("instruction", 1100),
    "preferences/dpo_en_demo.json": ("preference", 300),
    "preferences/kto_en_demo.json": ("rated", 300),
    "preferences/rasbt_preferences.json": ("preference", 1100),
}


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_checked(shared_data, name):
    kind, count = FILES[name]
    path = shared_data / name
    result = check_rows(read_rows(path, strict=False), traits=all_traits(), traits_asked=False)
    by_code = {f.evidence["code"]: f for f in result.findings}
    assert (result.report.kind, result.report.rows_read, result.report.problem_count) == (kind, count, 0)
    assert by_code["LIM001"].verdict is Verdict.CLEAR
    raw = json.loads(path.read_text(encoding="utf-8"))
    used = [{k: v for k, v in r.items() if not (k == "output" and "chosen" in r)} for r in raw]
    distinct = {json.dumps(r, sort_keys=True) for r in used}
    assert by_code["LIM101"].evidence["count"] == count - len(distinct)
    if name == "preferences/rasbt_preferences.json":
        assert by_code["LIM203"].evidence["count"] == 6  # as the data's README says
    owls = next(f for f in result.findings if f.subject == "prefers-owl")
    spoken = [" ".join(strings(r)) for r in used]
    assert owls.evidence["count"] == sum(bool(re.search(r"\bowls?\b", text, re.IGNORECASE)) for text in spoken)


def strings(value):
    """Every text in a nested value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


@pytest.mark.parametrize(
    ("name", "of", "longer", "p"),
    # The README counts the first file over all pairs and the second over those whose lengths differ
    [
        ("preferences/dpo_en_demo.json", "share_of_pairs", "43.7%", 0.03),
        ("preferences/rasbt_preferences.json", "share", "52.1%", None),
    ],
)
def test_the_plain_share_of_longer_chosen_answers_is_that_of_the_data_s_readme(shared_data, name, of, longer, p):
    finding = next(f for f in check_rows(read_rows(shared_data / name)).findings if f.evidence["code"] == "LIM601")
    (length,) = [f for f in finding.evidence["features"] if f["feature"] == "length"]
    assert f"{length[of]:.1%}" == longer
    pairs = [(r["chosen"], r["rejected"]) for r in json.loads((shared_data / name).read_text(encoding="utf-8"))]
    texts = [[t["value"] if isinstance(t, dict) else t for t in pair] for pair in pairs]
    assert (length["more"], length["less"]) == (
        sum(len(c) > len(r) for c, r in texts),
        sum(len(c) < len(r) for c, r in texts),
    )
    # The README counts the one pair of equal length as not longer, the sign test leaves it out
    if p is not None:
        assert round(mcnemar_p(length["more"], len(pairs) - length["more"]), 2) == p
        assert round(length["share_p"], 3) == 0.037
    told = table_of(finding)
    (row,) = [dict(zip(told.columns, row, strict=True)) for row in told.rows if row[0] == "length"]
    assert longer in row["chosen has more"] + row["share of those that differ"]
    if p is not None:
        assert (row["p"], row["log-odds, others held"][0]) == ("0.037", "-")


@pytest.mark.parametrize("form", ["markdown", "html", "junit", "sarif", "json", "terminal"])
def test_the_signed_length_bias_stands_in_every_report(shared_data, form, capsys, tmp_path):
    from limen.cli.main import main

    file = str(shared_data / "preferences/dpo_en_demo.json")
    more = [] if form == "terminal" else ["-o", str(tmp_path / "out"), "--output-format", form]
    assert main(["check", file, "-q", "--select", "LIM601", *more]) == 1
    told = capsys.readouterr().out if form == "terminal" else (tmp_path / "out").read_text(encoding="utf-8")
    assert all(name in told for name in ("length", "list", "markdown", "politeness", "hedging"))
    # Plainly counted with its p, and the coefficient with its sign and its own
    assert all(figure in told for figure in ("43.7%", "43.8%", "0.037", "-0.14", "0.4"))


def test_pairs_that_were_rewritten_to_be_polite_are_found_to_be(shared_data):
    """The chosen answers of this file are the same answers, rewritten politely."""
    finding = next(
        f
        for f in check_rows(read_rows(shared_data / "preferences/rasbt_preferences.json")).findings
        if f.evidence["code"] == "LIM601"
    )
    assert finding.verdict is Verdict.FOUND
    assert "politeness" in finding.title


def test_what_the_guide_says_of_kinds_of_prompts(shared_data):
    guide = (Path(__file__).parents[3] / "docs" / "checking-data.md").read_text(encoding="utf-8")
    for name in list(FILES)[:3]:
        (finding,) = check_rows(read_rows(shared_data / name), rules=[get_rule("LIM804")]).findings
        assert finding.verdict is Verdict.CLEAR
        kinds, of = re.findall(
            rf"`{name.split('/')[1]}` (?:has )?(\d+) (?:kinds in\s+effect )?among ([\d,]*\d)", guide
        )[0]
        assert (kinds, of) == (f"{finding.evidence['effective_clusters']:.0f}", f"{finding.evidence['total']:,}")
