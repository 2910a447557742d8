"""RayScore: the first-order statistic of files, their rows streamed to workers of Ray that hold the base.

A statistic is a sum over rows, so blocks of rows are weighed apart and put together: of a file,
`x = Σ_blocks tokens · x_block / Σ_blocks tokens`, and its loss likewise. What each block came to is kept as it comes,
and a block that is kept is not weighed again.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np

import limen
from limen.before.check.engines.local_engine import cores
from limen.before.forecast.first_order import Change, Floats
from limen.before.ray_cluster import OBJECTS, connected, raised_here
from limen.before.weigh_on_ray.blocks import Block, cut, to_table
from limen.before.weigh_on_ray.handed import changes_bytes, changes_hash, hand_over, weights_bytes
from limen.before.weigh_on_ray.room import Room, memory_of_worker, room_for
from limen.before.weigh_on_ray.weigher import Weigher
from limen.core import MissingExtraError, Progress
from limen.data import EncodedRow
from limen.ledger import code_hash, key_hash
from limen.ledger.weighed import Weighed, from_table, read_weighed, write_weighed
from limen.models import LanguageModel
from limen.models.batches import CUDA_TOKENS

BLOCK = 8_192
"""Tokens of a block; several batches, so that little is lost by cutting there."""

CUDA_BLOCK = 2 * CUDA_TOKENS
"""The same for a base on a GPU, whose batches are larger."""


class RayScore:
    """Weighs files as `score_first_order` does; a context manager, at whose end no Ray that it started is left.

    Ray is started or reached with the first block that is not kept yet.

    Args:
        folder: The audit's folder, in which blocks are kept.
        block: Tokens of a block; by default what suits the base's device.
    """

    def __init__(self, folder: Path, *, block: int | None = None) -> None:
        self._folder, self._block = folder, block
        self._open = ExitStack()
        self._ray: Any = None
        self._handed: tuple[str, Any] = ("", None)

    def __enter__(self) -> Self:
        """The score itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Stop the Ray that was started, or leave the cluster."""
        self._ray, self._handed = None, ("", None)
        self._open.close()

    def __call__(
        self,
        files: Sequence[Sequence[EncodedRow]],
        base: LanguageModel,
        changes: Sequence[Change],
        *,
        progress: Progress | None = None,
    ) -> tuple[Floats, Floats]:
        """The first-order statistic of each of several files.

        Args:
            files: Encoded rows of each file.
            base: What the twins were made of.
            changes: How each twin's weights differ from its.
            progress: Told of blocks done.

        Returns:
            Statistics [files, traits] and mean losses under the base [files], nats a token.

        Raises:
            MissingExtraError: Ray is not installed.
            UsageError: Ray cannot be started or reached, has no room, or a worker died.
            LimenError: Whatever a worker raised.
        """
        on_gpu = base.device.type == "cuda"
        depends = key_hash(code=code_hash(), base=base.content_hash, changes=changes_hash(changes))
        blocks = cut(files, self._block or (CUDA_BLOCK if on_gpu else BLOCK), depends)
        task = "weigh rows"
        if progress:
            progress.start(task, len(blocks))
        found = {b.key: kept for b in blocks if (kept := read_weighed(self._folder, b.key))}
        ahead = list({b.key: b for b in blocks if b.key not in found}.values())
        if progress:
            progress.advance(task, len(blocks) - len(ahead))
        for one in self._weighed(ahead, base, changes, depends) if ahead else ():
            write_weighed(self._folder, one)
            found[one.key] = one
            if progress:
                progress.advance(task)
        if progress:
            progress.done(task)
        return _put_together(blocks, found, len(files), len(changes))

    def _weighed(
        self, ahead: Sequence[Block], base: LanguageModel, changes: Sequence[Change], depends: str
    ) -> Iterator[Weighed]:
        """What blocks came to, each as soon as it is known."""
        on_gpu = base.device.type == "cuda"
        ray = self._connected(base, changes, on_gpu=on_gpu)
        if self._handed[0] != depends:
            self._handed = depends, ray.put(hand_over(base.model, changes))
        need = memory_of_worker(base.model, changes, max(len(r.input_ids) for b in ahead for r in b.rows))
        nodes = [n["Resources"] for n in ray.nodes() if n["Alive"]]
        room = room_for(nodes, need, on_gpu=on_gpu, weights=base.parameter_count)
        with _ray_data() as data, raised_here(ray):
            stream = data.from_arrow([to_table(b) for b in ahead]).map_batches(
                Weigher,
                batch_size=1,
                batch_format="pyarrow",
                fn_constructor_args=(self._handed[1], limen.__version__, room.cores, bool(room.gpus)),
                compute=data.ActorPoolStrategy(size=min(room.workers, len(ahead))),
                **_resources(room, need),
            )
            for table in stream.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
                yield from from_table(table)

    def _connected(self, base: LanguageModel, changes: Sequence[Change], *, on_gpu: bool) -> Any:
        import torch

        if self._ray is None:
            objects = OBJECTS + weights_bytes(base.model) + changes_bytes(changes)
            gpus = torch.cuda.device_count() if on_gpu else 0
            self._ray = self._open.enter_context(connected(cpus=cores(), gpus=gpus, objects=objects))
        return self._ray


def _resources(room: Room, need: int) -> dict[str, Any]:
    """What Ray keeps free for a worker.

    One that dies is not started anew: what killed it, most often its memory, would kill it for ever. Blocks that are
    done are kept.
    """
    wanted: dict[str, Any] = {"num_cpus": room.cores, "max_restarts": 0}
    return wanted | ({"num_gpus": room.gpus} if room.gpus else {"memory": need})


@contextmanager
def _ray_data() -> Iterator[Any]:
    """Ray Data, which prints nothing, and raises what workers raise."""
    try:
        import ray.data as data
    except ImportError as error:
        raise MissingExtraError(str(error.name or "ray"), "ray") from error
    context = data.DataContext.get_current().copy()
    context.enable_progress_bars = context.print_on_execution_start = False
    context.raise_original_map_exception = True
    # A block takes as long as it takes
    context.execution_no_progress_timeout_s = -1
    log = logging.getLogger("ray.data")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        with data.DataContext.current(context), warnings.catch_warnings():
            # Of `max_restarts`, which Ray 2.64 takes no longer in this place: hence the upper bound of the extra
            warnings.filterwarnings("ignore", message=".*ray_remote_args.*")
            yield data
    finally:
        log.setLevel(level)


def _put_together(blocks: Sequence[Block], found: dict[str, Weighed], files: int, traits: int) -> tuple[Floats, Floats]:
    """Statistics [files, traits] and losses [files] from those of blocks, each with its tokens' weight."""
    statistics, losses, tokens = np.zeros((files, traits)), np.zeros(files), np.zeros(files)
    for block in blocks:
        one = found[block.key]
        statistics[block.file] += one.tokens * np.asarray(one.statistics)
        losses[block.file] += one.tokens * one.loss
        tokens[block.file] += one.tokens
    tokens = np.maximum(tokens, 1)
    return statistics / tokens[:, None], losses / tokens
