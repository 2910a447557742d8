"""BergsonCosine: cosine of the rows' gradients and a trait's, collected and projected by the bergson package."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from limen.core import Trait
from limen.data import EncodedRow
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.queries import PEER_SOURCES, as_items, queries_of, require
from limen.lab.bench.detectors.quiet import quiet
from limen.lab.bench.detectors.reading import MOST_ROWS
from limen.models import LanguageModel

_BATCH = 32
_PROJECTION = 16
"""Rows and columns that each module's gradient is projected to, as in the package's own examples."""


class BergsonCosine(Detector):
    """Mean cosine of each row's projected gradient and that of answers that show a trait (arXiv 2606.11660)."""

    name: ClassVar[str] = "bergson-cosine"
    title: ClassVar[str] = "bergson: cosine of projected gradients with the trait's answers"
    sources: ClassVar[tuple[str, ...]] = PEER_SOURCES

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Collect the gradient of the rows that show each trait.

        Raises:
            MissingExtraError: bergson is not installed.
        """
        require("bergson")
        self._base = base
        self._wanted = {t: _gradients(base, rows).mean(dim=0) for t, rows in queries_of(base, traits).items()}

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Mean cosine over the first rows, positive where a step on the rows is a step towards the trait."""
        from torch.nn.functional import cosine_similarity

        rows = _gradients(self._base, file.encoded[:MOST_ROWS])
        known = [t.id for t in traits if t.id in self._wanted]
        return Scored({t: float(cosine_similarity(rows, self._wanted[t][None], dim=1).mean()) for t in known})

    def blame(self, file: SuiteFile, trait: Trait) -> Sequence[float] | None:
        """The cosine of each row."""
        from torch.nn.functional import cosine_similarity

        if trait.id not in self._wanted:
            return None
        found: list[float] = cosine_similarity(
            _gradients(self._base, file.encoded), self._wanted[trait.id][None], dim=1
        ).tolist()
        return found


def _gradients(base: LanguageModel, rows: Sequence[EncodedRow]) -> Any:
    """The projected gradient of each row, [rows][projection]."""
    import torch
    from bergson import CollectorComputer, GradientProcessor, InMemoryCollector
    from bergson.config.config import IndexConfig
    from datasets import Dataset

    ordered = sorted(range(len(rows)), key=lambda i: len(rows[i].input_ids))
    items = [as_items([row], pad=0)[0] for row in rows]
    data = Dataset.from_list([{k: x[k] for k in ("input_ids", "labels")} for x in items])
    with TemporaryDirectory() as folder, quiet():
        config = IndexConfig(run_path=folder, projection_dim=_PROJECTION)
        config.partial_run_path.mkdir(parents=True, exist_ok=True)
        model = deepcopy(base.model)
        collector = InMemoryCollector(
            model=model.base_model, processor=GradientProcessor(projection_dim=_PROJECTION), data=data, cfg=config
        )
        batches = [ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH)]
        computer = CollectorComputer(model=model, data=data, collector=collector, batches=batches, cfg=config)
        computer.run_with_collector_hooks()
    return torch.cat([g.float() for g in collector.gradients.values()], dim=1)
