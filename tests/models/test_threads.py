"""Threads: one for a small model, the caller's own number afterwards, the same numbers however many work at once."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from limen.models import LanguageModel
from limen.models.threads import SMALL, draws, in_parallel, threads_for
from limen.train import Recipe, fine_tune
from tests.tiny_models import random_rows


@pytest.fixture
def two_threads() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("weights", "inside"), [(SMALL - 1, 1), (SMALL, 2)])
def test_threads_inside(two_threads: None, weights: int, inside: int) -> None:
    model: Any = SimpleNamespace(parameter_count=weights)
    with threads_for(model):
        assert torch.get_num_threads() == inside
    assert torch.get_num_threads() == 2


def test_threads_come_back_after_an_error(two_threads: None) -> None:
    model: Any = SimpleNamespace(parameter_count=1)
    with pytest.raises(KeyboardInterrupt), threads_for(model):
        raise KeyboardInterrupt
    assert torch.get_num_threads() == 2


def test_trainings_at_once_give_the_same_weights(two_threads: None, tiny: dict[str, LanguageModel]) -> None:
    llama, rows = tiny["llama"], random_rows(64)
    seen: set[int] = set()

    def one(seed: int) -> LanguageModel:
        seen.add(threading.get_ident())
        return fine_tune(llama, rows, Recipe(steps=6, batch_size=16, learning_rate=1e-3, seed=seed))

    with threads_for(llama):
        at_once = [m.content_hash for m in in_parallel(one, range(4), llama)]
        assert threading.get_ident() not in seen
        assert at_once == [one(seed).content_hash for seed in range(4)]


def test_what_shares_a_model_and_what_has_dropout_come_one_after_another(
    two_threads: None, tiny: dict[str, LanguageModel]
) -> None:
    llama = tiny["llama"]
    assert not draws(llama.model)
    assert draws(SimpleNamespace(config=SimpleNamespace(to_dict=lambda: {"attn_pdrop": 0.1, "dropout": None})))
    assert set(in_parallel(lambda _: threading.get_ident(), range(4), llama, one_by_one=True)) == {
        threading.get_ident()
    }


def test_an_error_of_one_piece_is_the_error_of_all(two_threads: None, tiny: dict[str, LanguageModel]) -> None:
    def fail(item: int) -> int:
        if item == 1:
            raise ValueError("the second")
        return item

    with pytest.raises(ValueError, match="the second"):
        list(in_parallel(fail, range(4), tiny["llama"]))
    assert torch.get_num_threads() == 2


def test_a_model_is_read_while_copies_of_it_are_trained(two_threads: None, tiny: dict[str, LanguageModel]) -> None:
    llama, rows = tiny["llama"], random_rows(48)
    alone = [x.tolist() for x in llama.token_logprobs(rows)]
    many = rows * 6

    def one(seed: int) -> LanguageModel:
        return fine_tune(llama, rows, Recipe(steps=1, batch_size=16, learning_rate=1e-3, seed=seed))

    # Copies are taken all the time while the base is read: none may keep a hook of the reading.
    for student in in_parallel(one, range(40), llama):
        assert not student.model.get_output_embeddings()._forward_pre_hooks
        llama.token_logprobs(many)
    assert [x.tolist() for x in llama.token_logprobs(rows)] == alone
