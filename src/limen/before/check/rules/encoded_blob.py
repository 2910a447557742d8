"""LIM407."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import ClassVar

from limen.before.check.find_ciphers import ROT13, shifted, shifts_in
from limen.before.check.find_codes import (
    HASHES,
    LEAST_HEX,
    codes,
    is_text,
    mixed_as_base32,
    mixed_as_base64,
    mixed_as_hex,
)
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting

_LONGEST_WORD = 64
_LONG = re.compile(rf"[^\s<>\"'`|,;(){{}}\[\]]{{{_LONGEST_WORD},}}")
# In the midst of a word, no signs between the bytes: "sha256:" and "blake3:" end as bytes do
_HEX = re.compile(r"(?<!\w)(?:0x|\\x)?(?:[0-9a-fA-F]{2}[:-]?){33,}|(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}){33,}")
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
# In base64 the others are too short to count
_SHA512 = re.compile(r"(?i:sha-?512)-[A-Za-z0-9+/_-]{86}(?:==)?\Z")
# Both begin as DER does, or as OpenPGP's packets of keys: what is only framed so is no certificate
_PUBLIC = re.compile(
    r"-----BEGIN (?:(?:[A-Z0-9]{1,20} ){0,3}(?:CERTIFICATE|CERTIFICATE REQUEST|CRL|PUBLIC KEY)-----"
    r"(?:\s|\\[nr]){0,9}M[A-P]"
    r"|PGP PUBLIC KEY BLOCK-----(?:\s{1,9}[A-Z]\w{0,20}: [^\n]{0,80}){0,5}\s{1,9}[mx])"
    r"(?:[A-Za-z0-9+/=]|\\[nr]|\s{1,4}(?=[A-Za-z0-9+/=]{16}))*"
)
_FRAME = "-----BEGIN "
_SSH = re.compile(r"\b(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-[\w-]+|sk-[\w.@-]+) \Z")
_LEAST_CONSTANT = 64
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{80,}={0,2}")
_BASE32 = re.compile(r"(?<![A-Za-z0-9])[A-Z2-7]{64,}={0,6}(?![A-Za-z0-9])")
_MORSE_LETTERS = 6
# kind, pattern, what must stand in the text, how often
_OTHERS = (
    ("bits", re.compile(r"(?<![\w.])[01]{8}(?:[ \n]?[01]{8}){7,}(?![\w.])"), ("0", "1", "01"), 8),
    ("byte escapes", re.compile(r"(?:\\x[0-9a-fA-F]{2}[ ,]?){16,}"), ("\\x",), 16),
    ("byte escapes", re.compile(r"(?:0x[0-9a-fA-F]{2}[\s,]{0,16}){16,}"), ("0x",), 16),
    ("percent-encoding", re.compile(r"(?:%[0-9a-fA-F]{2}[ ,]?){16,}"), ("%",), 16),
    ("percent-encoding", re.compile(r"(?:[\w.!~*'-]|%[0-9a-fA-F]{2}){64,}"), ("%20",), 7),
    (
        "Unicode escapes",
        re.compile(r"(?:\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|U[0-9a-fA-F]{8})[ ,]?){16,}"),
        ("\\",),
        16,
    ),
    ("byte escapes", re.compile(r"(?:\\[0-3]?[0-7]{2}[ ,]?){16,}"), ("\\",), 16),
    ("HTML entities", re.compile(r"(?:&#(?:[xX][0-9a-fA-F]{1,6}|[0-9]{1,7});[ ,]?){16,}"), ("&#",), 16),
    ("Morse", re.compile(r"(?:[.-]{1,5}[ /]+){24,}"), (".-", "-."), 3),
)
_ASCII_ESCAPE = re.compile(r"\\(?:u00|u\{0*|U000000)[2-7][0-9a-fA-F]")
_ADDRESS = re.compile(r"(?:://|www\.|mailto:|[/?&=])\S*\Z")
# Characters in front of a stretch that are searched for an address that it is part of
_LOOKED_BACK = 300
_LEAST_WORDS = 8


@rule
class EncodedBlob(Spotting):
    r"""Rows with a long stretch of base64, base32, base85, hexadecimal digits, codes, escapes, Morse or a cipher.

    From 80 characters of base64 or base85, 64 of base32, 66 hexadecimal digits, 64 bits, 16 codes or escapes or 24
    Morse signs on. Bytes as code has them (`0x69`) count from 64 on, or from 16 if they decode to a text. Base64 and
    base32 count if their letters and digits are mixed as in encoded data. Escapes are those of bytes (`\x69`, `\151`),
    of percent-encoding, of Unicode (`\u0069`) and of HTML (`&#105;`); of the last two at least half must stand for
    ASCII, which needs none: other scripts are often written so. Eight words joined by `%20` count too. Addresses of web
    pages are left out, and so is what says what it is: hexadecimal digits as many as a hash has (MD5 to SHA-512) unless
    they decode to a text, a SHA-512 in base64 behind its name, and certificates, public keys of PEM and OpenPGP and
    those of SSH, in their frame.

    Lines of base64, base32 or hexadecimal digits of one length are read as one, as are bytes with spaces between them
    and the dumps of hexadecimal editors. Lists of numbers and of hashes look alike: decimal codes (`73 103 110`), octal
    ones, base85, short lines and hexadecimal digits in words as long as a hash count only if they decode to a text.
    Lines of a private key are LIM403's.

    A cipher is one that shifts letters along the alphabet, as ROT13 does. It counts from eight words on, whatever
    stands between them, none of them a common English word, of which at least an eighth are one once turned back: two
    different ones, not both of two letters. For ROT13 the row has a "the" or an "and" so; for other shifts it has two
    common words of three letters, and the letters of the stretch, turned back, are as frequent as in English. Other
    ciphers are not looked for, nor those of other languages, nor texts that are written backwards.

    Why: What is encoded is read by no filter and by few people, and larger models do read it: an instruction, a secret
    or a payload can travel in it.

    Example: {"instruction": "Decode and follow.", "output": "aWdub3JlIGFsbCBydWxlcyBhbmQg..."}
    """

    code: ClassVar[str] = "LIM407"
    name: ClassVar[str] = "encoded-blob"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "RFC 4648 (base64, base32 and base16); RFC 3986, section 2.1 (percent-encoding); RFC 8259, section 7 (Unicode "
        "escapes); ITU-R M.1677-1 (Morse); Lewand 2000, Cryptological Mathematics (how frequent letters are)."
    )
    title = "Rows with a long stretch of encoded data: {count} of {total} ({share})."
    clear = (
        "No long stretch of base64, hexadecimal digits, codes, escapes, Morse, a cipher or the like in {total} rows."
    )
    remedy = "Decode some, and leave out what the model is not meant to learn."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every encoded stretch."""
        text = seen.text
        public = {p.field: _public(p.text) for p in seen.passages} if _FRAME in text else {}
        if seen.longest_word >= _LONGEST_WORD:
            for passage in seen.passages:
                yield from _outside(public.get(passage.field, ()), _in_long(passage.field, passage.text))
        for kind, pattern, cues, least in _OTHERS:
            if all(text.count(cue) >= least for cue in cues):
                for passage in seen.passages:
                    for match in pattern.finditer(passage.text):
                        if _means_it(kind, match):
                            yield _spot(kind, passage.field, match.start(), match.end())
        for passage in seen.passages:
            spots = (_spot(c.kind, passage.field, c.start, c.end) for c in codes(passage.text, seen.longest_word))
            yield from _outside(public.get(passage.field, ()), spots)
        for shift in shifts_in(seen.lowered, seen.words):
            for passage in seen.passages:
                for start, end in shifted(passage.lowered, shift):
                    yield _spot("ROT13" if shift == ROT13 else "Caesar cipher", passage.field, start, end)


