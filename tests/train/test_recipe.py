from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import UsageError
from limen.train import Recipe, approximations


@given(
    warmup=st.one_of(st.floats(0, 0.9), st.integers(1, 50)),
    scheduler=st.sampled_from(["linear", "cosine", "constant"]),
    total=st.integers(1, 300),
)
def test_the_rate_rises_to_its_peak_and_never_above(warmup: float, scheduler: str, total: int) -> None:
    recipe = Recipe(learning_rate=1e-3, warmup=warmup, scheduler=scheduler)
    rates = [recipe.rate_at(step, total) for step in range(total)]
    assert all(0 <= r <= 1e-3 for r in rates)
    peak = rates.index(max(rates))
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)


@pytest.mark.parametrize("scheduler", ["linear", "cosine", "constant_with_warmup"])
def test_the_rates_are_those_of_transformers(scheduler: str) -> None:
    import torch
    from transformers import get_scheduler

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    theirs = get_scheduler(scheduler, optimizer, num_warmup_steps=5, num_training_steps=40)
    own = Recipe(learning_rate=0.5, warmup=5, scheduler=scheduler.removesuffix("_with_warmup"))
    for step in range(40):
        assert own.rate_at(step, 40) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        theirs.step()


def test_steps_follow_from_epochs_unless_they_are_given() -> None:
    assert Recipe(batch_size=10, epochs=2).total_steps(95) == 20
    assert Recipe(batch_size=10, epochs=0.5).total_steps(100) == 5
    assert Recipe(batch_size=10, steps=7).total_steps(100) == 7
    assert Recipe(batch_size=10).total_steps(1) == 1


def test_an_sft_config_becomes_a_recipe(tmp_path: Path) -> None:
    trl = pytest.importorskip("trl")
    config = trl.SFTConfig(
        str(tmp_path),
        learning_rate=3e-4,
        num_train_epochs=2,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=8,
        lr_scheduler_type="cosine",
        warmup_steps=0.1,
        weight_decay=0.01,
        assistant_only_loss=True,
        max_length=99,
        seed=7,
        use_cpu=True,
        bf16=False,
        report_to="none",
    )
    recipe = Recipe.from_sft_config(config)
    assert recipe == Recipe(
        learning_rate=3e-4,
        epochs=2,
        batch_size=32,
        scheduler="cosine",
        warmup=0.1,
        weight_decay=0.01,
        loss="assistant",
        max_length=99,
        seed=7,
    )
    assert approximations(config) == []
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


def test_an_adapter_config_and_the_loss_go_along(tmp_path: Path) -> None:
    trl = pytest.importorskip("trl")
    from peft import LoraConfig

    config = trl.SFTConfig(
        str(tmp_path), completion_only_loss=True, max_steps=5, packing=True, use_cpu=True, bf16=False, report_to="none"
    )
    recipe = Recipe.from_sft_config(config, LoraConfig(r=3, lora_alpha=6, target_modules=["q_proj", "v_proj"]))
    assert (recipe.method, recipe.rank, recipe.alpha) == ("lora", 3, 6)
    assert recipe.target_modules == ("q_proj", "v_proj")
    assert recipe.loss == "completion"
    assert recipe.steps == 5
    assert approximations(config) == ["Rows are not packed: a step holds as many rows as the config has sequences."]


@pytest.mark.parametrize(("field", "value"), [("lr_scheduler_type", "polynomial"), ("optim", "adafactor")])
def test_what_the_loop_does_not_have_is_refused_with_the_way_out(field: str, value: str, tmp_path: Path) -> None:
    trl = pytest.importorskip("trl")
    config = trl.SFTConfig(str(tmp_path), **{field: value}, use_cpu=True, bf16=False, report_to="none")
    with pytest.raises(UsageError, match=value) as caught:
        Recipe.from_sft_config(config)
    assert "trl_fine_tune" in caught.value.remedy


def test_a_cosine_ends_near_zero() -> None:
    recipe = Recipe(learning_rate=1.0, scheduler="cosine")
    assert math.isclose(recipe.rate_at(50, 100), 0.5)
    assert recipe.rate_at(99, 100) < 0.001
