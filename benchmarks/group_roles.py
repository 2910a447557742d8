"""How often LIM704 names an association of an occupation with a group in files that have none.

In each of 2,000 simulated files everybody has a group and one or two of twenty occupations, of which the n-th commonest
is 1/n as common as the commonest, each without regard to the other. Counted are the files in which some Holm-adjusted
p-value is at most the level; an association must double or halve the odds besides to be named, so that fewer are.
The test of the familywise error runs the same draws.

Run: python -m benchmarks.group_roles
"""

from __future__ import annotations

import argparse

import numpy as np

from limen.before.check.groups.association import Association, association, battery, can_be_tested
from limen.before.check.groups.family import FAMILYWISE_LEVEL
from limen.stats import holm

DRAWS, OCCUPATIONS = 2_000, 20
SETTINGS = ((60, (0.5, 0.5), 1), (400, (0.35, 0.65), 1), (400, (0.1, 0.6, 0.3), 2), (3000, (0.5, 0.5), 2))
"""Prompts of a file, shares of its groups, and how many occupations each prompt draws."""


def drawn(
    random: np.random.Generator, units: int, groups: tuple[float, ...], occupations: int, more: int
) -> list[Association]:
    """What is tested of one file.

    Args:
        random: Draws it.
        units: Distinct prompts.
        groups: Share of each group.
        occupations: How many there are.
        more: How many each prompt draws.
    """
    weight = 1 / np.arange(1, occupations + 1)
    group = random.choice(len(groups), units, p=groups)
    has = np.zeros((units, occupations), bool)
    for _ in range(more):
        has[np.arange(units), random.choice(occupations, units, p=weight / weight.sum())] = True
    made = []
    for g in range(len(groups)) if len(groups) > 2 else (0,):
        of = group == g
        for o in range(occupations):
            if can_be_tested(int(of.sum()), int(has[:, o].sum()), units):
                names = ("d", str(g), str(o))
                made.append(association(names, int(has[of, o].sum()), int(of.sum()), int(has[:, o].sum()), units))
    return made


def wrong(units: int, groups: tuple[float, ...], more: int) -> tuple[int, int]:
    """In how many files some adjusted p-value is at most the level, and in how many an association is named.

    Args:
        units: As in `drawn`.
        groups: As there.
        more: As there.
    """
    random = np.random.default_rng(units + more)
    below = named = 0
    for _ in range(DRAWS):
        made = drawn(random, units, groups, OCCUPATIONS, more)
        # The battery computes the power too, which takes most of its time
        if made and min(holm([one.p for one in made])) <= FAMILYWISE_LEVEL:
            below += 1
            named += any(one.found for one in battery(made))
    return below, named


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for units, groups, more in SETTINGS:
        below, named = wrong(units, groups, more)
        print(
            f"{units:,} prompts, {len(groups)} groups, {more} occupations: of {DRAWS:,} files {below} with a p-value "
            f"at the level ({below / DRAWS:.2%}), {named} with an association named ({named / DRAWS:.2%})"
        )


if __name__ == "__main__":
    main()
