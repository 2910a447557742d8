"""How many workers there is room for."""

from __future__ import annotations

import pytest

from limen.before.weigh_on_ray.room import GPU_PROCESS, Room, memory_of_worker, room_for
from limen.core import UsageError
from tests.tiny_models import make_model

GIB = 1 << 30
LARGE, SMALL = 10**9, 10**5


def node(cores: float, gib: float, gpus: float = 0) -> dict[str, float]:
    return {"CPU": cores, "memory": gib * GIB} | ({"GPU": gpus} if gpus else {})


@pytest.mark.parametrize(
    ("nodes", "weights", "expected"),
    [
        ([node(8, 100)], SMALL, Room(8, 1, 0)),
        ([node(8, 7)], SMALL, Room(3, 1, 0)),
        # Cores without memory of their own help those that have some
        ([node(8, 7)], LARGE, Room(3, 2, 0)),
        ([node(8, 7), node(4, 100), node(16, 1)], LARGE, Room(7, 1, 0)),
        ([{"memory": 100 * GIB}, node(2, 100)], SMALL, Room(2, 1, 0)),
        # A GPU of the cluster is not asked for by a base that lies on none
        ([node(4, 100, 2)], SMALL, Room(4, 1, 0)),
    ],
)
def test_workers_fit_cores_and_memory(nodes: list[dict[str, float]], weights: int, expected: Room) -> None:
    assert room_for(nodes, 2 * GIB, on_gpu=False, weights=weights) == expected


def test_a_base_on_a_gpu_asks_for_gpus_where_there_are_some() -> None:
    nodes = [node(8, 100, 2), node(4, 100)]
    assert room_for(nodes, 2 * GIB, on_gpu=True, weights=LARGE) == Room(2, 4, 1)
    assert room_for(nodes[1:], 2 * GIB, on_gpu=True, weights=LARGE) == Room(4, 1, 0)
    assert room_for([node(8, 1.5 * GPU_PROCESS / GIB, 2)], 1, on_gpu=True, weights=LARGE).workers == 1


def test_where_none_fits_it_is_said() -> None:
    for nodes in ([node(8, 1)], [{"memory": 9.0 * GIB}], []):
        with pytest.raises(UsageError, match=r"needs a core and 2\.0 GiB") as caught:
            room_for(nodes, 2 * GIB, on_gpu=False, weights=SMALL)
        assert "--engine" in caught.value.remedy


def test_a_longer_row_takes_more() -> None:
    model = make_model("llama")
    assert memory_of_worker(model, [], 100_000) > memory_of_worker(model, [], 2048) == memory_of_worker(model, [], 9)
