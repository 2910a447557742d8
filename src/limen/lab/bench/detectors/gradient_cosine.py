"""GradientCosine: does a gradient step on the rows lead where the twin of a trait went?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from limen.core import Trait
from limen.data import EncodedRow
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import MOST_ROWS, twins_of
from limen.models import LanguageModel
from limen.models.batches import model_device, pad_right
from limen.models.logprobs import label_logprobs, logits_at, query_of

_BATCH = 64


class GradientCosine(Detector):
    """Cosine of the rows' gradient and a twin's change of weights (first-order transfer, arXiv 2507.14805)."""

    name: ClassVar[str] = "gradient-cosine"
    title: ClassVar[str] = "cosine of the rows' gradient and the twin's weight change"
    sources: ClassVar[tuple[str, ...]] = ("lab/bench/detectors/reading.py", "train/twins.py")

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Tune the twins and keep how their weights differ from the base's."""
        self._base = base
        own = _flat(base.model.parameters())
        self._ways = {t: _flat(twin.model.parameters()) - own for t, twin in twins_of(base, traits).items()}

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The cosine for each trait."""
        import torch

        step = -mean_gradient(self._base, file.encoded[:MOST_ROWS])
        return Scored(
            {
                t.id: float(torch.nn.functional.cosine_similarity(step, self._ways[t.id], dim=0))
                for t in traits
                if t.id in self._ways
            }
        )


def mean_gradient(model: LanguageModel, rows: Sequence[EncodedRow]) -> Any:
    """Gradient of the mean loss a trained token with respect to all weights, one flat vector."""
    import torch

    device = model_device(model.model)
    weights = [p for p in model.model.parameters() if p.requires_grad]
    total: Any = None
    count = 0
    ordered = sorted(rows, key=lambda r: len(r.input_ids))
    for at in range(0, len(ordered), _BATCH):
        queries = [query_of(r.input_ids, r.trained, r.row_id) for r in ordered[at : at + _BATCH]]
        ids = pad_right([q.ids for q in queries])
        flat = np.concatenate([q.positions + k * ids.shape[1] for k, q in enumerate(queries)])
        labels = torch.from_numpy(np.concatenate([q.labels for q in queries]).astype(np.int64))
        logits = logits_at(model.model, torch.from_numpy(ids).to(device), torch.from_numpy(flat).to(device))
        loss = -label_logprobs(logits, labels, torch.arange(len(labels))).sum()
        found = _flat(torch.autograd.grad(loss, weights))
        total = found if total is None else total + found
        count += len(labels)
    return total / max(1, count)


def _flat(tensors: Any) -> Any:
    import torch

    return torch.cat([t.detach().flatten() for t in tensors])
