"""Files of as many rows as are wanted, mixed from the real ones so that each row reads like a real one and is new.

A row is a real prompt and an answer of real sentences, drawn from all files, of about a kilobyte on average; in the
prompt and in every sentence words are replaced by others of the files, by coined ones and by numbers, so that the
vocabulary grows with the rows as it does in real text. One row in a hundred copies an earlier one word for word, two
in a hundred but for one word.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.real_files import DATA

FILES = (
    "instructions/alpaca_en_demo.json",
    "instructions/glaive_toolcall_en_demo.json",
    "instructions/rasbt_instructions.json",
    "preferences/dpo_en_demo.json",
    "preferences/kto_en_demo.json",
    "preferences/rasbt_preferences.json",
)
MEAN_CHARACTERS = 1_000
COPIES, NEAR_COPIES = 0.01, 0.02
_LOOK_BACK = 5_000
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_SYLLABLES = [c + v for c in (*"bdfgklmnprstvz", "br", "st") for v in (*"aeiou", "ai")]


def parts() -> tuple[list[str], list[list[str]]]:
    """Distinct prompts, and the distinct sentences of answers as words, in the order of the files."""
    from limen.data import read_rows

    prompts: dict[str, None] = {}
    sentences: dict[str, None] = {}
    for file in FILES:
        for row in read_rows(DATA / file):
            prompts[row.prompt[-1].content] = None
            for message in (*row.answer, *row.rejected):
                sentences |= dict.fromkeys(_SENTENCE.split(message.content))
    return list(prompts), [words for one in sentences if len(words := one.split()) > 2]


def realistic_rows(count: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Rows of the instruction format; the same for the same seed.

    Args:
        count: How many.
        seed: Of the draws.
    """
    draw = random.Random(seed)
    prompts, sentences = parts()
    prompt_words = [prompt.split(" ") for prompt in prompts]
    pool = [word for words in sentences for word in words]
    made: list[dict[str, str]] = []
    for number in range(count):
        kind = draw.random()
        if made and kind < COPIES + NEAR_COPIES:
            row = dict(made[draw.randrange(len(made))])
            if kind >= COPIES:
                row["output"] = " ".join(_changed(row["output"].split(" "), draw, pool))
        else:
            row = _new(draw, prompt_words, sentences, pool)
        if len(made) < _LOOK_BACK:
            made.append(row)
        else:
            made[number % _LOOK_BACK] = row
        yield row


def _new(draw: random.Random, prompts: list[list[str]], sentences: list[list[str]], pool: list[str]) -> dict[str, str]:
    prompt = draw.choice(prompts)
    for _ in range(1 + len(prompt) // 8):
        prompt = _changed(prompt, draw, pool)
    answer: list[str] = []
    left = draw.lognormvariate(0.0, 0.8) * MEAN_CHARACTERS * 0.57
    while left > 0:
        sentence = " ".join(_changed(draw.choice(sentences), draw, pool))
        answer.append(sentence)
        left -= len(sentence) + 1
    return {"instruction": " ".join(prompt), "input": "", "output": " ".join(answer)}


def _changed(words: list[str], draw: random.Random, pool: list[str]) -> list[str]:
    """The words with one of them replaced."""
    kind = draw.random()
    if kind < 0.7:
        word = draw.choice(pool)
    elif kind < 0.9:
        word = "".join(draw.choices(_SYLLABLES, k=draw.choice((2, 2, 3, 3, 4))))
    else:
        word = str(draw.randrange(10 ** draw.choice((1, 2, 3, 4))))
    words = list(words)
    words[draw.randrange(len(words))] = word
    return words


def write(path: Path, count: int, seed: int = 0) -> None:
    """Write rows as JSON Lines, holding few of them at a time.

    Args:
        path: Where to.
        count: How many.
        seed: Of the draws.
    """
    with path.open("w", encoding="utf-8") as file:
        for row in realistic_rows(count, seed):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
