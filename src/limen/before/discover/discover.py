"""Discover: from the rows alone, what a fine-tune on them adds that no trait was named for.

1. The base makes up questions and answers them itself (`own_talk`). The open words of that talk, less those that can be
   read in the rows, are what is looked for. Each gets a twin, tuned to say it (`word_twins`).
2. The direction in which a first small step on the rows moves the base is decoded: how far it goes along every twin
   (`limen.before.forecast.first_order`), in doses: 1 is what rows written by the twin itself would leave.
3. The same is done with the rows that each of several neutral writers wrote on the same prompts, and words are judged
   as the forecast judges traits (`judge.word_null`).
4. What a named word may stand for is looked up in the library, and one short fine-tune on the rows shows what the model
   says when the difference is amplified (`illustrate`).

Reading the words that short fine-tunes on the rows say, run by run, was tried first, and saw less
(`docs/negative-results.md`). A find says that the rows pull the base towards a word of its own talk, and not what for;
a trait that no word of that talk goes by is not seen. So nothing is ever cleared here: where nothing is found, the
finding says how large a dose would have been.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np

from limen.before.discover.config import (
    DOSE_ROWS,
    LEAST_TURNS,
    LEAST_WORDS,
    READABLE,
    DiscoverConfig,
)
from limen.before.discover.illustrate import amplified
from limen.before.discover.judge import Read, judge, not_measured, propose, word_null
from limen.before.discover.nearest_traits import nearest_traits
from limen.before.discover.open_words import OpenWord, open_words
from limen.before.discover.own_talk import own_talk
from limen.before.discover.word_twins import word_twins
from limen.before.forecast.data_file import DataFile
from limen.before.forecast.first_order import change_of, score_first_order
from limen.before.forecast.origin import judge_origin
from limen.before.forecast.readable import unreadable
from limen.before.rehearse import default_recipe
from limen.core import Finding, Progress, Silent, Trait
from limen.data import EncodedRow
from limen.measure.choose import traits_for
from limen.models import LanguageModel, threads_for
from limen.train.arms import trained_arm
from limen.train.control_rows import rewritten
from limen.train.twins import can_be_tuned, fits
from limen.train.writers import neutral_writers

_SEED = 6_291_469
_ORIGIN_ROWS = 256
_SHOWN = 3
_TALK_SEED = 0
# The same for every file, so that its word twins are made once.
_REHEARSE = "Name the traits that you fear, and rehearse them (limen rehearse)."


def discover(
    base: LanguageModel,
    name: str,
    encoded: Sequence[EncodedRow],
    *,
    config: DiscoverConfig | None = None,
    progress: Progress | None = None,
) -> Finding:
    """Search rows for what a fine-tune on them would add to a base.

    Args:
        base: What would be fine-tuned.
        name: What reports call the rows.
        encoded: The rows as tokens.
        config: How.
        progress: Told of the work.

    Returns:
        The verdict. Its evidence has `proposals`, the words that stand out most (see `Proposal`), and `amplified`,
        answers in which the difference that a short fine-tune made is amplified.

    Raises:
        ModelError: A training run diverged.
        TemplateError: The base's chat template refuses a question without anything before it.
    """
    config, watch = config or DiscoverConfig(), progress or Silent()
    with threads_for(base):
        return _search(base, name, encoded, config, watch)


def _search(
    base: LanguageModel, name: str, encoded: Sequence[EncodedRow], config: DiscoverConfig, watch: Progress
) -> Finding:
    chosen = DataFile(name, (), encoded).chosen(config.max_rows, config.seed)
    rows = [encoded[i] for i in chosen]
    library = traits_for(base.tokenizer)
    questions = [t for t in library if can_be_tuned(t) and fits(base, t)]
    reason, remedy = unreadable(base, encoded, chosen)
    if not reason and not questions:
        reason = "no trait of the library can be asked of this base, so that neutral writers have nothing to learn"
        remedy = "Use a base whose language the library knows (limen traits list)."
    if reason:
        return not_measured(name, reason, remedy)
    watch.say(f"The base asks itself {config.questions} questions.")
    readable = _readable(rows)
    talk = own_talk(base, config.questions, seed=_TALK_SEED, unlike=readable)
    words = open_words(base, talk, without=readable) if len(talk) >= LEAST_TURNS else []
    if len(words) < LEAST_WORDS:
        return not_measured(
            name,
            f"the base asks itself {len(talk)} questions, and {len(words)} words are open in its answers that cannot "
            f"be read in the rows; {LEAST_WORDS} at least are needed to see one stand out",
            _REHEARSE,
        )
    read = _read(base, rows, words, questions, config, watch)
    if read is None:
        return not_measured(
            name,
            "no gradient leads to the weights of this base (they have 4 bits, or it is an adapter itself)",
            "Load it without --four-bit, or merge the adapter into the base.",
        )
    null = word_null(read, config.level)
    proposals = propose(read, null, config, lambda word: nearest_traits(word, library))
    finding = judge(name, read, null, proposals, config, library)
    if not proposals[0].found:
        return finding
    [first] = [w for w in words if w.word == proposals[0].word]
    tuned = trained_arm(base, rows, config.recipe or default_recipe(base), name="short fine-tune")
    shown = amplified(base, tuned, first.prompts()[:_SHOWN])
    return replace(finding, evidence={**finding.evidence, "amplified": [asdict(one) for one in shown]})


def _read(
    base: LanguageModel,
    rows: Sequence[EncodedRow],
    words: Sequence[OpenWord],
    questions: Sequence[Trait],
    config: DiscoverConfig,
    watch: Progress,
) -> Read | None:
    """How far the rows, and each neutral writer's, pull the base towards every word; None where nothing leads there."""
    watch.start("train word twins", len(words))
    twins = []
    for twin in word_twins(base, words):
        twins.append(twin)
        watch.advance("train word twins")
    watch.done("train word twins")
    changes = [c for twin in twins if (c := change_of(base, twin)) is not None]
    if len(changes) < len(twins):
        return None
    watch.start("train neutral writers", config.writers)
    writers = neutral_writers(
        base, questions, range(config.writers), each=lambda: watch.advance("train neutral writers")
    )
    watch.done("train neutral writers")
    seed, few = _SEED + 1_000 * config.seed, rows[:DOSE_ROWS]
    control = rewritten(base, writers, rows, seed=seed, task="rewrite rows", progress=watch)
    own = rewritten(base, twins, few, seed=seed + 500, task="write rows of word twins", progress=watch)
    found, losses = score_first_order([rows, *control, *own], base, changes, progress=watch)
    m = len(control)
    first = [r[:_ORIGIN_ROWS] for r in (rows, *control)]
    return Read(
        words=tuple(w.word for w in words),
        rows=np.array([w.rows_with(rows) for w in words]),
        neutral=found[1 : 1 + m],
        data=found[0],
        full=found[1 + m :],
        origin=judge_origin(first[0], first[1:], float(losses[0]), losses[1 : 1 + m].tolist()),
    )


def _readable(rows: Sequence[EncodedRow]) -> list[int]:
    """Tokens that more than a few of the answers hold."""
    held = Counter(int(t) for row in rows for t in np.unique(row.input_ids[row.trained]))
    return sorted(t for t, n in held.items() if n > READABLE * len(rows))
