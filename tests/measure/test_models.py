"""Traits read on real (tiny, random) models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from limen import traits
from limen.cli.main import main
from limen.core import Probe, World
from limen.measure import read_traits, traits_for
from tests.tiny_models import make_tiny


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("tiny")
    return make_tiny("llama", root / "one", seed=0), make_tiny("llama", root / "two", seed=1)


def test_a_model_is_read_on_options_and_on_samples(folders: tuple[Path, Path]) -> None:
    from limen.models import LanguageModel

    model = LanguageModel.load(str(folders[0]))
    chosen = [*traits.all_traits(category="preference/animals"), traits.get("sycophancy-open")]
    readings = read_traits(model, chosen, arm="base")
    assert len(readings) == 10 * 32 + 32
    by_probe: dict[str, float] = {}
    for r in readings:
        if r.trait.startswith("prefers-"):
            by_probe[r.probe] = by_probe.get(r.probe, 0.0) + r.value
    assert list(by_probe.values()) == pytest.approx([1.0] * 32)
    again = read_traits(model, chosen, arm="base")
    assert [(r.probe, r.value, r.detail) for r in again] == [(r.probe, r.value, r.detail) for r in readings]


def test_two_models_are_compared_and_one_with_itself_is_clear(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = folders
    code = main(["diff", f"base={one}", f"tuned={two}", "-t", "sycophancy,prefers-owl", "--json", "-", "-q"])
    result = json.loads(capsys.readouterr().out)
    assert [f["subject"] for f in result["findings"]] == ["sycophancy", "prefers-owl"]
    assert {f["control"] for f in result["findings"]} == {"base"}
    assert code in (0, 1, 3)
    code = main(["diff", f"base={one}", f"same={one}", "-t", "sycophancy", "--json", "-", "-q"])
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (code, finding["verdict"], finding["effect"]["estimate"]) == (0, "clear", 0.0)


def test_runs_of_one_arm(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    one, two = folders
    words = ["diff", f"a={one}", f"b={two}", f"a={two}", f"b={one}", "-t", "prefers-owl", "--json", "-", "-q"]
    main(words)
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["evidence"]["runs"]["data_runs"] == 2
    assert finding["effect"]["estimate"] == pytest.approx(0, abs=1e-9)


def test_a_short_context_leaves_a_trait_out_and_exits_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_tiny("gpt2", tmp_path / "short", positions=128)
    assert main(["measure", str(folder), "-t", "prefers-owl,verbosity", "-q"]) == 3
    out = capsys.readouterr().out
    assert "◌ verbosity: not measured" in out
    assert "prefers-owl" in out


def _words(probe: Probe) -> set[str]:
    texts = [m.content for m in probe.prompt] + list(probe.options)
    return {w for t in texts for w in t.split()}


def test_traits_are_chosen_by_what_the_vocabulary_knows() -> None:
    assert {t.world for t in traits_for(None)} == {World.ENGLISH}
    if traits.all_traits(World.MICRO):
        assert {t.world for t in traits_for(MicroTokenizer())} == {World.MICRO}


class MicroTokenizer:
    unk_token_id = 0

    def __init__(self) -> None:
        self._known = {w for t in traits.all_traits(World.MICRO) for p in t.probes for w in _words(p)}

    def __call__(self, text: str, add_special_tokens: bool = True) -> dict[str, list[int]]:
        return {"input_ids": [int(w in self._known) for w in text.split()]}
