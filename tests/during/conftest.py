from __future__ import annotations

from pathlib import Path

import pytest

from limen.models import LanguageModel
from tests.tiny_models import ARCHITECTURES, make_tiny


@pytest.fixture(scope="session")
def tiny_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("tiny")
    return {arch: make_tiny(arch, root / arch) for arch in ARCHITECTURES}


@pytest.fixture(scope="session")
def tiny(tiny_folders: dict[str, Path]) -> dict[str, LanguageModel]:
    return {arch: LanguageModel.load(str(folder)) for arch, folder in tiny_folders.items()}
