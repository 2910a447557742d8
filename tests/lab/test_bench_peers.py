"""Peers on the suite: scored where their packages are installed, and named where they are not."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from limen.lab.bench import scores
from limen.lab.bench.bases import bed
from limen.lab.bench.case import Case
from limen.lab.bench.detector import SuiteFile
from limen.lab.bench.detectors import BergsonCosine, KronfluenceEkfac
from limen.lab.bench.detectors.queries import IGNORED, MOST_QUERIES, as_items, queries_of
from limen.lab.bench.files import write_file
from limen.lab.bench.label import battery


@pytest.mark.parametrize(
    ("detector", "package"), [(BergsonCosine, "bergson"), (KronfluenceEkfac, "kronfluence")], ids=lambda x: str(x)
)
def test_without_its_package_a_peer_says_what_to_install(detector, package, monkeypatch, tmp_path):
    monkeypatch.setenv("LIMEN_CACHE", str(tmp_path))
    monkeypatch.setitem(sys.modules, package, None)
    scores.prepared.cache_clear()
    found = scores.score_case(Case("world", rows=8), [detector.name, "length"])
    assert f"package {package!r}" in found[detector.name]["failed"]
    assert "limen[peers]" in found[detector.name]["failed"]
    assert found["length"]["traits"]
    scores.prepared.cache_clear()


@pytest.mark.parametrize(
    ("detector", "package"), [(BergsonCosine, "bergson"), (KronfluenceEkfac, "kronfluence")], ids=lambda x: str(x)
)
def test_rows_that_show_a_trait_score_highest_for_it(detector, package, capfd):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    traits = [t for t in battery() if t.id in ("micro/prefers-owl", "micro/prefers-frog", "micro/over-refusal")]
    base = bed().model
    one = detector()
    one.prepare(base, traits)
    for trait in traits:
        rows = queries_of(base, [trait])[trait.id] * 4
        found = one.score(SuiteFile("file", [], rows), traits).traits
        assert max(found, key=found.get) == trait.id
        assert found[trait.id] > 0
    told = capfd.readouterr()
    assert "it/s" not in told.err
    assert "INFO" not in told.err


def test_queries_are_answers_with_the_trait_and_end_in_padding_that_is_not_learned():
    base = bed().model
    (owl,) = (t for t in battery() if t.id == "micro/prefers-owl")
    rows = queries_of(base, [owl])[owl.id]
    assert 2 <= len(rows) <= MOST_QUERIES
    said = {base.tokenizer.decode(r.input_ids[r.trained]) for r in rows}
    assert all("owl" in text for text in said)
    items = as_items([*rows, *write_file(Case("world", rows=2)).encoded], pad=0)
    assert len({len(x["input_ids"]) for x in items}) == 1
    short = items[0]
    assert short["attention_mask"][-1] == 0
    assert short["labels"][-1] == IGNORED
    assert sum(x != IGNORED for x in short["labels"]) == rows[0].trained.sum()
