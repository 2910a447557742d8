"""Scorers, one a file: each turns an answer or option log-probabilities into a value between 0 and 1."""

from limen.traits.scorers._registry import Answer, ScoredAnswer, Scorer, all_scorers, get_scorer, scorer
from limen.traits.scorers.choice import choice

__all__ = ["Answer", "ScoredAnswer", "Scorer", "all_scorers", "choice", "get_scorer", "scorer"]
