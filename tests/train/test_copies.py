from __future__ import annotations

from pathlib import Path

import pytest
import torch

from limen.core import ModelError
from limen.models import LanguageModel
from limen.models.content import weights_hash
from limen.train import Recipe, fine_tune
from limen.train.copies import shared_copy, trainable_copy, whole_copy
from tests.tiny_models import make_adapter, make_model, random_rows


def test_a_lora_arm_shares_the_frozen_weights_in_memory(tiny: dict[str, LanguageModel]) -> None:
    student = trainable_copy(tiny["llama"].model, Recipe(method="lora"))
    own = {p.data_ptr() for p in tiny["llama"].model.parameters()}
    frozen = {p.data_ptr() for p in student.parameters() if not p.requires_grad}
    assert frozen == own
    assert student.get_input_embeddings().weight is student.get_output_embeddings().weight


@pytest.mark.parametrize("method", ["full", "lora"])
def test_an_adapted_model_can_be_tuned_further(method: str, tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    adapter = make_adapter(tiny_folders["llama"], tmp_path / "a")
    model = LanguageModel.load(f"{tiny_folders['llama']}+{adapter}")
    before = weights_hash(model.model)
    rows = random_rows(8)
    tuned = fine_tune(model, rows, Recipe(method=method, batch_size=8, learning_rate=1e-5, steps=1))
    assert weights_hash(model.model) == before
    near = [abs(a - b).max() for a, b in zip(tuned.token_logprobs(rows), model.token_logprobs(rows), strict=True)]
    assert 0 < max(near) < 0.05


def test_a_forward_pass_that_a_trainer_laid_over_the_original_does_not_follow_the_copy() -> None:
    model = make_model("llama")
    original = model.forward
    model.forward = lambda *a, **k: original(*a, **k)  # what TRL's trainers do
    ids = torch.arange(6)[None]
    for copied in (whole_copy(model), shared_copy(model)):
        torch.testing.assert_close(copied(ids).logits, model(ids).logits)
    copied = whole_copy(model)
    with torch.no_grad():
        copied.model.norm.weight.zero_()
    assert not copied(ids).logits.any()


def test_modules_that_are_not_there_cannot_take_an_adapter(tiny: dict[str, LanguageModel]) -> None:
    with pytest.raises(ModelError, match="no adapter can be laid"):
        trainable_copy(tiny["llama"].model, Recipe(method="lora", target_modules=("nowhere",)))
