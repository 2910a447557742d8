"""`limen check --fix`: a new file without the rows that rules leave out, and a manifest from which it can be undone.

Groups of people can be balanced in it: by swapped rows, by weights, or by leaving rows out.
"""

from limen.before.check.fix.balance import Balance, Balancer, Method, parse_balance
from limen.before.check.fix.cost import Cost
from limen.before.check.fix.fix_file import FixResult, fix_file
from limen.before.check.fix.reweight_rows import Reweight
from limen.before.check.fix.swap_rows import Swap
from limen.before.check.fix.undo import undo

__all__ = [
    "Balance",
    "Balancer",
    "Cost",
    "FixResult",
    "Method",
    "Reweight",
    "Swap",
    "fix_file",
    "parse_balance",
    "undo",
]
