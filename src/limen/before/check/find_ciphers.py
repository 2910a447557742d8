"""English whose letters are shifted along the alphabet (Caesar's cipher; by 13, ROT13) in a text.

A stretch of at least eight words counts, none of them a common English word, of which at least an eighth are one once
turned back: two different ones, not both of two letters. ROT13 is looked for wherever it may stand. Other shifts are
looked for in rows that hold two common words of three letters or more so shifted, and count if the letters of the
stretch, turned back, are those of English as often: their mean logarithm of probability is that of a text.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from string import ascii_lowercase

ROT13 = 13
"""The shift that undoes itself."""

_LEAST_WORDS = 8
_LATIN_WORD = re.compile("[a-z]+")
_COMMON = frozenset(
    ("the", "and", "of", "to", "in", "is", "that", "for", "it", "with", "you", "not", "this", "from", "your", "will",
     "have", "all", "are", "was", "but", "by", "as", "on", "they", "what", "when", "there", "which")
)  # fmt: skip
# "Va" is a Romance word, "vg" a newspaper, "bs" and "gb" are abbreviations: one word is longer
_LEAST_LETTERS = 3
# Of English letters in percent, a to z: Lewand 2000, Cryptological Mathematics
_PERCENT = (
    *(8.167, 1.492, 2.782, 4.253, 12.702, 2.228, 2.015, 6.094, 6.966, 0.153, 0.772, 4.025, 2.406),
    *(6.749, 7.507, 1.929, 0.095, 5.987, 6.327, 9.056, 2.758, 0.978, 2.360, 0.150, 1.974, 0.074),
)
_BITS = {letter: math.log2(percent / 100) for letter, percent in zip(ascii_lowercase, _PERCENT, strict=True)}
_ENGLISH = -4.6  # bits a letter: English has -4.2, letters that are equally frequent -5.5


def _by(shift: int, text: str) -> str:
    turn = ascii_lowercase[shift:] + ascii_lowercase[:shift]
    return text.translate(str.maketrans(ascii_lowercase, turn))


_SHIFTED = [frozenset(_by(shift, word) for word in _COMMON) for shift in range(26)]
# "The" and "and", looked for in every row
_TURNED_CUES = tuple(_by(ROT13, word) for word in ("the", "and"))
_SHIFTS_OF: dict[str, list[int]] = defaultdict(list)
for _shift in (shift for shift in range(1, 26) if shift != ROT13):
    for _word in _SHIFTED[_shift]:
        if len(_word) >= _LEAST_LETTERS:
            _SHIFTS_OF[_word].append(_shift)


def shifts_in(text: str, words: Iterable[str]) -> list[int]:
    """By how many letters a part of a text may be shifted.

    Args:
        text: In lower case.
        words: The words of the text in lower case.
    """
    counts = [0] * 26
    for word in _SHIFTS_OF.keys() & words:
        for shift in _SHIFTS_OF[word]:
            counts[shift] += 1
    shifts = [shift for shift, count in enumerate(counts) if count > 1]
    if any(_has_word(text, word) for word in _TURNED_CUES):
        shifts.append(ROT13)
    return shifts


def shifted(text: str, shift: int) -> Iterator[tuple[int, int]]:
    """Where words stand that are shifted English: each stretch without a common word as it is.

    Args:
        text: In lower case.
        shift: By how many letters.
    """
    stretch: list[re.Match[str]] = []
    for word in (*_LATIN_WORD.finditer(text), None):
        if word is not None and word.group() not in _COMMON:
            stretch.append(word)
            continue
        hits = [one.group() for one in stretch if one.group() in _SHIFTED[shift]]
        many = len(stretch) >= _LEAST_WORDS and _LEAST_WORDS * len(hits) >= len(stretch)
        several = many and len(set(hits)) > 1 and max(map(len, hits)) >= _LEAST_LETTERS
        if several and (shift == ROT13 or letters_of_english(_by(26 - shift, "".join(w.group() for w in stretch)))):
            yield stretch[0].start(), stretch[-1].end()
        stretch = []


def letters_of_english(text: str) -> bool:
    """Whether the letters of a text are as frequent as in English, or in a language like it.

    Args:
        text: In lower case.
    """
    bits = [_BITS[letter] for letter in text if letter in _BITS]
    return bool(bits) and sum(bits) / len(bits) >= _ENGLISH


def _has_word(text: str, word: str) -> bool:
    """Whether a word stands in a text by itself, as an expression would say less quickly."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not text[at - 1 : at].isalpha() and not text[end : end + 1].isalpha():
            return True
        at = text.find(word, end)
    return False
