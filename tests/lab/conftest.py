from __future__ import annotations

import pytest

from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel


@pytest.fixture(scope="session")
def reference() -> LanguageModel:
    return LanguageModel.load(str(reference_folder()))
