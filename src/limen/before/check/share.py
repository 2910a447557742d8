"""Share: the rules of a check that one process runs, over a file that it reads itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from limen.before.check.costs import KINDS, cost_together
from limen.before.check.known import Known
from limen.before.check.registry import get_rule
from limen.before.check.rule import Context, Rule
from limen.before.check.runner import RuleResult, run_rules
from limen.core import Silent
from limen.data import read_rows


@dataclass(frozen=True)
class Share:
    """What one process does.

    Attributes:
        file: What `read_rows` is given.
        format: Row format that overrules recognition.
        codes: Codes of its rules.
        context: What the check is asked for.
    """

    file: str
    format: str | None
    codes: tuple[str, ...]
    context: Context


@dataclass(frozen=True)
class ShareResult:
    """What one process found.

    Attributes:
        results: What each rule found.
        known: Which known rows the rules met.
        sha256: Of what was read.
    """

    results: list[RuleResult]
    known: Known
    sha256: str | None


def run_share(share: Share) -> ShareResult:
    """Run the rules of a share.

    Args:
        share: What to do.

    Raises:
        ReadError, RowError: The source cannot be read.
        UsageError: A rule is not there, or a lexicon cannot be read.
    """
    stream = read_rows(share.file, format=share.format, strict=False)
    rules = [get_rule(code) for code in share.codes]
    results = run_rules(rules, stream, share.context, progress=Silent())
    return ShareResult(results, share.context.known, stream.report.sha256)


def shares(rules: Sequence[type[Rule]], count: int, stay: Sequence[type[Rule]] = ()) -> list[list[type[Rule]]]:
    """Rules in shares of about the same cost on every kind of rows.

    The dearest first, each goes to the share in which least is done of what it does itself; rules that read the same
    thing go together.

    Args:
        rules: The rules.
        count: Most shares; none but the first is empty.
        stay: Those that go to the first share; what they cost is left out.
    """
    together: dict[str, list[type[Rule]]] = {}
    for rule in rules:
        if rule not in stay:
            together.setdefault(rule.reads or rule.code, []).append(rule)
    costs = {name: cost_together(some) for name, some in together.items()}
    whole = np.maximum(np.sum(list(costs.values()), axis=0), 1e-9)
    made: list[list[type[Rule]]] = [list(stay), *([] for _ in range(count - 1))]
    loads = np.zeros((count, len(KINDS)))
    for name in sorted(costs, key=lambda n: -float((costs[n] / whole).max())):
        cost = costs[name] / whole
        least = int(np.argmin(loads @ cost))
        made[least] += together[name]
        loads[least] += cost
    return [made[0], *filter(None, made[1:])]
