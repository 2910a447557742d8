"""Undo a fix: the original again, byte for byte, from the fixed file and its manifest, or the reason why not."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from limen.before.check.fix.manifest import SUFFIX, raw_of, read_manifest
from limen.before.check.fix.target import new_file
from limen.core import DataError, LimenError
from limen.data import Layout, segments


def undo(manifest: Path, target: Path, *, overwrite: bool = False) -> dict[str, Any]:
    """Write the original that a fix was made from.

    Args:
        manifest: The fix's manifest; the fixed file lies beside it.
        target: Where the original goes.
        overwrite: Whether a file that is there may be replaced.

    Returns:
        The head of the manifest.

    Raises:
        UsageError: The target is there, or is one of the files to be read.
        DataError: The original cannot be restored byte for byte, and why.
    """
    if not manifest.is_file():
        raise DataError("there is no such manifest.", remedy="Check the path.", where=str(manifest))
    fixed = manifest.with_name(manifest.name.removesuffix(SUFFIX))
    head, end = _ends(manifest)
    if head["why_not"]:
        raise DataError(
            f"the original cannot be restored byte for byte: {head['why_not']}.",
            remedy="The fix did not change it: take the original itself.",
            where=str(manifest),
        )
    if not fixed.is_file() or fixed == manifest:
        raise DataError("the fixed file does not lie beside its manifest.", remedy="Put it there.", where=str(manifest))
    whole, fixed_hash = hashlib.sha256(), hashlib.sha256()
    with new_file(target, [manifest, fixed], overwrite=overwrite) as part:
        try:
            with part.open("wb") as file:
                for raw in _original(manifest, fixed, Layout(head["layout"]), fixed_hash):
                    whole.update(raw)
                    file.write(raw)
        except LimenError as error:
            raise _changed(fixed) from error
        if fixed_hash.hexdigest() != end["output_sha256"]:
            raise _changed(fixed)
        if whole.hexdigest() != end["source_sha256"]:
            raise DataError(
                "what came out is not the original.", remedy="Take the original from a backup.", where=str(manifest)
            )
    return head


def _ends(manifest: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first and the last line of a manifest."""
    lines = read_manifest(manifest)
    head = next(lines)
    (end,) = deque(lines, maxlen=1) or ({},)
    if not end.get("end") or not {"layout", "why_not"} <= head.keys():
        raise DataError(
            "the manifest has no end: the fix was broken off.", remedy="Run the fix again.", where=str(manifest)
        )
    return head, end


def _changed(fixed: Path) -> DataError:
    return DataError(
        "the fixed file has changed since the fix, so that the original cannot be restored byte for byte.",
        remedy="Undo it before anything else is done to it, or take the original from a backup.",
        where=str(fixed),
    )


def _original(manifest: Path, fixed: Path, layout: Layout, seen: Any) -> Iterator[bytes]:
    """The original's segments: those of the fixed file but for added rows, and between them those of the manifest."""
    touched = (value for value in read_manifest(manifest) if "ordinal" in value)
    following = next(touched, None)
    ordinal = added = 0
    for segment in segments(fixed, layout):
        seen.update(segment.raw)
        if added:
            added -= 1
            continue
        while following is not None and following["ordinal"] == ordinal and following["action"] == "drop":
            yield raw_of(following, manifest)
            following, ordinal = next(touched, None), ordinal + 1
        if following is not None and following["ordinal"] == ordinal and following["action"] == "change":
            yield raw_of(following, manifest)
            following = next(touched, None)
        else:
            yield segment.raw
        while following is not None and following["ordinal"] == ordinal and following["action"] == "add":
            following, added = next(touched, None), added + 1
        ordinal += 1
    while following is not None:
        yield raw_of(following, manifest)
        following = next(touched, None)
