"""Probes run on arms, and arms compared: used by every phase."""

from limen.measure._model import Measurable
from limen.measure.read import Readings, read_traits

__all__ = ["Measurable", "Readings", "read_traits"]
