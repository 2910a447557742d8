"""Recorded answers: readings from files that somebody else's run left behind."""

from limen.measure.recorded._options import RecordedOptions
from limen.measure.recorded.read_recorded import FORMATS, read_recorded

__all__ = ["FORMATS", "RecordedOptions", "read_recorded"]
