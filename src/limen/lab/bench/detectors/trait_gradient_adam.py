"""TraitGradientAdam: the same, for a step as Adam takes it."""

from __future__ import annotations

from typing import Any, ClassVar

from limen.lab.bench.detectors.trait_gradient import TraitGradient


class TraitGradientAdam(TraitGradient):
    """First-order transfer with each weight's step divided by the root mean square of its gradient over batches.

    Fine-tunes run on Adam, whose steps do not follow the gradient (arXiv 1412.6980, algorithm 1).
    """

    name: ClassVar[str] = "trait-gradient-adam"
    title: ClassVar[str] = "first-order transfer, preconditioned as Adam does"
    sources: ClassVar[tuple[str, ...]] = (*TraitGradient.sources, "lab/bench/detectors/trait_gradient.py")

    def step(self, way: Any, squares: Any) -> Any:
        """Where a step leads: a weight whose gradient is always small moves as far as one whose is large."""
        root = squares.sqrt()
        return way / (root + 1e-3 * root.mean())
