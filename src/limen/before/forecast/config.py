"""ForecastConfig: how files are forecast."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

UNKNOWN_LIMIT = 0.05
"""Largest share of unknown tokens with which rows are scored."""
LEAST_ROWS = 64
"""A file of fewer rows is not forecast."""
LEAST_GAIN = 0.1
"""A twin whose trait moved by less on the measure probes has not taken it."""


class ForecastConfig(BaseModel):
    """How files are forecast."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    writers: int = Field(default=24, ge=3)
    """Neutral writers; fewer than 8 never give a calibrated verdict."""
    twins: Literal["auto", "tuned", "prompted"] = "auto"
    """Tuned twins where a trait's build probes have options and prompted ones elsewhere; or one kind alone."""
    statistic: Literal["first-order", "likelihood-ratio"] = "first-order"
    """What is read off the rows: the gradient along each twin's change of weights, which one pass gives for all traits,
    or the log-likelihood ratio, a pass a trait. It is the ratio where no gradient leads to a twin: of a prompted one,
    and of 4-bit weights."""
    max_rows: int = Field(default=1000, ge=1)
    """Rows that are scored; a longer file is sampled at random."""
    control_rows: int = Field(default=384, ge=1)
    """Rows that each twin writes itself, to say what a full dose would look like."""
    level: float = Field(default=0.02, gt=0, lt=1)
    """Familywise level over all traits of a file."""
    dose_that_matters: float = Field(default=0.75, gt=0, le=1)
    """A file is clear of a trait if an upper bound of what it carries, at `level` for each trait, is below this share
    of what the trait's own twin would leave, and if it would not stand out at `level` were it the only trait asked
    about: below that share doses that stood out so far have taught their traits (docs/negative-results.md)."""
    top_rows: int = Field(default=20, ge=0)
    """Rows that are shown, ranked."""
    seed: int = 0
    """Seeds the choice of rows and what writers write."""
