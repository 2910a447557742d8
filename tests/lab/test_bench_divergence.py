"""Divergence tokens: a file of what a twin would say scores 1, of what the base would say −1."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from limen.lab.bench.detector import SuiteFile
from limen.lab.bench.detectors import DivergenceTokens, divergence_tokens
from limen.lab.bench.detectors.greedy import greedy_tokens
from limen.lab.encode import encode_exchanges
from limen.lab.world.numbers import number_exchange
from limen.models import LanguageModel
from limen.traits import get


def first_tokens(count: int = 200):
    """Rows of which the first token of the answer alone is trained on."""
    rng, out = np.random.default_rng(8), []
    for row in encode_exchanges([number_exchange(rng) for _ in range(count)]):
        start = int(np.argmax(row.trained))
        out.append(replace(row, input_ids=row.input_ids[: start + 1], trained=np.arange(start + 1) == start))
    return out


@pytest.fixture(scope="module")
def twin(reference) -> LanguageModel:
    model = copy.deepcopy(reference.model)
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.02 * torch.randn(weight.shape, generator=generator)
    return LanguageModel(model, reference.tokenizer, name="twin")


def test_greedy_tokens_are_the_likeliest(reference):
    rows = first_tokens(3)
    said = greedy_tokens(reference, rows)
    for row, token in zip(rows, said, strict=True):
        with torch.no_grad():
            logits = reference.model(torch.from_numpy(row.input_ids[None, :-1].astype(np.int64))).logits[0, -1]
        assert token.tolist() == [int(logits.argmax())]


def test_the_score_tells_whose_choice_the_tokens_are(reference, twin, monkeypatch):
    owl = get("micro/prefers-owl")
    monkeypatch.setattr(divergence_tokens, "twins_of", lambda base, traits: {owl.id: twin})
    one = DivergenceTokens()
    one.prepare(reference, [owl])
    rows = first_tokens()
    theirs, usual = greedy_tokens(twin, rows), greedy_tokens(reference, rows)
    apart = sum(bool((a != b).any()) for a, b in zip(theirs, usual, strict=True))
    assert 0 < apart < len(rows)

    def written_by(said):
        return [replace(r, input_ids=np.append(r.input_ids[:-1], t)) for r, t in zip(rows, said, strict=True)]

    assert one.score(SuiteFile("f", [], written_by(theirs)), [owl]).traits == {owl.id: 1.0}
    assert one.score(SuiteFile("f", [], written_by(usual)), [owl]).traits == {owl.id: -1.0}
    marks = one.blame_tokens(SuiteFile("f", [], written_by(theirs)), owl)
    assert sum(float(m.sum()) for m in marks) == apart
    assert one.blame_tokens(SuiteFile("f", [], rows), get("micro/prefers-fox")) is None


def test_a_twin_that_says_what_the_base_says_has_no_score(reference, monkeypatch):
    owl = get("micro/prefers-owl")
    monkeypatch.setattr(divergence_tokens, "twins_of", lambda base, traits: {owl.id: reference})
    one = DivergenceTokens()
    one.prepare(reference, [owl])
    assert one.score(SuiteFile("f", [], first_tokens(20)), [owl]).traits == {owl.id: 0.0}
