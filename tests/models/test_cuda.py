"""What models do on a GPU is what they do on a CPU, but for rounding. Run where there is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from limen.core import Message
from limen.data import EncodedRow
from limen.models import LanguageModel, ModelSpec
from limen.train import Recipe, fine_tune

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
RECIPE = Recipe(steps=8, batch_size=8, learning_rate=1e-3, seed=4)


@pytest.fixture(scope="module")
def pair(tiny_folders: dict[str, Path]) -> tuple[LanguageModel, LanguageModel]:
    """The same small Llama on the CPU and on the GPU."""
    on_cpu, on_gpu = (LanguageModel.load(ModelSpec(path=str(tiny_folders["llama"]), device=d)) for d in ("cpu", "cuda"))
    assert on_gpu.device.type == "cuda"
    return on_cpu, on_gpu


def rows(count: int = 40) -> list[EncodedRow]:
    order = np.random.default_rng(0)
    made = []
    for i in range(count):
        ids = order.integers(4, 380, int(order.integers(6, 60))).astype(np.int32)
        made.append(EncodedRow(str(i), i, ids, np.arange(len(ids)) >= 3, truncated=False))
    return made


def test_log_probabilities_are_the_cpus(pair: tuple[LanguageModel, LanguageModel]) -> None:
    on_cpu, on_gpu = pair
    for a, b in zip(on_cpu.token_logprobs(rows()), on_gpu.token_logprobs(rows()), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-4)


def test_activations_and_gradients_are_the_cpus(pair: tuple[LanguageModel, LanguageModel]) -> None:
    on_cpu, on_gpu = pair
    a, b = on_cpu.activations(rows(), [1, -1]), on_gpu.activations(rows(), [1, -1])
    for layer in a:
        np.testing.assert_allclose(a[layer], b[layer], atol=2e-4)
    for one, other in zip(on_cpu.row_gradients(rows(4)), on_gpu.row_gradients(rows(4)), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3 * float(np.abs(one).max()))


def test_samples_repeat(pair: tuple[LanguageModel, LanguageModel]) -> None:
    _, on_gpu = pair
    prompts = [(Message("user", f"number {i}"),) for i in range(30)]
    once = on_gpu.sample(prompts, max_new_tokens=12, seed=3)
    assert once == on_gpu.sample(prompts, max_new_tokens=12, seed=3)
    assert len(set(once)) > 20


def test_a_fine_tune_goes_where_the_cpus_goes(pair: tuple[LanguageModel, LanguageModel]) -> None:
    on_cpu, on_gpu = pair
    before = on_gpu.content_hash
    tuned = fine_tune(on_gpu, rows(), RECIPE)
    assert tuned.device.type == "cuda"
    assert LanguageModel(on_gpu.model, on_gpu.tokenizer, name="again").content_hash == before
    here, there = fine_tune(on_cpu, rows(), RECIPE).token_logprobs(rows()), tuned.token_logprobs(rows())
    start = on_cpu.token_logprobs(rows())
    moved = np.concatenate(here) - np.concatenate(start)
    assert np.corrcoef(moved, np.concatenate(there) - np.concatenate(start))[0, 1] > 0.999


def test_adapters_train_and_half_precision_scores(tiny_folders: dict[str, Path]) -> None:
    half = LanguageModel.load(ModelSpec(path=str(tiny_folders["llama"]), device="cuda", dtype="bfloat16"))
    whole = LanguageModel.load(ModelSpec(path=str(tiny_folders["llama"]), device="cuda", dtype="float32"))
    a, b = np.concatenate(half.token_logprobs(rows())), np.concatenate(whole.token_logprobs(rows()))
    assert np.abs(a - b).max() < 0.2
    assert np.abs(a - b).mean() < 0.02
    tuned = fine_tune(half, rows(), RECIPE.model_copy(update={"method": "lora"}))
    assert tuned.device.type == "cuda"
    assert np.isfinite(np.concatenate(tuned.token_logprobs(rows()))).all()
