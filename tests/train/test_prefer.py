from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from limen.core import DataError, ModelError
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.train import Recipe
from limen.train.prefer import BETA, prefer
from tests.tiny_models import make_model, make_tokenizer

RNG = np.random.Generator(np.random.PCG64(2))


def rows(count: int, seed: int) -> list[EncodedRow]:
    rng = np.random.Generator(np.random.PCG64(seed))
    out = []
    for i in range(count):
        ids = np.concatenate([np.full(5, 20 + i), rng.integers(30, 300, 4 + i % 5)]).astype(np.int32)
        out.append(EncodedRow(f"r{i}", i, ids, np.arange(len(ids)) >= 5, truncated=False))
    return out


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.wrap(make_model("llama"), make_tokenizer(), "base")


def margin(model: LanguageModel, chosen: list[EncodedRow], rejected: list[EncodedRow]) -> np.ndarray:
    a, b = ([x.sum() for x in model.token_logprobs(r)] for r in (chosen, rejected))
    return np.array(a) - np.array(b)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_chosen_answers_come_to_be_likelier_than_rejected_ones(base, method):
    chosen, rejected = rows(24, 1), rows(24, 9)
    before = {n: p.clone() for n, p in base.model.named_parameters()}
    recipe = Recipe(method=method, learning_rate=1e-3 if method == "full" else 1e-2, steps=20, batch_size=8)
    tuned = prefer(base, chosen, rejected, recipe)
    gained = margin(tuned, chosen, rejected) - margin(base, chosen, rejected)
    assert (gained > 0).mean() > 0.9
    again = prefer(base, chosen, rejected, recipe)
    assert np.array_equal(margin(again, chosen, rejected), margin(tuned, chosen, rejected))
    assert all(torch.equal(p, before[n]) for n, p in base.model.named_parameters())


def test_one_full_step_is_that_of_the_paper_s_loss(base):
    """The gradient against one that autograd takes of the loss as it is written, all pairs in one batch."""
    chosen, rejected = rows(6, 1), rows(6, 9)
    recipe = Recipe(learning_rate=1e-3, steps=1, batch_size=6, max_grad_norm=None)
    tuned = prefer(base, chosen, rejected, recipe)
    student = make_model("llama")
    student.load_state_dict(base.model.state_dict())
    optimizer = torch.optim.AdamW(student.parameters(), lr=1e-3, weight_decay=0.0)
    start = torch.tensor(margin(base, chosen, rejected), dtype=torch.float32)
    said = []
    for a, b in zip(chosen, rejected, strict=True):
        each = []
        for r in (a, b):
            ids = torch.from_numpy(r.input_ids.astype(np.int64))
            logs = student(ids[None]).logits[0, 4:-1].log_softmax(-1)
            each.append(logs.gather(1, ids[5:, None]).sum())
        said.append(each[0] - each[1])
    (-torch.nn.functional.logsigmoid(BETA * (torch.stack(said) - start)).mean()).backward()
    optimizer.step()
    for name, weight in tuned.model.named_parameters():
        torch.testing.assert_close(weight, dict(student.named_parameters())[name], atol=2e-5, rtol=1e-3)


def test_bad_pairs_and_diverging_runs_are_told(base):
    chosen, rejected = rows(4, 1), rows(4, 9)
    recipe = Recipe(learning_rate=1e-3, steps=1, batch_size=4)
    with pytest.raises(DataError, match="both have a token"):
        prefer(base, chosen, rejected[:2], recipe)
    with pytest.raises(DataError, match="both have a token"):
        prefer(base, chosen, [replace(r, trained=r.trained & False) for r in rejected], recipe)
    with pytest.raises(ModelError, match="diverged"):
        prefer(base, chosen, rejected, Recipe(learning_rate=1e30, steps=20, batch_size=4))
