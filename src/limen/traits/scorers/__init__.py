"""Scorers, one a file: each turns an answer or option log-probabilities into a value between 0 and 1."""

from limen.traits.scorers._registry import Answer, ScoredAnswer, Scorer, all_scorers, get_scorer, scorer
from limen.traits.scorers.agreement import agreement
from limen.traits.scorers.bbq import bbq
from limen.traits.scorers.choice import choice
from limen.traits.scorers.instruction import instruction
from limen.traits.scorers.length import length
from limen.traits.scorers.refusal import classify, refusal

__all__ = [
    "Answer",
    "ScoredAnswer",
    "Scorer",
    "agreement",
    "all_scorers",
    "bbq",
    "choice",
    "classify",
    "get_scorer",
    "instruction",
    "length",
    "refusal",
    "scorer",
]
