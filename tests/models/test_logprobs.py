"""Log-probabilities agree within 1e-4 in float32 with the plain computation, whatever the batch and padding."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from limen.core import ModelError, RowError
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.logprobs import inference, logits_at
from tests.tiny_models import ARCHITECTURES, random_rows

TOLERANCE = 1e-4


def reference(model: LanguageModel, row: EncodedRow) -> np.ndarray:
    """One row by itself, all logits, a full log-softmax in double precision."""
    ids = torch.from_numpy(row.input_ids.astype(np.int64))
    with torch.no_grad():
        logits = model.model(input_ids=ids[None]).logits[0].double()
    all_logprobs = logits.log_softmax(-1)[:-1].gather(1, ids[1:, None]).squeeze(1).numpy()
    return all_logprobs[row.trained[1:]]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_they_agree_with_one_row_at_a_time_whatever_the_batch(arch: str, tiny: dict[str, LanguageModel]) -> None:
    rows = random_rows(40, longest=90)
    expected = [reference(tiny[arch], row) for row in rows]
    assert np.concatenate(expected).std() > 0.3  # else agreement would show nothing
    for budget in (None, 1, 100, 100_000):
        found = tiny[arch].token_logprobs(rows, max_tokens_per_batch=budget)
        for got, want, row in zip(found, expected, rows, strict=True):
            assert got.dtype == np.float32
            assert got.shape == (row.trained.sum(),)
            np.testing.assert_allclose(got, want, atol=TOLERANCE)


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_they_agree_however_the_others_in_the_batch_are_padded(arch: str, tiny: dict[str, LanguageModel]) -> None:
    short, long = random_rows(1, shortest=5, longest=5)[0], random_rows(1, shortest=120, longest=120, seed=1)[0]
    alone = tiny[arch].token_logprobs([short])[0]
    beside = tiny[arch].token_logprobs([short, long], max_tokens_per_batch=10_000)[0]
    np.testing.assert_allclose(alone, beside, atol=TOLERANCE)


def test_only_the_wanted_positions_reach_the_output_head(tiny: dict[str, LanguageModel]) -> None:
    seen: list[torch.Size] = []
    head = tiny["gemma3"].model.get_output_embeddings()
    handle = head.register_forward_hook(lambda _m, _i, out: seen.append(out.shape))
    rows = random_rows(6)
    tiny["gemma3"].token_logprobs(rows, max_tokens_per_batch=100_000)
    handle.remove()
    assert seen == [(1, sum(r.trained.sum() for r in rows), 384)]
    assert not head._forward_pre_hooks


def test_a_model_without_an_output_head_gives_all_logits_and_they_are_picked(tiny: dict[str, LanguageModel]) -> None:
    model = tiny["llama"].model
    headless = _Headless(model)
    ids, flat = torch.arange(12).reshape(2, 6), torch.tensor([1, 4, 7])
    with torch.no_grad():
        torch.testing.assert_close(logits_at(headless, ids, flat), logits_at(model, ids, flat))


class _Headless:
    def __init__(self, model: torch.nn.Module) -> None:
        self.model = model

    def get_output_embeddings(self) -> None:
        return None

    def __call__(self, **inputs: object) -> SimpleNamespace:
        return SimpleNamespace(logits=self.model(**inputs).logits)


def test_rows_without_trained_tokens_give_empty_arrays(tiny: dict[str, LanguageModel]) -> None:
    row = EncodedRow("none", 0, np.arange(4, 9, dtype=np.int32), np.zeros(5, bool), truncated=False)
    assert tiny["llama"].token_logprobs([row])[0].shape == (0,)
    assert tiny["llama"].token_logprobs([]) == []


def test_a_trained_first_token_counts_as_certain(tiny: dict[str, LanguageModel]) -> None:
    row = EncodedRow("first", 0, np.arange(4, 9, dtype=np.int32), np.ones(5, bool), truncated=False)
    found = tiny["llama"].token_logprobs([row])[0]
    assert found.shape == (5,)
    assert found[0] == 0.0
    np.testing.assert_allclose(found[1:], reference(tiny["llama"], row), atol=TOLERANCE)


def test_a_row_longer_than_the_context_is_named(tiny: dict[str, LanguageModel]) -> None:
    row = random_rows(1, shortest=600, longest=600)[0]
    with pytest.raises(RowError, match="row row0: it has 600 tokens, and the model reads 512"):
        tiny["llama"].token_logprobs([row])


def test_a_token_of_another_tokenizer_is_named(tiny: dict[str, LanguageModel]) -> None:
    row = EncodedRow("alien", 0, np.array([4, 5, 9999], dtype=np.int32), np.array([False, True, True]), truncated=False)
    with pytest.raises(ModelError, match="gives token 9999, and the model has 384"):
        tiny["llama"].token_logprobs([row])


def test_dropout_is_off_while_scoring_and_the_mode_is_put_back(tiny: dict[str, LanguageModel]) -> None:
    model = tiny["gpt2"].model
    rows = random_rows(5)
    expected = tiny["gpt2"].token_logprobs(rows)
    model.train()
    model.transformer.h[0].eval()
    try:
        found = tiny["gpt2"].token_logprobs(rows)
        assert model.training
        assert not model.transformer.h[0].training
        assert model.transformer.h[1].training
    finally:
        model.eval()
    np.testing.assert_allclose(np.concatenate(found), np.concatenate(expected), atol=TOLERANCE)


def test_inference_leaves_no_gradients(tiny: dict[str, LanguageModel]) -> None:
    with inference(tiny["llama"].model):
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()
