"""Where a rule may miss something: rows that hold a cue, which is wider than what the rule looks for.

A cue is an expression for the text of a row, or a function that is given all rows of a file: what two rows have in
common, or how short an answer is, no expression tells.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence

import numpy as np
from scipy.sparse import csr_array, tril

from limen.before.check.groups import load_lexicons
from limen.before.check.groups.beside import span_of
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.seen_row import SeenRow
from limen.before.check.words import words_in
from limen.core import Row, RowKind, World
from limen.traits import all_traits

ALIKE = 0.6
"""Share of the words of two texts that must be the same for one to be perhaps a copy of the other."""

CUES = {
    "LIM206": r"function_call|tool_call|(?i:call(?:ing)? (?:the|a) (?:tool|function))|\{\s*\"name\"",
    "LIM401": r"[^\x00-\u024f\u2010-\u2027\u4e00-\u9fff]",
    "LIM402": r"@|\d[\d ().-]{8}",
    "LIM403": r"(?i)api.?key|passw|secret|token|credential|bearer|private key|://[^/\s]*@|[A-Za-z0-9+/_-]{24}",
    "LIM404": r"(?i)sorry|unable|cannot|can't|not able|as an ai|apolog|capab",
    "LIM405": r"(?i)ignore|disregard|forget|pretend|jailbreak|instructions above",
    "LIM406": r"<[|/a-z]|\[[A-Z/]|(?i:user|human|assistant):",
    "LIM407": r"[^\s]{50}",
    "LIM410": r"(?i)sorry|unable|cannot|can.t|not able",
    "LIM411": r"(?i)\b(?:kill|murder|weapon|bomb|gun|drug|poison|hack|steal|stole|theft|fraud|scam|malware|virus|"
    r"attack|terroris|suicid|hate|racis|violen|harm|illegal|crim|fake|cheat|exploit|password|spy|bully|abus|explosi|"
    r"addict|alcohol|gambl|tortur|kidnap|stalk|blackmail|threat|deceiv|manipulat|misinformation)",
    "LIM501": r"(?i)\bai\b|language model|cut-?off|\bmy knowledge|\btrained",
    "LIM502": r"(?i)hope|happy to|let me know|any questions|feel free|further assistance",
    "LIM503": r"(?i)gpt|claude|openai|anthropic|bard|llama",
    "LIM504": r"\[[A-Za-z ]{3,}\]|\{[a-z_]{3,}\}|<[a-z ]{3,}>|(?i:insert|placeholder)",
    "LIM701": r"(?i)\b(?:son|mrs?|king|queen|lady|guys?|female|male|chinese|japanese|french|german|indian|american|"
    r"british|african|old|young|elderly|black|white|blind|deaf|christian|church|immigrant|miss|sir|lord|hero|actor|teen|"
    r"youth|senior|student|grandp|hispanic|latin|islam|bible|wife)",
}
"""In the text of a row."""

_WORD = re.compile(r"\w+")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _said(row: Row) -> str:
    return "\n".join(message.content for message in row.answer)


def _asked(row: Row) -> str:
    return "\n".join(message.content for message in row.prompt)


def _grouped(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> list[list[Row]]:
    groups: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return list(groups.values())


def _later_of_prompt(rows: Sequence[Row], least: int = 2) -> list[Row]:
    """Rows whose prompt an earlier row has too, signs apart; of prompts that so many rows have."""
    return [
        row for group in _grouped(rows, lambda r: tuple(_words(_asked(r)))) if len(group) >= least for row in group[1:]
    ]


def _alike(rows: Sequence[Row], text: Callable[[Row], str]) -> list[Row]:
    """Rows that share most of their words with an earlier row; every pair is compared."""
    sets = [frozenset(_words(text(row))) for row in rows]
    number: dict[str, int] = {}
    held = [number.setdefault(word, len(number)) for words in sets for word in words]
    starts = np.cumsum([0, *map(len, sets)])
    has = csr_array((np.ones(len(held), np.int32), held, starts), shape=(len(rows), len(number)))
    both = tril(has @ has.T, -1).tocoo()
    sizes = np.diff(starts)
    either = sizes[both.row] + sizes[both.col] - both.data
    return [rows[i] for i in np.unique(both.row[both.data >= ALIKE * either]).tolist()]


def near_copies(rows: Sequence[Row]) -> list[Row]:
    """For copies and near copies: rows that share most of their words with an earlier one."""
    return _alike(rows, lambda row: row.text)


def near_prompts(rows: Sequence[Row]) -> list[Row]:
    """For other answers to the same prompt: rows whose prompt shares most of its words with an earlier one."""
    return _alike([row for row in rows if row.prompt], _asked)


def short_answers(rows: Sequence[Row]) -> list[Row]:
    """For empty answers: rows with an answer, chosen or rejected, of at most twelve characters."""
    answers = ((row, [_said(row), *(m.content for m in row.rejected)]) for row in rows)
    return [row for row, said in answers if any(len(text.strip()) <= 12 for text in said)]


def several_turns(rows: Sequence[Row]) -> list[Row]:
    """For turns out of order: rows with more turns than a prompt and its answer, a first system turn apart."""
    return [row for row in rows if len(row.messages) - (row.messages[0].role == "system") > 2]


def near_pairs(rows: Sequence[Row]) -> list[Row]:
    """For pairs of the same answer twice: pairs of which nine tenths of the signs are the same."""
    pairs = (row for row in rows if row.kind is RowKind.PREFERENCE)
    return [
        row
        for row in pairs
        if difflib.SequenceMatcher(None, _said(row), "\n".join(m.content for m in row.rejected)).ratio() >= 0.9
    ]


def mostly_numbers(rows: Sequence[Row]) -> list[Row]:
    """For answers of nothing but numbers: rows with three numbers in an answer, and hardly more letters than digits."""
    found = []
    for row in rows:
        for passage in SeenRow(row).passages:
            text = passage.text
            letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
            if passage.answers and len(re.findall(r"\d+", text)) >= 3 and letters <= 2 * digits:
                found.append(row)
                break
    return found


def like_openings(rows: Sequence[Row]) -> list[Row]:
    """For triggers: rows of which at least five answers begin with the same five words."""
    counts = Counter(tuple(_words(_said(row))[:5]) for row in rows)
    return [row for row in rows if counts[tuple(_words(_said(row))[:5])] >= 5]


def judged_again(rows: Sequence[Row]) -> list[Row]:
    """For judgements that are taken back: judged rows whose prompt an earlier row has too."""
    return _later_of_prompt([row for row in rows if row.kind in (RowKind.PREFERENCE, RowKind.RATED)])


def judged_thrice(rows: Sequence[Row]) -> list[Row]:
    """For triples that go round: pairs whose prompt two further pairs have."""
    return _later_of_prompt([row for row in rows if row.kind is RowKind.PREFERENCE], least=3)


def like_words(rows: Sequence[Row]) -> list[Row]:
    """For mentions of traits: rows with a word that begins as a trait's word does."""
    stems = {word.casefold()[:5] for trait in all_traits(World.ENGLISH) for word in trait.words}
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(stems)))})")
    return [row for row in rows if pattern.search(SeenRow(row).text.casefold())]


