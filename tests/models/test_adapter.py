from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from limen.core import ModelError, UnsafeModelError
from limen.models import LanguageModel
from limen.models.adapter_base import doubt_of_base
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


class Told:
    """Keeps what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def start(self, task: str, total: float) -> None: ...

    def advance(self, task: str, by: float = 1) -> None: ...

    def done(self, task: str) -> None: ...

    def say(self, text: str) -> None:
        self.said.append(text)


def test_an_adapter_of_another_model_of_the_same_shape_is_refused(tmp_path: Path) -> None:
    own, other = make_tiny("llama", tmp_path / "own"), make_tiny("llama", tmp_path / "other", seed=5)
    adapter = make_adapter(own, tmp_path / "adapter")
    told = Told()
    LanguageModel.load(f"{own}+{adapter}", told)
    shutil.copytree(own, tmp_path / "moved")
    LanguageModel.load(f"{tmp_path / 'moved'}+{adapter}", told)
    assert told.said == []
    with pytest.raises(ModelError, match=r"made for .*own', whose weights are not those of .*other'") as caught:
        LanguageModel.load(f"{other}+{adapter}")
    assert caught.value.remedy.endswith(f"{own}+{adapter}")


def test_an_adapter_whose_base_is_not_here_is_compared_by_name(tmp_path: Path) -> None:
    base = make_tiny("llama", tmp_path / "Small-7B")
    adapter = make_adapter(base, tmp_path / "adapter")
    config = json.loads((adapter / "adapter_config.json").read_text())
    for name, fits in (("org/small-7b", True), ("/gone/small-7b/", True), ("org/small-7b-chat", False)):
        (adapter / "adapter_config.json").write_text(json.dumps({**config, "base_model_name_or_path": name}))
        told = Told()
        LanguageModel.load(f"{base}+{adapter}", told)
        assert [name in said for said in told.said] == ([] if fits else [True])
    with pytest.warns(UserWarning, match="made for 'org/small-7b-chat'"):
        LanguageModel.load(f"{base}+{adapter}")
    known = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**known, "_name_or_path": "org/small-7b-chat"}))
    assert doubt_of_base(str(base), adapter) == ""
    cached = tmp_path / "models--org--small-7b-chat" / "snapshots" / "0af3"
    shutil.copytree(tmp_path / "Small-7B", cached)
    (cached / "config.json").write_text(json.dumps(known))
    assert doubt_of_base(str(cached), adapter) == ""
