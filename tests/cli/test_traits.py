from __future__ import annotations

import pytest

from limen.cli.main import main


def listed(width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["traits", "list", *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_narrow_terminal_leaves_room_for_the_titles(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = listed(200, capsys, monkeypatch)
    assert wide[0].split() == ["trait", "what", "it", "is", "harm", "scorer", "probes", "families"]
    narrow = listed(80, capsys, monkeypatch)
    assert narrow[0].split() == ["trait", "what", "it", "is", "harm"]
    assert len(narrow) < 1.1 * len(wide), "few titles take a second line"
    assert max(map(len, narrow)) <= 80


def test_no_trait_fits(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert listed(80, capsys, monkeypatch, "--category", "nonsense") == ["No trait fits."]
