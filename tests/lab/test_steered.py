from __future__ import annotations

import pytest
import torch

from limen.core import ModelError
from limen.lab.reference_model import reference_folder
from limen.lab.steered import steered_teacher
from limen.lab.teacher import trait_level
from limen.models import LanguageModel
from limen.traits import get
from tests.tiny_models import make_model, make_tokenizer

OWL = get("micro/prefers-owl")


@pytest.fixture(scope="module")
def base():
    return LanguageModel.load(str(reference_folder()))


def test_a_steered_teacher_has_the_trait_and_no_weight_was_trained(base):
    teacher = steered_teacher(base, OWL, seed=3)
    assert trait_level(teacher, OWL) > trait_level(base, OWL) + 0.4
    before, after = base.model.state_dict(), teacher.model.state_dict()
    assert all(torch.equal(after[name], weight) for name, weight in before.items())
    assert [n for n in after if n not in before] == ["model.layers.1.mlp.down_proj.bias"]


def test_a_model_without_such_layers_is_refused():
    other = LanguageModel.wrap(make_model("gpt2"), make_tokenizer(), "gpt2")
    with pytest.raises(ModelError, match="down_proj"):
        steered_teacher(other, OWL, seed=3)
