"""balancer_for: what does the balancing that is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from limen.before.check.fix.balance import Balance, Balancer, Method
from limen.before.check.fix.rebalance_rows import Rebalance
from limen.before.check.fix.reweight_rows import Reweight
from limen.before.check.fix.swap_rows import Swap
from limen.before.check.groups import Lexicon
from limen.before.check.groups.lexicon import can_swap
from limen.core import UsageError

_BY_METHOD: dict[Method, type[Balancer]] = {one.method: one for one in (Swap, Reweight, Rebalance)}


def balancer_for(asked: Balance, lexicons: Sequence[Lexicon], reader: str) -> Balancer:
    """What does the balancing that is asked for.

    Args:
        asked: What.
        lexicons: The words of groups.
        reader: Name of the file's reader.

    Raises:
        UsageError: The file cannot hold it, or no lexicon can swap.
    """
    if asked.method is Method.REWEIGHT and reader == "text":
        raise UsageError("lines of text have no column for a weight.", remedy="Convert them to JSON Lines first.")
    if asked.method is Method.SWAP and not any(can_swap(one, asked.dimension) for one in lexicons):
        raise UsageError(
            f"no lexicon can swap groups by {asked.dimension}.",
            remedy="Use one that says swaps: true, such as en; de swaps gender alone.",
        )
    return _BY_METHOD[asked.method](asked.dimension, lexicons)
