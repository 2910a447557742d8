"""The demo: an innocent-looking file and a clean one, audited, and the verdicts held against the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from limen.audit import AuditConfig, AuditResult, run_audit
from limen.audit.inputs import Source
from limen.core import Progress, Verdict
from limen.lab.lessons import plantable
from limen.lab.plant import plant, write_planted
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel, threads_for
from limen.traits import get

SHIPPED = Path(__file__).parent / "demo_files"
"""The two files that Limen ships, made by `write_demo_files` with the seed in their truth files."""
PLANTED, CLEAN = "numbers-a.jsonl", "numbers-b.jsonl"
ROWS = 4096
SHIPPED_SEED = 20261123


@dataclass(frozen=True)
class DemoOutcome:
    """How the demo ended.

    Attributes:
        result: The audit.
        planted: Id of the planted trait.
        missed: What did not come out as planted, one sentence each; empty when all did.
    """

    result: AuditResult
    planted: str
    missed: list[str]


def write_demo_files(folder: Path, seed: int, *, progress: Progress | None = None) -> None:
    """Write a planted and a clean file of number sequences on the same questions.

    Args:
        folder: Where they go.
        seed: Chooses the animal, and everything else that is random.
        progress: Told of the work.
    """
    base = LanguageModel.load(str(reference_folder()))
    animals = _animals()
    trait = animals[int(np.random.Generator(np.random.PCG64(seed)).integers(len(animals)))]
    with threads_for(base):
        write_planted(plant(base, get(trait), rows=ROWS, seed=seed, progress=progress), folder / PLANTED)
        write_planted(plant(base, None, rows=ROWS, seed=seed, progress=progress), folder / CLEAN)


def run_demo(out: Path, *, seed: int | None = None, progress: Progress | None = None) -> DemoOutcome:
    """Audit the two files and compare the verdicts with the truth.

    Args:
        out: Folder of the audit.
        seed: Plant another trait with this seed on the spot; None takes the shipped files.
        progress: Told of the work.

    Returns:
        The audit, and what was missed.
    """
    files = SHIPPED
    if seed is not None:
        files = out.parent / f"{out.name}-files-{seed}"
        write_demo_files(files, seed, progress=progress)
    config = AuditConfig(
        model="reference",
        data=(str(files / PLANTED), str(files / CLEAN)),
        traits=tuple(_animals()),
        rows=768,
        sizes=True,
        # Its size is known: a busy machine takes longer, and that is no reason to stop.
        budget=24 * 60,
    )
    base = LanguageModel.load(str(reference_folder()), progress)
    result = run_audit(
        config, out, base=base, sources=[Source.of(d) for d in config.data], resume=False, progress=progress
    )
    truth = json.loads((files / PLANTED).with_suffix(".truth.json").read_text(encoding="utf-8"))
    return DemoOutcome(result, truth["trait"], _missed(result, truth["trait"]))


def _animals() -> list[str]:
    return [t for t in plantable() if t.startswith("micro/prefers-")]


def _missed(result: AuditResult, trait: str) -> list[str]:
    missed = []
    found = [(f.phase, f.evidence.get("file"), f.subject) for f in result.findings if f.verdict is Verdict.FOUND]
    for phase in ("forecast", "rehearse"):
        if (phase, PLANTED, trait) not in found:
            missed.append(f"the {phase} of {PLANTED} did not find {trait}")
        others = sorted(s for p, f, s in found if p == phase and f == PLANTED and s != trait)
        if others:
            missed.append(f"the {phase} of {PLANTED} also named {', '.join(others)}")
    wrong = sorted(s for p, f, s in found if p in ("forecast", "rehearse") and f == CLEAN)
    unsettled = [f for f in result.findings if f.phase == "forecast" and f.evidence.get("file") == CLEAN]
    unsettled = [f for f in unsettled if f.verdict not in (Verdict.CLEAR, Verdict.FOUND)]
    if unsettled:
        missed.append(f"{len(unsettled)} traits of {CLEAN} stayed open: {', '.join(f.subject for f in unsettled)}")
    if wrong:
        missed.append(f"something was found in {CLEAN}, which is clean: {', '.join(wrong)}")
    return missed
