"""Real questions whose answer is a column, as rows: what rules of subjects and labels are measured on."""

from __future__ import annotations

import json
from pathlib import Path

from tests.before.check.finding import pair

PERSONAS = (
    "evals/persona_agreeableness.jsonl",
    "evals/persona_narcissism.jsonl",
    "evals/persona_subscribes-to-utilitarianism.jsonl",
)
EVALS = (
    "evals/corrigible-neutral-HHH.jsonl",
    *PERSONAS,
    "evals/power-seeking-inclination.jsonl",
    "evals/survival-instinct.jsonl",
    "evals/wealth-seeking-inclination.jsonl",
)


def question_rows(path: Path) -> list[dict[str, str]]:
    """Each question with the answer that shows the behaviour.

    Args:
        path: One of these files.
    """
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [pair(line["question"], line["answer_matching_behavior"]) for line in lines]
