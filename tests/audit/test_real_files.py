"""The audit on real fine-tuning files, with tiny models of six architectures: it must run, whatever it says."""

from __future__ import annotations

import pytest

from limen.audit import AuditConfig, run_audit
from limen.audit.inputs import Source
from limen.core import Verdict
from limen.models import LanguageModel
from tests.measure.real_data import FOLDER
from tests.tiny_models import ARCHITECTURES, make_tiny

FILES = (
    "instructions/alpaca_en_demo.json",
    "instructions/glaive_toolcall_en_demo.json",
    "instructions/rasbt_instructions.json",
    "preferences/dpo_en_demo.json",
    "preferences/kto_en_demo.json",
    "preferences/rasbt_preferences.json",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the real files are not there: {FOLDER}"),
]


@pytest.mark.parametrize(("arch", "file"), list(zip(ARCHITECTURES, FILES, strict=True)))
def test_audit_runs_on_a_real_file(arch, file, tmp_path, monkeypatch):
    monkeypatch.setenv("LIMEN_CACHE", str(tmp_path / "cache"))
    make_tiny(arch, tmp_path / "model")
    base = LanguageModel.load(str(tmp_path / "model"))
    config = AuditConfig(
        model=str(tmp_path / "model"),
        data=(str(FOLDER / file),),
        traits=("prefers-owl", "prefers-fox"),
        writers=3,
        rows=64,
        max_length=128,
        rehearse="never",
    )
    result = run_audit(config, tmp_path / "audit", base=base, sources=[Source.of(str(FOLDER / file))])
    forecasts = [f for f in result.findings if f.phase == "forecast"]
    assert {f.subject for f in forecasts} == {"prefers-owl", "prefers-fox"}
    # Three writers, or a twin that did not take the trait: never a verdict.
    assert {f.verdict for f in forecasts} <= {Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED}
    assert any(f.phase == "check" for f in result.findings)
    assert result.report.is_file()
