"""What can be known to be wrong before the base is loaded: a typo must not cost the minutes that loading takes."""

from __future__ import annotations

from collections.abc import Sequence

from limen.audit.config import AuditConfig
from limen.audit.inputs import Source
from limen.before.ray_cluster import look_for_ray
from limen.core import Progress
from limen.models import Endpoint, ModelSpec
from limen.models.loading import check_spec, load_config, load_tokenizer
from limen.traits import get


def check_inputs(
    config: AuditConfig, sources: Sequence[Source], base: ModelSpec | None = None, progress: Progress | None = None
) -> None:
    """Look at traits, models and rows, in the order of how long that takes.

    Args:
        config: The settings.
        sources: The data; they are read.
        base: The base; None for one in memory. Of one behind a server no weights are looked for.
        progress: Told of the reading.

    Raises:
        TraitError: There is no such trait.
        ModelError: A model cannot be loaded.
        ReadError, RowError: A source cannot be read.
        MissingExtraError, UsageError: Ray is asked for, and is not installed or not there.
    """
    if config.engine == "ray" and "forecast" in config.phases:
        look_for_ray()
    for name in config.traits:
        get(name)
    arms = list(config.arms().values())
    loaded = [base] if base and not config.arm_endpoint else []
    for spec in [*loaded, *arms]:
        if spec.is_endpoint:
            Endpoint(spec.path)
        else:
            check_spec(spec)
    for source in sources:
        source.read(progress)
    for spec in arms:
        if not spec.is_endpoint:
            load_config(spec)
            load_tokenizer(spec)
