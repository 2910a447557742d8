"""What if: the rehearsal at other doses and recipes, point by point; nothing between the points is filled in."""

from limen.before.what_if.judge import judge_what_if
from limen.before.what_if.measure import Measured, WhatIf
from limen.before.what_if.sweep import KNOBS, Point, Sweep, read_sweeps

__all__ = ["KNOBS", "Measured", "Point", "Sweep", "WhatIf", "judge_what_if", "read_sweeps"]
