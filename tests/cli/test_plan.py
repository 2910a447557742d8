from __future__ import annotations

import pytest

from limen.cli._audit import show_plan
from limen.ledger import PlanStep


def test_the_plan_says_what_is_there_already(capsys: pytest.CaptureFixture[str]) -> None:
    twins = PlanStep(name="twins", what="Tune 2 twins.", trainings=2, seconds=0.0, cached=True)
    writers = PlanStep(name="writers", what="Train 8 neutral writers.", trainings=8, seconds=90.0)
    show_plan([twins, writers])
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "there already" in line] == [line for line in lines if "twins" in line]
    assert any("Train 8 neutral writers." in line for line in lines)
