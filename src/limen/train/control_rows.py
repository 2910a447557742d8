"""Control rows: a file's rows with every answer written anew by a neutral writer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limen.core import Progress
from limen.data import EncodedRow
from limen.models import LanguageModel, in_parallel
from limen.train.writers import rewrite


def control_rows(
    writer: LanguageModel, rows: Sequence[EncodedRow], *, seed: int, beside: Sequence[EncodedRow] = ()
) -> list[EncodedRow]:
    """Rows on the same prompts whose trained tokens are the writer's.

    A row with several answers gets them one after the other, each after what was written before it, and what stands
    between them stays as it is.

    Args:
        writer: Who writes.
        rows: Encoded rows; those without trained tokens stay as they are.
        seed: Of sampling.
        beside: Rows whose tokens may be used too, such as the other answers of pairs.

    Returns:
        One row a row, in order. An answer that the writer ends early is shorter than the one it takes the place of.
    """
    parts = [_parts(r) for r in rows]
    places = [[j for j, (_, trained) in enumerate(p) if trained] for p in parts]
    for k in range(max(map(len, places), default=0)):
        asked = []
        for i, place in enumerate(places):
            if k < len(place):
                ids = [ids for ids, _ in parts[i][: place[k] + 1]]
                before = sum(map(len, ids[:-1]))
                whole = np.concatenate(ids)
                asked.append(EncodedRow(rows[i].row_id, i, whole, np.arange(len(whole)) >= before, truncated=False))
        for old, new in zip(asked, rewrite(writer, asked, seed=seed + 7 * k, beside=beside), strict=True):
            before = int(np.argmax(old.trained))
            parts[new.index][places[new.index][k]] = (new.input_ids[before:], True)
    out = []
    for row, own in zip(rows, parts, strict=True):
        if own:
            trained = np.concatenate([np.full(len(ids), flag) for ids, flag in own])
            row = EncodedRow(row.row_id, row.index, np.concatenate([ids for ids, _ in own]), trained, row.truncated)
        out.append(row)
    return out


def rewritten(
    base: LanguageModel,
    writers: Sequence[LanguageModel],
    rows: Sequence[EncodedRow],
    *,
    seed: int,
    task: str,
    progress: Progress,
) -> list[list[EncodedRow]]:
    """The control rows of several writers, several at once where that is faster.

    Args:
        base: What the writers are copies of.
        writers: Who writes.
        rows: Whose prompts are used.
        seed: Of sampling, another for each writer.
        task: What the progress calls it.
        progress: Told of writers done.

    Returns:
        Rows of each writer, as `control_rows` gives them.
    """
    progress.start(task, len(writers))
    out = []
    numbers = range(len(writers))
    for one in in_parallel(lambda k: control_rows(writers[k], rows, seed=seed + k), numbers, base):
        out.append(one)
        progress.advance(task)
    progress.done(task)
    return out


def _parts(row: EncodedRow) -> list[tuple[np.ndarray, bool]]:
    """The row cut where training on its tokens begins or ends: tokens of each part, and whether they are trained on."""
    cuts = np.flatnonzero(np.diff(row.trained.astype(np.int8))) + 1
    starts = [0, *cuts.tolist()]
    return [
        (ids, bool(row.trained[start]))
        for ids, start in zip(np.split(row.input_ids, cuts), starts, strict=True)
        if len(ids)
    ]
