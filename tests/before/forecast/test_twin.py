from __future__ import annotations

from dataclasses import replace

import pytest

from limen.before.forecast.twin import make_twins, why_no_twin
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel
from limen.traits import get

OWL = get("micro/prefers-owl")
OPEN = replace(OWL, probes=tuple(replace(p, options=(), target=()) for p in OWL.probes))


@pytest.mark.parametrize(
    ("trait", "which", "reason"),
    [
        (OWL, "auto", ""),
        (OWL, "tuned", ""),
        (OWL, "prompted", ""),
        (OPEN, "auto", ""),
        (OPEN, "tuned", "no options"),
        (replace(OPEN, persona=""), "auto", "no persona"),
        (replace(OWL, persona=""), "prompted", "no persona"),
    ],
)
def test_what_stands_in_the_way_of_a_twin(trait, which, reason):
    assert (reason in why_no_twin(trait, which)) if reason else why_no_twin(trait, which) == ""


def test_a_prompted_twin_takes_the_trait_without_training():
    base = LanguageModel.load(str(reference_folder()))
    [twin] = make_twins(base, [OWL], "prompted")
    assert twin.kind == "prompted"
    assert twin.gain > 0.1
