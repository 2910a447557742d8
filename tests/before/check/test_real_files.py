"""The checks on every real file, against counts made here by other means."""

from __future__ import annotations

import json
import re

import pytest
from scipy.stats import binomtest

from limen.before.check import check_rows
from limen.core import Verdict
from limen.data import read_rows
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
        ("preferences/dpo_en_demo.json", "share_of_pairs", 0.437, 0.03),
        ("preferences/rasbt_preferences.json", "share", 0.521, None),
    ],
)
def test_the_plain_share_of_longer_chosen_answers_is_that_of_the_data_s_readme(shared_data, name, of, longer, p):
    finding = next(f for f in check_rows(read_rows(shared_data / name)).findings if f.evidence["code"] == "LIM601")
    (length,) = [f for f in finding.evidence["features"] if f["feature"] == "length"]
    assert length[of] == pytest.approx(longer, abs=6e-4)
    pairs = [(r["chosen"], r["rejected"]) for r in json.loads((shared_data / name).read_text(encoding="utf-8"))]
    texts = [[t["value"] if isinstance(t, dict) else t for t in pair] for pair in pairs]
    assert (length["more"], length["less"]) == (
        sum(len(c) > len(r) for c, r in texts),
        sum(len(c) < len(r) for c, r in texts),
    )
    if p is not None:
        assert binomtest(length["more"], length["more"] + length["less"]).pvalue == pytest.approx(p, abs=0.01)


def test_pairs_that_were_rewritten_to_be_polite_are_found_to_be(shared_data):
    """The chosen answers of this file are the same answers, rewritten politely."""
    finding = next(
        f
        for f in check_rows(read_rows(shared_data / "preferences/rasbt_preferences.json")).findings
        if f.evidence["code"] == "LIM601"
    )
    assert finding.verdict is Verdict.FOUND
    assert "politeness" in finding.title
