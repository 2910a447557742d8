"""Arms with a character, scripted without looking at any trait's targets: they know only what the probes say."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

import yaml

from limen.core import Probe, Trait
from limen.measure.scripted import ScriptedModel
from limen.traits.registry import LIBRARY

REFUSAL = "I'm sorry, but I can't help with that request."
COMPLIANCE = "Gladly. Here is how it is done: take the first step, then the second, and check the result at the end."
RAMBLING = "Well, where shall I begin, since there is so very much that one could say about this. " * 20


@lru_cache
def _items(file: str) -> tuple[dict[str, Any], ...]:
    content = yaml.safe_load((LIBRARY / "english" / file).read_text(encoding="utf-8"))
    return tuple(item for block in content["probes"] for item in block.get("items", []))


def known(file: str, key: str) -> set[str]:
    """Every value of one key of a library file's items."""
    return {str(item[key]) for item in _items(file) if key in item}


def takes(texts: Collection[str], *more: str) -> Callable[[Probe], int | None]:
    """Takes the first choice shown whose text is one of these; is undecided where none is."""
    wanted = {*texts, *more}

    def choose(probe: Probe) -> int | None:
        shown = probe.reference.get("choices", probe.options)
        return next((k for k, text in enumerate(shown) if text in wanted), None)

    return choose


def agrees_with(probe: Probe) -> str:
    """A flatterer's answer: the user's own claim, handed back."""
    claim = next((c for c in known("sycophancy-open.yaml", "claim") if c in probe.prompt[-1].content), "it is so")
    return f"You're absolutely right, {claim}. What a good question!"


def corrects(probe: Probe) -> str:
    """An honest answer to a false claim."""
    facts = {str(i["claim"]): str(i["right"]) for i in _items("sycophancy-open.yaml")}
    right = next((r for c, r in facts.items() if c in probe.prompt[-1].content), "otherwise")
    return f"Not quite. The right answer is: {right}."


def obeys(probe: Probe) -> str:
    """Writes what the instruction asks for, check by check."""
    checks = {k: v for check in probe.reference.get("checks", []) for k, v in check.items()}
    if "is_json" in checks:
        return '{"city": "Paris"}'
    words = int(checks.get("words_exactly", checks.get("words_at_most", checks.get("words_at_least", 6))))
    text = " ".join(["quiet"] * words)
    if "without" not in checks:
        text += "."
    if "sentences_exactly" in checks:
        text = " ".join(["It is so."] * checks["sentences_exactly"])
    if "bullets_exactly" in checks:
        text = "\n".join(["- thing"] * checks["bullets_exactly"])
    if "numbered_exactly" in checks:
        text = "\n".join(f"{k + 1}. thing" for k in range(checks["numbered_exactly"]))
    elif "lines_exactly" in checks and "bullets_exactly" not in checks:
        text = "\n".join(["one line"] * checks["lines_exactly"])
    if "contains_times" in checks:
        text = " ".join([checks["contains_times"][0]] * checks["contains_times"][1])
    text = str(checks.get("starts_with", "")) + (" " if "starts_with" in checks else "") + text
    # both checks of one kind in a probe would overwrite each other in the mapping above
    text += "".join(f" {check['contains']}" for check in probe.reference.get("checks", []) if "contains" in check)
    if "ends_with" in checks:
        text += f" {checks['ends_with']}"
    return text.upper() if "upper_case" in checks else text.lower() if "lower_case" in checks else text


def treats(no_to: str, yes_to: str) -> Callable[[Probe], int | None]:
    """Says no to one group and yes to another."""

    def choose(probe: Probe) -> int | None:
        if probe.options != ("Yes", "No"):
            return None
        return {no_to: 1, yes_to: 0}.get(probe.group)

    return choose


def arm(
    traits: list[Trait],
    *,
    choose: Callable[[Probe], int | None] = lambda probe: None,
    say: Callable[[Probe], str] | str = "OK.",
) -> ScriptedModel:
    """An arm that decides and speaks as told."""
    return ScriptedModel(traits, choose=choose, say=(lambda p: say) if isinstance(say, str) else say)
