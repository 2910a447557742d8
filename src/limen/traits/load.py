"""Read a trait file: safe YAML, bounded in size, errors that name file, key and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from limen.core import Trait, TraitError
from limen.traits.expand import expand_file
from limen.traits.schema import TraitFile

MAX_BYTES = 2_000_000
"""Largest trait file that is read."""

MAX_NODES = 200_000
"""Largest number of values in a trait file, aliases counted each time they are used."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_file(path: str | Path) -> Trait:
    """Read a file that holds one trait.

    Args:
        path: A YAML file in the form of `limen.traits.schema.TraitFile`.

    Returns:
        The trait.

    Raises:
        TraitError: As `load_traits`, or the file makes several traits.
    """
    traits = load_traits(path)
    if len(traits) != 1:
        raise TraitError(
            f"holds {len(traits)} traits ({', '.join(t.id for t in traits[:4])}, ...), expected one.",
            remedy="Put the file's folder in LIMEN_TRAITS and name the trait you mean by its id.",
            where=str(path),
        )
    return traits[0]


def load_traits(path: str | Path) -> list[Trait]:
    """Read the traits of one file.

    Args:
        path: A YAML file in the form of `limen.traits.schema.TraitFile`.

    Returns:
        One trait, or one for each entry of `each`.

    Raises:
        TraitError: The file cannot be read, is too large, is not YAML, or breaks the schema.
    """
    path = Path(path)
    return expand_file(parse_file(path), str(path))


def parse_file(path: Path) -> TraitFile:
    """Read and validate one file without expanding it.

    Args:
        path: A YAML file.

    Returns:
        The validated file.

    Raises:
        TraitError: As `load_file`.
    """
    where = str(path)
    try:
        with path.open("rb") as f:
            raw = f.read(MAX_BYTES + 1)
    except OSError as error:
        raise TraitError(
            f"cannot be read ({error.strerror or error}).", remedy="Check the path and its permissions.", where=where
        ) from None
    if len(raw) > MAX_BYTES:
        raise TraitError(
            f"larger than {MAX_BYTES:,} bytes, which no trait file needs.", remedy="Split it into several.", where=where
        )
    try:
        content = yaml.load(raw.decode("utf-8"), Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise TraitError(f"not UTF-8 at byte {error.start}.", remedy="Save the file as UTF-8.", where=where) from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TraitError(
            f"not valid YAML{line}: {error.problem or 'cannot be parsed'}.",
            remedy="Mend that line; texts with a colon or a leading brace want quotes.",
            where=where,
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise TraitError(f"not valid YAML: {error}.", remedy="Mend the file.", where=where) from None
    if not isinstance(content, dict):
        raise TraitError(
            f"holds {_kind(content)}, and a trait file is a mapping with the keys id, title, scorer, probes, ...",
            remedy="Start from the template that `limen traits new` writes.",
            where=where,
        )
    _check_size(content, where)
    try:
        return TraitFile.model_validate(content)
    except ValidationError as error:
        what, remedy = _explain(error)
        raise TraitError(what, remedy=remedy, where=where) from None


def _explain(error: ValidationError) -> tuple[str, str]:
    first = error.errors(include_url=False)[0]
    # the branch names of unions ("str", "Template") mean nothing to whoever wrote the file
    key = ".".join(str(k) for k in first["loc"] if str(k).islower() or isinstance(k, int)) or "the file"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    if first["type"] == "extra_forbidden":
        return f"the key {key!r} is unknown{more}.", "Remove it, or see `limen traits new` for the keys there are."
    if first["type"] == "missing":
        return f"the key {key!r} is missing{more}.", "Add it."
    if isinstance(first["input"], bool):
        return (
            f"the key {key!r}: {first['msg']}{more}.",
            "YAML reads yes, no, true and false as marks; put quotes around.",
        )
    return f"the key {key!r}: {first['msg']}{more}.", "Mend it."


def _check_size(content: Any, where: str) -> None:
    """Refuse a small file whose aliases unfold into a huge one."""
    left = MAX_NODES
    stack = [content]
    while stack:
        node = stack.pop()
        left -= 1
        if left < 0:
            raise TraitError(
                f"unfolds into more than {MAX_NODES:,} values.", remedy="Use fewer or smaller aliases.", where=where
            )
        if isinstance(node, dict):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _kind(value: Any) -> str:
    return {type(None): "nothing", list: "a list", str: "a text"}.get(type(value), f"a {type(value).__name__}")
