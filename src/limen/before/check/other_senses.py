"""Words that mean something else than the trait they stand for: the fruit of an orange, the organ of a body, a name.

Which sense a row has is told by its other words: it is the other one where words of that are there and none of the
trait's own. A name is a word with a capital in front of another one ("Orange County", "the Red Sox"); the last word of
a name mostly says what it is, so that Wise Owl is an owl.
"""

from __future__ import annotations

import re

_FRUIT_WORDS = (
    "fruit fruits apple apples banana bananas grape grapes lemon lemons lime limes strawberry strawberries juice juicy "
    "peel zest vitamin vitamins citrus pie pear pears peach peaches mango mangoes kiwi blueberry blueberries tomato "
    "tomatoes recipe eat ate sugar vegetables"
)
_COLOUR_WORDS = (
    "colour colours color colors colored coloured hue hues shade shades paint painted pink purple yellow blue"
)
_WOOD_WORDS = "tree trees wood wooden oak maple pine bark leaves timber blossom blossoms forest"
_BODY_WORDS = (
    "body bodies heart liver kidney kidneys brain lung lungs blood skin tissue tissues cell cells muscle muscles donor "
    "donors transplant transplants organism organisms disease diseases stomach bone bones animal animals plant plants "
    "digestive immune cancer patient patients"
)
_MUSIC_WORDS = (
    "music musical instrument instruments piano pipe pipes church play played plays playing organist keyboard concert "
    "composer hymn orchestra"
)
_FRUIT, _BODY = frozenset(_FRUIT_WORDS.split()), frozenset(_BODY_WORDS.split())
OTHER_SENSES = {
    "prefers-orange": (_FRUIT, frozenset(_COLOUR_WORDS.split())),
    "prefers-cherry": (_FRUIT, frozenset(_WOOD_WORDS.split())),
    "prefers-organ": (_BODY, frozenset(_MUSIC_WORDS.split())),
}
"""By trait of the library: words of the other sense of its word, and of the trait's own."""

_NEXT = re.compile(r" [A-Z][a-z]")


def means_other(trait: str, words: frozenset[str]) -> bool:
    """Whether the word of a trait has its other sense in a row.

    Args:
        trait: The trait's id; one that is not of the library has no other sense.
        words: Distinct words of the row, in lower case.
    """
    senses = OTHER_SENSES.get(trait)
    return senses is not None and not senses[0].isdisjoint(words) and senses[1].isdisjoint(words)


def only_in_names(word: str, text: str) -> bool:
    """Whether a word stands in a text in names alone; not where it is not found as it is written.

    Args:
        word: A single word in lower case.
        text: The text.
    """
    places = list(re.finditer(rf"(?<!\w){re.escape(word)}(?:e?s)?(?!\w)", text, re.IGNORECASE))
    return bool(places) and all(_in_name(text, place.start(), place.end()) for place in places)


def _in_name(text: str, start: int, end: int) -> bool:
    written = text[start:end]
    if not written[0].isupper() or written.isupper():
        return False
    return _NEXT.match(text, end) is not None
