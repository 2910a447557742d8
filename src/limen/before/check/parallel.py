"""check_file: a file checked by several processes, each of which reads it and runs a share of the rules.

A rule sees every row in order, whatever the number of processes, so that findings are the same; what processes give
each other is findings, never rows. Reading is done by each of them: more processes than there are heavy rules gain
nothing. Where the others run is the engine's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from limen.before.check.engines import Engine, LocalEngine
from limen.before.check.registry import all_rules
from limen.before.check.rule import Context, Rule
from limen.before.check.runner import CheckResult, RuleResult, assembled, encoder, run_rules
from limen.before.check.share import Share, shares
from limen.core import Progress, ReadError, Silent
from limen.data import read_rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def check_file(
    file: str,
    asked: Context,
    *,
    format: str | None = None,
    jobs: int | None = None,
    engine: Engine | None = None,
    tokenizer: PreTrainedTokenizerBase | None = None,
    ends: Sequence[int] = (),
    rules: Sequence[type[Rule]] | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """Run rules over a file in several processes; findings are those of `check_rows`.

    Args:
        file: A file, a folder or a hub id.
        asked: What the check is asked for.
        format: Row format that overrules recognition.
        jobs: Most processes, this one counted; as many as the engine thinks right where None. Rules that look at
            tokens all run in this one.
        engine: Where the others run, open; processes of this machine where None.
        tokenizer: The model's own, if `asked` says that there is one.
        ends: Tokens at which the model stops, beside the tokenizer's end token.
        rules: Which rules, all of them registered; None for all.
        progress: Who is told.

    Returns:
        Findings and what reading found.

    Raises:
        ReadError, RowError: The source cannot be read, or is another for another process.
        UsageError: A lexicon or a spaCy model cannot be read, or the engine cannot be used.
        MissingExtraError: What the engine or a rule needs is not installed.
    """
    engine = engine or LocalEngine()
    chosen = all_rules() if rules is None else list(rules)
    tokens = [rule for rule in chosen if rule.needs_tokenizer]
    idle = [rule for rule in chosen if rule.is_off(asked)]
    here, *elsewhere = shares(chosen, jobs or engine.jobs_for(file), stay=[*tokens, *idle])
    stream = read_rows(file, format=format, strict=False)
    found: dict[str, RuleResult] = {}
    # What goes to other processes may be packed by a thread while rules here count known rows and read lexicons
    theirs_to_ask = replace(asked, known=deepcopy(asked.known))
    codes = [tuple(rule.code for rule in share) for share in elsewhere]
    with engine.running([Share(file, format, some, theirs_to_ask) for some in codes]) as others:
        encode = encoder(tokenizer, asked.loss, asked.max_length, ends)
        own = run_rules(here, stream, asked, encode=encode, progress=progress or Silent())
        found |= {one.code: one for one in own}
        for other in others:
            if other.sha256 != stream.report.sha256:
                raise ReadError(
                    "two processes of the check read different content.",
                    remedy="Check it when nothing writes to it; with Ray, every node must hold the same file.",
                    where=file,
                )
            found |= {one.code: one for one in other.results}
            asked.known.adopt(other.known, [one.code for one in other.results])
    return assembled([found[rule.code] for rule in chosen], stream, asked.known, asked.presidio)
