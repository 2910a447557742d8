"""`limen check --fix`: a new file without the rows that rules leave out, and a manifest from which it can be undone."""

from limen.before.check.fix.cost import Cost
from limen.before.check.fix.fix_file import FixResult, fix_file
from limen.before.check.fix.undo import undo

__all__ = ["Cost", "FixResult", "fix_file", "undo"]
