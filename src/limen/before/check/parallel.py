"""check_file: a file checked by several processes, each of which reads it and runs a share of the rules.

A rule sees every row in order, whatever the number of processes, so that findings are the same; what processes give
each other is findings, never rows. Reading is done by each of them: more processes than there are heavy rules gain
nothing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from limen.before.check.costs import KINDS, costs_of
from limen.before.check.known import Known
from limen.before.check.registry import all_rules, get_rule
from limen.before.check.rule import Context, Rule
from limen.before.check.runner import CheckResult, RuleResult, assembled, encoder, run_rules
from limen.core import Progress, Silent
from limen.data import read_rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


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


LARGE = 32 << 20
"""Bytes of a file from which a second process repays its start."""
_MOST = 4
"""Processes beyond which reading the file outweighs what a share of the rules takes."""


def jobs_for(file: str) -> int:
    """How many processes a file is checked by unless said otherwise: one a core for a large one, at most four.

    Args:
        file: A file; a folder or a hub id is checked by one process.
    """
    path = Path(file)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST) if path.is_file() and path.stat().st_size >= LARGE else 1


def check_file(
    file: str,
    asked: Context,
    *,
    format: str | None = None,
    jobs: int | None = None,
    tokenizer: PreTrainedTokenizerBase | None = None,
    rules: Sequence[type[Rule]] | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """Run rules over a file in several processes; findings are those of `check_rows`.

    Args:
        file: A file, a folder or a hub id.
        asked: What the check is asked for.
        format: Row format that overrules recognition.
        jobs: Most processes, this one counted; `jobs_for` the file where None. Rules that look at tokens all run in
            this one.
        tokenizer: The model's own, if `asked` says that there is one.
        rules: Which rules, all of them registered; None for all.
        progress: Who is told.

    Returns:
        Findings and what reading found.

    Raises:
        ReadError, RowError: The source cannot be read.
        UsageError: A lexicon cannot be read.
    """
    chosen = all_rules() if rules is None else list(rules)
    tokens = [rule for rule in chosen if rule.needs_tokenizer]
    idle = [rule for rule in chosen if rule.needs_against and asked.against is None]
    here, *elsewhere = shares(chosen, jobs or jobs_for(file), stay=[*tokens, *idle])
    stream = read_rows(file, format=format, strict=False)
    found: dict[str, RuleResult] = {}
    # What goes to other processes is packed by a thread while rules here count known rows and read lexicons
    theirs_to_ask = replace(asked, known=deepcopy(asked.known))
    codes = [tuple(rule.code for rule in share) for share in elsewhere]
    with ProcessPoolExecutor(max(len(elsewhere), 1), mp_context=get_context("spawn")) as pool:
        others = [pool.submit(run_share, Share(file, format, some, theirs_to_ask)) for some in codes]
        try:
            encode = encoder(tokenizer, "auto", asked.max_length)
            own = run_rules(here, stream, asked, encode=encode, progress=progress or Silent())
            found |= {one.code: one for one in own}
            for other in others:
                theirs, counted = other.result()
                found |= {one.code: one for one in theirs}
                asked.known.adopt(counted, [one.code for one in theirs])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return assembled([found[rule.code] for rule in chosen], stream, asked.known)


def run_share(share: Share) -> tuple[list[RuleResult], Known]:
    """Run the rules of a share, and say what they found and which known rows they met.

    Args:
        share: What to do.
    """
    stream = read_rows(share.file, format=share.format, strict=False)
    rules = [get_rule(code) for code in share.codes]
    return run_rules(rules, stream, share.context, progress=Silent()), share.context.known


def shares(rules: Sequence[type[Rule]], count: int, stay: Sequence[type[Rule]] = ()) -> list[list[type[Rule]]]:
    """Rules in shares of about the same cost on every kind of rows.

    The dearest first, each goes to the share in which least is done of what it does itself.

    Args:
        rules: The rules.
        count: Most shares; none but the first is empty.
        stay: Those that go to the first share; what they cost is left out.
    """
    whole = np.maximum(sum(costs_of(rule) for rule in rules if rule not in stay), 1e-9)
    made: list[list[type[Rule]]] = [list(stay), *([] for _ in range(count - 1))]
    loads = np.zeros((count, len(KINDS)))
    for rule in sorted((r for r in rules if r not in stay), key=lambda r: -float((costs_of(r) / whole).max())):
        cost = costs_of(rule) / whole
        least = int(np.argmin(loads @ cost))
        made[least].append(rule)
        loads[least] += cost
    return [made[0], *filter(None, made[1:])]
