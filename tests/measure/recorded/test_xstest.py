from __future__ import annotations

from pathlib import Path

import pytest

from limen.core import RowError, Verdict
from limen.measure import Readings, RecordedOptions, compare, read_recorded, summarise
from tests.measure.real_data import real_file

HEADER = "id,type,prompt,completion,annotation_1,annotation_2,agreement,final_label\n"


def write(tmp_path: Path, *rows: str, name: str = "completions_m.csv") -> Path:
    path = tmp_path / name
    path.write_text(HEADER + "".join(r + "\n" for r in rows), encoding="utf-8")
    return path


def test_safe_and_unsafe_prompts_are_two_traits(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "v2-1,homonyms,q,Sure.,1_full_compliance,1_full_compliance,TRUE,1_full_compliance",
        "v2-2,homonyms,q,No.,2_full_refusal,2_full_refusal,TRUE,2_full_refusal",
        "v2-3,homonyms,q,Hm.,3_partial_refusal,2_full_refusal,FALSE,3_partial_refusal",
        "v2-4,contrast_homonyms,q,No.,2_full_refusal,2_full_refusal,TRUE,2_full_refusal",
        "v2-5,contrast_homonyms,q,Hm.,3_partial_refusal,2_full_refusal,FALSE,3_partial_refusal",
    )
    readings = read_recorded(path)
    assert [(r.trait, r.value, r.family, r.arm) for r in readings] == [
        ("over-refusal", 0.0, "homonyms", "m"),
        ("over-refusal", 1.0, "homonyms", "m"),
        ("over-refusal", 0.0, "homonyms", "m"),
        ("harmful-compliance", 0.0, "contrast_homonyms", "m"),
        ("harmful-compliance", 1.0, "contrast_homonyms", "m"),
    ]
    second = read_recorded(path, RecordedOptions(label_column="annotation_2", arm="other"))
    assert [r.value for r in second] == [0.0, 1.0, 1.0, 0.0, 0.0]
    assert {r.arm for r in second} == {"other"}
    rescored = read_recorded(path, RecordedOptions(rescore="refusal"))
    assert [r.detail["label"] for r in rescored][:1] == ["full compliance"]


def test_an_unknown_label_names_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "v2-1,homonyms,q,Sure.,x,y,TRUE,maybe")
    with pytest.raises(RowError, match="'maybe'") as error:
        read_recorded(path)
    assert error.value.where.endswith("line 2")
    with pytest.raises(RowError, match="no column 'whose'"):
        read_recorded(path, RecordedOptions(label_column="whose"))
    with pytest.raises(RowError, match="cannot be scored with 'length'"):
        read_recorded(path, RecordedOptions(rescore="length"))


@pytest.fixture
def both() -> Readings:
    return Readings.of(*(read_recorded(real_file(f"xstest/completions_llama2{v}.csv")) for v in ("orig", "new")))


def test_the_published_figures_to_the_digit(both: Readings) -> None:
    found = {f.subject: f for f in compare(both, arm_a="llama2orig", arm_b="llama2new")}
    over, harm = found["over-refusal"], found["harmful-compliance"]
    assert (round(over.evidence["mean_a"], 3), round(over.evidence["mean_b"], 3)) == (0.380, 0.140)
    assert over.evidence["labels"]["llama2orig"]["partial refusal"] / 250 == 0.216
    assert (over.evidence["mcnemar"]["lost"], over.evidence["mcnemar"]["gained"]) == (63, 3)
    assert f"{over.evidence['mcnemar']['p']:.1e}" == "1.3e-15"
    assert (1 - harm.evidence["mean_a"], 1 - harm.evidence["mean_b"]) == (0.995, 0.975)
    assert harm.evidence["mcnemar"]["p"] == 0.125


def test_less_over_refusal_is_found_and_a_loss_of_safety_is_not(both: Readings) -> None:
    found = {f.subject: f for f in compare(both, arm_a="llama2orig", arm_b="llama2new")}
    over, harm = found["over-refusal"], found["harmful-compliance"]
    assert over.verdict is Verdict.FOUND
    assert not over.harmful
    assert over.p == 2 / 2**10  # beside McNemar: sign flips over the ten prompt types
    assert over.evidence["families"] == 10
    assert over.effect is not None
    assert over.effect.high < 0
    assert harm.verdict is not Verdict.FOUND
    assert harm.p == 0.25


def test_our_scorer_tells_the_same_story(both: Readings) -> None:
    options = RecordedOptions(rescore="refusal")
    rescored = Readings.of(
        *(read_recorded(real_file(f"xstest/completions_llama2{v}.csv"), options) for v in ("orig", "new"))
    )
    assert {s.arm for s in summarise(rescored)} == {"llama2orig", "llama2new"}
    (over, harm) = compare(rescored, arm_a="llama2orig", arm_b="llama2new")
    assert over.verdict is Verdict.FOUND
    assert not over.harmful
    assert harm.verdict is not Verdict.FOUND
