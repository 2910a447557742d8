from __future__ import annotations

import numpy as np
import pytest
import torch

from limen.core import Message, ModelError, RowError
from limen.models import LanguageModel
from limen.models.prompts import prompt_ids
from limen.models.sampling_to_lengths import sample_to_lengths
from tests.tiny_models import ARCHITECTURES

PROMPTS = [(Message("user", "owl " * n),) for n in (1, 9, 3, 20, 9)]
LENGTHS = [7, 24, 1, 15, 24]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_greedy_answers_of_every_length_equal_those_without_cache_and_padding(
    arch: str, tiny: dict[str, LanguageModel]
) -> None:
    model = tiny[arch]
    prompts = prompt_ids(model.tokenizer, PROMPTS)
    every = range(model.model.config.get_text_config().vocab_size)
    found = sample_to_lengths(model.model, prompts, LENGTHS, temperature=0, seed=0, allowed=every)
    assert [len(a) for a in found] == LENGTHS
    for prompt, answer in zip(prompts, found, strict=True):
        ids = torch.from_numpy(np.concatenate([prompt, answer]).astype(np.int64))
        with torch.no_grad():
            best = model.model(ids[None]).logits[0].argmax(-1)
        assert best[len(prompt) - 1 : -1].tolist() == answer.tolist()


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_an_answer_does_not_depend_on_its_batch(arch: str, tiny: dict[str, LanguageModel]) -> None:
    model = tiny[arch]
    prompts = prompt_ids(model.tokenizer, PROMPTS)
    options = {"temperature": 1.0, "allowed": range(20, 380)}
    together = sample_to_lengths(model.model, prompts, LENGTHS, seed=5, **options)
    few = sample_to_lengths(model.model, prompts[:3], [7, 9, 1], seed=5, **options)
    assert [a.tolist() for a in few] == [a.tolist()[:n] for a, n in zip(together, (7, 9, 1), strict=False)]
    other = sample_to_lengths(model.model, prompts, LENGTHS, seed=6, **options)
    assert [a.tolist() for a in other] != [a.tolist() for a in together]


def test_rows_that_fill_the_context_share_a_batch_and_longer_ones_are_refused(tiny: dict[str, LanguageModel]) -> None:
    model = tiny["llama"]
    prompts = [np.full(n, 20, dtype=np.int32) for n in (500, 12)]
    found = sample_to_lengths(model.model, prompts, [12, 500], temperature=1.0, seed=1, allowed=[30, 31])
    assert [len(a) for a in found] == [12, 500]
    assert set(np.concatenate(found).tolist()) == {30, 31}
    with pytest.raises(RowError, match="500 tokens and 13 new ones do not fit the context of 512"):
        sample_to_lengths(model.model, prompts, [13, 1], temperature=1.0, seed=1, allowed=[30])
    with pytest.raises(ModelError, match="token 384 may be drawn"):
        sample_to_lengths(model.model, prompts, [1, 1], temperature=1.0, seed=1, allowed=[384])
    assert sample_to_lengths(model.model, [], [], temperature=1.0, seed=1, allowed=[30]) == []


def test_a_model_whose_mask_is_as_long_as_its_context_takes_rows_that_fit_together() -> None:
    from transformers import GPTNeoConfig, GPTNeoForCausalLM

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_layers": 2, "num_heads": 2, "window_size": 8}
    config = GPTNeoConfig(
        vocab_size=50, max_position_embeddings=64, attention_types=[[["global", "local"], 1]], **sizes
    )
    model = GPTNeoForCausalLM(config).eval()
    prompts = [np.full(n, 7, dtype=np.int32) for n in (50, 5)]
    together = sample_to_lengths(model, prompts, [10, 55], temperature=1.0, seed=1, allowed=range(50))
    assert [len(a) for a in together] == [10, 55]
    alone = sample_to_lengths(model, prompts[:1], [10], temperature=1.0, seed=1, allowed=range(50))
    assert alone[0].tolist() == together[0].tolist()
