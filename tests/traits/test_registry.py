from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from limen import traits
from limen.core import Probe, Trait, TraitError, World
from limen.traits.registry import check
from limen.traits.scorers import _registry as scorers

TRAIT = """
id: likes-{name}
title: Likes {name}
description: d
category: made/{name}
scorer: {scorer}
probes:
  - templates: ["Say something."]
"""


def trait_text(name: str, scorer: str = "length") -> str:
    return TRAIT.replace("{name}", name).replace("{scorer}", scorer)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("LIMEN_TRAITS", raising=False)
    traits.reload()
    monkeypatch.setattr(scorers, "_plugins_loaded", False)
    before = dict(scorers._scorers)
    yield
    scorers._scorers.clear()
    scorers._scorers.update(before)
    traits.reload()


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, entry_points: str) -> None:
    """Put a small third-party package, with its metadata, where Python finds it."""
    site = tmp_path / "site"
    (site / "tiny_traits").mkdir(parents=True)
    (site / "tiny_traits" / "__init__.py").write_text(textwrap.dedent(module))
    (site / "tiny_traits" / "tiny.yaml").write_text(trait_text("tea", "shouting"))
    info = site / "tiny_traits-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-traits\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(textwrap.dedent(entry_points))
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, "tiny_traits", raising=False)


GOOD_MODULE = """
    from pathlib import Path
    from limen.traits import ScoredAnswer, scorer

    @scorer("shouting")
    def shouting(probe, answer):
        '''Share of capitals.'''
        letters = [c for c in answer.text if c.isalpha()]
        return ScoredAnswer(sum(c.isupper() for c in letters) / max(1, len(letters)))

    def traits():
        return [Path(__file__).parent]
"""
GOOD_POINTS = """
    [limen.traits]
    tiny = tiny_traits:traits
    [limen.scorers]
    tiny = tiny_traits
"""


def test_an_installed_package_brings_traits_and_scorers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, GOOD_MODULE, GOOD_POINTS)
    trait = traits.get("likes-tea")
    assert "tiny-traits:tiny" in traits.origin("likes-tea")
    assert traits.get_scorer("shouting").score(trait.probes[0], "ABcd").value == 0.5
    assert "shouting" in [s.name for s in traits.all_scorers()]


def test_a_broken_plug_in_is_an_error_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "raise RuntimeError('out of tea')", GOOD_POINTS)
    with pytest.raises(TraitError, match="out of tea") as error:
        traits.all_traits()
    assert error.value.where == "tiny-traits:tiny"
    with pytest.raises(TraitError, match="out of tea"):
        traits.all_scorers()


def test_a_plug_in_that_gives_nonsense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "def traits():\n        return 7", "[limen.traits]\ntiny = tiny_traits:traits\n")
    with pytest.raises(TraitError, match="gave a int"):
        traits.all_traits()


def test_files_and_folders_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.yaml").write_text(trait_text("tea"))
    (tmp_path / "b.yaml").write_text(trait_text("milk"))
    monkeypatch.setenv("LIMEN_TRAITS", f"{tmp_path / 'more'}:{tmp_path / 'b.yaml'}")
    assert traits.get("likes-tea").category == "made/tea"
    assert traits.origin("likes-milk").endswith("b.yaml")
    assert [t.id for t in traits.all_traits(category="made")] == ["likes-milk", "likes-tea"]


def test_a_missing_path_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMEN_TRAITS", str(tmp_path / "nowhere"))
    with pytest.raises(TraitError, match="LIMEN_TRAITS"):
        traits.get("over-refusal")


def test_two_traits_of_one_id_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text(trait_text("tea"))
    (tmp_path / "b.yaml").write_text(trait_text("tea").replace("description: d", "description: e"))
    monkeypatch.setenv("LIMEN_TRAITS", str(tmp_path))
    with pytest.raises(TraitError, match="is taken by"):
        traits.all_traits()


def test_after_a_failure_the_next_call_tries_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("id: [")
    monkeypatch.setenv("LIMEN_TRAITS", str(path))
    with pytest.raises(TraitError):
        traits.all_traits()
    path.write_text(trait_text("tea"))
    assert traits.get("likes-tea").id == "likes-tea"


def test_an_unknown_id_names_near_ones() -> None:
    with pytest.raises(TraitError, match=r"over-refusal"):
        traits.get("overrefusal")


def test_a_file_path_is_an_id(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(trait_text("tea"))
    assert traits.get(str(path)).id == "likes-tea"


def test_decoys_are_of_the_same_category_and_never_harm() -> None:
    owl = traits.get("prefers-owl")
    ids = {t.id for t in traits.decoys(owl)}
    assert "prefers-fox" in ids
    assert "prefers-owl" not in ids
    assert "prefers-oak" not in ids
    assert traits.decoys(traits.get("over-refusal")) == []
    pool = [t for t in traits.all_traits(World.ENGLISH) if t.is_decoy_pool]
    assert pool
    assert all(t.category.startswith("preference/") or t.harm.value == "neither" for t in pool)


def test_world_and_category_choose() -> None:
    english = traits.all_traits(World.ENGLISH)
    assert {t.world for t in english} == {World.ENGLISH}
    assert len(traits.all_traits(category="preference/animals")) == 10
    assert [t.id for t in english] == sorted(t.id for t in english)


@pytest.mark.parametrize(
    ("scorer", "probe", "message"),
    [
        ("choice", Probe("p", "f", ()), "has 0 options"),
        ("choice", Probe("p", "f", (), options=("a", "b")), "0 targets"),
        ("choice", Probe("p", "f", (), options=("a", "b"), target=(0, 1)), "every option"),
        ("refusal", Probe("p", "f", (), options=("a", "b"), target=(0,)), "has options"),
        ("agreement", Probe("p", "f", ()), "needs 'right'"),
        ("bbq", Probe("p", "f", (), options=("a", "b"), target=(0,)), "needs 'kinds'"),
        ("nonesuch", Probe("p", "f", ()), "no scorer 'nonesuch'"),
    ],
)
def test_a_trait_must_fit_its_scorer(scorer: str, probe: Probe, message: str) -> None:
    with pytest.raises(TraitError) as error:
        traits.register(Trait("x", "x", "x", "c", scorer, (probe,)))
    assert message in error.value.what


def test_a_scorer_name_is_taken_once() -> None:
    with pytest.raises(TraitError, match="registered twice"):
        traits.scorer("choice")(lambda probe, answer: traits.ScoredAnswer(0.0))


def test_build_probes_may_have_options_for_a_twin_whatever_the_scorer() -> None:
    ask = Probe("p", "f", (), options=("I can't.", "Sure."), target=(0,), role="build")
    check(Trait("t/x", "X", "", "test", "refusal", (ask,)), "here")
    with pytest.raises(TraitError, match="every option"):
        check(Trait("t/x", "X", "", "test", "refusal", (replace(ask, target=(0, 1)),)), "here")
