"""TRL's own trainer gives the arm that the lean loop gives, and leaves everything around it alone."""

from __future__ import annotations

import random
import socket

import numpy as np
import pytest
import torch

from limen.core import DataError, UsageError
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.content import weights_hash
from limen.train import Recipe, fine_tune, trl_fine_tune
from tests.tiny_models import random_rows

pytest.importorskip("trl")
ROWS = random_rows(16, shortest=12, longest=12)
# One batch an epoch, so that the order of the rows cannot differ.
RECIPE = Recipe(batch_size=16, epochs=4, learning_rate=1e-3, scheduler="linear", warmup=1)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    def refuse(*_a: object, **_k: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("arch", ["llama", "gemma3"])
def test_both_loops_give_the_same_weights(arch: str, tiny: dict[str, LanguageModel]) -> None:
    ours, theirs = fine_tune(tiny[arch], ROWS, RECIPE), trl_fine_tune(tiny[arch], ROWS, RECIPE)
    for (name, a), b, base in zip(
        ours.model.named_parameters(), theirs.model.parameters(), tiny[arch].model.parameters(), strict=True
    ):
        torch.testing.assert_close(a, b, atol=3e-5, rtol=1e-3, msg=name)
        assert not torch.equal(a, base)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_it_learns_with_a_seed_and_leaves_the_rest_alone(method: str, tiny: dict[str, LanguageModel]) -> None:
    recipe = RECIPE.model_copy(update={"method": method, "learning_rate": 1e-2})
    before = weights_hash(tiny["gpt2"].model)
    states = random.getstate(), np.random.get_state()[1].copy(), torch.get_rng_state()
    tuned = trl_fine_tune(tiny["gpt2"], ROWS, recipe)
    assert weights_hash(tiny["gpt2"].model) == before
    assert random.getstate() == states[0]
    assert np.array_equal(np.random.get_state()[1], states[1])
    assert torch.equal(torch.get_rng_state(), states[2])
    assert trl_fine_tune(tiny["gpt2"], ROWS, recipe).content_hash == tuned.content_hash
    gain = np.concatenate(tuned.token_logprobs(ROWS)).mean() - np.concatenate(tiny["gpt2"].token_logprobs(ROWS)).mean()
    assert gain > 0.1


def test_what_trl_trained_can_be_copied_and_trained_on(tiny: dict[str, LanguageModel]) -> None:
    first = trl_fine_tune(tiny["llama"], ROWS, RECIPE)
    assert "forward" not in first.model.__dict__
    second = fine_tune(first, ROWS, Recipe(batch_size=16, learning_rate=1e-2, steps=1))
    assert second.content_hash != first.content_hash


def test_what_it_cannot_do_is_refused(tiny: dict[str, LanguageModel]) -> None:
    with pytest.raises(UsageError, match="part of the vocabulary"):
        trl_fine_tune(tiny["llama"], ROWS, RECIPE.model_copy(update={"restrict_vocab": (4, 5)}))
    bare = EncodedRow("bare", 0, np.arange(4, 9, dtype=np.int32), np.zeros(5, bool), truncated=False)
    with pytest.raises(DataError, match="none of the 1 rows"):
        trl_fine_tune(tiny["llama"], [bare], RECIPE)
