"""The figures that take long: what makes each, and on which code each depends.

A figure is a module under `benchmarks/` with

    units() -> list[str]                        the independent pieces of work, in the order in which they are done
    run(unit: str) -> dict                      one piece, from its name alone (seeded); JSON values
    summarise(results: dict[str, dict]) -> dict every piece together: the figures that the documentation quotes
    agrees(old: dict, new: dict) -> bool        optional: whether a piece that was done again says the same

Add one by adding it here; `scripts/verify.py` does the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks import error_rates, lineage, outside_names, pair_rates, real_files, reference_card, throughput
from limen.lab.bench import full_doses, labels, labels_digits, public_blame
from limen.lab.bench.blame import UNITS, arms, sources_of_arm
from limen.lab.bench.detectors import BUILT_IN
from limen.lab.bench.scores import sources_of
from limen.lab.study import classifier, emergence, language, theorem
from scripts.agreement import Chance

MEASURED = "src/limen/lab/bench/measured"
"""Where the suite's labels ship with the package."""


@dataclass(frozen=True)
class Figure:
    """A figure that is recomputed by `make verify`.

    Attributes:
        name: Its file is `<folder>/<name>.json`.
        module: Importable name of the module that makes it.
        sources: Globs of the files whose content decides it, the module itself apart.
        tolerance: Largest relative difference between two numbers that still agree, on another machine.
        folder: Where its file stands, below the project.
        needs: Packages beside those of `make develop` that doing a piece again takes; without them it is not sampled.
        part: What each function of the module is given beside its own arguments: nothing, or which part of the suite.
        device: Where models run: the last digits differ between a CPU and an accelerator. What wants an accelerator is
            made, and sampled, where there is one.
        chance: What of it repeats an experiment that trains, so that another machine may come to other numbers.
    """

    name: str
    module: str
    sources: tuple[str, ...]
    tolerance: float = 1e-6
    folder: str = "results"
    part: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    device: Literal["cpu", "cuda"] = "cpu"
    chance: Chance = ""


def _below_src(sources: tuple[str, ...]) -> tuple[str, ...]:
    """Globs below the package as globs below the project."""
    return tuple(f"src/limen/{pattern}" for pattern in sources)


FIGURES: tuple[Figure, ...] = (
    Figure("startup", "benchmarks.startup", ("src/limen/cli/main.py", "src/limen/cli/_lazy.py")),
    Figure("reference_card", "benchmarks.reference_card", reference_card.SOURCES, tolerance=1e-3),
    Figure("throughput", "benchmarks.throughput", throughput.SOURCES),
    Figure("error_rates", "benchmarks.error_rates", error_rates.SOURCES, tolerance=1e-2, chance="pieces"),
    Figure("outside_names", "benchmarks.outside_names", outside_names.SOURCES, tolerance=1e-2, chance="pieces"),
    Figure("pair_rates", "benchmarks.pair_rates", pair_rates.SOURCES, tolerance=1e-2, chance="pieces"),
    Figure(
        "study_classifier",
        "limen.lab.study.classifier",
        _below_src(classifier.SOURCES),
        tolerance=1e-2,
        chance="numbers",
    ),
    Figure("study_theorem", "limen.lab.study.theorem", _below_src(theorem.SOURCES), tolerance=1e-2),
    Figure("study_language", "limen.lab.study.language", _below_src(language.SOURCES), tolerance=1e-2, chance="pieces"),
    Figure("study_emergence", "limen.lab.study.emergence", _below_src(emergence.SOURCES), tolerance=1e-2),
)

_SIZED: dict[str, Literal["cpu", "cuda"]] = {"digits-1m": "cpu", "digits-10m": "cuda"}
_PEERS = {"bergson-cosine": ("bergson",), "kronfluence-ekfac": ("kronfluence",)}
BEGUN: tuple[Figure, ...] = (
    Figure("real_files", "benchmarks.real_files", real_files.SOURCES, tolerance=1e-2),
    Figure("lineage", "benchmarks.lineage", lineage.SOURCES, tolerance=1e-2),
    Figure("labels-reference", labels.__name__, _below_src(labels.SOURCES), tolerance=1e-2, folder=MEASURED),
    *(
        Figure(
            f"labels-{base}",
            labels_digits.__name__,
            _below_src(labels_digits.SOURCES),
            tolerance=1e-2,
            folder=MEASURED,
            part=(base,),
            device=device,
        )
        for base, device in _SIZED.items()
    ),
    *(
        Figure(
            f"full-doses-{base}",
            full_doses.__name__,
            _below_src(full_doses.SOURCES),
            tolerance=1e-2,
            folder=MEASURED,
            part=(base,),
        )
        for base in ("reference", "digits-1m")
    ),
    *(
        Figure(
            f"scores-{one.name}",
            "limen.lab.bench.public_scores",
            _below_src(sources_of(one.name)[0]),
            folder="results/suite",
            part=(one.name,),
            needs=_PEERS.get(one.name, ()),
        )
        for one in BUILT_IN
    ),
    *(
        Figure(
            f"scores-{one.name}-{base}",
            "limen.lab.bench.public_scores",
            _below_src((*sources_of(one.name)[0], "lab/bench/sized.py")),
            folder=f"results/suite/{base}",
            part=(one.name, base),
            needs=_PEERS.get(one.name, ()),
        )
        for base in ("digits-1m",)
        for one in BUILT_IN
    ),
    *(
        Figure(
            f"blame-{unit}-{arm}",
            public_blame.__name__,
            _below_src(sources_of_arm(arm)[0]),
            tolerance=1e-2,
            folder="results/suite",
            part=(unit, arm),
            needs=_PEERS.get(arm, ()),
            chance="numbers",
        )
        for unit in UNITS
        for arm in arms([one.name for one in BUILT_IN], unit)
    ),
)
"""Figures that are not whole yet: done when asked for by name, and held against the code once they are above."""
