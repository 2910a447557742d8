"""What is refused before a folder is loaded: pickle weights, and a folder that is no model at all."""

from __future__ import annotations

import json
import re
from pathlib import Path

from limen.core import ModelError, UnsafeModelError

PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_HUB_ID = re.compile(r"^[A-Za-z0-9][\w.-]*(/[\w.-]+)?$")


def is_local(path: str) -> bool:
    """Whether a path means a folder of this machine; a hub id names none."""
    if Path(path).is_dir():
        return True
    if Path(path).exists():
        raise ModelError(
            "this is a file; a model is a folder with config.json and *.safetensors.",
            remedy=f"Give its folder: {Path(path).parent}",
            where=path,
        )
    if path.startswith((".", "/", "~")) or not _HUB_ID.match(path):
        raise ModelError("there is no such folder, and it is no hub id.", remedy="Check the path.", where=path)
    return False


def check_folder(path: str | Path) -> None:
    """Refuse a folder that holds no safetensors weights.

    Raises:
        UnsafeModelError: Its only weights are pickles, which can run code when they are loaded.
        ModelError: It has no config or no weights, or is an adapter by itself.
    """
    folder = Path(path)
    where = str(folder)
    if not (folder / "config.json").is_file():
        if (folder / "adapter_config.json").is_file():
            base = adapter_base_name(folder) or "BASE"
            raise ModelError(
                "this folder is a LoRA adapter, not a whole model.",
                remedy=f"Name its base before it: {base}+{where}",
                where=where,
            )
        raise ModelError(
            "there is no config.json, so this is no Hugging Face model folder.",
            remedy="Give the folder that save_pretrained wrote.",
            where=where,
        )
    check_weights(folder)


def check_weights(folder: Path, pattern: str = "*.safetensors") -> None:
    """Refuse a folder without safetensors weights; see `check_folder`."""
    if any(folder.glob(pattern)):
        return
    pickles = sorted(f.name for p in PICKLES for f in folder.glob(p) if f.name != "training_args.bin")
    if pickles:
        raise UnsafeModelError(
            f"its only weights are pickles ({', '.join(pickles[:3])}), which can run code when they are loaded;"
            " expected *.safetensors.",
            remedy="Ask its maker for safetensors, or, where you trust the file, load it yourself and write it anew"
            " with model.save_pretrained(folder).",
            where=str(folder),
        )
    raise ModelError(
        f"there are no weights in it; expected {pattern}.",
        remedy="Give the folder that save_pretrained wrote, downloaded in full.",
        where=str(folder),
    )


def adapter_base_name(folder: Path) -> str | None:
    """The base that an adapter says it was trained on, if it says so."""
    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    name = config.get("base_model_name_or_path") if isinstance(config, dict) else None
    return name if isinstance(name, str) and name else None
