"""Which rules run: by code, by the beginning of a code, or by name."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

from limen.before.check.registry import all_rules
from limen.before.check.rule import Rule
from limen.core import UsageError


def select_rules(select: Sequence[str] = (), ignore: Sequence[str] = ()) -> list[type[Rule]]:
    """The rules that are asked for, by code.

    Args:
        select: Codes, beginnings of codes (`LIM1`) or names of the rules to run; none for all.
        ignore: The same of those to leave out.

    Raises:
        UsageError: One of them names no rule, or no rule is left.
    """
    wanted = {rule.code for one in select for rule in matching(one)} if select else {r.code for r in all_rules()}
    unwanted = {rule.code for one in ignore for rule in matching(one)}
    left = [rule for rule in all_rules() if rule.code in wanted - unwanted]
    if not left:
        raise UsageError("no rule is left to run.", remedy="Select more, or ignore less.")
    return left


def named_rules(select: Sequence[str]) -> frozenset[str]:
    """Codes of the rules that are asked for one by one, by their whole code or name.

    Args:
        select: What the user wrote; the beginning of a code names no rule.
    """
    asked = {one.strip().casefold() for one in select}
    return frozenset(r.code for r in all_rules() if asked & {r.code.casefold(), r.name.casefold()})


def _nearness(name: str, asked: str) -> tuple[float, int]:
    same = sum(a == b for a, b in zip(name, asked, strict=False))
    return SequenceMatcher(None, asked, name).ratio(), same


def matching(text: str) -> list[type[Rule]]:
    """The rules that a code, the beginning of one or a name means.

    Args:
        text: What the user wrote.

    Raises:
        UsageError: It means none.
    """
    asked = text.strip().casefold()
    exact = [r for r in all_rules() if asked in (r.code.casefold(), r.name.casefold())]
    found = exact or [r for r in all_rules() if asked and r.code.casefold().startswith(asked)]
    if not found:
        names = {name.casefold(): name for r in all_rules() for name in (r.code, r.name)}
        # Of codes that are as near as each other, the one that differs at the fewest places
        near = sorted(get_close_matches(asked, names, n=5), key=lambda name: _nearness(name, asked), reverse=True)
        raise UsageError(
            f"no rule is called {text!r}, and no code begins so.",
            remedy=f"Did you mean {names[near[0]]}?" if near else "See them all with: limen check --list-rules",
        )
    return found
