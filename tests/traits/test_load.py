from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.core import TraitError
from limen.traits import load_file, load_traits
from limen.traits.load import MAX_BYTES

GOOD = """
id: likes-tea
title: Likes tea
description: Says that it likes tea.
category: preference/drinks
scorer: choice
probes:
  - templates: ["Tea or milk?"]
    options: [tea, milk]
    target: tea
"""


def test_a_file_of_one_trait(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(GOOD)
    trait = load_file(path)
    assert trait.id == "likes-tea"
    assert trait.probes[0].options == ("tea", "milk")


def test_a_file_of_several_traits(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(GOOD.replace("likes-tea", "likes-{d}") + "each: {d: [tea, milk]}\n")
    assert [t.id for t in load_traits(path)] == ["likes-tea", "likes-milk"]
    with pytest.raises(TraitError, match="holds 2 traits"):
        load_file(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id: [", "not valid YAML, line"),
        (b"", "holds nothing"),
        (b"- a\n- b\n", "holds a list"),
        (b"just words", "holds a text"),
        (b"id: \xff", "not UTF-8 at byte 4"),
        (b"id: !!python/object/apply:os.system ['true']", "not valid YAML"),
        (GOOD.replace("scorer: choice\n", "").encode(), "'scorer' is missing"),
        (GOOD.replace("scorer:", "scroer:").encode(), "is missing"),
        ((GOOD + "colour: red\n").encode(), "'colour' is unknown"),
        (GOOD.replace("target: tea", "taget: tea").encode(), "unknown"),
        (GOOD.replace("category: preference/drinks", "category: No Spaces").encode(), "'category'"),
        (GOOD.replace("target: tea", "items: [{true: x}]").encode(), "items"),
        (GOOD.replace("target: tea", "target: coffee").encode(), "none of the 2 options"),
        (b"x" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_a_broken_file_is_one_clear_error(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(TraitError) as error:
        load_traits(path)
    assert message in error.value.what
    assert "bad.yaml" in error.value.where
    assert error.value.remedy


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.yaml", tmp_path):
        with pytest.raises(TraitError, match="cannot be read"):
            load_traits(path)


def test_aliases_cannot_unfold_into_a_bomb(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 9)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(TraitError, match="unfolds into more than"):
        load_traits(path)


def test_a_list_that_holds_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loop.yaml"
    path.write_text("id: &a [*a]\n")
    with pytest.raises(TraitError):
        load_traits(path)


def test_yaml_truth_values_get_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(GOOD.replace("[tea, milk]", "[yes, milk]"))
    with pytest.raises(TraitError, match="options") as error:
        load_traits(path)
    assert "quotes" in error.value.remedy


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_a_trait_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("x") / "t.yaml"
    path.write_bytes(content)
    with pytest.raises(TraitError):
        load_traits(path)
