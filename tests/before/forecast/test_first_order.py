"""The first-order statistic is the slope of the log-likelihood ratio, whatever a twin is made of."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from limen.before.forecast.first_order import change_of, score_first_order
from limen.before.forecast.likelihood_ratio import score_files
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.gradients import batch_gradients
from limen.train import Recipe, fine_tune
from limen.train.prompted_twin import PromptedTwin
from tests.tiny_models import make_tiny

LORA = Recipe(method="lora", rank=3, alpha=6.0, steps=4, batch_size=8, learning_rate=3e-3, seed=1)


@pytest.fixture(scope="module", params=["llama", "gpt2"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    folder: Path = tmp_path_factory.mktemp("tiny")
    return LanguageModel.load(str(make_tiny(request.param, folder / request.param)))


def rows(count: int = 30, seed: int = 0) -> list[EncodedRow]:
    order = np.random.default_rng(seed)
    made = []
    for i in range(count):
        ids = order.integers(4, 380, int(order.integers(6, 40))).astype(np.int32)
        made.append(EncodedRow(str(i), i, ids, np.arange(len(ids)) >= 3, truncated=False))
    return made


def near(base: LanguageModel, scale: float) -> LanguageModel:
    """The base with each weight a little off."""
    other = copy.deepcopy(base.model)
    torch.manual_seed(5)
    with torch.no_grad():
        for weight in other.parameters():
            weight += scale * torch.randn_like(weight) * weight.std()
    return LanguageModel(other, base.tokenizer, name="near")


def test_near_the_base_it_is_the_ratio(base: LanguageModel) -> None:
    twins = [near(base, 1e-3), near(base, -1e-3)]
    changes = [change for twin in twins if (change := change_of(base, twin))]
    files = [rows(), rows(20, seed=1)]
    found, losses = score_first_order(files, base, changes)
    ratios = score_files(files, base, twins)
    np.testing.assert_allclose(found, ratios.statistics, rtol=0.1, atol=1e-6)
    np.testing.assert_allclose(losses, ratios.losses, rtol=1e-4)
    np.testing.assert_allclose(found[:, 0], -found[:, 1], rtol=1e-3)


def test_an_adapter_is_followed_through_its_factors(base: LanguageModel) -> None:
    twin = fine_tune(base, rows(), LORA)
    change = change_of(base, twin)
    assert change is not None
    assert change.factors
    whole = copy.deepcopy(twin.model).merge_and_unload()
    dense = change_of(base, LanguageModel(whole, base.tokenizer, name="merged"))
    assert dense is not None
    found, _ = score_first_order([rows(seed=2)], base, [change, dense])
    assert found[0, 0] == pytest.approx(found[0, 1], rel=1e-3, abs=1e-7)
    assert found[0, 0] != 0


def test_where_no_gradient_leads_there_is_none(base: LanguageModel) -> None:
    tuned = fine_tune(base, rows(), LORA)
    assert change_of(base, PromptedTwin(base, "you like owls .")) is None
    assert change_of(tuned, base) is None


def test_threads_change_nothing(base: LanguageModel) -> None:
    change = change_of(base, near(base, 1e-2))
    assert change is not None
    files = [rows(seed=k) for k in range(6)]
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone, _ = score_first_order(files, base, [change])
        torch.set_num_threads(3)
        together, _ = score_first_order(files, base, [change])
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(alone, together)
    assert not any(m._forward_pre_hooks for m in base.model.modules())


def test_gradients_of_batches_are_those_of_their_rows(base: LanguageModel) -> None:
    total: dict[str, torch.Tensor] = {}
    likely = []

    def use(gradients: dict[str, torch.Tensor], logprob: float) -> None:
        likely.append(logprob)
        for name, gradient in gradients.items():
            total[name] = total.get(name, torch.zeros(())) + gradient

    some = rows()
    batch_gradients(base.model, some, use)
    by_row = sum(base.row_gradients(some))
    together = np.concatenate([total[n].numpy().ravel() for n, _ in base.model.named_parameters()])
    np.testing.assert_allclose(together, by_row, atol=1e-3 * float(np.abs(by_row).max()))
    assert sum(likely) == pytest.approx(sum(float(x.sum()) for x in base.token_logprobs(some)), rel=1e-4)
    assert all(p.grad is None for p in base.model.parameters())
