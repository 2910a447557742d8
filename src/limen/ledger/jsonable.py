"""Values as plain JSON, exactly: no NaN literal, no numpy, no tuples lost on the way back.

JSON has no NaN and no infinity. Numbers that a type declares (an interval's bound, a p-value) are written as the
strings "NaN", "Infinity" and "-Infinity", which pydantic reads back as numbers. In free-form values (a finding's
evidence, a scorer's detail) they become null: there "no number" is all that is meant.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any

import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError

from limen.core import Finding, LedgerError

_FREE_FORM = frozenset({"evidence", "detail"})


def to_jsonable(value: Any, *, strings: bool = True) -> Any:
    """Turn a value into what `json.dumps(allow_nan=False)` takes.

    Args:
        value: Dataclasses, pydantic models, mappings, sequences, numpy arrays and scalars, enums, paths, numbers, text.
        strings: Write NaN and infinities as strings; otherwise as null.

    Returns:
        Dictionaries with text keys, lists, numbers, text, booleans and null.

    Raises:
        TypeError: For a value of another type.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return to_jsonable(value.value, strings=strings)
    if isinstance(value, str):
        return _whole_text(value)
    if isinstance(value, np.generic | np.ndarray):
        return to_jsonable(value.tolist(), strings=strings)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(float(value), strings)
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_whole_text(str(k)): to_jsonable(v, strings=strings and k not in _FREE_FORM) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_jsonable(v, strings=strings) for v in value]
    if isinstance(value, set | frozenset):
        return sorted((to_jsonable(v, strings=strings) for v in value), key=str)
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON.")


def finding_to_dict(finding: Finding) -> dict[str, Any]:
    """A finding as plain JSON values."""
    plain: dict[str, Any] = to_jsonable(finding)
    return plain


def finding_from_dict(values: Mapping[str, Any]) -> Finding:
    """The finding that `finding_to_dict` was given.

    Args:
        values: Its plain JSON values.

    Returns:
        The finding, with its types.

    Raises:
        LedgerError: If the values do not make a finding.
    """
    try:
        return _FINDING.validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"]) or "finding"
        raise LedgerError(
            f"a finding of the ledger cannot be read: {at}: {first['msg']}.",
            remedy="It was written by another version, or changed by hand; run the audit again.",
        ) from error


_FINDING: TypeAdapter[Finding] = TypeAdapter(Finding)


def _whole_text(text: str) -> str:
    """Text that is valid UTF-8: half a surrogate pair, which hostile JSON can hold, becomes its visible escape."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace").decode()
    return text


def _number(value: float, strings: bool) -> float | str | None:
    if math.isfinite(value):
        return value
    if not strings:
        return None
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
