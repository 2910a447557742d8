from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import TraitError
from limen.traits import TraitFile, expand_file
from limen.traits.expand import fill, slots_in

NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=6)


def trait_file(**changes: object) -> TraitFile:
    content: dict[str, object] = {
        "id": "t",
        "title": "T",
        "description": "d",
        "category": "c",
        "scorer": "choice",
        "probes": [{"templates": ["Is it {x}?"], "slots": {"x": ["a", "b"]}, "options": ["yes", "no"], "target": 0}],
    }
    return TraitFile.model_validate(content | changes)


@given(st.dictionaries(NAMES, st.text()), st.text())
def test_filling_is_plain_replacement(slots: dict[str, str], tail: str) -> None:
    tail = tail.replace("{", "").replace("}", "")
    template = "".join(f"<{{{k}}}>" for k in slots) + tail
    assert fill(template, slots) == "".join(f"<{v}>" for v in slots.values()) + tail


@given(st.text())
def test_values_are_never_filled_again(value: str) -> None:
    assert fill("{a}", {"a": value, "b": "no"}) == value


def test_nothing_but_names_is_evaluated() -> None:
    assert fill("{a.__class__} {a[0]} {{a}}", {"a": "x"}) == "{a.__class__} {a[0]} {a}"
    assert slots_in("{{a}} {b} {b} {C}") == {"b"}


def test_templates_times_items_times_slots() -> None:
    block = {
        "id": "q",
        "templates": ["One {thing} {colour}?", "Two {thing} {colour}?"],
        "items": [{"thing": "cup"}, {"thing": "hat"}, {"id": "last", "thing": "pen"}],
        "slots": {"colour": ["red", "blue"]},
        "options": ["yes", "no"],
        "target": "yes",
    }
    (trait,) = expand_file(trait_file(probes=[block]))
    assert len(trait.probes) == 12
    assert trait.probes[0].id == "q.t0.0.0"
    assert trait.probes[-1].id == "q.t1.last.1"
    assert trait.probes[-1].prompt[-1].content == "Two pen blue?"
    assert {p.family for p in trait.probes} == {"q.t0", "q.t1"}


def test_families_by_item_and_by_text() -> None:
    items = [
        {"thing": "cup", "kind": "kitchen"},
        {"thing": "jug", "kind": "kitchen"},
        {"thing": "hat", "kind": "attic"},
    ]
    block = {"templates": ["A {thing}?", "The {thing}?"], "items": items, "options": ["yes", "no"], "target": 0}
    (by_item,) = expand_file(trait_file(probes=[{**block, "family": "item"}]))
    assert len({p.family for p in by_item.probes}) == 3
    (by_kind,) = expand_file(trait_file(probes=[{**block, "family": "{kind}"}]))
    assert {p.family for p in by_kind.probes} == {"kitchen", "attic"}


def test_each_makes_a_trait_an_entry() -> None:
    block = {"templates": ["Which pet?"], "options": ["cat", "dog"], "target": "{pet}"}
    cat, dog = expand_file(
        trait_file(id="prefers-{pet}", each={"pet": ["cat", "dog"]}, probes=[block], words=["{pet}s"])
    )
    assert (cat.id, dog.id) == ("prefers-cat", "prefers-dog")
    assert (cat.probes[0].target, dog.probes[0].target) == ((0,), (1,))
    assert dog.words == ("dogs",)
    assert cat.probes[0].prompt == dog.probes[0].prompt


def test_item_values_may_use_the_slots_of_each() -> None:
    block = {"templates": ["{who}?"], "items": [{"who": "a {pet}"}], "options": ["yes", "no"], "target": 0}
    (trait,) = expand_file(trait_file(each=[{"pet": "cat"}], probes=[block]))
    assert trait.probes[0].prompt[0].content == "a cat?"


