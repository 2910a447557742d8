"""Recompute the long figures, each with the hash of the code that made it, into `results/` and the package's labels.

python scripts/verify.py                 compute what is missing or out of date; Ctrl-C and the same command goes on
python scripts/verify.py --only NAME     one figure (repeatable)
python scripts/verify.py --check         exit 1 if a result is missing, unfinished or made by other code
python scripts/verify.py --sample        do some pieces again, others each day and commit, and compare
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    # Run as a script, Python looks beside it and not in the project.
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from limen.models.loading import DEVICE_VARIABLE  # noqa: E402
from scripts._code_hash import hash_sources  # noqa: E402
from scripts.agreement import agree_but_for_chance  # noqa: E402
from scripts.figures import BEGUN, FIGURES, Figure  # noqa: E402

# A piece takes one core, here and wherever it is done again: how sums are split over threads changes their last digits.
os.environ.setdefault("OMP_NUM_THREADS", "1")
Result = dict[str, Any]


def code_of(figure: Figure) -> tuple[str, dict[str, str]]:
    """The hash of everything that decides a figure, and that of each file."""
    own = figure.module.replace(".", "/") + ".py"
    own = own if (ROOT / own).is_file() else f"src/{own}"
    files = hash_sources(ROOT, (own, *figure.sources))
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()[:16], files


def path_of(figure: Figure) -> Path:
    """Where a figure is stored."""
    return ROOT / figure.folder / f"{figure.name}.json"


def load(figure: Figure) -> Result | None:
    """What is stored for a figure, or None."""
    path = path_of(figure)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def store(figure: Figure, result: Result) -> None:
    """Write a figure's file whole or not at all."""
    path = path_of(figure)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(beside, path)


def wrong_with(figure: Figure) -> str:
    """Why a stored figure cannot be quoted; empty if it can."""
    stored = load(figure)
    if stored is None:
        return "was never computed"
    code, files = code_of(figure)
    if stored["code"] != code:
        old = stored["sources"]
        changed = sorted(path for path in {*old, *files} if old.get(path) != files.get(path))
        return f"was made by other code; changed since: {', '.join(changed[:5])}{' ...' if len(changed) > 5 else ''}"
    missing = [unit for unit in units_of(figure) if unit not in stored["units"]]
    return f"is unfinished: {len(missing)} pieces are missing" if missing else ""


def units_of(figure: Figure) -> list[str]:
    """The names of a figure's pieces."""
    units: list[str] = importlib.import_module(figure.module).units(*figure.part)
    return units


def piece(figure: Figure, unit: str) -> tuple[Any, float]:
    """One piece of a figure, and the seconds that it took."""
    before = os.environ.get(DEVICE_VARIABLE)
    os.environ[DEVICE_VARIABLE] = figure.device
    try:
        begun = time.monotonic()
        result = importlib.import_module(figure.module).run(unit, *figure.part)
        return result, round(time.monotonic() - begun, 1)
    finally:
        del os.environ[DEVICE_VARIABLE]
        if before is not None:
            os.environ[DEVICE_VARIABLE] = before


def pieces(figure: Figure, units: list[str], jobs: int) -> Iterator[tuple[str, Any, float]]:
    """Pieces as they are done, several at once in processes of their own if so wanted."""
    if jobs == 1:
        for unit in units:
            yield unit, *piece(figure, unit)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(piece, figure, unit): unit for unit in units}
        try:
            for done in as_completed(running):
                yield running[done], *done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def compute(figure: Figure, jobs: int = 1) -> None:
    """Do every piece that is missing, storing each as it is done; start again where the code has changed."""
    module = importlib.import_module(figure.module)
    code, files = code_of(figure)
    stored = load(figure)
    if stored is None or stored["code"] != code:
        stored = {"figure": figure.name, "code": code, "sources": files, "summary": None, "units": {}}
    units = units_of(figure)
    todo = [unit for unit in units if unit not in stored["units"]]
    for at, (unit, result, seconds) in enumerate(pieces(figure, todo, jobs), start=1):
        stored["units"][unit] = {"result": result, "seconds": seconds}
        store(figure, stored)
        print(f"{figure.name}: {unit} done in {seconds:g} s ({at} of {len(todo)})", flush=True)
    if todo or stored["summary"] is None:
        stored["units"] = {unit: stored["units"][unit] for unit in units}
        stored["summary"] = module.summarise({unit: stored["units"][unit]["result"] for unit in units}, *figure.part)
        stored["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
        store(figure, stored)
    print(f"{figure.name}: {json.dumps(stored['summary'])}", flush=True)


def commit() -> str:
    """The checked-out commit, or nothing outside a checkout."""
    shown = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return shown.stdout.strip()


def can_be_made(figure: Figure) -> bool:
    """Whether this machine has what doing a piece of a figure takes."""
    if not all(importlib.util.find_spec(name) for name in figure.needs):
        return False
    if figure.device == "cpu":
        return True
    import torch

    return torch.cuda.is_available()


def choose(key: str, seconds: float) -> list[tuple[Figure, str]]:
    """Pieces to do again: a draw by the key among all that are stored, as many as fit the time.

    Args:
        key: What the draw hangs on, such as date and commit.
        seconds: Time that the chosen pieces took together when they were made.
    """
    pool = [
        (hashlib.sha256(f"{key}/{figure.name}/{unit}".encode()).hexdigest(), figure, unit, one["seconds"])
        for figure in FIGURES
        if can_be_made(figure)
        for unit, one in (load(figure) or {"units": {}})["units"].items()
    ]
    chosen = []
    for _, figure, unit, needed in sorted(pool, key=lambda entry: entry[0]):
        if needed <= seconds:
            seconds -= needed
            chosen.append((figure, unit))
    return chosen


def sample(key: str, seconds: float) -> int:
    """Do a draw of pieces again and compare them with what is stored; the number that differ."""
    different = 0
    for figure, unit in choose(key, seconds):
        module = importlib.import_module(figure.module)
        stored = load(figure)
        made = {name: one["result"] for name, one in stored["units"].items()} if stored else {}
        old, new = made.get(unit), json.loads(json.dumps(piece(figure, unit)[0]))
        if hasattr(module, "agrees"):
            same = module.agrees(old, new)
        else:
            same = agree_but_for_chance(made, unit, new, figure.chance, figure.tolerance)
        print(f"{figure.name}: {unit} {'agrees' if same else f'DIFFERS: stored {old}, now {new}'}", flush=True)
        different += not same
    return different


def main() -> int:
    """Compute, check or sample."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--only", action="append", choices=[f.name for f in (*FIGURES, *BEGUN)], help="this figure alone"
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="exit 1 if a result is missing, unfinished or out of date")
    mode.add_argument("--sample", action="store_true", help="do some pieces again and compare")
    parser.add_argument("--jobs", type=int, default=1, help="pieces done at once (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=300.0, help="time for --sample (default: %(default)s)")
    given = parser.parse_args()
    figures = [f for f in (*FIGURES, *BEGUN) if f.name in given.only] if given.only else list(FIGURES)
    if given.check:
        wrong = {f.name: why for f in figures if (why := wrong_with(f))}
        for figure in figures:
            if figure.name in wrong:
                where = path_of(figure).relative_to(ROOT).as_posix()
                print(f"{where} {wrong[figure.name]}: run `make verify`")
        return 1 if wrong else 0
    if given.sample:
        return 1 if sample(f"{datetime.now(UTC).date()}/{commit()}", given.seconds) else 0
    try:
        for figure in figures:
            compute(figure, max(1, given.jobs))
    except KeyboardInterrupt:
        print("interrupted. Run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
