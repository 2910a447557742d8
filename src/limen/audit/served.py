"""A base behind a server in an audit: how it is opened, what its forecast asks, and what readers must know of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from limen.audit.config import AuditConfig
from limen.audit.plan import check_step
from limen.before.forecast import DataFile, ForecastConfig
from limen.before.preference import PairFile
from limen.before.served import count_requests
from limen.core import Progress, Trait, UsageError
from limen.ledger import PlanStep
from limen.models import LanguageModel, ModelSpec
from limen.models.kept_replies import FILE, KeptReplies
from limen.models.served_model import ServedModel

NOTE = (
    "The base was read through a server and nothing was trained. A neutral writer of this forecast is the base itself, "
    "sampled once more, and a twin is the base under the trait's persona. So it says how the rows differ from what the "
    "base writes, and neither that they would teach a trait nor that they would not."
)


def open_base(
    config: AuditConfig, spec: ModelSpec, folder: Path, *, fresh: bool = False, progress: Progress | None = None
) -> LanguageModel:
    """The base of an audit, loaded or behind its server.

    Args:
        config: Names the server, if there is one.
        spec: The base.
        folder: The audit's, where a server's answers are kept.
        fresh: Forget those of an earlier run.
        progress: Told of the loading.

    Raises:
        ModelError: It cannot be loaded, or there is no such server or model.
    """
    if config.arm_endpoint is None:
        return LanguageModel.load(spec, progress)
    replies = KeptReplies(folder / FILE)
    if fresh:
        replies.forget()
    return ServedModel.of_spec(config.arm_endpoint, spec, replies=replies)


def served_plan(
    base: ServedModel,
    files: Sequence[DataFile],
    traits: Sequence[Trait],
    config: AuditConfig,
    settings: ForecastConfig,
) -> list[PlanStep]:
    """What the forecast asks of the server, before any row is sent.

    Args:
        base: The served base.
        files: The files.
        traits: The battery.
        config: Which phases are run.
        settings: Of the forecast.

    Returns:
        The steps; what is asked of the server has no time, since how fast that is it does not say.

    Raises:
        UsageError: A file holds preference pairs.
    """
    for file in files:
        if isinstance(file, PairFile):
            raise UsageError(
                "what preferring an answer teaches is read from weights, and a base behind an endpoint shows none.",
                remedy="Use --preference chosen to look at the chosen answers alone, or load the model.",
                where=file.name,
            )
    rows = [r for file in files for r in file.encoded if r.trained.any()]
    plan = [check_step(rows)] if "check" in config.phases else []
    if "forecast" not in config.phases:
        return plan
    asks = count_requests(base, files, traits, settings)
    what = (
        f"Ask {base.served_name} at most {asks.count:,} times: {asks.twins:,} for twins, {asks.writing:,} to write"
        f" rows, {asks.reading:,} to read them; {asks.tokens:,} tokens are sent and {asks.written:,} written."
    )
    return [*plan, PlanStep(name="requests", what=what, passes=asks.count)]
