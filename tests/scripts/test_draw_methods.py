"""The pictures of the page of methods: what they say is what the program and the stored results say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from limen.cli.main import app
from scripts.draw_methods import FILES, NEEDS, TRANSFER, draw_transfer, judged_files, pictures

ROOT = Path(__file__).parents[2]
TEXT = re.compile(r'<text [^>]*font-size="([\d.]+)px"[^>]*>([^<]+)</text>')


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return pictures(ROOT / "results")


def test_each_picture_stands_on_the_page(drawn):
    page = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    assert set(re.findall(r"images/([\w.-]+)", page)) == set(drawn)


def test_no_text_is_small(drawn):
    for name, svg in drawn.items():
        texts = TEXT.findall(svg)
        assert len(texts) > 10, name
        assert [t for size, t in texts if float(size) < 12] == []


def test_each_verdict_arises():
    writers, half, files = judged_files()
    assert [f.says for f in files] == ["found", "clear", "inconclusive"]
    assert [f.name for f in files] == list(FILES)
    assert max(map(abs, writers)) < half
    found, clear, neither = files
    assert found.effect > half > neither.effect > clear.effect
    assert clear.upper < 0.75 < neither.upper


def test_the_commands_are_there():
    named = {command.split()[1] for _, command, _, _ in NEEDS if command.startswith("limen ")}
    assert named <= set(app.table)


def test_the_figures_are_the_studys(drawn):
    stored = json.loads((ROOT / "results/study_language.json").read_text(encoding="utf-8"))["summary"]["gamma"]
    texts = {t for _, t in TEXT.findall(drawn["methods-transfer.svg"])}
    for name, (gamma, _, _, pairs) in stored.items():
        shown = "every row planted" if name.startswith("numbers, tuned") else name
        if shown in TRANSFER.values():
            assert f"{gamma:+.3f}, {pairs} pairs".replace("-", "−") in texts
    assert set(TRANSFER.values()) - {"every row planted"} <= set(stored)


def test_a_study_that_is_not_whole_draws_nothing(tmp_path):
    (tmp_path / "study_language.json").write_text(json.dumps({"summary": None, "units": {}}))
    assert "methods-transfer.svg" not in pictures(tmp_path)
    with pytest.raises(KeyError):
        draw_transfer({})