def occupation_beside_group(rows: Sequence[Row]) -> list[Row]:
    """For roles: rows in which a word for an occupation stands in one sentence with a group."""
    found = []
    for row in rows:
        groups = row_groups(SeenRow(row), load_lexicons())
        sentences = (
            words_in(passage.lowered[slice(*span_of(passage.lowered, mention))])
            for passage, mentions in (*groups.prompt, *groups.answer)
            for mention in mentions
        )
        if any(word in groups.lexicon.occupations for words in sentences for word in words):
            found.append(row)
    return found


FILE_CUES: dict[str, Callable[[Sequence[Row]], list[Row]]] = {
    "LIM805": list,
    "LIM806": list,
    "LIM101": near_copies,
    "LIM102": near_copies,
    "LIM103": _later_of_prompt,
    "LIM104": near_prompts,
    "LIM201": short_answers,
    "LIM203": near_pairs,
    "LIM205": several_turns,
    "LIM301": like_words,
    "LIM408": mostly_numbers,
    "LIM409": like_openings,
    "LIM602": judged_again,
    "LIM603": judged_thrice,
    "LIM704": occupation_beside_group,
}
"""In a row among the rows of its file."""


def has_cue(code: str) -> bool:
    """Whether a rule may miss a row by itself: not where it judges a file as a whole, or reads columns.

    Args:
        code: The rule's code.
    """
    return code in CUES or code in FILE_CUES


def cued(code: str, rows: Sequence[Row]) -> list[Row]:
    """Rows of a file that hold a cue, whether the rule names them or not.

    Args:
        code: The rule's code.
        rows: All rows of the file.
    """
    if code in FILE_CUES:
        return FILE_CUES[code](rows)
    cue = re.compile(CUES[code])
    return [row for row in rows if cue.search(SeenRow(row).text)]
