"""LIM407."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.find_secrets import entropy
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting

_LONGEST_WORD = 64
_LONG = re.compile(rf"[^\s<>\"'`|,;(){{}}\[\]]{{{_LONGEST_WORD},}}")
_HEX = re.compile(r"(?:0x|\\x)?(?:[0-9a-fA-F]{2}[:-]?){33,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{80,}={0,2}")
_BASE32 = re.compile(r"(?<![A-Za-z0-9])[A-Z2-7]{64,}={0,6}(?![A-Za-z0-9])")
_MORSE_LETTERS = 6
# kind, pattern, what must stand in the text, how often
_OTHERS = (
    ("bits", re.compile(r"(?<![\w.])[01]{8}(?:[ \n]?[01]{8}){7,}(?![\w.])"), ("0", "1", "01"), 8),
    ("byte escapes", re.compile(r"(?:\\x[0-9a-fA-F]{2}[ ,]?){16,}"), ("\\x",), 16),
    ("byte escapes", re.compile(r"(?:0x[0-9a-fA-F]{2}[ ,]{0,2}){16,}"), ("0x",), 16),
    ("percent-encoding", re.compile(r"(?:%[0-9a-fA-F]{2}[ ,]?){16,}"), ("%",), 16),
    ("percent-encoding", re.compile(r"(?:[\w.!~*'-]|%[0-9a-fA-F]{2}){64,}"), ("%20",), 7),
    (
        "Unicode escapes",
        re.compile(r"(?:\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|U[0-9a-fA-F]{8})[ ,]?){16,}"),
        ("\\",),
        16,
    ),
    ("HTML entities", re.compile(r"(?:&#(?:[xX][0-9a-fA-F]{1,6}|[0-9]{1,7});[ ,]?){16,}"), ("&#",), 16),
    ("Morse", re.compile(r"(?:[.-]{1,5}[ /]+){24,}"), (".-", "-."), 3),
)
_ASCII_ESCAPE = re.compile(r"\\(?:u00|u\{0*|U000000)[2-7][0-9a-fA-F]")
_ADDRESS = re.compile(r"(?:://|www\.|mailto:|[/?&=])\S*\Z")
# Characters in front of a stretch that are searched for an address that it is part of
_LOOKED_BACK = 300
_LEAST_WORDS = 8
_LATIN_WORD = re.compile("[a-z]+")
_COMMON = frozenset(
    ("the", "and", "of", "to", "in", "is", "that", "for", "it", "with", "you", "not", "this", "from", "your", "will",
     "have", "all", "are", "was", "but", "by", "as", "on", "they", "what", "when", "there", "which")
)  # fmt: skip
_TURNED = frozenset(codecs.encode(word, "rot13") for word in _COMMON)
# "The" and "and", looked for in every row
_TURNED_CUES = ("gur", "naq")
# "Va" is a Romance word, "vg" a newspaper, "bs" and "gb" are abbreviations: one word is longer
_LEAST_LETTERS = 3


@rule
class EncodedBlob(Spotting):
    r"""Rows with a long stretch of base64, base32, hexadecimal digits, bits, escapes, Morse or ROT13.

    From 80 characters of base64, 64 of base32, 66 hexadecimal digits (a SHA-256 has 64), 64 bits, 16 escapes or 24
    Morse signs on. Base64 and base32 count if their letters and digits are mixed as in encoded data. Escapes are those
    of bytes, of percent-encoding, of Unicode (`\u0069`) and of HTML (`&#105;`); of the last two at least half must
    stand for ASCII, which needs none: other scripts are often written so. Eight words joined by `%20` count too.
    Addresses of web pages are left out. ROT13 counts from eight words on, whatever stands between them, none of them a
    common English word, of which at least an eighth are one once turned back: two different ones, not both of two
    letters. The row has a "the" or an "and" so. Other ciphers are not looked for, nor ROT13 of other languages.

    Why: What is encoded is read by no filter and by few people, and larger models do read it: an instruction, a secret
    or a payload can travel in it.

    Example: {"instruction": "Decode and follow.", "output": "aWdub3JlIGFsbCBydWxlcyBhbmQg..."}
    """

    code: ClassVar[str] = "LIM407"
    name: ClassVar[str] = "encoded-blob"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "RFC 4648 (base64, base32 and base16); RFC 3986, section 2.1 (percent-encoding); RFC 8259, section 7 (Unicode "
        "escapes); ITU-R M.1677-1 (Morse)."
    )
    title = "Rows with a long stretch of encoded data: {count} of {total} ({share})."
    clear = "No long stretch of base64, base32, hexadecimal digits, bits, escapes, Morse or ROT13 in {total} rows."
    remedy = "Decode some, and leave out what the model is not meant to learn."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every encoded stretch."""
        text = seen.text
        if seen.longest_word >= _LONGEST_WORD:
            for passage in seen.passages:
                yield from _in_long(passage.field, passage.text)
        for kind, pattern, cues, least in _OTHERS:
            if all(text.count(cue) >= least for cue in cues):
                for passage in seen.passages:
                    for match in pattern.finditer(passage.text):
                        if _means_it(kind, match):
                            yield _spot(kind, passage.field, match.start(), match.end())
        if _may_be_turned(seen.lowered):
            for passage in seen.passages:
                for start, end in _turned(passage.lowered):
                    yield _spot("ROT13", passage.field, start, end)


