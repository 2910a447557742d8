from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scripts import figures, verify

SOURCE = """
done = []

def units():
    return ["a", "b", "c"]

def run(unit):
    if unit == stop_at:
        raise KeyboardInterrupt
    done.append(unit)
    return {"size": ord(unit) / 3, "list": [1, 0.5], "none": None}

def summarise(results):
    return {"total": sum(r["size"] for r in results.values())}

stop_at = None
"""
FIGURE = figures.Figure("made", "made_up", ("more/*.txt",))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A project with one figure, whose module counts what it is asked to do."""
    (tmp_path / "made_up.py").write_text(SOURCE)
    (tmp_path / "more").mkdir()
    (tmp_path / "more/input.txt").write_text("one")
    monkeypatch.setattr(verify, "ROOT", tmp_path)
    monkeypatch.setattr(verify, "FIGURES", (FIGURE,))
    monkeypatch.setattr(verify, "BEGUN", ())
    monkeypatch.syspath_prepend(str(tmp_path))
    import made_up

    module: ModuleType = made_up
    yield module
    del sys.modules["made_up"]


def run(*words: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["verify.py", *words])
        return verify.main()


def test_a_figure_is_computed_once(made: Any, tmp_path: Path) -> None:
    assert run("--check") == 1
    assert run() == 0
    assert run() == 0
    assert made.done == ["a", "b", "c"]
    stored = json.loads((tmp_path / "results/made.json").read_text())
    assert stored["summary"] == {"total": (97 + 98 + 99) / 3}
    assert stored["sources"].keys() == {"made_up.py", "more/input.txt"}
    assert run("--check") == 0


def test_an_interrupted_figure_goes_on(made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    made.stop_at = "c"
    assert run() == 130
    assert run("--check") == 1
    assert "unfinished: 1 pieces" in capsys.readouterr().out
    made.stop_at = None
    assert run() == 0
    assert made.done == ["a", "b", "c"]
    assert run("--check") == 0


def test_other_code_makes_it_stale(made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    (tmp_path / "made_up.py").write_text(SOURCE + "# said differently\n")
    assert run("--check") == 0
    (tmp_path / "more/input.txt").write_text("two")
    assert run("--check") == 1
    assert "changed since: more/input.txt" in capsys.readouterr().out
    assert run() == 0
    assert made.done == ["a", "b", "c"] * 2


def test_a_sample_finds_what_no_longer_holds(made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert run("--sample") == 0
    path = tmp_path / "results/made.json"
    stored = json.loads(path.read_text())
    stored["units"]["b"]["result"]["size"] += 0.001
    path.write_text(json.dumps(stored))
    assert run("--sample") == 1
    assert "made: b DIFFERS" in capsys.readouterr().out


def test_the_sample_rotates_and_fits_the_time(made: Any, tmp_path: Path) -> None:
    assert run() == 0
    path = tmp_path / "results/made.json"
    stored = json.loads(path.read_text())
    for unit in stored["units"].values():
        unit["seconds"] = 10
    path.write_text(json.dumps(stored))
    drawn = {verify.choose(f"2026-01-{day:02}/abc", 15)[0][1] for day in range(1, 30)}
    assert drawn == {"a", "b", "c"}
    assert len(verify.choose("day/commit", 15)) == 1
    assert len(verify.choose("day/commit", 25)) == 2
    assert verify.choose("day/commit", 9) == []
    assert verify.choose("day/commit", 25) == verify.choose("day/commit", 25)


def test_own_agreement_of_a_figure_is_asked(made: Any) -> None:
    assert run() == 0
    made.agrees = lambda old, new: False
    assert run("--sample") == 1


def test_every_registered_figure_can_be_asked() -> None:
    assert len({figure.name for figure in figures.FIGURES}) == len(figures.FIGURES)
    for figure in figures.FIGURES:
        assert verify.units_of(figure)
        code, files = verify.code_of(figure)
        assert len(code) == 16
        assert files


def test_what_needs_an_absent_package_is_not_sampled(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run() == 0
    assert verify.choose("day/commit", 100)
    monkeypatch.setattr(verify, "FIGURES", (replace(FIGURE, needs=("no_such_package",)),))
    assert verify.choose("day/commit", 100) == []


def test_a_figure_may_be_a_part_of_what_its_module_makes(made: Any, tmp_path: Path, monkeypatch: Any) -> None:
    made.units = lambda part: [f"{part}-1", f"{part}-2"]
    made.run = lambda unit, part: {"said": f"{unit} of {part}"}
    made.summarise = lambda results, part: {"of": part, "pieces": len(results)}
    monkeypatch.setattr(verify, "FIGURES", (replace(FIGURE, folder="elsewhere/deep", part=("x",)),))
    assert run() == 0
    stored = json.loads((tmp_path / "elsewhere/deep/made.json").read_text())
    assert stored["units"]["x-2"]["result"] == {"said": "x-2 of x"}
    assert stored["summary"] == {"of": "x", "pieces": 2}
    assert run("--check") == 0
    assert run("--sample") == 0


def test_what_is_only_begun_is_done_when_asked_for_by_name(made: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(verify, "FIGURES", ())
    monkeypatch.setattr(verify, "BEGUN", (FIGURE,))
    assert run() == 0
    assert made.done == []
    assert run("--check") == 0
    assert run("--only", "made") == 0
    assert made.done == ["a", "b", "c"]
    (tmp_path / "more/input.txt").write_text("two")
    assert run("--check") == 0
    assert run("--check", "--only", "made") == 1
