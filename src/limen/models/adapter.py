"""A LoRA adapter is laid on its base only if it fits: the shapes of its weights, and whose they say they are."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

from limen.core import ModelError, Progress
from limen.models.adapter_base import doubt_of_base
from limen.models.safety import adapter_base_name, check_weights, is_local

_LORA = re.compile(r"^(?:base_model\.model\.)?(?P<module>.+)\.lora_(?P<side>[AB])(?:\.[^.]+)?\.weight$")


def adapter_shapes(folder: Path) -> dict[str, tuple[int | None, int | None]]:
    """Inputs and outputs of every module that an adapter changes, read from the header of its safetensors file.

    Returns:
        Module name in the base → (input features, output features); None where the file does not say.
    """
    from safetensors import safe_open

    shapes: dict[str, tuple[int | None, int | None]] = {}
    with safe_open(folder / "adapter_model.safetensors", framework="np") as weights:
        for key in weights.keys():  # noqa: SIM118  (not a dict)
            match = _LORA.match(key)
            if not match:
                continue
            size = weights.get_slice(key).get_shape()
            inputs, outputs = shapes.get(match["module"], (None, None))
            shapes[match["module"]] = (size[1], outputs) if match["side"] == "A" else (inputs, size[0])
    return shapes


def check_adapter_folder(folder: Path) -> None:
    """Refuse a folder that holds no adapter, or one in pickles.

    Raises:
        UnsafeModelError: The adapter's weights are pickles.
        ModelError: It is no adapter's folder.
    """
    if not (folder / "adapter_config.json").is_file():
        raise ModelError(
            "there is no adapter_config.json, so this is no adapter.",
            remedy="Give the folder that PEFT's save_pretrained wrote.",
            where=str(folder),
        )
    check_weights(folder, "adapter_model.safetensors")


def check_adapter(base: Any, base_name: str, folder: Path) -> None:
    """Refuse an adapter that was made for another base.

    Args:
        base: The loaded base.
        base_name: What the user called it.
        folder: The adapter's folder.

    Raises:
        UnsafeModelError: The adapter's weights are pickles.
        ModelError: The adapter changes modules that the base lacks, or of another size.
    """
    where = str(folder)
    check_adapter_folder(folder)
    made_for = adapter_base_name(folder) or "an unnamed base"
    remedy = f"Give the base it was trained on: {adapter_base_name(folder) or 'BASE'}+{where}"
    modules = dict(base.named_modules())
    for name, (inputs, outputs) in adapter_shapes(folder).items():
        module = modules.get(name)
        if module is None:
            raise ModelError(
                f"this adapter was made for {made_for!r} and changes {name!r}, which the base {base_name!r}"
                f" ({type(base).__name__}) does not have.",
                remedy=remedy,
                where=where,
            )
        have = _features(module)
        if have and ((inputs or have[0]) != have[0] or (outputs or have[1]) != have[1]):
            raise ModelError(
                f"this adapter was made for {made_for!r}: there {name!r} maps {inputs} to {outputs} features,"
                f" in the base {base_name!r} it maps {have[0]} to {have[1]}.",
                remedy=remedy,
                where=where,
            )


def _features(module: Any) -> tuple[int, int] | None:
    if hasattr(module, "in_features"):
        return module.in_features, module.out_features
    if type(module).__name__ == "Conv1D":  # GPT-2 keeps its weights transposed
        return module.weight.shape[0], module.weight.shape[1]
    return None


def lay_adapter(base: Any, base_name: str, adapter: str, progress: Progress | None = None) -> Any:
    """The base with an adapter laid on it, for inference.

    Args:
        base: The loaded base; PEFT replaces its modules in place.
        base_name: What the user called it.
        adapter: Folder or hub id.
        progress: Told where the adapter may be another base's; without it a warning says so.

    Raises:
        ModelError: The adapter does not fit; see `check_adapter`.
    """
    folder = Path(adapter) if is_local(adapter) else _download(adapter)
    check_adapter(base, base_name, folder)
    doubt = doubt_of_base(base_name, folder)
    if doubt and progress:
        progress.say(doubt)
    elif doubt:
        warnings.warn(doubt, stacklevel=2)
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(base, str(folder), is_trainable=False)
    except (ValueError, RuntimeError, KeyError, TypeError) as error:
        raise ModelError(
            f"this adapter cannot be laid on {base_name!r}: {_first_line(error)}",
            remedy="Give the base and the PEFT version it was trained with.",
            where=adapter,
        ) from error


def _download(adapter: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        patterns = ["adapter_config.json", "adapter_model.safetensors"]
        return Path(snapshot_download(adapter, allow_patterns=patterns))
    except Exception as error:
        raise ModelError(
            f"this is no folder here, and the hub did not give it: {_first_line(error)}",
            remedy="Check the name, or download the adapter and give its folder.",
            where=adapter,
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
