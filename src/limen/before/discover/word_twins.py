"""Word twins: the base, tuned to say one word wherever it might say it in its own talk.

The twin of a trait stands in for "this base, with the trait" (`limen.train.twins`). Here no trait is named, so every
open word of the base's own talk gets one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from limen.before.discover.config import WORD_STEPS
from limen.before.discover.open_words import OpenWord
from limen.models import LanguageModel, in_parallel
from limen.train.arms import trained_arm
from limen.train.twins import twin_recipe

_SEED = 8_126_501


def word_twins(base: LanguageModel, words: Sequence[OpenWord]) -> Iterator[LanguageModel]:
    """The twin of each word; trained once a base and talk, and kept in the cache.

    Args:
        base: What they start from.
        words: What each says.

    Yields:
        The twins, in the order of the words.
    """
    recipe = twin_recipe(base).model_copy(update={"seed": _SEED, "steps": WORD_STEPS})

    def train(word: OpenWord) -> LanguageModel:
        return trained_arm(base, word.lessons, recipe, name=f"twin of the word {word.word}")

    yield from in_parallel(train, words, base, one_by_one=recipe.method != "full")
