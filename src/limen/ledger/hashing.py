"""Content hashes: the same content gives the same hash, wherever it lies and whatever it is called outside.

A file's hash is the SHA-256 of its bytes. A folder's is the SHA-256 over its files in the order of their relative
names, each as name, length and content hash; only the files that decide how a model behaves are taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from limen.core import LedgerError
from limen.ledger.jsonable import to_jsonable

MODEL_SUFFIXES = frozenset({".safetensors", ".json", ".jinja", ".model"})
"""Weights, configuration, chat template, tokenizer."""

MODEL_NAMES = frozenset({"merges.txt", "vocab.txt"})
"""Tokenizer files with a suffix that is otherwise for people."""

SOURCE_SUFFIXES = frozenset({".py", ".yaml", ".jinja"})
"""What decides what Limen computes."""

_CHUNK = 1 << 20


def sha256_file(path: str | Path) -> str:
    """The SHA-256 of a file's bytes, read in pieces.

    Args:
        path: The file.

    Returns:
        64 hexadecimal digits.

    Raises:
        LedgerError: If it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
    except OSError as error:
        raise LedgerError(
            f"it cannot be read: {error.strerror or error}.", remedy="Check the path.", where=str(path)
        ) from error
    return digest.hexdigest()


def sha256_folder(
    folder: str | Path, *, suffixes: Collection[str] = MODEL_SUFFIXES, names: Collection[str] = MODEL_NAMES
) -> str:
    """The hash of a folder's files of certain kinds: by default those that decide how a model behaves.

    Args:
        folder: The folder, with its subfolders; hidden ones are passed over.
        suffixes: Endings that are taken.
        names: File names that are taken whatever their ending.

    Returns:
        64 hexadecimal digits.

    Raises:
        LedgerError: If there is no such file in it.
    """
    root = Path(folder)
    files = sorted((path.relative_to(root).as_posix(), path) for path in root.rglob("*") if path.is_file())
    files = [
        (name, path)
        for name, path in files
        if (path.suffix in suffixes or path.name in names) and not name.startswith(".") and "/." not in name
    ]
    if not files:
        raise LedgerError(
            "no file to hash in this folder.",
            remedy=f"A model folder holds files that end in {', '.join(sorted(suffixes))}.",
            where=str(folder),
        )
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(f"{name}\0{path.stat().st_size}\0{sha256_file(path)}\n".encode())
    return digest.hexdigest()


@cache
def code_hash() -> str:
    """The hash of Limen's own sources, as installed."""
    import limen

    root = Path(limen.__file__).parent
    return sha256_folder(root, suffixes=SOURCE_SUFFIXES, names=())


def key_hash(**parts: Any) -> str:
    """The hash of named values: what a stage's result depends on.

    Args:
        **parts: Values that can be written as JSON; numbers count by their exact value.

    Returns:
        64 hexadecimal digits.

    Raises:
        TypeError: For a value that cannot be written as JSON.
    """
    text = json.dumps(to_jsonable(parts), sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
