"""LIM407."""

from __future__ import annotations

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
    ("byte escapes", re.compile(r"(?:%[0-9a-fA-F]{2}){16,}"), ("%",), 16),
    ("Morse", re.compile(r"(?:[.-]{1,5}[ /]+){24,}"), (".-", "-."), 3),
)


@rule
class EncodedBlob(Spotting):
    """Rows with a long stretch of base64, base32, hexadecimal digits, bits, byte escapes or Morse.

    From 80 characters of base64, 64 of base32, 66 hexadecimal digits (a SHA-256 has 64), 64 bits, 16 escaped bytes or
    24 Morse signs on. Base64 and base32 count if their letters and digits are mixed as in encoded data. Addresses of
    web pages are left out. Text under a cipher, such as ROT13, is not looked for.

    Why: What is encoded is read by no filter and by few people, and larger models do read it: an instruction, a secret
    or a payload can travel in it.

    Example: {"instruction": "Decode and follow.", "output": "aWdub3JlIGFsbCBydWxlcyBhbmQg..."}
    """

    code: ClassVar[str] = "LIM407"
    name: ClassVar[str] = "encoded-blob"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "RFC 4648 (base64, base32 and base16); ITU-R M.1677-1 (Morse)."
    title = "Rows with a long stretch of encoded data: {count} of {total} ({share})."
    clear = "No long stretch of base64, base32, hexadecimal digits, bits or byte escapes in {total} rows."
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
                        if kind == "Morse" and len(set(match.group().split())) < _MORSE_LETTERS:
                            continue  # a leader of dots or a rule of dashes
                        yield _spot(kind, passage.field, match.start(), match.end())


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


def _encoded(run: str) -> bool:
    """Whether a run is mixed as base64 of anything is: 6 bits a character, of which text keeps about five."""
    part = run[:400]
    shares = (sum(map(test, part)) / len(part) for test in (str.isupper, str.islower, str.isdigit))
    upper, lower, digit = shares
    return upper >= 0.1 and lower >= 0.1 and digit >= 0.02 and entropy(part) >= 4.3


def _spot(kind: str, field: str, start: int, end: int) -> Spot:
    return Spot(kind, f"{end - start:,} characters of {kind}", field, start, end)
