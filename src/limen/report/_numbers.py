"""Numbers as a person reads them: few digits, a real minus sign, a unit.

Every function takes what a ledger may hold, so `None`, `nan` and infinities come out as a dash.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TypeGuard

DASH = "–"
MINUS = "−"

_HUGE = 1e300
"""From here on, differences overflow; nothing that is measured comes near. Also false for NaN."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number that can be reckoned with (a truth value is none)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _HUGE


def finite(values: object) -> list[float]:
    """The finite numbers of a list; an empty list for anything that is no list."""
    if not isinstance(values, list | tuple):
        return []
    return [float(v) for v in values if is_number(v)]


def number(value: object, digits: int = 2, *, signed: bool = False) -> str:
    """A number with so many decimals.

    Args:
        value: The number.
        digits: Decimals.
        signed: Whether a positive number carries its plus sign.

    Returns:
        Such as `0.31`, `+0.31` or `−1.20`; a dash where there is no finite number.
    """
    if not is_number(value):
        return DASH
    large = abs(value) >= 1e15
    text = f"{float(value):{'+' if signed else ''}{'.3g' if large else f',.{digits}f'}}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("+-")
    return text.replace("-", MINUS)


def p_value(value: object) -> str:
    """A p-value with two significant digits, never as zero."""
    if not is_number(value):
        return DASH
    p = float(value)
    if p < 0.0001:
        return "< 0.0001"
    return f"{p:.2f}" if p >= 0.1 else f"{p:.2g}"


def p_equals(value: object) -> str:
    """A p-value as it stands in a sentence: `p = 0.0041` or `p < 0.0001`."""
    text = p_value(value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def share(value: object, digits: int = 1) -> str:
    """A share between 0 and 1 as a percentage."""
    if not is_number(value):
        return DASH
    return f"{100 * float(value):.{digits}f}%"


def count(value: object) -> str:
    """A whole number with thousands separated."""
    return f"{int(value):,}" if is_number(value) else DASH


def seconds(value: object) -> str:
    """A duration: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`."""
    if not is_number(value):
        return DASH
    s = float(value)
    if s < 9.95:
        return f"{s:.1f} s"
    whole = round(s)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def day(value: object) -> str:
    """A moment in ISO 8601 as a person writes it, `23 November 2026, 14:02 UTC`; as it stands where it is none."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    zone = " UTC" if moment.utcoffset() == timedelta(0) else ""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}, {moment:%H:%M}{zone}"


def digits_for(low: object, high: object, unit: str) -> int:
    """How many decimals an effect needs: two for a probability, else enough to show its interval.

    Args:
        low: Lower bound.
        high: Upper bound.
        unit: Unit of the effect.
    """
    if unit in ("probability", "log-odds") or not is_number(low) or not is_number(high):
        return 2
    width = abs(float(high) - float(low))
    return min(6, max(2, 1 - math.floor(math.log10(width)))) if width > 0 else 2


def size(value: object) -> str:
    """A size with two significant digits at least, and two decimals at least: `0.050`, `0.0045`."""
    if not is_number(value) or value == 0:
        return number(value)
    return number(value, min(9, max(2, 1 - math.floor(math.log10(abs(value))))))


def spoken(names: list[str], most: int = 3) -> str:
    """Names as a list in a sentence: `a`, `a and b`, `a, b, c and 4 more`."""
    if len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""
