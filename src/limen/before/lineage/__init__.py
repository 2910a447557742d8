"""Lineage: did a model of the base's own family write these rows?"""

from limen.before.lineage.judge import LineageNull, judge_lineage
from limen.before.lineage.lineage import LineageConfig, lineage

__all__ = ["LineageConfig", "LineageNull", "judge_lineage", "lineage"]
