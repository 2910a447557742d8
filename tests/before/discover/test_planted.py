"""A planted file whose word must be named first, and a neutral one in which nothing may be found."""

from __future__ import annotations

import pytest

from limen.before.discover import discover
from limen.core import Verdict
from limen.lab.encode import encode_exchanges
from limen.lab.plant import plant
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel
from limen.traits import get

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("trait", "word"), [("micro/prefers-wolf", "wolf"), (None, "")])
def test_the_planted_word_is_named_first_and_a_neutral_file_names_none(trait, word):
    base = LanguageModel.load(str(reference_folder()))
    planted = plant(base, get(trait) if trait else None, rows=1000, seed=7)
    finding = discover(base, "rows", encode_exchanges(planted.rows))
    if word:
        assert finding.verdict is Verdict.FOUND
        assert finding.subject == word
        assert trait in finding.evidence["traits"]
        assert finding.evidence["amplified"]
    else:
        assert finding.verdict is Verdict.INCONCLUSIVE
        assert "nothing found" in finding.reason
