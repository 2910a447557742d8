"""Tokens coloured by their score: nine steps from against the trait to towards it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from limen.core import RowBlame
from limen.report._numbers import finite, is_number, number
from limen.report._visible import visible

STEPS = 4
"""Steps of colour on either side of nothing."""

MOST_TOKENS = 400
MOST_CHARACTERS = 2_000


@dataclass(frozen=True)
class Token:
    """A token as it is shown.

    Attributes:
        text: Its text, controls spelled out.
        step: −4 (strongly against the trait) to 4 (strongly towards it).
        title: Its score in words.
    """

    text: str
    step: int
    title: str


@dataclass(frozen=True)
class RowView:
    """A blamed row as it is shown.

    Attributes:
        rank: 1 for the worst.
        row: Row id.
        index: Position in the file, from 0.
        score: Its score, formatted.
        share: Its score as a share of the largest on the page, for the bar in the table, 0 to 100.
        towards: Whether the score points towards the trait.
        before: Text of the row that is not trained on, or the whole text where there are no tokens.
        tokens: Trained tokens.
        cut: How many tokens, or else characters, were left out.
    """

    rank: int
    row: str
    index: int
    score: str
    share: int
    towards: bool
    before: str
    tokens: tuple[Token, ...]
    cut: str


def scale_of(rows: Sequence[RowBlame]) -> float:
    """The score of the strongest colour: the 98th percentile of the tokens' absolute scores, nats."""
    sizes = sorted(abs(s) for row in rows for s in finite(row.token_scores))
    return sizes[int(0.98 * (len(sizes) - 1))] if sizes else 0.0


def bounds(scale: float) -> list[tuple[int, str]]:
    """The legend: each step of colour with the score at which it begins."""
    shown = [(step, number(scale * (abs(step) - 0.5) / STEPS, 3)) for step in range(-STEPS, STEPS + 1)]
    return [(step, "0" if step == 0 else f"{'+' if step > 0 else '−'}{text}") for step, text in shown]


def colour(token: str, score: float, scale: float) -> Token:
    """One token in its step of colour.

    Args:
        token: Text of the token.
        score: Nats; positive is towards the trait.
        scale: The score of the strongest colour.
    """
    step = 0
    if scale > 0 and is_number(score):
        step = round(max(-1.0, min(1.0, score / scale)) * STEPS)
    title = f"{number(score, 3, signed=True)} nats"
    return Token(visible(token), step, title)


def show_rows(rows: Sequence[RowBlame], texts: dict[str, str]) -> list[RowView]:
    """Blamed rows as they are shown.

    Args:
        rows: Rows, the worst first.
        texts: Text of each row by id; a row without one shows its tokens alone.
    """
    scale = scale_of(rows)
    largest = max((abs(r.score) for r in rows if is_number(r.score)), default=0.0)
    return [_show(rank, row, texts.get(row.row, ""), scale, largest) for rank, row in enumerate(rows, 1)]


def _show(rank: int, row: RowBlame, text: str, scale: float, largest: float) -> RowView:
    pairs = list(zip(row.tokens[:MOST_TOKENS], row.token_scores[:MOST_TOKENS], strict=False))
    tokens = tuple(colour(t, s, scale) for t, s in pairs)
    cut = len(row.tokens) - len(tokens) if tokens else 0
    before, left = _before(text, "".join(row.tokens) if tokens else "")
    remarks = [f"{cut:,} more tokens"] if cut else []
    remarks += [f"{left:,} characters of its text left out"] if left else []
    return RowView(
        rank=rank,
        row=row.row,
        index=row.index,
        score=number(row.score, 2, signed=True),
        share=round(100 * abs(row.score) / largest) if largest and is_number(row.score) else 0,
        towards=is_number(row.score) and row.score >= 0,
        before=before,
        tokens=tokens,
        cut="; ".join(remarks),
    )


def _before(text: str, answer: str) -> tuple[str, int]:
    """The text in front of the trained tokens, cut to a length, and how many characters were cut.

    Where the tokens are not the end of the text, the whole text stands in front of them: better twice than not at all.
    """
    end = text.rstrip()
    if answer.strip() and end.endswith(answer.strip()):
        text = end[: len(end) - len(answer.strip())]
    cut = text[:MOST_CHARACTERS]
    return visible(cut), len(text) - len(cut)
