"""The checks on every real file, against counts made here by other means."""

from __future__ import annotations

import json
import re

import pytest

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
