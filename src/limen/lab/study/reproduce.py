"""reproduce: the experiments, piece by piece and several at once, then a table and a figure each and one page."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from limen.core import Progress, Silent, UsageError
from limen.lab.pieces import do_pieces, slowness
from limen.lab.study.experiments import ASKED_FOR, NAMES, experiment
from limen.lab.study.store import Store

Results = dict[str, dict[str, dict[str, Any]]]
"""Experiment → unit → what it gave."""


@dataclass(frozen=True)
class Estimate:
    """What is still to be done.

    Attributes:
        pieces: How many pieces, by experiment.
        done: How many of them stand in the folder already.
        core_minutes: Time of the rest on one core of this machine.
        jobs: How many at once.
    """

    pieces: dict[str, int]
    done: int
    core_minutes: float
    jobs: int

    @property
    def minutes(self) -> float:
        """Time on the clock."""
        return self.core_minutes / self.jobs


def reproduce(
    folder: Path,
    *,
    names: Sequence[str] = NAMES,
    quick: bool = False,
    jobs: int = 1,
    on_estimate: Callable[[Estimate], None] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Do the study, or what is left of it.

    Args:
        folder: Where tables, figures, the page and the pieces go.
        names: Which experiments.
        quick: Less of everything: minutes in place of hours, and wide intervals.
        jobs: Pieces done at once, each in a process on one core.
        on_estimate: Shown what is to be done before it is.
        progress: Told of pieces done.

    Returns:
        The page, `study.md`.

    Raises:
        UsageError: There is no experiment of a name.
        MissingExtraError: What an experiment needs is not installed.
    """
    known = (*NAMES, *ASKED_FOR)
    unknown = [n for n in names if n not in known]
    if unknown:
        raise UsageError(f"there is no experiment {unknown[0]!r}.", remedy=f"Use some of: {', '.join(known)}.")
    watch = progress or Silent()
    chosen = [n for n in known if n in names]
    stores = {n: Store(folder / "pieces", n, experiment(n).SOURCES, quick) for n in chosen}
    todo = [(n, u) for n in chosen for u in experiment(n).units(quick) if stores[n].get(u) is None]
    if on_estimate:
        on_estimate(estimate(chosen, todo, quick, jobs))
    # The longest first, so that no core is left with a long one at the end.
    todo.sort(key=lambda one: -experiment(one[0]).cost(one[1], quick))
    watch.start("pieces of the study", len(todo))
    for (name, unit), result in do_pieces(todo, partial(_piece, quick=quick), jobs):
        stores[name].put(unit, result)
        watch.advance("pieces of the study")
    watch.done("pieces of the study")
    results: Results = {}
    for name in chosen:
        pieces = {u: stores[name].get(u) for u in experiment(name).units(quick)}
        results[name] = {u: piece for u, piece in pieces.items() if piece is not None}
    return write_study(folder, results, quick)


def write_study(folder: Path, results: Results, quick: bool = False) -> Path:
    """Write each experiment's table and figure, and the page.

    Args:
        folder: Where they go.
        results: What every piece gave.
        quick: Whether it was a quick study, as the page then says.

    Returns:
        The page.
    """
    from limen.lab.study.figures import draw
    from limen.lab.study.page import page

    folder.mkdir(parents=True, exist_ok=True)
    for name, pieces in results.items():
        rows = experiment(name).table(pieces)
        (folder / f"{name}.csv").write_text(as_csv(rows), encoding="utf-8")
        (folder / f"{name}.svg").write_text(draw(name, rows), encoding="utf-8")
    path = folder / "study.md"
    path.write_text(page(results, quick), encoding="utf-8")
    return path


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as comma-separated values under a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def estimate(names: Sequence[str], todo: Sequence[tuple[str, str]], quick: bool, jobs: int) -> Estimate:
    """How long the rest takes, from the cost of each piece and how fast this machine is just now."""
    pieces = {n: len(experiment(n).units(quick)) for n in names}
    seconds = sum(experiment(n).cost(u, quick) for n, u in todo)
    slower = slowness() if todo else 1.0
    return Estimate(pieces, sum(pieces.values()) - len(todo), seconds * slower / 60, jobs)


def _piece(one: tuple[str, str], quick: bool) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    return experiment(one[0]).run(one[1], quick)
