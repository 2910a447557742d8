"""What workers are handed is the model itself, whatever its number format and however its weights are tied."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch

from limen.before.forecast.first_order import Change
from limen.before.weigh_on_ray.handed import changes_hash, hand_over
from limen.core import UsageError
from tests.tiny_models import ARCHITECTURES, make_model


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_model_arrives_as_it_was(arch: str, dtype: torch.dtype) -> None:
    model = make_model(arch).to(dtype)
    before = {n: w.clone() for n, w in model.state_dict().items()}
    arrived = pickle.loads(pickle.dumps(hand_over(model, []))).model()
    assert [n for n, _ in arrived.named_parameters()] == [n for n, _ in model.named_parameters()]
    ids = torch.arange(4, 30)[None]
    with torch.no_grad():
        torch.testing.assert_close(arrived(ids).logits, model(ids).logits, rtol=0, atol=0)
    assert all(torch.equal(w, before[n]) for n, w in model.state_dict().items())


def test_workers_read_weights_where_they_lie() -> None:
    handed = hand_over(make_model("llama"), [])
    places = {flat.raw.__array_interface__["data"][0] for flat in handed.weights}
    assert {w.data_ptr() for w in handed.model().parameters()} == places


def test_read_only_memory_is_enough() -> None:
    handed = hand_over(make_model("llama"), [])
    for flat in handed.weights:
        flat.raw.setflags(write=False)
    model = handed.model()
    assert torch.isfinite(model(torch.arange(4, 9)[None]).logits).all()


def test_changes_arrive_and_have_one_hash() -> None:
    order = np.random.default_rng(0)
    a, b, c = (torch.tensor(order.normal(size=(4, 4)), dtype=torch.float32) for _ in range(3))
    some = [Change({"w": a}, {}), Change({}, {"v": (b, c, True)})]
    arrived = pickle.loads(pickle.dumps(hand_over(make_model("llama"), some))).changes_on("cpu")
    assert torch.equal(arrived[0].dense["w"], a)
    assert arrived[1].factors["v"][2] is True
    assert changes_hash(arrived) == changes_hash(some)
    others = [some[::-1], some[:1], [some[0], Change({}, {"v": (b, c, False)})], [Change({"w": a + 1e-6}, {}), some[1]]]
    assert len({changes_hash(x) for x in (some, *others)}) == 5


def test_a_spread_model_is_refused() -> None:
    model = make_model("llama")
    model.hf_device_map = {"": 0}
    with pytest.raises(UsageError, match="--device-map"):
        hand_over(model, [])
