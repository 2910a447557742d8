"""What every detector says of every case: one piece a detector and case, kept with the hash of the code that made it.

A detector that fails on a case is named with its reason; it is not counted as wrong, and not as right.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from limen.core import LimenError, MissingExtraError, Trait, UsageError
from limen.lab.bench.bases import bed
from limen.lab.bench.case import Case
from limen.lab.bench.detector import Detector, Scored, SuiteFile, detectors
from limen.lab.bench.files import BenchFile, write_file
from limen.lab.bench.kept_file import kept_file
from limen.lab.bench.label import battery
from limen.lab.bench.labels import SOURCES
from limen.lab.study.seed import PACKAGE
from limen.models import LanguageModel

_DIGITS = 6


def score_case(case: Case, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Some detectors' scores on a case.

    Args:
        case: The case.
        names: Which detectors.

    Returns:
        For each detector its scores, predictions, doses and verdicts by trait, `seconds` of processor time,
        `cold_seconds` of getting ready and `pass_seconds` of a forward pass over the file; or `failed` with the reason.

    Raises:
        ModelError: The case's teacher failed to learn its trait.
        UsageError: There is no such detector, or the case is a real file that is not at hand.
    """
    out: dict[str, dict[str, Any]] = {}
    ready = {}
    for name in names:
        try:
            ready[name] = prepared(name, case.base)
        except MissingExtraError as error:
            out[name] = {"failed": f"{error.what} {error.remedy}"}
    file = write_file(case) if any(one.oracle for one, _ in ready.values()) else kept_file(case)
    traits, one_pass = traits_of(case), _pass_seconds(bed(case.base).model, file)
    seen = SuiteFile("file", file.rows, file.encoded, file.rejected)
    for name, (one, cold) in ready.items():
        if one.oracle:
            one.told(file.teacher)
        begun = time.process_time()
        try:
            scored = one.score(seen, traits)
        except LimenError as error:
            out[name] = {"failed": error.what}
            continue
        spent = {"seconds": time.process_time() - begun, "cold_seconds": cold, "pass_seconds": one_pass}
        out[name] = _plain(scored) | {k: round(v, 4) for k, v in spent.items()}
    return out


def sources_of(name: str) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """What decides a detector's scores: globs below the package, and files outside it.

    Args:
        name: The detector.

    Raises:
        UsageError: There is no such detector.
    """
    known = detectors()
    if name not in known:
        raise UsageError(f"there is no detector {name!r}.", remedy=f"Use one of: {', '.join(known)}.")
    path = Path(inspect.getfile(known[name])).resolve()
    common = (*SOURCES, "lab/bench/scores.py", *known[name].sources)
    if path.is_relative_to(PACKAGE):
        return (*common, path.relative_to(PACKAGE).as_posix()), ()
    return common, (path,)


@cache
def prepared(name: str, base_name: str) -> tuple[Detector, float]:
    """A detector that is ready for a base, and the processor time that took with nothing in the cache of this process.

    Raises:
        UsageError: There is no such detector.
    """
    known = detectors()
    if name not in known:
        raise UsageError(f"there is no detector {name!r}.", remedy=f"Use one of: {', '.join(known)}.")
    one = known[name]()
    begun = time.process_time()
    one.prepare(bed(base_name).model, battery())
    return one, time.process_time() - begun


def _pass_seconds(model: LanguageModel, file: BenchFile) -> float:
    begun = time.process_time()
    model.token_logprobs(file.encoded[:1000])
    return (time.process_time() - begun) * len(file.encoded) / len(file.encoded[:1000])


def _plain(scored: Scored) -> dict[str, Any]:
    return {
        "traits": {t: float(f"{v:.{_DIGITS}g}") for t, v in scored.traits.items() if np.isfinite(v)},
        "predicted": {t: round(float(v), _DIGITS) for t, v in scored.predicted.items()},
        "doses": {t: round(float(v), _DIGITS) for t, v in scored.doses.items()},
        "verdicts": {t: v.value for t, v in scored.verdicts.items()},
        "provenance": None if scored.provenance is None else float(f"{scored.provenance:.{_DIGITS}g}"),
    }


def traits_of(case: Case) -> list[Trait]:
    """The battery that detectors are given for a case."""
    return [t for t in battery() if not (case.outside and t.id == case.trait)]


Scores = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Case id → detector → what `score_case` gave."""
