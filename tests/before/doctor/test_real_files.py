"""The doctor on real instruction and preference files, with tiny models of the six architectures."""

from __future__ import annotations

from pathlib import Path

import pytest

from limen.before.doctor import diagnose
from limen.core import Verdict
from limen.data import read_rows
from limen.models import LanguageModel
from tests.tiny_models import ARCHITECTURES

SHARED = Path(__file__).parents[4] / "shared" / "data"
FILES = [
    "instructions/alpaca_en_demo.json",
    "instructions/glaive_toolcall_en_demo.json",
    "instructions/rasbt_instructions.json",
    "preferences/dpo_en_demo.json",
    "preferences/kto_en_demo.json",
    "preferences/rasbt_preferences.json",
]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_every_check_comes_to_a_verdict(arch: str, file: str, tiny: dict[str, LanguageModel]) -> None:
    source = SHARED / file
    if not source.is_file():
        pytest.skip("the shared data files are not here")
    stream = read_rows(source, limit=12)
    findings = {f.subject: f for f in diagnose(tiny[arch], stream)}
    assert stream.report.rows_read == 12
    assert Verdict.NOT_MEASURED not in {f.verdict for f in findings.values()}
    assert findings["DOC101"].verdict is Verdict.CLEAR
    assert findings["DOC106"].verdict is Verdict.CLEAR
    assert findings["DOC201"].evidence["total"] == 12
    assert findings["DOC201"].evidence.get("cannot_render", 0) == 0
