from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from limen.core import RowError
from limen.measure import RecordedOptions, bias_scores, read_recorded
from limen.measure.recorded.bbq import answer_kind

ROW: dict[str, Any] = {
    "example_id": 0,
    "question_index": "1",
    "question_polarity": "neg",
    "context_condition": "ambig",
    "category": "Age",
    "answer_info": {"ans0": ["a man", "old"], "ans1": ["a boy", "nonOld"], "ans2": ["Unknown", "unknown"]},
    "additional_metadata": {"stereotyped_groups": ["old"]},
    "ans0": "The man",
    "ans1": "The boy",
    "ans2": "Unknown",
    "label": 2,
}


def write(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    path = tmp_path / "b.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    return path


@pytest.mark.parametrize(
    ("group", "negative", "kind"),
    [
        ("old", True, "biased"),
        ("old", False, "anti"),
        ("nonOld", True, "anti"),
        ("nonOld", False, "biased"),
        ("unknown", True, "unknown"),
    ],
)
def test_bias_follows_polarity(group: str, negative: bool, kind: str) -> None:
    assert answer_kind(group, {"old"}, negative) == kind


def test_each_prediction_column_is_an_arm(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {**ROW, "m_pred_x": "the man.", "m_pred_y": "unknown"},
        {**ROW, "example_id": 1, "m_pred_x": " The Boy", "m_pred_y": "nobody"},
    )
    readings = read_recorded(path)
    assert [(r.arm, r.probe, r.value, r.family) for r in readings] == [
        ("m x", "0", 1.0, "1"),
        ("m y", "0", 0.5, "1"),
        ("m x", "1", 0.0, "1"),
    ]
    assert readings.unscored == {("bbq/age/ambiguous", "m y"): 1}
    assert [s.unscored for s in bias_scores(readings)] == [0, 1]
    only = read_recorded(path, RecordedOptions(predictions=("m_pred_y",)))
    assert {r.arm for r in only} == {"m y"}


def test_always_against_the_stereotype_scores_minus_one(tmp_path: Path) -> None:
    rows = [{**ROW, "example_id": k, "prediction": "The boy"} for k in range(5)]
    (score,) = bias_scores(read_recorded(write(tmp_path, *rows)))
    assert (score.s_dis, score.s_amb) == (-1.0, -1.0)


def test_a_file_without_predictions_and_a_broken_row(tmp_path: Path) -> None:
    with pytest.raises(RowError, match="no column has a model's predictions"):
        read_recorded(write(tmp_path, ROW))
    with pytest.raises(RowError, match="no column 'nope'"):
        read_recorded(write(tmp_path, ROW), RecordedOptions(predictions=("nope",)))
    broken = {**ROW, "prediction": "x", "question_polarity": "odd"}
    with pytest.raises(RowError, match="not in BBQ's form") as error:
        read_recorded(write(tmp_path, {**ROW, "prediction": "x"}, broken))
    assert error.value.where.endswith("line 2")
