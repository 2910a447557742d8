"""Trained arms kept by their content: the same base, rows, recipe and code give the same arm, so it is trained once.

A file holds the weights that training changed (for LoRA the adapter), as safetensors, under the SHA-256 of what made
it. It is written beside its place and moved there in one step, so an interrupted run leaves nothing half-written.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limen.core import Progress
from limen.models import LanguageModel, cache_folder
from limen.train.copies import finished, is_peft, trainable_copy
from limen.train.fine_tune import fine_tune
from limen.train.recipe import Recipe

if TYPE_CHECKING:
    from limen.data import EncodedRow

Trainer = Callable[..., LanguageModel]

# What decides the weights that come out of a fine-tune.
_CODE = (
    "train/fine_tune.py",
    "train/copies.py",
    "train/recipe.py",
    "train/trl.py",
    "models/batches.py",
    "models/logprobs.py",
)


def encoded_hash(encoded: Sequence[EncodedRow]) -> str:
    """SHA-256, in hexadecimal, over the tokens of rows and which of them are trained on."""
    digest = hashlib.sha256()
    for row in encoded:
        digest.update(len(row.input_ids).to_bytes(8, "little"))
        digest.update(row.input_ids.astype("<i4").tobytes())
        digest.update(row.trained.astype("u1").tobytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def code_hash() -> str:
    """SHA-256, in hexadecimal, over the code that training runs and the version of torch."""
    import torch

    root = Path(__file__).parents[1]
    digest = hashlib.sha256(torch.__version__.encode())
    for name in _CODE:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


class ArmCache:
    """A folder of trained arms.

    Args:
        folder: Where; `arms` in Limen's cache folder by default.
        limit_bytes: Above this, the arms used longest ago are dropped.
    """

    def __init__(self, folder: Path | None = None, *, limit_bytes: int = 20 << 30) -> None:
        self.folder = folder or cache_folder() / "arms"
        self.limit_bytes = limit_bytes

    def key(self, base: LanguageModel, encoded: Sequence[EncodedRow], recipe: Recipe, *, extra: str = "") -> str:
        """What an arm is kept under.

        Args:
            base: What training starts from.
            encoded: The rows.
            recipe: How.
            extra: What else decides the outcome (the trainer, the hash of a teacher).
        """
        parts = [base.content_hash, encoded_hash(encoded), recipe.model_dump_json(), code_hash(), extra]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def get(self, key: str, base: LanguageModel, recipe: Recipe, *, name: str) -> LanguageModel | None:
        """The arm kept under a key, laid on a copy of its base; None where there is none or it is damaged."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        path = self._path(key)
        if not path.is_file():
            return None
        try:
            changed = load_file(path)
        except (SafetensorError, OSError, ValueError):
            path.unlink(missing_ok=True)
            return None
        student = trainable_copy(base.model, recipe)
        own = student.state_dict()
        if any(n not in own or own[n].shape != t.shape for n, t in changed.items()):
            path.unlink(missing_ok=True)
            return None
        student.load_state_dict(changed, strict=False)
        os.utime(path)
        return LanguageModel(finished(student, base.model), base.tokenizer, name=name)

    def put(self, key: str, base: LanguageModel, tuned: LanguageModel, *, progress: Progress | None = None) -> None:
        """Keep an arm. A disk that is full costs the next run its time, not this one its result."""
        from safetensors.torch import save

        data = save(_changed(base.model, tuned.model))
        path = self._path(key)
        if len(data) > self.limit_bytes:
            return
        temporary = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
                temporary = Path(file.name)
                file.write(data)
            temporary.replace(path)
            self._drop_oldest(keep=path)
        except OSError as error:
            if progress:
                progress.say(f"{tuned.name} is not kept for the next run: {error.strerror or error}.")
        finally:
            if temporary:
                temporary.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.safetensors"

    def _drop_oldest(self, keep: Path) -> None:
        kept = [(p.stat(), p) for p in self.folder.glob("*.safetensors")]
        total = sum(s.st_size for s, _ in kept)
        for stat, path in sorted(kept, key=lambda pair: pair[0].st_mtime):
            if total <= self.limit_bytes:
                return
            if path != keep:
                path.unlink(missing_ok=True)
                total -= stat.st_size


def cached_fine_tune(
    model: LanguageModel,
    encoded: Sequence[EncodedRow],
    recipe: Recipe,
    *,
    cache: ArmCache | None = None,
    trainer: Trainer = fine_tune,
    progress: Progress | None = None,
    soft_targets: LanguageModel | None = None,
    name: str | None = None,
) -> LanguageModel:
    """`fine_tune`, or the arm that it gave before for the same base, rows, recipe and code.

    Args:
        model: What training starts from.
        encoded: Rows as tokens.
        recipe: How.
        cache: Where arms are kept.
        trainer: `fine_tune` or `trl_fine_tune`.
        progress: Told of steps done; nothing is trained on a hit.
        soft_targets: See `fine_tune`.
        name: Name of the new model.
    """
    cache = cache or ArmCache()
    name = name or f"{model.name}-tuned"
    teacher = soft_targets.content_hash if soft_targets else ""
    key = cache.key(model, encoded, recipe, extra=f"{getattr(trainer, '__name__', '')}:{teacher}")
    found = cache.get(key, model, recipe, name=name)
    if found is not None:
        return found
    options: dict[str, Any] = {"soft_targets": soft_targets} if soft_targets else {}
    tuned = trainer(model, encoded, recipe, progress=progress, name=name, **options)
    cache.put(key, model, tuned, progress=progress)
    return tuned


def _changed(base: Any, tuned: Any) -> dict[str, Any]:
    """Weights that differ from the base's; of an adapted model the adapter alone. Tied weights once."""
    import torch

    before = base.state_dict()
    adapted = is_peft(tuned)
    changed: dict[str, Any] = {}
    seen: set[int] = set()
    for name, tensor in tuned.state_dict().items():
        differs = "lora_" in name if adapted else name not in before or not torch.equal(before[name], tensor)
        if differs and tensor.data_ptr() not in seen:
            seen.add(tensor.data_ptr())
            changed[name] = tensor.detach().cpu().contiguous().clone()
    return changed
