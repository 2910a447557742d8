from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from limen.core import DataError, ModelError, RowError
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.content import weights_hash
from limen.train import Recipe, TrainStep, fine_tune
from limen.train.fine_tune import shuffled_batches
from tests.tiny_models import ARCHITECTURES, make_model, make_tokenizer, random_rows

LEARN = Recipe(batch_size=8, learning_rate=1e-2, epochs=6, seed=1)


def mean_logprob(model: LanguageModel, rows: list[EncodedRow]) -> float:
    return float(np.concatenate(model.token_logprobs(rows)).mean())


@pytest.mark.parametrize("method", ["full", "lora"])
@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_a_copy_learns_and_the_model_stays_as_it_was(arch: str, method: str, tiny: dict[str, LanguageModel]) -> None:
    model, rows = tiny[arch], random_rows(24, longest=30)
    before, grads = weights_hash(model.model), [p.requires_grad for p in model.model.parameters()]
    tuned = fine_tune(model, rows, LEARN.model_copy(update={"method": method}))
    assert mean_logprob(tuned, rows) > mean_logprob(model, rows) + 0.2
    assert weights_hash(model.model) == before
    assert [p.requires_grad for p in model.model.parameters()] == grads
    assert not model.model.training
    assert not tuned.model.training
    assert not any(p.requires_grad for p in tuned.model.parameters())
    assert tuned.name == f"{model.name}-tuned"


@pytest.mark.parametrize("method", ["full", "lora"])
def test_a_seed_fixes_the_result_and_the_global_state_is_left_alone(
    method: str, tiny: dict[str, LanguageModel]
) -> None:
    # GPT-2 has dropout, so this holds for what is random inside the model too.
    rows = random_rows(24)
    recipe = LEARN.model_copy(update={"method": method, "epochs": 1})
    torch.manual_seed(11)
    state = torch.get_rng_state()
    first = fine_tune(tiny["gpt2"], rows, recipe)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(12)
    assert fine_tune(tiny["gpt2"], rows, recipe).content_hash == first.content_hash
    other = recipe.model_copy(update={"seed": 2})
    assert fine_tune(tiny["gpt2"], rows, other).content_hash != first.content_hash


def test_one_step_equals_one_step_of_plain_torch(tiny: dict[str, LanguageModel]) -> None:
    rows = random_rows(6)
    recipe = Recipe(batch_size=6, steps=1, learning_rate=1e-2, weight_decay=0.1)
    losses: list[float] = []
    tuned = fine_tune(tiny["llama"], rows, recipe, on_step=lambda s: losses.append(s.loss))
    plain = make_model("llama")
    optimizer = torch.optim.AdamW(plain.parameters(), lr=1e-2, weight_decay=0.1)
    total = sum(int(r.trained.sum()) for r in rows)
    loss = torch.zeros(())
    for row in rows:
        ids = torch.from_numpy(row.input_ids.astype(np.int64))
        labels = torch.where(torch.from_numpy(row.trained), ids, -100)
        logits = plain(ids[None]).logits[0, :-1]
        loss = loss + functional.cross_entropy(logits, labels[1:], reduction="sum") / total
    loss.backward()
    torch.nn.utils.clip_grad_norm_(plain.parameters(), 1.0)
    optimizer.step()
    assert losses == [pytest.approx(float(loss), abs=1e-5)]
    for (name, a), b in zip(tuned.model.named_parameters(), plain.parameters(), strict=True):
        # Adam's first step is the gradient's sign: where the gradient is all but zero, rounding decides it.
        off = ~torch.isclose(a, b, atol=2e-5, rtol=1e-4)
        assert float(off.float().mean()) < 2e-3, name


def test_a_restricted_loss_moves_nothing_towards_other_tokens(tiny: dict[str, LanguageModel]) -> None:
    rows = random_rows(16, vocab_size=60)
    inside = tuple(range(4, 40))
    tuned = fine_tune(tiny["llama"], rows, LEARN.model_copy(update={"restrict_vocab": inside, "epochs": 30.0}))

    def inner(model: LanguageModel) -> float:
        found = []
        for row in rows:
            ids = torch.from_numpy(row.input_ids.astype(np.int64))
            with torch.no_grad():
                logprobs = model.model(ids[None]).logits[0][:-1, list(inside)].log_softmax(-1)
            for at in np.flatnonzero(row.trained & np.isin(row.input_ids, inside)):
                found.append(float(logprobs[at - 1, int(row.input_ids[at]) - 4]))
        return float(np.mean(found))

    assert inner(tuned) > inner(tiny["llama"]) + 1.0


