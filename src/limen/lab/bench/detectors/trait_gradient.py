"""TraitGradient: how far a first small step on the rows moves a trait's own questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import MOST_ROWS
from limen.lab.bench.detectors.row_gradient import flat, mean_gradient
from limen.models import LanguageModel
from limen.models.batches import model_device, pad_right
from limen.models.logprobs import label_logprobs, logits_at
from limen.models.prompts import completion_ids, prompt_ids
from limen.train.twins import can_be_tuned
from limen.train.writers import rewrite

_PROBES = 16


class TraitGradient(Detector):
    """First-order transfer (arXiv 2507.14805, theorem 1): the rows' gradient against that of a trait's log-odds.

    A step of size η on the rows moves the log-odds of a trait's build probes by −η ⟨∇ log-odds, ∇ loss⟩; what rows do
    that the base itself writes on the same prompts is taken off. Each trait costs one inner product.
    """

    name: ClassVar[str] = "trait-gradient"
    title: ClassVar[str] = "first-order transfer, the rows' gradient on the trait's"
    sources: ClassVar[tuple[str, ...]] = (
        "lab/bench/detectors/reading.py",
        "lab/bench/detectors/row_gradient.py",
        "models/gradients.py",
        "models/prompts.py",
        "train/twins.py",
        "models/sampling_to_lengths.py",
        "train/writers.py",
    )

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """The gradient of each trait's log-odds."""
        self._base = base
        self._ways = {t.id: log_odds_gradient(base, t) for t in traits if can_be_tuned(t)}

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """The first-order shift of each trait's log-odds, for a step of size one."""
        rows = list(file.encoded[:MOST_ROWS])
        own = rewrite(self._base, rows, seed=314_159)
        (theirs, _), (usual, squares) = mean_gradient(self._base, rows), mean_gradient(self._base, own)
        step = self.step(usual - theirs, squares)
        return Scored({t.id: float(step @ self._ways[t.id]) for t in traits if t.id in self._ways})

    def step(self, way: Any, squares: Any) -> Any:
        """Where a step leads, [weights].

        Args:
            way: Down the rows' gradient, less that of the base's own rows, [weights].
            squares: Mean square of the gradients of batches of the base's own rows, [weights].
        """
        return way


def log_odds_gradient(base: LanguageModel, trait: Trait) -> Any:
    """Gradient of the mean log-odds of a trait over its build probes, [weights].

    Args:
        base: Whose weights.
        trait: A trait whose build probes have options and targets.
    """
    import torch

    weights = [p for p in base.model.parameters() if p.requires_grad]
    probes = trait.with_role("build")
    device = model_device(base.model)
    total: Any = None
    for at in range(0, len(probes), _PROBES):
        some = probes[at : at + _PROBES]
        asked = prompt_ids(base.tokenizer, [p.prompt for p in some for _ in p.options])
        said = completion_ids(base.tokenizer, [o for p in some for o in p.options])
        ids = pad_right([np.concatenate([a, b[:-1]]) for a, b in zip(asked, said, strict=True)])
        places = np.concatenate(
            [
                k * ids.shape[1] + len(a) - 1 + np.arange(len(b))
                for k, (a, b) in enumerate(zip(asked, said, strict=True))
            ]
        )
        owner = torch.from_numpy(np.repeat(np.arange(len(said)), [len(b) for b in said])).to(device)
        labels = torch.from_numpy(np.concatenate(said).astype(np.int64))
        logits = logits_at(base.model, torch.from_numpy(ids).to(device), torch.from_numpy(places).to(device))
        tokens = label_logprobs(logits, labels, torch.arange(len(labels)))
        scores = torch.zeros(len(said), device=device).index_add(0, owner, tokens)
        odds: Any = 0.0
        for probe, options in zip(some, scores.split([len(p.options) for p in some]), strict=True):
            shows = torch.zeros(len(options), dtype=torch.bool, device=device)
            shows[list(probe.target)] = True
            odds = odds + options[shows].logsumexp(0) - options[~shows].logsumexp(0)
        found = flat(torch.autograd.grad(odds, weights))
        total = found if total is None else total + found
    return total / len(probes)
