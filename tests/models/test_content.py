from __future__ import annotations

from pathlib import Path

import pytest
import torch

from limen.models import LanguageModel, cache_folder
from tests.tiny_models import UNMARKED_TEMPLATE, make_model, make_tokenizer


def test_the_same_content_has_the_same_hash_from_a_folder_and_from_memory(
    tiny: dict[str, LanguageModel], tiny_folders: dict[str, Path]
) -> None:
    again = LanguageModel.load(str(tiny_folders["llama"]))
    assert again.content_hash == tiny["llama"].content_hash
    assert LanguageModel.wrap(again.model, again.tokenizer, "other").content_hash == again.content_hash


def test_one_weight_the_config_and_the_tokenizer_each_change_it() -> None:
    plain = LanguageModel.wrap(make_model("llama"), make_tokenizer()).content_hash
    moved = make_model("llama")
    with torch.no_grad():
        moved.model.norm.weight[0] += 1e-3
    config = make_model("llama")
    config.config.rms_norm_eps = 0.1
    hashes = {
        plain,
        LanguageModel.wrap(moved, make_tokenizer()).content_hash,
        LanguageModel.wrap(config, make_tokenizer()).content_hash,
        LanguageModel.wrap(make_model("llama"), make_tokenizer(chat_template=UNMARKED_TEMPLATE)).content_hash,
        LanguageModel.wrap(make_model("llama").bfloat16(), make_tokenizer()).content_hash,
    }
    assert len(hashes) == 5
    assert LanguageModel.wrap(make_model("llama"), make_tokenizer()).content_hash == plain


def test_the_cache_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIMEN_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("LIMEN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "limen"
