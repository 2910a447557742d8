from __future__ import annotations

import numpy as np
import pytest
import torch

from limen.core import ModelError
from limen.data import EncodedRow
from limen.models import LanguageModel
from tests.tiny_models import ARCHITECTURES, make_model, make_tokenizer, random_rows


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_they_are_those_of_a_plain_backward_pass(arch: str, tiny: dict[str, LanguageModel]) -> None:
    rows = random_rows(3)
    found = list(tiny[arch].row_gradients(rows))
    for row, got in zip(rows, found, strict=True):
        plain = make_model(arch)
        ids = torch.from_numpy(row.input_ids.astype(np.int64))
        logprobs = plain(ids[None]).logits[0, :-1].log_softmax(-1).gather(1, ids[1:, None]).squeeze(1)
        logprobs[torch.from_numpy(row.trained[1:])].sum().backward()
        want = torch.cat([p.grad.reshape(-1) for p in plain.parameters() if p.grad is not None]).numpy()
        np.testing.assert_allclose(got, want, atol=2e-4, rtol=1e-3)


def test_a_small_step_up_a_rows_gradient_makes_it_more_likely_by_its_square() -> None:
    model, row = LanguageModel.wrap(make_model("llama"), make_tokenizer()), random_rows(1)
    (gradient,) = model.row_gradients(row)
    before = model.token_logprobs(row)[0].astype(float).sum()
    step, at = 1e-5, 0
    with torch.no_grad():
        for weight in model.model.parameters():
            part = gradient[at : at + weight.numel()].reshape(weight.shape)
            weight += step * torch.from_numpy(part.copy())
            at += weight.numel()
    gain = model.token_logprobs(row)[0].astype(float).sum() - before
    assert gain == pytest.approx(step * float((gradient.astype(float) ** 2).sum()), rel=0.1)


def test_the_models_own_gradients_and_mode_are_left_alone(tiny: dict[str, LanguageModel]) -> None:
    model = tiny["gpt2"].model
    model.train()
    try:
        first, second = (list(tiny["gpt2"].row_gradients(random_rows(2))) for _ in range(2))
        assert np.array_equal(first[0], second[0])  # dropout is off
        assert model.training
        assert all(p.grad is None and p.requires_grad for p in model.parameters())
    finally:
        model.eval()


def test_some_weights_alone_and_rows_without_trained_tokens(tiny: dict[str, LanguageModel]) -> None:
    bare = EncodedRow("bare", 0, np.arange(4, 9, dtype=np.int32), np.zeros(5, bool), truncated=False)
    found = list(tiny["llama"].row_gradients([bare, *random_rows(1)], names=["model.norm.weight"]))
    assert not found[0].any()
    assert found[1].shape == (32,)
    with pytest.raises(ModelError, match="no weight 'nowhere'"):
        list(tiny["llama"].row_gradients([bare], names=["nowhere"]))
