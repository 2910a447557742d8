"""Presidio, where it is installed: what it finds, offline, with a spaCy model and without one."""

from __future__ import annotations

import socket
import sys

import pytest

from limen.before.check import find_with_presidio
from limen.before.check.find_with_presidio import PATTERNS, PresidioFinder, presidio_finder
from limen.core import MissingExtraError, UsageError


@pytest.fixture
def presidio(monkeypatch):
    """Presidio, in a world without a network."""
    pytest.importorskip("presidio_analyzer", reason="the extra presidio is not installed")

    def refuse(*_, **__):
        raise AssertionError("Presidio asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


# None of these is anybody's: the numbers were made up and given right check digits
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to m.okonkwo@fastpost.de today", "email address"),
        ("call 212-736-4829", "phone number"),
        ("card 4539 1488 0343 6467", "credit card"),
        ("IBAN DE75512108001245126199", "iban code"),
        ("my passport number is 536228174", "us passport"),
        ("his SSN: 536-22-8174", "us ssn"),
    ],
)
def test_patterns_and_words_beside_them(presidio, text, kind):
    assert [found.kind for found in presidio_finder(PATTERNS).find(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "She lives in Paris and was born on 3 May 1990; see https://example.org/a.",
        "a public number, 536228174",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "",
    ],
)
def test_what_is_no_person_s_datum_or_not_likely_one(presidio, text):
    assert presidio_finder(PATTERNS).find(text) == []


@pytest.fixture
def installed_model(presidio, tmp_path, monkeypatch):
    """A German spaCy model of one name, installed as a package is."""
    import spacy

    pipeline = spacy.blank("de")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PER", "pattern": "Anneliese Wondrak"}])
    (tmp_path / "tiny_names_model").mkdir()
    pipeline.to_disk(tmp_path / "tiny_names_model" / "pipeline")
    (tmp_path / "tiny_names_model" / "__init__.py").write_text(
        "from pathlib import Path\n"
        "from spacy.util import load_model_from_path\n"
        "def load(**options):\n"
        "    return load_model_from_path(Path(__file__).parent / 'pipeline', **options)\n"
    )
    told = tmp_path / "tiny_names_model-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-names-model\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "tiny_names_model"
    presidio_finder.cache_clear()


def test_an_installed_model_finds_names_beside_patterns(installed_model):
    found = presidio_finder(installed_model).find("Anneliese Wondrak, m.okonkwo@fastpost.de")
    assert [one.kind for one in found] == ["person", "email address"]
    assert (found[0].start, found[0].end) == (0, 17)


def test_a_model_that_is_not_installed_is_not_downloaded(presidio):
    with pytest.raises(UsageError, match="not installed; Limen downloads none") as raised:
        presidio_finder("xx_no_such_model")
    assert PATTERNS in raised.value.remedy


@pytest.mark.parametrize("package", ["presidio_analyzer", "spacy"])
def test_without_the_extra_it_says_how_to_install_it(monkeypatch, package):
    presidio_finder.cache_clear()
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"limen\[presidio\]"):
        presidio_finder(PATTERNS)


class Result:
    """A result as Presidio has it."""

    def __init__(self, start: int, end: int, score: float, kind: str) -> None:
        self.start, self.end, self.score, self.entity_type = start, end, score, kind


class Analyzer:
    """Finds each `#` and, less certain, the word that it begins."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_supported_entities(self, language):
        return ["HASH", "LONG_HASH", "URL", "DATE_TIME"]

    def analyze(self, text, language, *, entities, score_threshold):
        assert entities == ["HASH", "LONG_HASH"]
        self.asked.append(text)
        at = [i for i, c in enumerate(text) if c == "#"]
        return [Result(i, i + 3, 0.5, "LONG_HASH") for i in at] + [Result(i, i + 1, 0.9, "HASH") for i in at]


def test_of_two_that_overlap_the_more_certain_one_counts():
    assert [(f.start, f.end, f.kind) for f in PresidioFinder(Analyzer(), "en").find("a #bc #de")] == [
        (2, 3, "hash"),
        (6, 7, "hash"),
    ]


def test_a_text_too_long_for_spacy_is_cut_at_white_space(monkeypatch):
    monkeypatch.setattr(find_with_presidio, "_LONGEST", 8)
    analyzer = Analyzer()
    text = "one #two three #four " + "#" * 20
    found = PresidioFinder(analyzer, "en").find(text)
    assert "".join(analyzer.asked) == text
    assert all(len(piece) <= 8 for piece in analyzer.asked)
    assert [f.start for f in found] == [i for i, c in enumerate(text) if c == "#"]
