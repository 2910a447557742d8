"""Bytes that are written out with spaces or line breaks between them, in a text, and base85.

They are in decimal, octal, hexadecimal, base64 or base32. Ordinary data look alike: measurements are numbers below
128, lists of hashes are hexadecimal digits in words of one length. So decimal and octal numbers, base85, and what has
the length of a hash count only if they decode to a text.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise

from limen.before.check.find_ciphers import letters_of_english
from limen.before.check.find_secrets import Found
from limen.before.check.randomness import entropy

LONG_WORD = 32
"""Characters of a line from which it may be one of several that belong together."""
LEAST_HEX = 66
"""Hexadecimal digits; a SHA-256 has 64."""

_LEAST_DIGITS = 32
_LEAST_OF_THREE = 6
_LEAST_BASE64 = 80
_LEAST_BASE32 = 64
_LOOKED_AT = 400  # characters from which it is judged
HASHES = frozenset((32, 40, 56, 64, 96, 128))
"""Hexadecimal digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512."""

_BYTE_WIDTHS = (2, 4)
# Lines of base64 have 64 or 76 characters, shorter ones of one length are rather a list of names or keys
_LEAST_LINE = 60
_DECIMAL = re.compile(r"(?<![\w.,])[0-9]{2,3}(?![0-9])(?:[\s,;]{1,3}[0-9]{2,3}(?![0-9])){15,}")
_HEX_WORDS = re.compile(r"(?:(?<![\w.,+-])[0-9a-fA-F]{2,128}\s{1,3}){2,}[0-9a-fA-F]{2,128}(?!\w)")
_DUMP = re.compile(
    r"^[ \t]*(?:0x)?([0-9a-fA-F]{4,8}):?[ \t]+"
    r"([0-9a-fA-F]{2,4}(?:[ \t]{1,2}[0-9a-fA-F]{2,4}){3,15})(?=[ \t]{2}|[ \t]*$)",
    re.MULTILINE,
)
_LEAST_LINES = 3
_LONG = re.compile(rf"(?<!\S)\S{{{LONG_WORD},}}")
_LINES = re.compile(r"(?:(?<![\w+/=-])[A-Za-z0-9+/_-]{32,256}\s{1,4})+[A-Za-z0-9+/_-]{1,256}={0,6}(?![\w+/=-])")
_WORD = re.compile(r"\S+")
_LOOKED_BACK = 40
_PRIVATE = "PRIVATE KEY-----"
_BASE85 = (
    # Adobe's form says where it ends
    (re.compile(r"(?<=<~)[!-uz\s]{80,}(?=~>)"), base64.a85decode),
    (re.compile(r"(?:[!-uz]{32,}\s{0,2})+"), base64.a85decode),
    (re.compile(r"(?:[0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]{32,}\s{0,2})+"), base64.b85decode),
)
_LEAST_BASE85 = 80


def codes(text: str, longest_word: int) -> Iterator[Found]:
    """Every stretch of a text that is bytes written out with white space between them.

    Args:
        text: Any text.
        longest_word: Characters of its longest run without white space, or more.
    """
    # Codes of letters begin with these digits, and others hold them as often as any
    if sum(map(text.count, "167")) >= _LEAST_OF_THREE and sum(map(text.count, "0123456789")) >= _LEAST_DIGITS:
        yield from _decimal(text)
        yield from _hex_words(text)
        yield from _dumps(text)
    if longest_word >= LONG_WORD:
        words = list(_LONG.finditer(text))
        if sum(len(word.group()) for word in words) >= _LEAST_BASE32:
            low, high = words[0].start(), words[-1].end() + 2 * _LOOKED_AT
            yield from _lines(text, low, high)
            yield from _base85(text, low, high)


def mixed_as_hex(digits: str) -> bool:
    """Whether hexadecimal digits are mixed as in encoded data.

    Args:
        digits: The digits; other characters count as such.
    """
    letters = sum(map(str.isalpha, digits))
    return 0.1 <= letters / len(digits) <= 0.9 and len(set(digits)) >= 8


def mixed_as_base32(run: str) -> bool:
    """Whether capitals and digits are mixed as in base32.

    Args:
        run: Without the padding.
    """
    return 0.05 <= sum(map(str.isdigit, run)) / len(run) <= 0.4 and entropy(run[:_LOOKED_AT]) >= 3.5


def mixed_as_base64(run: str) -> bool:
    """Whether a run is mixed as base64 of anything is: 6 bits a character, of which text keeps about five.

    Args:
        run: Letters, digits and two signs.
    """
    part = run[:_LOOKED_AT]
    shares = (sum(map(test, part)) / len(part) for test in (str.isupper, str.islower, str.isdigit))
    upper, lower, digit = shares
    return upper >= 0.1 and lower >= 0.1 and digit >= 0.02 and entropy(part) >= 4.3


def is_text(data: bytes) -> bool:
    """Whether bytes are a text that people read: letters in words, as frequent as in English where they are Latin.

    Args:
        data: As much of it as there is; the last character may be cut.
    """
    text = data.decode("utf-8", errors="replace").rstrip("\ufffd")
    if len(text) < 12 or any(not (c.isprintable() or c in "\n\r\t") or c == "\ufffd" for c in text):
        return False
    letters = sum(map(str.isalpha, text))
    if letters < 0.6 * len(text):
        return False
    # A text in another script that is sound in UTF-8 is none by chance
    if not text.isascii() and sum(c.isalpha() and not c.isascii() for c in text) >= 0.5 * letters:
        return True
    return sum(map(str.isspace, text)) * 15 >= len(text) and letters_of_english(text.lower())


def _decimal(text: str) -> Iterator[Found]:
    for match in _DECIMAL.finditer(text):
        numbers = re.split(r"[\s,;]+", match.group())
        if _bytes_are_text(numbers, 10):
            yield Found(match.start(), match.end(), "decimal codes")
        elif all(len(number) == 3 for number in numbers) and _bytes_are_text(numbers, 8):
            yield Found(match.start(), match.end(), "octal codes")


def _bytes_are_text(numbers: list[str], base: int) -> bool:
    try:
        return is_text(bytes(int(number, base) for number in numbers[:_LOOKED_AT]))
    except ValueError:
        return False


def _hex_words(text: str) -> Iterator[Found]:
    for match in _HEX_WORDS.finditer(text):
        for width, words in _of_one_length(text, match):
            digits = "".join(word.group() for word in words)
            if width % 2 or len(digits) < LEAST_HEX or len(digits) % 2:
                continue
            of_bytes = width in _BYTE_WIDTHS or (width >= LONG_WORD and width not in HASHES)
            # In coordinates such as "a1 b2" the letter comes always first, in seats always last
            ends = [sum(map(str.isalpha, digits[k::2])) for k in (0, 1)]
            seats = width == _BYTE_WIDTHS[0] and len(digits) // 2 in ends
            coordinates = width == _BYTE_WIDTHS[0] and 20 * ends[1] < len(digits) // 2
            plain = of_bytes and not (seats or coordinates) and mixed_as_hex(digits)
            if plain or is_text(bytes.fromhex(digits[: 2 * _LOOKED_AT])):
                yield Found(words[0].start(), words[-1].end(), "hexadecimal")


def _of_one_length(text: str, match: re.Match[str]) -> Iterator[tuple[int, list[re.Match[str]]]]:
    """The words of a match in stretches of one length, each with the shorter word that ends it."""
    words = list(_WORD.finditer(text, match.start(), match.end()))
    stretches = [list(some) for _, some in groupby(words, key=lambda word: len(word.group()))]
    for some, after in pairwise((*stretches, [])):
        width = len(some[0].group())
        yield width, [*some, *(word for word in after[:1] if len(word.group()) < width)]


def _dumps(text: str) -> Iterator[Found]:
    """Dumps in lines that begin with an address, which grows by as many bytes as the line before shows."""
    run: list[re.Match[str]] = []
    for line in (*_DUMP.finditer(text), None):
        if line is not None and run and _follows(run[-1], line):
            run.append(line)
            continue
        if len(run) >= _LEAST_LINES:
            yield Found(run[0].start(), run[-1].end(), "hexadecimal")
        run = [line] if line is not None else []


def _follows(before: re.Match[str], line: re.Match[str]) -> bool:
    shown = len("".join(before.group(2).split())) // 2
    return int(line.group(1), 16) - int(before.group(1), 16) == shown


def _lines(text: str, low: int, high: int) -> Iterator[Found]:
    for match in _LINES.finditer(text, low, high):
        if text[max(0, match.start() - _LOOKED_BACK) : match.start()].rstrip().endswith(_PRIVATE):
            continue  # the secrets' matter
        for width, words in _of_one_length(text, match):
            run = "".join(word.group() for word in words)
            kind = _kind_of_lines(run, width) if len(words) > 1 else ""
            if kind:
                yield Found(words[0].start(), words[-1].end(), kind)


def _kind_of_lines(run: str, width: int) -> str:
    bare = run.rstrip("=")
    kinds: tuple[tuple[str, int, bool, Callable[[str], bytes]], ...] = (
        ("base32", _LEAST_BASE32, re.fullmatch("[A-Z2-7]+", bare) is not None and mixed_as_base32(bare), _from_base32),
        ("base64", _LEAST_BASE64, mixed_as_base64(bare), _from_base64),
    )
    for kind, least, mixed, decode in kinds:
        if len(run) >= least and mixed and (width >= _LEAST_LINE or is_text(decode(bare[:_LOOKED_AT]))):
            return kind
    return ""


def _from_base64(run: str) -> bytes:
    return base64.urlsafe_b64decode(run.replace("+", "-").replace("/", "_")[: len(run) // 4 * 4])


def _from_base32(run: str) -> bytes:
    return base64.b32decode(run[: len(run) // 8 * 8])


def _base85(text: str, low: int, high: int) -> Iterator[Found]:
    for pattern, decode in _BASE85:
        for match in pattern.finditer(text, low, high):
            run = "".join(match.group().split())
            if len(run) < _LEAST_BASE85:
                continue
            try:
                data = decode(run[: min(_LOOKED_AT, len(run)) // 5 * 5])
            except ValueError:
                continue
            if is_text(data):
                yield Found(match.start(), match.end(), "base85")
                break
