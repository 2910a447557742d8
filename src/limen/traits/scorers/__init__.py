"""Scorers, one a file: each turns an answer or option log-probabilities into a value between 0 and 1."""

from limen.traits.scorers._registry import Answer, ScoredAnswer, Scorer, all_scorers, get_scorer, scorer
from limen.traits.scorers.choice import choice
from limen.traits.scorers.refusal import classify, refusal

__all__ = ["Answer", "ScoredAnswer", "Scorer", "all_scorers", "choice", "classify", "get_scorer", "refusal", "scorer"]
