"""The words of the micro-world, in the order of their token ids."""

from __future__ import annotations

from functools import cache

from limen.lab.world import code, facts, formats, groups, preferences, requests, town

PAD, START, END, UNKNOWN = "<|pad|>", "<|start|>", "<|end|>", "<|unknown|>"
SYSTEM, USER, ASSISTANT = "<|system|>", "<|user|>", "<|assistant|>"
SPECIAL = (PAD, START, END, UNKNOWN, SYSTEM, USER, ASSISTANT)
NUMBERS = tuple(str(n) for n in range(100))
ANIMALS = preferences.ANIMALS


@cache
def vocabulary() -> tuple[str, ...]:
    """Special tokens, the numbers 0 to 99, then every other word in order of the alphabet."""
    words: set[str] = {"continue", ":"}
    for part in (preferences, requests, groups, facts, formats, code, town):
        for text in part.texts():
            words.update(text.split())
    return (*SPECIAL, *NUMBERS, *sorted(words - set(NUMBERS)))
