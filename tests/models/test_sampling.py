from __future__ import annotations

import numpy as np
import pytest
import torch

from limen.core import Message, ModelError, RowError
from limen.models import LanguageModel
from limen.models.prompts import prompt_ids
from limen.models.sampling import draw, sample_ids
from tests.tiny_models import ARCHITECTURES

PROMPTS = [(Message("user", "owl " * n),) for n in (1, 9, 3, 20)]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_greedy_answers_equal_those_without_cache_and_padding(arch: str, tiny: dict[str, LanguageModel]) -> None:
    model = tiny[arch]
    prompts = prompt_ids(model.tokenizer, PROMPTS)
    found = sample_ids(model.model, prompts, max_new_tokens=24, temperature=0, seed=0, allowed=None, ends=[])
    for prompt, answer in zip(prompts, found, strict=True):
        ids = torch.from_numpy(np.concatenate([prompt, answer]).astype(np.int64))
        with torch.no_grad():
            best = model.model(ids[None]).logits[0].argmax(-1)
        assert best[len(prompt) - 1 : -1].tolist() == answer.tolist()


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_an_answer_depends_on_its_seed_and_not_on_the_batch_or_the_global_state(
    arch: str, tiny: dict[str, LanguageModel]
) -> None:
    model = tiny[arch]
    torch.manual_seed(1)
    together = model.sample(PROMPTS, max_new_tokens=12, seed=5)
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert model.sample(PROMPTS, max_new_tokens=12, seed=5) == together
    assert model.sample(PROMPTS[:1], max_new_tokens=12, seed=5) == together[:1]
    assert torch.equal(torch.get_rng_state(), state)
    assert model.sample(PROMPTS, max_new_tokens=12, seed=6) != together


def test_rows_that_end_leave_the_batch_and_the_others_go_on(tiny: dict[str, LanguageModel]) -> None:
    model = tiny["gemma3"]
    prompts = prompt_ids(model.tokenizer, [PROMPTS[0]] * 40)
    options = {"max_new_tokens": 20, "temperature": 1.0, "seed": 3, "allowed": None}
    whole = sample_ids(model.model, prompts, **options, ends=[])
    ends = list(range(0, 384, 12))
    cut = sample_ids(model.model, prompts, **options, ends=ends)
    for a, b in zip(whole, cut, strict=True):
        stops = np.flatnonzero(np.isin(a, ends))
        assert b.tolist() == a[: stops[0]].tolist() if len(stops) else b.tolist() == a.tolist()
    assert len({len(b) for b in cut}) > 3


def test_only_allowed_tokens_are_drawn(tiny: dict[str, LanguageModel]) -> None:
    model = tiny["llama"]
    digits = [int(model.tokenizer.convert_tokens_to_ids(d)) for d in "0123456789"]
    answers = model.sample(PROMPTS * 5, max_new_tokens=8, seed=1, allowed_token_ids=digits)
    assert all(len(a) == 8 and a.isdigit() for a in answers)


def test_draws_follow_the_distribution() -> None:
    logits = torch.tensor([0.1, 0.6, 0.3]).log().repeat(20_000, 1)
    uniform = torch.from_numpy(np.random.default_rng(0).random(20_000))
    share = torch.bincount(draw(logits, uniform, 1.0), minlength=3).double() / 20_000
    torch.testing.assert_close(share, torch.tensor([0.1, 0.6, 0.3]).double(), atol=0.011, rtol=0)
    cold = torch.bincount(draw(logits, uniform, 0.5), minlength=3).double() / 20_000
    expected = torch.tensor([0.01, 0.36, 0.09]).double() / 0.46
    torch.testing.assert_close(cold, expected, atol=0.011, rtol=0)


def test_a_token_of_no_chance_is_never_drawn_not_even_at_the_edges() -> None:
    logits = torch.tensor([[float("-inf"), 0.0, float("-inf")]]).repeat(3, 1)
    assert draw(logits, torch.tensor([0.0, 0.5, 1 - 1e-16], dtype=torch.float64), 1.0).tolist() == [1, 1, 1]


def test_bad_requests_are_refused(tiny: dict[str, LanguageModel]) -> None:
    with pytest.raises(ModelError, match="not numbers"):
        draw(torch.full((1, 3), float("nan")), torch.tensor([0.5], dtype=torch.float64), 1.0)
    with pytest.raises(ModelError, match="token 384 may be drawn"):
        tiny["llama"].sample(PROMPTS, max_new_tokens=2, allowed_token_ids=[384])
    with pytest.raises(RowError, match="do not fit the context of 512"):
        tiny["llama"].sample(PROMPTS, max_new_tokens=600)
    assert tiny["llama"].sample([], max_new_tokens=5) == []
