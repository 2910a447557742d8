"""Sweep: one thing about a fine-tune that is varied, and the values that it is tried at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from limen.core import UsageError
from limen.core.wording import plural
from limen.train import Recipe

KNOBS = {
    "mixture": "share of these rows, the rest by neutral writers",
    "epochs": "passes over the rows",
    "learning-rate": "learning rate",
    "rank": "rank of the LoRA adapter",
}
"""What can be varied, with what a report calls it."""
_DIGITS = ".12g"
FULL = math.inf
"""The rank of a fine-tune without an adapter: every weight is trained."""
_MOST = {"mixture": 1.0, "epochs": 1000.0, "learning-rate": 1000.0, "rank": 65_536.0}
"""Above these a value is a slip of the finger, which no plan could put a time to."""
_REMEDY = "Write for example --what-if mixture=0.1,0.5,1 or --what-if epochs=1,4 (learning-rate, rank)."


@dataclass(frozen=True)
class Point:
    """One value of one knob; everything else is as the rehearsal has it.

    Attributes:
        knob: A key of `KNOBS`.
        value: The value; `FULL` for a rank of `full`.
    """

    knob: str
    value: float

    @property
    def name(self) -> str:
        """As a user writes it, such as `mixture=0.25`."""
        return f"{self.knob}={'full' if self.value == FULL else format(self.value, _DIGITS)}"

    @property
    def label(self) -> str:
        """As a report shows it."""
        if self.knob == "mixture":
            return f"{100 * self.value:.6g}%"
        if self.knob == "rank":
            return "all weights" if self.value == FULL else f"rank {self.value:g}"
        if self.knob == "epochs":
            return plural(1, "epoch") if self.value == 1 else f"{self.value:g} epochs"
        return f"{self.value:g}"

    def recipe(self, own: Recipe) -> Recipe:
        """The rehearsal's recipe with this value. The scale of an adapter, alpha / rank, stays the same."""
        if self.knob == "epochs":
            return own.model_copy(update={"epochs": self.value, "steps": None})
        if self.knob == "learning-rate":
            return own.model_copy(update={"learning_rate": self.value})
        if self.knob == "rank" and self.value == FULL:
            return own.model_copy(update={"method": "full"})
        if self.knob == "rank":
            scale = own.alpha / own.rank
            return own.model_copy(update={"method": "lora", "rank": int(self.value), "alpha": scale * self.value})
        return own

    def is_own(self, own: Recipe) -> bool:
        """Whether this is the rehearsal itself."""
        return self.value == 1 if self.knob == "mixture" else self.recipe(own) == own


@dataclass(frozen=True)
class Sweep:
    """The points of one knob, the smallest first."""

    knob: str
    points: tuple[Point, ...]


def read_sweeps(texts: Sequence[str]) -> list[Sweep]:
    """Sweeps as a user writes them.

    Args:
        texts: Such as `mixture=0.1,0.5,1`, `rank=4,16,full`.

    Returns:
        One sweep a text, in order; values in order of size, none twice.

    Raises:
        UsageError: An unknown knob, one given twice, or a value that makes no sense.
    """
    sweeps: list[Sweep] = []
    for text in texts:
        knob, _, said = text.partition("=")
        knob = knob.strip()
        if knob not in KNOBS:
            raise UsageError(
                f"--what-if varies {knob!r}; expected one of {', '.join(KNOBS)}.", remedy=_REMEDY, where=text
            )
        if any(s.knob == knob for s in sweeps):
            raise UsageError(f"--what-if varies {knob!r} twice.", remedy="Write all its values in one.", where=text)
        values = sorted({_value(knob, part.strip(), text) for part in said.split(",")})
        sweeps.append(Sweep(knob, tuple(Point(knob, v) for v in values)))
    return sweeps


def _value(knob: str, text: str, where: str) -> float:
    if knob == "rank" and text == "full":
        return FULL
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    whole = knob != "rank" or (math.isfinite(value) and value == math.floor(value))
    if not (0 < value <= _MOST[knob] and whole):
        wanted = {
            "mixture": "a share above 0 and up to 1",
            "rank": f"a whole number from 1 to {_MOST['rank']:g}, or full",
        }.get(knob, f"a number above 0 and up to {_MOST[knob]:g}")
        raise UsageError(f"--what-if {knob}: {text!r}; expected {wanted}.", remedy=_REMEDY, where=where)
    # As it is written in the ledger, so that what has one name is one point.
    return float(format(value, _DIGITS))
