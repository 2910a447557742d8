"""Where rows are weighed: in this process, or in workers of Ray."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from limen.audit.config import AuditConfig
from limen.before.forecast.first_order import Score, score_first_order
from limen.before.weigh_on_ray import RayScore


def scoring(config: AuditConfig, folder: Path) -> AbstractContextManager[Score]:
    """What weighs rows, while the context is open.

    Args:
        config: Names the engine.
        folder: The audit's folder, where Ray's workers' results are kept.
    """
    return RayScore(folder) if config.engine == "ray" else nullcontext(score_first_order)
