"""DiscoverConfig: how a file is searched for what no trait names."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from limen.before.forecast.config import LEAST_ROWS
from limen.train import Recipe

LEAST_TURNS = 8
"""Fewer questions of the base's own say nothing about what a model talks of."""
LEAST_WORDS = 3
"""Fewer words lend each other no steadiness, and are no decoys."""
MOST_WORDS = 64
"""The most open words, where there are more: each costs a short training, once a base."""
WORD_STEPS = 40
"""Optimizer steps of a word's twin: a word is learned sooner than a trait, and there are more of them."""
DOSE_ROWS = 256
"""Rows that a word's twin writes, to say what a full dose is."""
READABLE = 0.01
"""A word in more than this share of the answers can be read in the rows, so it is not looked for."""


class DiscoverConfig(BaseModel):
    """How a file is searched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: Recipe | None = None
    """The short fine-tune that illustrates a find; by default that of a rehearsal."""
    writers: int = Field(default=24, ge=3)
    """Neutral writers; fewer than 8 give no calibrated verdict."""
    max_rows: int = Field(default=1_000, ge=LEAST_ROWS)
    """Rows that are read; a longer file is sampled."""
    questions: int = Field(default=200, ge=LEAST_TURNS)
    """Different questions that the base is to make up; fewer where it repeats itself."""
    level: float = Field(default=0.02, gt=0, lt=1)
    """Familywise level: how often anything at all is named in the file of a neutral writer."""
    proposals: int = Field(default=5, ge=1)
    """Words that are shown, the most striking first."""
    seed: int = 0
    """Of the rows drawn and of what is written on them; the base's talk, its twins and its writers are made once."""
