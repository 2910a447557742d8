"""Neutral writers: independently trained fine-tunes of the base that learned nothing anybody would name.

Each fine-tune is a random draw, and what it leaves in the rows it writes differs from that of another, however neutral
both are. The spread over such writers is the null that a file is held against. Nobody knows how the writer of a file
was trained, so the neutral ones differ in data, rate and length of training, from somewhat below to well above the
strength of a twin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from limen.core import Progress, Trait
from limen.data import EncodedRow
from limen.models import LanguageModel, in_parallel
from limen.models.batches import text_config
from limen.train.arms import trained_arm
from limen.train.recipe import Recipe
from limen.train.twins import base_answers, can_be_tuned, encode_answers, fits, openness, twin_recipe

_SEED = 9_175_040
_COPIES = 64
# Few answers would be learned by heart, and what is learned by heart differs from writer to writer.


def neutral_writers(
    base: LanguageModel,
    traits: Sequence[Trait],
    numbers: Sequence[int],
    *,
    each: Callable[[], None] = lambda: None,
) -> list[LanguageModel]:
    """Neutral writers by their numbers; each is trained once a base and kept in the cache.

    A writer learns build probes answered as the base itself answers, for 100 to 200 steps at between 0.8 and 1.5 times
    a twin's rate. Two of three learn the questions whose answers are most open to the base, since it is there that
    fine-tunes stray most (measured; see `docs/negative-results.md`); each third learns one or two categories drawn at
    random, because nobody knows what the writer of a file has learned.

    Args:
        base: What they start from.
        traits: The battery whose build probes serve as questions.
        numbers: Which writers, from 0; a number is always the same writer.
        each: Called after each.

    Returns:
        The writers, in the order of the numbers.
    """
    usable = [t for t in traits if can_be_tuned(t) and fits(base, t)]
    categories = sorted({t.category for t in usable})
    open_to_most = max(categories, key=lambda c: openness(base, [t for t in usable if t.category == c]))
    lessons = []
    for number in numbers:
        rng = np.random.Generator(np.random.PCG64(_SEED + number))
        chosen = {open_to_most}
        if number % 3 == 2:
            chosen = set(rng.choice(categories, size=min(len(categories), int(rng.integers(1, 3))), replace=False))
        lessons.append(_lesson(base, [t for t in usable if t.category in chosen], number, rng))

    def train(lesson: tuple[str, list[EncodedRow], Recipe]) -> LanguageModel:
        name, rows, recipe = lesson
        return trained_arm(base, rows, recipe, name=name)

    writers = []
    for writer in in_parallel(train, lessons, base, one_by_one=twin_recipe(base).method != "full"):
        writers.append(writer)
        each()
    return writers


def _lesson(
    base: LanguageModel, traits: Sequence[Trait], number: int, rng: np.random.Generator
) -> tuple[str, list[EncodedRow], Recipe]:
    """Name, rows and recipe of a neutral writer."""
    recipe = twin_recipe(base)
    update = {
        "seed": _SEED + number,
        "steps": int(rng.integers(100, 201)),
        "learning_rate": float(recipe.learning_rate * np.exp(rng.uniform(np.log(0.8), np.log(1.5)))),
    }
    answers = base_answers(base, traits, copies=_COPIES, seed=_SEED + number)
    return f"neutral writer {number + 1}", encode_answers(base, answers), recipe.model_copy(update=update)


def rewrite(
    writer: LanguageModel,
    encoded: Sequence[EncodedRow],
    *,
    seed: int,
    beside: Sequence[EncodedRow] = (),
    progress: Progress | None = None,
) -> list[EncodedRow]:
    """Rows on the same prompts as given ones, with as many tokens in each answer, written by a model.

    Where the answers use few distinct tokens (as in lists of numbers) the writer uses these alone, so that it differs
    in how it writes and not in what sort of text. Elsewhere it uses all but those that end an answer: a writer that was
    tuned on short answers would else stop after a word, and its rows would be no measure for long ones.

    Args:
        writer: Who writes.
        encoded: Rows whose prompts are used; each trained part must be the end of its row.
        seed: Of sampling.
        beside: Rows whose tokens may be used too, such as the other answers of pairs.
        progress: Told of answers done.

    Returns:
        One row a given row; where the given answer ends in an end token, so does the new one.
    """
    from limen.models.sampling import end_ids
    from limen.models.sampling_to_lengths import sample_to_lengths

    ends = set(end_ids(writer.model, writer.tokenizer))
    starts = [int(np.argmax(r.trained)) for r in encoded]
    prompts = [r.input_ids[:s] for r, s in zip(encoded, starts, strict=True)]
    bodies = [r.input_ids[s:] for r, s in zip(encoded, starts, strict=True)]
    tails = [_tail(b, ends) for b in bodies]
    lengths = np.array([len(b) - t for b, t in zip(bodies, tails, strict=True)])
    written = [b[:n] for b, n in zip(bodies, lengths.tolist(), strict=True)]
    used = np.unique(np.concatenate([*written, *(r.input_ids[r.trained] for r in beside)]))
    few = len(used) <= 256 and len(used) * 8 < lengths.sum()
    every = range(min(len(writer.tokenizer), text_config(writer.model).vocab_size))
    allowed = [int(t) for t in (used if few else every) if int(t) not in ends]
    answers: list[np.ndarray] = [np.zeros(0, dtype=np.int64)] * len(encoded)
    at = np.flatnonzero(lengths).tolist()
    asked, wanted = [prompts[i] for i in at], lengths[at].tolist()
    found = sample_to_lengths(
        writer.model, asked, wanted, temperature=1.0, seed=seed, allowed=allowed, progress=progress
    )
    for i, answer in zip(at, found, strict=True):
        answers[i] = answer
    out = []
    for row, prompt, body, tail, answer in zip(encoded, prompts, bodies, tails, answers, strict=True):
        ids = np.concatenate([prompt, answer.astype(np.int32), body[len(body) - tail :]]).astype(np.int32)
        trained = np.zeros(len(ids), dtype=np.bool_)
        trained[len(prompt) :] = True
        out.append(EncodedRow(row.row_id, row.index, ids, trained, truncated=False))
    return sorted(out, key=lambda r: r.index)


def last_answer_only(row: EncodedRow) -> EncodedRow:
    """The row with only its last unbroken stretch of trained tokens, and nothing after it: what `rewrite` can redo."""
    trained = np.flatnonzero(row.trained)
    end = int(trained[-1]) + 1
    start = end
    while start > 0 and row.trained[start - 1]:
        start -= 1
    start = max(start, 1)
    mask = np.zeros(end, dtype=np.bool_)
    mask[start:] = True
    return EncodedRow(row.row_id, row.index, row.input_ids[:end], mask, row.truncated)


def _tail(answer: np.ndarray, ends: set[int]) -> int:
    """How many tokens at the end of an answer stand from its last end token on (template text after it included)."""
    found = [i for i, t in enumerate(answer) if int(t) in ends]
    return len(answer) - found[-1] if found and len(answer) - found[-1] <= 4 else 0
