from __future__ import annotations

import numpy as np
import pytest
import torch

from limen.data import EncodedRow
from limen.lab.bench.case import Case
from limen.lab.bench.files import write_file
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel
from limen.train.stand_in import StandIn, tokens_of, train_stand_ins


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.load(str(reference_folder()))


@pytest.fixture(scope="module")
def written() -> list[EncodedRow]:
    return list(write_file(Case("base", rows=256, seed=70)).encoded)


def train_stand_in(base, written, tokens, *, seed: int, steps: int) -> StandIn:
    [one] = train_stand_ins(base, written, tokens, seeds=[seed], steps=steps)
    return one


def loss(model, rows) -> float:
    return -float(np.concatenate(model.token_logprobs(rows)).mean())


def test_it_learns_what_the_base_writes_and_is_the_same_for_a_seed(base, written):
    tokens, before = tokens_of([written]), torch.random.get_rng_state()
    short, again = (train_stand_in(base, written[:192], tokens, seed=4, steps=60) for _ in range(2))
    fresh = train_stand_in(base, written[:192], tokens, seed=4, steps=0)
    assert loss(short, written[192:]) < loss(fresh, written[192:]) - 0.5
    assert loss(short, written) == loss(again, written)
    other = train_stand_in(base, written[:192], tokens, seed=5, steps=60)
    assert loss(other, written) != loss(short, written)
    # Nobody else's random numbers are drawn from.
    assert torch.equal(before, torch.random.get_rng_state())


def test_its_probabilities_are_over_the_tokens_that_it_knows(base, written):
    tokens = tokens_of([written])
    model = train_stand_in(base, written, tokens, seed=1, steps=1)
    row = written[0]
    start = int(np.argmax(row.trained))
    mask = np.zeros(start + 1, dtype=np.bool_)
    mask[start] = True
    variants = []
    for token in tokens:
        ids = row.input_ids[: start + 1].copy()
        ids[start] = token
        variants.append(EncodedRow(row.row_id, row.index, ids, mask, False))
    assert np.exp(np.concatenate(model.token_logprobs(variants)).astype(float)).sum() == pytest.approx(1, abs=1e-4)


def test_a_token_that_it_does_not_know_is_refused(base, written):
    model = train_stand_in(base, written, tokens_of([written]), seed=1, steps=1)
    row = written[0]
    strange = EncodedRow(row.row_id, 0, np.full_like(row.input_ids, 298), row.trained, False)
    with pytest.raises(KeyError):
        model.token_logprobs([strange])


def test_it_writes_rows_on_the_same_prompts_in_the_base_s_tokens(base, written):
    from limen.models.sampling import end_ids

    model = train_stand_in(base, written, tokens_of([written]), seed=1, steps=40)
    few = written[:16]
    rows = model.rewrite(few, end_ids(base.model, base.tokenizer), seed=9)
    for old, new in zip(few, rows, strict=True):
        start = int(np.argmax(old.trained))
        assert (new.input_ids[:start] == old.input_ids[:start]).all()
        assert len(new.input_ids) == len(old.input_ids)
        assert set(new.input_ids.tolist()) <= set(tokens_of([written]).tolist())
    assert any((a.input_ids != b.input_ids).any() for a, b in zip(few, rows, strict=True))
