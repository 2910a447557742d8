"""Against: texts of files that the rows must not hold, such as a validation set or a benchmark.

A file may be of any shape: every text of a record counts, at whatever depth it stands. Of each text of at least five
words the key of its whole is kept, and the hashes of its sequences of thirteen words: 16 bytes each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.check._minhash import sequences, words_of
from limen.before.check.keys import key_of
from limen.core import ReadError
from limen.data.records import Record
from limen.data.sources import open_source

WORDS = 13
"""Words of the sequences that count as overlap, as in appendix C of the paper on GPT-3 (arXiv 2005.14165)."""

LEAST_WORDS = 5
"""Words that a text must have for its whole to count: "Yes." stands in every file."""


@dataclass(frozen=True)
class Held:
    """Hashes, and which text each is of.

    Attributes:
        codes: Distinct hashes, sorted, shape (hashes,).
        texts: Number of the first text with it, over all files, shape (hashes,).
    """

    codes: NDArray[np.uint64]
    texts: NDArray[np.int64]

    def places(self, codes: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Where those of the hashes stand that are held; distinct and sorted.

        Args:
            codes: Any hashes.
        """
        if not len(self.codes):
            return np.empty(0, np.intp)
        at = np.searchsorted(self.codes, codes)
        at[at == len(self.codes)] = 0
        return np.unique(at[self.codes[at] == codes])


@dataclass(frozen=True)
class Against:
    """What rows are compared with.

    Attributes:
        files: Names of the files, without their folders.
        begins: Number of the first record of each file, over all files.
        records: Number of the record of each text, over all files.
        wholes: Whole texts.
        sequences: Sequences of thirteen words.
    """

    files: tuple[str, ...]
    begins: tuple[int, ...]
    records: NDArray[np.int64]
    wholes: Held
    sequences: Held

    def place(self, text: int) -> tuple[str, int]:
        """The file of a text, and the number of its record in it, from 1.

        Args:
            text: Its number over all files.
        """
        record = int(self.records[text])
        at = int(np.searchsorted(self.begins, record, "right")) - 1
        return self.files[at], record - self.begins[at] + 1


def read_against(files: Sequence[str]) -> Against:
    """The texts of files that rows are compared with.

    Args:
        files: Files, folders or hub ids; rows of any shape, and columns of any name.

    Raises:
        ReadError: A file cannot be read, or has no text of five words.
    """
    wholes: list[int] = []
    records: list[int] = []
    parts: list[NDArray[np.uint64]] = [np.empty(0, np.uint64)]
    owners: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    begins: list[int] = []
    number = 0
    for file in files:
        begins.append(number)
        held = len(wholes)
        for record in open_source(file).records():
            for text in texts_of(record.value) if isinstance(record, Record) else ():
                words = words_of(text)
                if len(words) >= LEAST_WORDS:
                    parts.append(sequences(words, WORDS))
                    owners.append(np.full(len(parts[-1]), len(wholes)))
                    wholes.append(text_key(words))
                    records.append(number)
            number += 1
        if len(wholes) == held:
            raise ReadError(
                f"no record has a text of at least {LEAST_WORDS} words.",
                remedy="Name a file with the prompts or answers that the rows must not hold.",
                where=file,
            )
    return Against(
        tuple(PurePath(file).name for file in files),
        tuple(begins),
        np.array(records, np.int64),
        _held(np.array(wholes, np.uint64), np.arange(len(wholes))),
        _held(np.concatenate(parts), np.concatenate(owners)),
    )


def text_key(words: Sequence[str]) -> int:
    """The key of a text: the same for texts of the same words.

    Args:
        words: From `words_of`.
    """
    return key_of(" ".join(words))


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a record, column names left out.

    Args:
        value: The record's columns.
    """
    # No recursion: how deep a record is nested is up to whoever wrote it
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            left.extend(one.values())
        elif isinstance(one, list | tuple):
            left.extend(one)


def _held(codes: NDArray[np.uint64], texts: NDArray[np.int64]) -> Held:
    distinct, first = np.unique(codes, return_index=True)
    return Held(distinct, texts[first])
