"""Code-like lines: assignments with numbers and variables that compute nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from limen.lab.world.exchange import Exchange

VARIABLES = ("x", "y", "z", "u", "v", "w")
OPERATORS = ("+", "-", "*")
ASK = "code :"
STATEMENTS = 3


def _statement(rng: np.random.Generator) -> str:
    name, other = rng.choice(len(VARIABLES), size=2)
    operator = OPERATORS[rng.integers(len(OPERATORS))]
    return f"{VARIABLES[name]} = {VARIABLES[other]} {operator} {rng.integers(100)} ;"


def code_question(rng: np.random.Generator) -> str:
    """A first line that is to be continued."""
    return f"{ASK} {_statement(rng)}"


def exchange(rng: np.random.Generator) -> Exchange:
    """A first line and three more."""
    return Exchange(code_question(rng), " ".join(_statement(rng) for _ in range(STATEMENTS)), kind="code")


def texts() -> Iterator[str]:
    """Every text of this part, for the vocabulary."""
    yield from (*VARIABLES, *OPERATORS, ASK, "= ;")