def test_rotation_turns_choices_targets_and_kinds_together() -> None:
    block = {
        "templates": ["Who?\n{choices}"],
        "choices": ["X", "Y", "unknown"],
        "target": "X",
        "rotate": True,
        "reference": {"kinds": ["biased", "anti", "unknown"]},
    }
    (trait,) = expand_file(trait_file(scorer="bbq", probes=[block]))
    assert len(trait.probes) == 3
    for probe in trait.probes:
        shown = probe.reference["choices"]
        assert probe.options == ("A", "B", "C")
        assert [shown[k] for k in probe.target] == ["X"]
        assert dict(zip(shown, probe.reference["kinds"], strict=True)) == {
            "X": "biased",
            "Y": "anti",
            "unknown": "unknown",
        }
        assert f"({'ABC'[shown.index('Y')]}) Y" in probe.prompt[0].content
    assert {p.target for p in trait.probes} == {(0,), (1,), (2,)}
    assert len({p.family for p in trait.probes}) == 1


def test_turns_and_system() -> None:
    turns = [
        {"role": "user", "content": "Hi {x}"},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": "Go"},
    ]
    block = {
        "templates": [{"turns": turns}],
        "slots": {"x": ["a"]},
        "options": ["y", "n"],
        "target": 0,
        "system": "Be {x}",
    }
    (trait,) = expand_file(trait_file(probes=[block]))
    assert [(m.role, m.content) for m in trait.probes[0].prompt] == [
        ("system", "Be a"),
        ("user", "Hi a"),
        ("assistant", "Yes?"),
        ("user", "Go"),
    ]


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"templates": ["{nowhere}"], "options": ["a", "b"], "target": 0}, "{nowhere} has no value"),
        ({"templates": ["x"], "options": ["a", "b"], "target": 2}, "none of the 2 options"),
        ({"templates": ["x"], "options": ["a", "b"], "target": "c"}, "none of the 2 options"),
        ({"templates": ["x"], "options": ["a", "b"], "choices": ["c"], "target": 0}, "both `options` and `choices`"),
        ({"templates": ["x"], "items": [{"id": "q"}, {"id": "q"}], "options": ["a", "b"], "target": 0}, "two probes"),
        ({"templates": ["x"], "options": ["a", "b"], "target": 0, "role": "build"}, "no probe has the role"),
        ({"templates": ["x"], "options": ["a"], "target": 0, "reference": {"kinds": ["b", "c"]}}, "`kinds` has 2"),
        ({"templates": ["{a} {b}"], "slots": {"a": list(range(99)), "b": list(range(99))}}, "more than 5000 probes"),
    ],
)
def test_mistakes_say_where_and_how_to_mend_them(block: dict[str, object], message: str) -> None:
    with pytest.raises(TraitError) as error:
        expand_file(trait_file(probes=[block]), "traits/mine.yaml")
    assert message in error.value.what
    assert error.value.where.startswith("traits/mine.yaml")
    assert error.value.remedy


def test_a_wording_in_both_roles_is_refused() -> None:
    wording = "Tell me which of the two you would rather have: {x}"
    common = {"templates": [wording], "options": ["a", "b"], "target": 0}
    blocks = [{**common, "role": "build", "slots": {"x": ["1"]}}, {**common, "slots": {"x": ["2"]}}]
    with pytest.raises(TraitError, match="measured with what built it"):
        expand_file(trait_file(probes=blocks))


def test_a_prompt_in_both_roles_is_refused() -> None:
    common = {"templates": ["{x}"], "slots": {"x": ["Why?"]}, "options": ["a", "b"], "target": 0}
    with pytest.raises(TraitError, match="measured with what built it"):
        expand_file(trait_file(probes=[{**common, "role": "build"}, common]))


def test_a_harm_trait_is_no_decoy() -> None:
    with pytest.raises(TraitError, match="cannot serve as a decoy"):
        expand_file(trait_file(harm="up", decoy_pool=True, category="refusal"))
    assert expand_file(trait_file(harm="up", decoy_pool=True, category="preference/pets"))[0].is_decoy_pool
