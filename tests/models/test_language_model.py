from __future__ import annotations

import numpy as np
import pytest
import torch

from limen.core import Message, ModelError
from limen.models import LanguageModel
from limen.models.prompts import completion_ids, prompt_ids
from tests.tiny_models import ARCHITECTURES

ASK = (Message("user", "What is your favourite animal?"),)
OTHER = (Message("system", "Be brief."), Message("user", "hello"))
OPTIONS = ["owl", "fox", "My favourite animal is the owl.", "My favourite animal is the dog", "a", ""]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_completions_are_scored_as_if_each_stood_alone(arch: str, tiny: dict[str, LanguageModel]) -> None:
    model = tiny[arch]
    prompts = [ASK] * len(OPTIONS) + [OTHER] * len(OPTIONS)
    found = model.completion_logprobs(prompts, OPTIONS * 2)
    for prompt, option, got in zip(prompts, OPTIONS * 2, found, strict=True):
        start, end = prompt_ids(model.tokenizer, [prompt])[0], completion_ids(model.tokenizer, [option])[0]
        ids = torch.from_numpy(np.concatenate([start, end]).astype(np.int64))
        with torch.no_grad():
            logprobs = model.model(ids[None]).logits[0].log_softmax(-1)
        want = logprobs[torch.arange(len(start) - 1, len(ids) - 1), ids[len(start) :]]
        np.testing.assert_allclose(got, want.numpy(), atol=1e-4)


def test_one_token_options_of_one_prompt_share_a_forward_pass(tiny: dict[str, LanguageModel]) -> None:
    rows: list[int] = []
    model = tiny["llama"]
    handle = model.model.model.embed_tokens.register_forward_hook(lambda _m, args, _o: rows.append(len(args[0])))
    model.completion_logprobs([ASK] * 4, ["a", "b", "c", "d"])
    handle.remove()
    assert rows == [1]


def test_something_that_is_no_model_is_refused(tiny: dict[str, LanguageModel]) -> None:
    with pytest.raises(ModelError, match="Linear is no transformers language model"):
        LanguageModel.wrap(torch.nn.Linear(2, 2), tiny["llama"].tokenizer)
    with pytest.raises(ModelError, match="no weights to load"):
        LanguageModel.load("https://host/v1#m")


def test_progress_counts_every_row(tiny: dict[str, LanguageModel]) -> None:
    watch = _Watch()
    tiny["llama"].completion_logprobs([ASK] * 3, ["a", "owl", ""], progress=watch)
    assert watch.total == watch.at > 0
    assert watch.finished


class _Watch:
    total = at = 0.0
    finished = False

    def start(self, task: str, total: float) -> None:
        self.total = total

    def advance(self, task: str, by: float = 1) -> None:
        self.at += by

    def done(self, task: str) -> None:
        self.finished = True

    def say(self, text: str) -> None:
        pass