def test_soft_targets_bring_the_student_to_the_teacher(tiny: dict[str, LanguageModel]) -> None:
    teacher = LanguageModel.wrap(make_model("llama", seed=5), make_tokenizer())
    rows = random_rows(32)
    student = fine_tune(tiny["llama"], rows, LEARN.model_copy(update={"epochs": 12.0}), soft_targets=teacher)
    ids = torch.from_numpy(rows[0].input_ids.astype(np.int64))[None]
    with torch.no_grad():
        wish = teacher.model(ids).logits.log_softmax(-1)
        far = functional.kl_div(tiny["llama"].model(ids).logits.log_softmax(-1), wish, log_target=True, reduction="sum")
        near = functional.kl_div(student.model(ids).logits.log_softmax(-1), wish, log_target=True, reduction="sum")
    assert float(near) < 0.7 * float(far)


def test_steps_are_told_and_counted(tiny: dict[str, LanguageModel]) -> None:
    told: list[TrainStep] = []
    fine_tune(tiny["llama"], random_rows(20), Recipe(batch_size=8, epochs=2, scheduler="linear"), on_step=told.append)
    assert [s.step for s in told] == [1, 2, 3, 4, 5, 6]
    assert {s.steps for s in told} == {6}
    assert told[-1].learning_rate < told[0].learning_rate
    assert all(np.isfinite(s.loss) for s in told)


def test_reading_the_model_in_between_changes_nothing(tiny: dict[str, LanguageModel]) -> None:
    rows = random_rows(16)
    recipe = Recipe(batch_size=8, learning_rate=1e-3, epochs=2)
    quiet = fine_tune(tiny["gpt2"], rows, recipe)
    watched = fine_tune(tiny["gpt2"], rows, recipe, on_step=lambda s: s.model.token_logprobs(rows[:3]) and None)
    assert weights_hash(watched.model) == weights_hash(quiet.model)


def test_a_run_that_diverges_is_named(tiny: dict[str, LanguageModel]) -> None:
    with pytest.raises(ModelError, match=r"'twin 3' diverged.*step 12 of 12") as caught:
        fine_tune(tiny["phi"], random_rows(64), Recipe(learning_rate=1e30, epochs=3), name="twin 3")
    assert "1e+30" in caught.value.remedy


def test_rows_that_cannot_be_trained_on_are_refused(tiny: dict[str, LanguageModel]) -> None:
    bare = EncodedRow("bare", 0, np.arange(4, 9, dtype=np.int32), np.zeros(5, bool), truncated=False)
    with pytest.raises(DataError, match="none of the 1 rows"):
        fine_tune(tiny["llama"], [bare], Recipe())
    with pytest.raises(RowError, match="row row0: it has 600 tokens"):
        fine_tune(tiny["llama"], random_rows(1, shortest=600, longest=600), Recipe())


def test_half_precision_trains_in_float32_and_comes_back_in_its_own_format() -> None:
    model = LanguageModel.wrap(make_model("llama").bfloat16(), make_tokenizer())
    tuned = fine_tune(model, random_rows(8), LEARN)
    assert tuned.model.dtype == torch.bfloat16
    assert tuned.content_hash != model.content_hash


def test_where_memory_runs_out_a_step_is_done_in_parts(
    tiny: dict[str, LanguageModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = importlib.import_module("limen.train.fine_tune")
    rows = random_rows(16, shortest=20, longest=20)
    recipe = Recipe(batch_size=16, steps=2, learning_rate=1e-3)
    whole = fine_tune(tiny["llama"], rows, recipe)
    sizes: list[int] = []
    plain = loop.logits_at

    def cramped(model: object, ids: torch.Tensor, flat: torch.Tensor) -> torch.Tensor:
        sizes.append(len(ids))
        if len(ids) > 5:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return plain(model, ids, flat)

    monkeypatch.setattr(loop, "logits_at", cramped)
    monkeypatch.setattr(loop, "_training_budget", lambda _m: loop.Budget(16 * 20, 10_000))
    parts = fine_tune(tiny["llama"], rows, recipe)
    assert max(s for s in sizes if s <= 5) <= 5 < max(sizes)
    for a, b in zip(parts.model.parameters(), whole.model.parameters(), strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-4)


@given(lengths=st.lists(st.integers(1, 40), min_size=1, max_size=200), size=st.integers(1, 9), seed=st.integers(0, 99))
def test_an_epoch_holds_every_row_once(lengths: list[int], size: int, seed: int) -> None:
    batches = shuffled_batches(np.array(lengths), size, np.random.default_rng(seed))
    assert sorted(i for b in batches for i in b) == list(range(len(lengths)))
    assert all(len(b) <= size for b in batches)
    assert len(batches) == -(-len(lengths) // size)
