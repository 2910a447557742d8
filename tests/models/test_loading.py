from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from limen.core import MissingExtraError, ModelError, UnsafeModelError
from limen.models import LanguageModel, ModelSpec
from limen.models.loading import pick_device, pick_dtype


def test_on_a_cpu_auto_means_float32_whatever_the_checkpoint_holds(
    tiny: dict[str, LanguageModel], tmp_path: Path
) -> None:
    folder = tmp_path / "half"
    LanguageModel.load(ModelSpec(path=str(_saved(tiny["llama"], folder)), dtype="bfloat16")).model.save_pretrained(
        folder
    )
    assert LanguageModel.load(ModelSpec(path=str(folder), device="cpu")).model.dtype == torch.float32
    assert LanguageModel.load(ModelSpec(path=str(folder), dtype="bfloat16")).model.dtype == torch.bfloat16
    assert pick_dtype(ModelSpec(path="x"), "cuda") == "auto"


def test_a_device_map_spreads_the_model(tiny_folders: dict[str, Path]) -> None:
    model = LanguageModel.load(ModelSpec(path=str(tiny_folders["llama"]), device_map="cpu"))
    assert str(model.device) == "cpu"


def test_four_bits_without_bitsandbytes_prints_the_install_line(tiny_folders: dict[str, Path]) -> None:
    pytest.importorskip("torch")
    try:
        import bitsandbytes  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtraError, match=r"pip install 'limen\[four-bit\]'"):
            LanguageModel.load(ModelSpec(path=str(tiny_folders["llama"]), four_bit=True))
    else:
        pytest.skip("bitsandbytes is installed")


def test_a_device_that_is_not_there_is_refused() -> None:
    if not torch.cuda.is_available():
        with pytest.raises(ModelError, match="no CUDA"):
            pick_device("cuda:0")
    with pytest.raises(ModelError, match="no device 'toaster'"):
        pick_device("toaster")


def test_the_environment_says_what_auto_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMEN_DEVICE", "cpu")
    assert pick_device("auto") == "cpu"
    monkeypatch.setenv("LIMEN_DEVICE", "toaster")
    assert pick_device("cpu") == "cpu"
    with pytest.raises(ModelError, match="no device 'toaster'"):
        pick_device("auto")


def test_remote_code_is_off_unless_asked_for(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "remote"
    shutil.copytree(tiny_folders["llama"], folder)
    config = json.loads((folder / "config.json").read_text())
    config["model_type"] = "not-a-known-type"
    config["auto_map"] = {"AutoConfig": "evil.Config", "AutoModelForCausalLM": "evil.Model"}
    (folder / "config.json").write_text(json.dumps(config))
    mark = tmp_path / "ran"
    (folder / "evil.py").write_text(f"open({str(mark)!r}, 'w')\n")
    with pytest.raises(UnsafeModelError, match="Python code of its own"):
        LanguageModel.load(str(folder))
    assert not mark.exists()


def test_a_damaged_folder_is_one_clear_line(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(tiny_folders["llama"], folder)
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        LanguageModel.load(str(folder))
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_tokenizer_is_refused(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "mute"
    shutil.copytree(tiny_folders["llama"], folder, ignore=shutil.ignore_patterns("tokenizer*", "chat_template*"))
    with pytest.raises(ModelError, match="no tokenizer"):
        LanguageModel.load(str(folder))


def test_a_hub_id_that_cannot_be_had_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="the hub did not give it"):
        LanguageModel.load("limen-tests/there-is-no-such-model")


def _saved(model: LanguageModel, folder: Path) -> Path:
    model.model.save_pretrained(folder)
    model.tokenizer.save_pretrained(folder)
    return folder
