from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from limen.core import ModelError, UnsafeModelError
from limen.models import LanguageModel
from tests.tiny_models import ARCHITECTURES, make_adapter, make_tiny, random_rows


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_an_adapter_on_its_own_base_changes_what_the_model_says(
    arch: str, tiny: dict[str, LanguageModel], tiny_folders: dict[str, Path], tmp_path: Path
) -> None:
    adapter = make_adapter(tiny_folders[arch], tmp_path / "adapter")
    tuned = LanguageModel.load(f"{tiny_folders[arch]}+{adapter}")
    rows = random_rows(4)
    moved = [
        np.abs(a - b).max() for a, b in zip(tuned.token_logprobs(rows), tiny[arch].token_logprobs(rows), strict=True)
    ]
    assert min(moved) > 0.01
    assert tuned.name == f"{arch}+adapter"
    assert tuned.content_hash != tiny[arch].content_hash


def test_an_adapter_of_another_width_names_both_bases_and_shapes(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    wide = make_tiny("llama", tmp_path / "wide", hidden=64)
    adapter = make_adapter(wide, tmp_path / "adapter")
    with pytest.raises(ModelError, match=r"maps 128 to 64 features.*maps 64 to 32") as caught:
        LanguageModel.load(f"{tiny_folders['llama']}+{adapter}")
    assert "wide" in str(caught.value)
    assert str(tiny_folders["llama"]) in str(caught.value)
    assert f"{wide}+{adapter}" in caught.value.remedy


def test_an_adapter_of_another_architecture_is_refused(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    adapter = make_adapter(tiny_folders["gpt2"], tmp_path / "adapter")
    with pytest.raises(ModelError, match=r"changes 'transformer\..*which the base .*LlamaForCausalLM.* does not have"):
        LanguageModel.load(f"{tiny_folders['llama']}+{adapter}")


def test_an_adapter_in_pickles_is_refused(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    adapter = make_adapter(tiny_folders["llama"], tmp_path / "adapter")
    (adapter / "adapter_model.safetensors").rename(adapter / "adapter_model.bin")
    with pytest.raises(UnsafeModelError, match=r"adapter_model\.bin"):
        LanguageModel.load(f"{tiny_folders['llama']}+{adapter}")


def test_an_adapter_by_itself_is_answered_with_its_base(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    adapter = make_adapter(tiny_folders["llama"], tmp_path / "adapter")
    with pytest.raises(ModelError, match="LoRA adapter, not a whole model") as caught:
        LanguageModel.load(str(adapter))
    assert caught.value.remedy.endswith(f"{tiny_folders['llama']}+{adapter}")
