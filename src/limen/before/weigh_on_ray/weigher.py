"""Weigher: a worker of Ray that holds the base and weighs one block after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limen.before.forecast.first_order import Change, score_first_order
from limen.before.ray_cluster import same_limen
from limen.before.weigh_on_ray.blocks import from_table, trained_tokens
from limen.before.weigh_on_ray.handed import Handed, changes_bytes, weights_bytes
from limen.core import ModelError
from limen.data import EncodedRow
from limen.ledger.weighed import Weighed, to_table
from limen.models import LanguageModel

if TYPE_CHECKING:
    import pyarrow as pa


class Weigher:
    """Weighs blocks; what it holds is fetched with the first, for Ray tells what fails before that without its words.

    Args:
        handed: Ray's reference to what it holds.
        version: Of the Limen that asks.
        cores: How many it works on.
        gpu: Whether it works on a GPU, the one that Ray lets it see.
    """

    def __init__(self, handed: Any, version: str, cores: int, gpu: bool) -> None:
        self._handed, self._version, self._cores, self._gpu = handed, version, cores, gpu
        self._held: tuple[LanguageModel, list[Change]] | None = None

    def __call__(self, blocks: pa.Table) -> pa.Table:
        """What blocks of rows come to, one a row."""
        return to_table([self._weigh(key, rows) for key, rows in from_table(blocks)])

    def _weigh(self, key: str, rows: list[EncodedRow]) -> Weighed:
        if self._held is None:
            import ray

            same_limen(self._version)
            self._held = held(ray.get(self._handed), self._cores, gpu=self._gpu)
        base, changes = self._held
        statistics, losses = score_first_order([rows], base, changes)
        return Weighed(key, trained_tokens(rows), float(losses[0]), tuple(statistics[0].tolist()))


def held(handed: Handed, cores: int, *, gpu: bool) -> tuple[LanguageModel, list[Change]]:
    """The base and the changes of its weights, where the work is done.

    Args:
        handed: As they came.
        cores: How many torch works on.
        gpu: Whether they go to the GPU.

    Raises:
        ModelError: They do not fit it.
    """
    import torch

    torch.set_num_threads(cores)
    model = handed.model()
    if gpu:
        # Gradients are held beside the weights
        need = 2 * weights_bytes(model) + changes_bytes(handed.changes_on("cpu"))
        free = torch.cuda.mem_get_info()[0]
        if need > free:
            raise ModelError(
                f"a Ray worker needs {need / 2**30:.1f} GiB of its GPU, and {free / 2**30:.1f} GiB are free.",
                remedy="Free it, or leave --engine out.",
            )
        model = model.to("cuda")
    # It encodes nothing, so it needs no tokenizer
    return LanguageModel(model, None, name="base"), handed.changes_on("cuda" if gpu else "cpu")
