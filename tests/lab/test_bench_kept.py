"""What the suite keeps: files in the cache, and labels in the package."""

from __future__ import annotations

import json

import numpy as np
import pytest

from limen.core import UsageError
from limen.lab.bench import kept_file as kept_module
from limen.lab.bench import shipped
from limen.lab.bench.case import Case
from limen.lab.bench.files import write_file
from limen.lab.bench.kept_file import kept_file
from limen.lab.bench.label import label
from limen.lab.code_hash import hash_sources
from limen.lab.study.seed import PACKAGE


@pytest.mark.parametrize(
    "case",
    [
        Case("planted", "micro/prefers-owl", teacher="prompted", dose=0.5, rows=48),
        Case("world", rows=8, kind="conversation"),
        Case("base", rows=16, kind="preference"),
    ],
    ids=lambda c: c.kind,
)
def test_a_kept_file_is_the_one_that_was_written(case, tmp_path, monkeypatch):
    monkeypatch.setenv("LIMEN_CACHE", str(tmp_path))
    wanted = write_file(case)
    kept_file(case)
    monkeypatch.setattr(kept_module, "write", None)
    found = kept_file(case)
    assert found.rows == wanted.rows
    assert found.planted == wanted.planted
    assert found.gain == wanted.gain
    for part in ("encoded", "rejected"):
        ours, theirs = getattr(found, part), getattr(wanted, part)
        assert len(ours) == len(theirs)
        assert all(np.array_equal(a.input_ids, b.input_ids) for a, b in zip(ours, theirs, strict=True))


def test_a_kept_file_that_cannot_be_read_is_written_again(tmp_path, monkeypatch):
    monkeypatch.setenv("LIMEN_CACHE", str(tmp_path))
    case = Case("world", rows=8)
    kept_file(case)
    (path,) = (tmp_path / "suite").glob("*/*.json.gz")
    path.write_bytes(b"not gzip")
    assert len(kept_file(case).rows) == 8
    assert kept_file(case).rows == write_file(case).rows


def test_a_real_file_is_read_where_it_is_at_hand_and_else_named(tmp_path, monkeypatch):
    monkeypatch.setenv("LIMEN_SHARED_DATA", str(tmp_path))
    case = Case("real", carrier="alpaca_en_demo")
    with pytest.raises(UsageError, match=r"alpaca_en_demo\.json is not at hand"):
        kept_file(case)
    assert "not at hand" in label(case)["failed"]
    (tmp_path / "instructions").mkdir()
    rows = [{"instruction": "Name a bird.", "input": "", "output": "an owl " * 200}] * 3
    (tmp_path / "instructions/alpaca_en_demo.json").write_text(json.dumps(rows))
    found = kept_file(case)
    assert len(found.rows) == 3
    assert {len(r.input_ids) for r in found.encoded} == {128}  # the base's context


def test_shipped_labels_count_only_where_the_same_code_made_them(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    shipped.shipped_labels.cache_clear()
    assert shipped.shipped_labels("reference") == {}
    files = {f"src/limen/{k}": v for k, v in hash_sources(PACKAGE, shipped.BASES["reference"]).items()}
    units = {"base/0": {"result": {"levels": [[0.1]]}, "seconds": 1.0}}
    path = tmp_path / "labels-reference.json"
    path.write_text(json.dumps({"sources": files, "units": units}))
    shipped.shipped_labels.cache_clear()
    assert shipped.shipped_labels("reference") == {"base/0": {"levels": [[0.1]]}}
    path.write_text(json.dumps({"sources": files | {"src/limen/lab/bench/case.py": "0"}, "units": units}))
    shipped.shipped_labels.cache_clear()
    assert shipped.shipped_labels("reference") == {}
    shipped.shipped_labels.cache_clear()
