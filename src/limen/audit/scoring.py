"""Where rows are weighed: in this process, or in workers of Ray."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limen.audit.config import AuditConfig
from limen.before.forecast.first_order import Score, score_first_order
from limen.before.weigh_on_ray import RayScore


@contextmanager
def scoring(config: AuditConfig, folder: Path) -> Iterator[Score]:
    """What weighs rows, while the context is open.

    Args:
        config: Names the engine.
        folder: The audit's folder, where Ray's workers' results are kept.
    """
    if config.engine == "local":
        yield score_first_order
        return
    with RayScore(folder) as score:
        yield score
