"""Who is mentioned in rows: lexicons of groups, what they find, and what an answer is like where they do."""

from limen.before.check.groups.lexicon import (
    BUILT_IN,
    Form,
    Lexicon,
    Swap,
    lexicon_for,
    load_lexicons,
    read_lexicon,
)
from limen.before.check.groups.mentions import Mention, mentions_in, slot_text

__all__ = [
    "BUILT_IN",
    "Form",
    "Lexicon",
    "Mention",
    "Swap",
    "lexicon_for",
    "load_lexicons",
    "mentions_in",
    "read_lexicon",
    "slot_text",
]
