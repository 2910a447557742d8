"""`limen.audit`: the audit in Python, on objects in memory or on paths."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from limen.audit.before_loading import check_inputs
from limen.audit.config import AuditConfig
from limen.audit.inputs import Source
from limen.audit.result import AuditResult
from limen.audit.run import run_audit
from limen.audit.served import open_base
from limen.core import Progress, UsageError
from limen.models import LanguageModel
from limen.train import Recipe, approximations


def audit(
    model: Any,
    dataset: Any,
    *,
    tokenizer: Any = None,
    recipe: Any = None,
    peft_config: Any = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> AuditResult:
    """Say what fine-tuning a model on a dataset will teach that nobody can read in it.

    Args:
        model: A transformers model in memory (then give its tokenizer), or a folder, hub id or base+adapter.
        dataset: A `datasets.Dataset`, a list of mappings, or a path; a list of paths for several files.
        tokenizer: The model's tokenizer, where the model is in memory.
        recipe: The fine-tune that is planned: a `trl.SFTConfig` or a `limen.train.Recipe`; it is what is rehearsed.
        peft_config: The `peft.LoraConfig` that goes with an `SFTConfig`.
        out: The ledger's folder; a new temporary one by default.
        progress: Told of the work.
        **settings: Any setting of `AuditConfig`, such as `traits`, `writers` or `budget`.

    Returns:
        Findings, exit code, and where the report is.

    Raises:
        UsageError: A model in memory without a tokenizer, or an unknown setting.
        LimenError: Whatever else the user can mend; each says how.
    """
    if isinstance(model, str | Path):
        settings["model"] = str(model)
    elif tokenizer is None:
        raise UsageError("a model in memory was given without its tokenizer.", remedy="Pass tokenizer=.")
    several = isinstance(dataset, list | tuple) and bool(dataset) and isinstance(dataset[0], str | Path)
    parts = list(dataset) if several else [dataset]
    settings["data"] = tuple(str(p) for p in parts if isinstance(p, str | Path))
    notes: list[str] = []
    if peft_config is not None and (recipe is None or isinstance(recipe, Recipe)):
        raise UsageError(
            "a peft_config was given without the SFTConfig that it goes with.",
            remedy="Pass recipe=SFTConfig(...), or say it in the recipe: Recipe(method='lora', rank=...).",
        )
    if recipe is not None and not isinstance(recipe, Recipe):
        notes = [f"The rehearsal differs from the SFTConfig: {one}" for one in approximations(recipe, peft_config)]
        recipe = Recipe.from_sft_config(recipe, peft_config)
    if recipe is not None:
        settings["recipe"] = recipe
    config = AuditConfig.checked(settings).absolute()
    sources = [Source.of(p, config.format) for p in parts]
    spec = config.spec(config.model, revision=config.revision) if config.model else None
    check_inputs(config, sources, spec, progress)
    folder = Path(out) if out else Path(tempfile.mkdtemp(prefix="limen-audit-"))
    base = open_base(config, spec, folder, progress=progress) if spec else LanguageModel.wrap(model, tokenizer)
    return run_audit(
        config,
        folder,
        base=base,
        sources=sources,
        notes=notes,
        progress=progress,
    )
