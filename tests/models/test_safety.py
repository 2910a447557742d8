from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from limen.core import ModelError, UnsafeModelError
from limen.models import LanguageModel
from limen.models.safety import check_folder, is_local


def test_pickle_weights_are_refused_before_anything_is_loaded(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "pickled"
    shutil.copytree(tiny_folders["llama"], folder)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(UnsafeModelError, match=r"pytorch_model\.bin.*expected \*\.safetensors") as caught:
        LanguageModel.load(str(folder))
    assert "save_pretrained" in caught.value.remedy


def test_training_arguments_alone_are_not_called_weights(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    shutil.copytree(tiny_folders["llama"], folder)
    (folder / "model.safetensors").unlink()
    (folder / "training_args.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match="no weights"):
        check_folder(folder)


def test_safetensors_beside_pickles_are_taken(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "both"
    shutil.copytree(tiny_folders["llama"], folder)
    (folder / "pytorch_model.bin").write_bytes(b"not even a pickle")
    assert LanguageModel.load(str(folder)).parameter_count > 0


@pytest.mark.parametrize("path", ["./nowhere", "/nowhere/at/all", "a b"])
def test_a_folder_that_is_not_there_is_named(path: str) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        is_local(path)


def test_a_file_is_answered_with_its_folder(tiny_folders: dict[str, Path]) -> None:
    with pytest.raises(ModelError, match="this is a file"):
        LanguageModel.load(str(tiny_folders["llama"] / "config.json"))


def test_a_folder_without_a_config_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no config\.json"):
        LanguageModel.load(str(tmp_path))