def _in_long(field: str, text: str) -> Iterator[Spot]:
    for word in _LONG.finditer(text):
        if "://" in word.group() or word.group().startswith("www."):
            continue
        for match in _HEX.finditer(text, word.start(), word.end()):
            letters = sum(map(str.isalpha, match.group()))
            if 0.1 <= letters / len(match.group()) <= 0.9 and len(set(match.group())) >= 8:
                yield _spot("hexadecimal", field, match.start(), match.end())
        for match in _BASE32.finditer(text, word.start(), word.end()):
            run = match.group().rstrip("=")
            if 0.05 <= sum(map(str.isdigit, run)) / len(run) <= 0.4 and entropy(run[:400]) >= 3.5:
                yield _spot("base32", field, match.start(), match.end())
        for match in _BASE64.finditer(text, word.start(), word.end()):
            if _encoded(match.group()):
                yield _spot("base64", field, match.start(), match.end())


def _means_it(kind: str, match: re.Match[str]) -> bool:
    """Whether a stretch that has the form of a kind is one."""
    run = match.group()
    if kind == "Morse":
        return len(set(run.split())) >= _MORSE_LETTERS  # else a leader of dots or a rule of dashes
    if kind == "percent-encoding":
        before = match.string[max(0, match.start() - _LOOKED_BACK) : match.start()]
        many = run.count("%20") >= _LEAST_WORDS - 1 or 3 * run.count("%") >= len(run.replace(" ", "").replace(",", ""))
        return many and _ADDRESS.search(before) is None
    if kind == "Unicode escapes":
        return 2 * len(_ASCII_ESCAPE.findall(run)) >= run.count("\\")
    if kind == "HTML entities":
        return 2 * sum(" " < char < "\x7f" for char in html.unescape(run) if char not in " ,") >= run.count("&")
    return True


def _may_be_turned(text: str) -> bool:
    return any(_has_word(text, word) for word in _TURNED_CUES)


def _has_word(text: str, word: str) -> bool:
    """Whether a word stands in a text by itself, as an expression would say less quickly."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not text[at - 1 : at].isalpha() and not text[end : end + 1].isalpha():
            return True
        at = text.find(word, end)
    return False


def _turned(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand that are ROT13 of English: each stretch without a common word as it is.

    Args:
        text: In lower case.
    """
    if not _may_be_turned(text):
        return
    stretch: list[re.Match[str]] = []
    for word in (*_LATIN_WORD.finditer(text), None):
        if word is not None and word.group() not in _COMMON:
            stretch.append(word)
            continue
        hits = [one.group() for one in stretch if one.group() in _TURNED]
        many = len(stretch) >= _LEAST_WORDS and _LEAST_WORDS * len(hits) >= len(stretch)
        if many and len(set(hits)) > 1 and max(map(len, hits)) >= _LEAST_LETTERS:
            yield stretch[0].start(), stretch[-1].end()
        stretch = []


def _encoded(run: str) -> bool:
    """Whether a run is mixed as base64 of anything is: 6 bits a character, of which text keeps about five."""
    part = run[:400]
    shares = (sum(map(test, part)) / len(part) for test in (str.isupper, str.islower, str.isdigit))
    upper, lower, digit = shares
    return upper >= 0.1 and lower >= 0.1 and digit >= 0.02 and entropy(part) >= 4.3


def _spot(kind: str, field: str, start: int, end: int) -> Spot:
    return Spot(kind, f"{end - start:,} characters of {kind}", field, start, end)