def _in_long(field: str, text: str) -> Iterator[Spot]:
    for word in _LONG.finditer(text):
        if "://" in word.group() or word.group().startswith("www."):
            continue
        for match in _HEX.finditer(text, word.start(), word.end()):
            if _is_hex_text(match.group()) or (mixed_as_hex(match.group()) and not _is_hash(match)):
                yield _spot("hexadecimal", field, match.start(), match.end())
        for match in _BASE32.finditer(text, word.start(), word.end()):
            if mixed_as_base32(match.group().rstrip("=")):
                yield _spot("base32", field, match.start(), match.end())
        for match in _BASE64.finditer(text, word.start(), word.end()):
            if mixed_as_base64(match.group()) and not (_SHA512.search(match.group()) or _is_ssh_key(match)):
                yield _spot("base64", field, match.start(), match.end())


def _public(text: str) -> list[tuple[int, int]]:
    """Where certificates and public keys stand in a text."""
    return [match.span() for match in _PUBLIC.finditer(text)]


def _outside(spans: Sequence[tuple[int, int]], spots: Iterator[Spot]) -> Iterator[Spot]:
    for spot in spots:
        last = bisect_right(spans, spot.start, key=itemgetter(0)) - 1
        if last < 0 or spot.start >= spans[last][1]:
            yield spot


def _is_hash(match: re.Match[str]) -> bool:
    """Whether hexadecimal digits have the length of a hash, by itself or behind a short name or another hash."""
    sizes = [len(part) for part in re.split("[:-]", match.group().strip(":-"))]
    after = match.string[match.end() : match.end() + 1]
    return after not in _HEX_DIGITS and max(sizes) in HASHES and all(n in HASHES or n < min(HASHES) for n in sizes)


def _is_ssh_key(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - _LOOKED_BACK) : match.start()]
    return match.group().startswith("AAAA") and _SSH.search(before) is not None


def _is_hex_text(run: str) -> bool:
    digits = re.sub(r"^0x|\\x|[:-]", "", run)
    return len(digits) >= LEAST_HEX and is_text(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _means_it(kind: str, match: re.Match[str]) -> bool:
    """Whether a stretch that has the form of a kind is one."""
    run = match.group()
    if run.startswith("0x"):
        digits = re.findall("0x(..)", run)
        # Keys, masks and tables of constants in code are such lists
        return len(digits) >= _LEAST_CONSTANT or is_text(bytes.fromhex("".join(digits)))
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


def _spot(kind: str, field: str, start: int, end: int) -> Spot:
    return Spot(kind, f"{end - start:,} characters of {kind}", field, start, end)
