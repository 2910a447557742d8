"""Blame: every row of a file ranked by what it does for a trait, and the ranking put to the test."""

from limen.before.blame.rank import RankedRows, rank_rows
from limen.before.blame.share import Share, share_removed
from limen.before.blame.verify import SHARE, judge_blame, verify_blame

__all__ = ["SHARE", "RankedRows", "Share", "judge_blame", "rank_rows", "share_removed", "verify_blame"]
