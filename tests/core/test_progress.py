from __future__ import annotations

import inspect

import pytest

from limen.core import Progress, Silent


@pytest.mark.parametrize("name", ["start", "advance", "done", "say"])
def test_silent_takes_whatever_progress_takes(name):
    wanted, got = inspect.signature(getattr(Progress, name)), inspect.signature(getattr(Silent, name))
    assert [(p.name, p.default) for p in got.parameters.values()] == [
        (p.name, p.default) for p in wanted.parameters.values()
    ]


def test_silent_shows_nothing(capsys):
    silent: Progress = Silent()
    silent.start("read", 3)
    silent.advance("read")
    silent.done("read")
    silent.say("news")
    assert capsys.readouterr() == ("", "")
