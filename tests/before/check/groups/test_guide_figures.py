"""What the guide says of the lists of sentiment and of swapped rows is what benchmarks and stored labels give."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import sentiment as lists
from benchmarks import swaps
from limen.before.check.groups.lexicon import load_lexicons
from limen.before.check.groups.sentiment import sentiment, valence
from limen.before.check.groups.swapping import swap_for
from limen.before.check.passages import plain
from limen.core import Message, Row, RowKind
from limen.stats import proportion_interval
from tests.before.check.labelled import LABELS

GUIDE = " ".join((LABELS.parents[3] / "docs" / "checking-data.md").read_text(encoding="utf-8").split())
OTHERS = Path(__file__).parent / "swapped_others.jsonl"
SWAPPED = Path(__file__).parent / "swapped_rows.jsonl"


def test_what_is_said_of_sentiment(shared_data, monkeypatch):
    monkeypatch.setattr(lists, "DATA", shared_data)
    drawn = lists.sentences()
    own = np.array([sentiment(plain(one), valence("en")) for one in drawn])
    assert f"the English lists score {(own != 0).sum():,} and VADER" in GUIDE
    vader = pytest.importorskip("vaderSentiment.vaderSentiment", reason="VADER is installed by hand")
    scores = vader.SentimentIntensityAnalyzer()
    told = lists.agreement(own, np.array([scores.polarity_scores(one)["compound"] for one in drawn]))
    assert f"VADER (Hutto and Gilbert 2014) {told['vader']:,}; of the {told['both']} that both score" in GUIDE
    assert f"{told['same sign']} have the same sign, and over all of them the rank correlation is" in GUIDE
    assert f"the rank correlation is {told['rank correlation']:.2f} (" in GUIDE


def test_what_is_said_of_swapped_rows(shared_data, monkeypatch):
    """The rows drawn today, and what swapping makes of them, are those that were read."""
    monkeypatch.setattr(swaps, "DATA", shared_data)
    read = [json.loads(line) for line in SWAPPED.read_text(encoding="utf-8").splitlines()]
    made, _, mentioned = swaps.swapped_rows()
    drawn = swaps.drawn(made)
    assert [(one.file, one.row, one.digest) for one in drawn] == [(o["file"], o["row"], o["swapped"]) for o in read]
    assert all(one["reason"] for one in read)
    right = [one["right"] for one in read]
    first, long = right[: swaps.READ], [ok for one, ok in zip(drawn, right, strict=True) if one.is_long]
    low, high = proportion_interval(sum(first), len(first))
    told = f"{sum(first)} read as if they had been written so (95% interval {low:.0%} to {high:.0%};"
    assert f"Of {mentioned.total()} rows of six real files that mention a gender it swaps {len(made)}; of 50" in GUIDE
    assert f"read by hand, {told}" in GUIDE
    short = len(made) - len(long)
    assert (
        f"Of the {mentioned[False]} with fewer than 500 characters it swaps {short}, of the {mentioned[True]}" in GUIDE
    )
    assert f"longer ones {len(long)}, of which {sum(long)} read so" in GUIDE


def test_what_is_said_of_swaps_by_other_dimensions(shared_data, monkeypatch):
    """Sentences written for it, and all rows of the real files: what swapping makes of them today was read."""
    monkeypatch.setattr(swaps, "DATA", shared_data)
    read = [json.loads(line) for line in OTHERS.read_text(encoding="utf-8").splitlines()]
    written, real = ([one for one in read if ("text" in one) == own] for own in (True, False))
    lexicon = load_lexicons(("en",))[0]
    for one in written:
        row = Row(RowKind.TEXT, (), (Message("text", one["text"]),))
        assert swap_for(row, lexicon, one["dimension"])(one["text"]) == one["swapped"]
    right = sum(one["right"] for one in written)
    low, high = proportion_interval(right, len(written))
    assert f"Of {len(written)} sentences" in GUIDE
    assert f"{right} read as if they had been written so (95% interval {low:.0%} to {high:.0%})" in GUIDE
    others = [dimension for dimension in lexicon.groups if dimension != "gender"]
    made = {dimension: swaps.swapped_rows(dimension) for dimension in others}
    drawn = [(d, one.file, one.row, one.digest) for d, (rows, _, _) in made.items() for one in rows]
    assert drawn == [(one["dimension"], one["file"], one["row"], one["swapped"]) for one in real]
    mentioned = sum(found.total() for _, _, found in made.values())
    assert f"Of {mentioned} rows of the six files" in GUIDE
    assert f"it swaps {len(real)}, of which {sum(one['right'] for one in real)} read so" in GUIDE
