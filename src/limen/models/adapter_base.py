"""Whether an adapter was trained on the base that it is laid on: shapes agree between all fine-tunes of one model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from limen.core import ModelError
from limen.models.safety import adapter_base_name


def doubt_of_base(base_name: str, adapter: Path) -> str:
    """Compare the base with the one that an adapter's config names.

    Where that is a folder that is still there, the weights themselves are compared; else the names.

    Args:
        base_name: The base, as the user wrote it: a folder or a hub id.
        adapter: The adapter's folder.

    Returns:
        A sentence that says what speaks against it; empty if nothing does.

    Raises:
        ModelError: It was trained on other weights.
    """
    made_for = adapter_base_name(adapter)
    if made_for is None:
        return ""
    own, other = Path(base_name), Path(made_for).expanduser()
    if own.is_dir() and other.is_dir():
        weight = first_difference(own, other)
        if weight:
            raise ModelError(
                f"this adapter was made for {made_for!r}, whose weights are not those of {base_name!r}: "
                f"{weight!r} differs.",
                remedy=f"Give the base it was trained on: {made_for}+{adapter}",
                where=str(adapter),
            )
        return ""
    if _last(made_for) in _names(base_name):
        return ""
    return (
        f"{adapter.name}: this adapter says that it was made for {made_for!r}, and is laid on {base_name!r}; "
        "if that is another model, what is read of it means nothing."
    )


def first_difference(own: Path, other: Path) -> str:
    """The first weight that is in both of two model folders and not the same; empty if there is none.

    Args:
        own: A folder with *.safetensors.
        other: Another one.
    """
    if own.samefile(other):
        return ""
    import torch

    with ExitStack() as stack:
        mine, yours = dict(_weights(own, stack)), dict(_weights(other, stack))
        for name in sorted(mine.keys() & yours.keys()):
            a, b = mine[name].get_tensor(name), yours[name].get_tensor(name)
            # One of the two may have been saved in a shorter number format.
            if a.shape != b.shape or not (torch.equal(a, b.to(a.dtype)) or torch.equal(a.to(b.dtype), b)):
                return str(name)
    return ""


def _weights(folder: Path, stack: ExitStack) -> Iterator[tuple[str, Any]]:
    """Each weight's name with the open file that holds it."""
    from safetensors import safe_open

    for path in sorted(folder.glob("*.safetensors")):
        file = stack.enter_context(safe_open(path, framework="pt"))
        yield from ((name, file) for name in file.keys())  # noqa: SIM118  (not a dict)


def _names(base: str) -> set[str]:
    """What a base may be called: its folder or hub id, the folder's own record, and the hub's cache it stands in."""
    found = {_last(base)}
    folder = Path(base)
    if folder.is_dir():
        folder = folder.resolve()
        found.add(_last(str(folder)))
        found |= {part.rpartition("--")[2].casefold() for part in folder.parts if part.startswith("models--")}
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            config = {}
        recorded = config.get("_name_or_path") if isinstance(config, dict) else None
        if isinstance(recorded, str) and recorded:
            found.add(_last(recorded))
    return found


def _last(name: str) -> str:
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2].casefold()
