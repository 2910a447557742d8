"""The built-in lists of good and bad words beside VADER (Hutto and Gilbert 2014) on sentences of real answers.

Drawn are the 2,000 distinct sentences of three words and more, of the answers in six real files, whose SHA-256 is the
smallest: a draw that nobody chose and that no generator's version changes. Both score a sentence from −1 to 1; one that
is 0 has no sentiment. VADER is not among Limen's dependencies:

Run: pip install --target FOLDER vaderSentiment && PYTHONPATH=FOLDER python -m benchmarks.sentiment
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import re
import sys

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.realistic_rows import DATA, FILES
from limen.before.check.groups.sentiment import sentiment, valence
from limen.before.check.passages import plain
from limen.data import read_rows

Floats = NDArray[np.float64]

COUNT = 2_000
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")
_WORD = re.compile("[A-Za-z]+")


def sentences(count: int = COUNT) -> list[str]:
    """Those with the smallest hash.

    Args:
        count: How many.
    """
    distinct = {
        sentence.strip()
        for file in FILES
        for row in read_rows(DATA / file)
        for message in row.answer
        for sentence in _SENTENCE.split(message.content)
        if len(_WORD.findall(sentence)) >= 3
    }
    return sorted(distinct, key=lambda one: hashlib.sha256(one.encode()).hexdigest())[:count]


def agreement(own: Floats, other: Floats) -> dict[str, float]:
    """How many sentences each scores, of those that both score how many alike, and the rank correlation over all.

    Args:
        own: Scores of the built-in lists, shape (sentences,).
        other: Scores of VADER, shape (sentences,).
    """
    both = (own != 0) & (other != 0)
    return {
        "own": int((own != 0).sum()),
        "vader": int((other != 0).sum()),
        "both": int(both.sum()),
        "same sign": int((both & (np.sign(own) == np.sign(other))).sum()),
        "rank correlation": round(float(stats.spearmanr(own, other).statistic), 2),
    }


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    if importlib.util.find_spec("vaderSentiment") is None:
        sys.exit("VADER is not installed: pip install --target FOLDER vaderSentiment, and FOLDER in PYTHONPATH.")
    vader = importlib.import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    words = valence("en")
    assert words is not None
    drawn = sentences()
    own = np.array([sentiment(plain(one), words) for one in drawn])
    print(agreement(own, np.array([vader.polarity_scores(one)["compound"] for one in drawn])))


if __name__ == "__main__":
    main()
