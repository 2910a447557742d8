"""Which traits an audit looks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from limen.core import Trait, UsageError
from limen.ledger import LeftOut
from limen.measure.choose import traits_for
from limen.train.twins import can_be_tuned
from limen.traits import get


def default_battery(tokenizer: Any, asked: Sequence[str] = ()) -> tuple[list[Trait], list[LeftOut]]:
    """The traits of an audit.

    Without a wish, these are the library's traits in a language that the model knows and for which a twin can be tuned;
    of the categories of preference only the first, since each trait costs a twin and every further one costs power.

    Args:
        tokenizer: The base's.
        asked: Trait ids or files that were asked for.

    Returns:
        The traits, and what was left out of the library.

    Raises:
        UsageError: The model knows the language of no trait.
    """
    if asked:
        return [get(a) for a in asked], []
    known = traits_for(tokenizer)
    if not known:
        raise UsageError(
            "the base's vocabulary knows the language of no trait in the library.",
            remedy="Name a trait of your own: limen traits new, then --traits FILE.",
        )
    pools = sorted({t.category for t in known if t.is_decoy_pool})
    further = [t for t in known if t.is_decoy_pool and t.category != pools[0]]
    untaught = [t for t in known if t not in further and not can_be_tuned(t)]
    left = []
    if further:
        left.append(
            LeftOut(
                what=f"{len(further)} preferences of further kinds ({', '.join(p for p in pools[1:])})",
                why="a twin a trait takes time, and every further trait costs power",
                remedy="Name them with --traits; limen traits list shows them all.",
            )
        )
    if untaught:
        left.append(
            LeftOut(
                what=f"{len(untaught)} traits of which no twin can be tuned ({', '.join(t.id for t in untaught)})",
                why="their build probes have no options, and a prompted twin settles little",
                remedy="Name them with --traits to have them looked for with a prompted twin.",
            )
        )
    return [t for t in known if t not in further and t not in untaught], left
