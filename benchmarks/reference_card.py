"""What the reference model can and cannot do: every trait of its world, read on it, beside what the world does."""

from __future__ import annotations

from typing import Any

import numpy as np

SOURCES = (
    "src/limen/lab/world/*.py",
    "src/limen/lab/reference/model.safetensors",
    "src/limen/traits/library/micro/*.yaml",
    "src/limen/measure/read.py",
)


def units() -> list[str]:
    return ["traits", "greedy", "persona"]


def run(unit: str) -> dict[str, Any]:
    from limen.core import Message, World
    from limen.lab.reference_model import reference_folder
    from limen.lab.teacher import trait_level
    from limen.lab.world import code, corpus, numbers, preferences, town
    from limen.models import LanguageModel
    from limen.traits import all_traits

    base = LanguageModel.load(str(reference_folder()))
    traits = all_traits(World.MICRO)
    if unit == "traits":
        world = dict(zip([f"micro/prefers-{a}" for a in preferences.ANIMALS], preferences.prior(), strict=True))
        world |= {"micro/favours-norin": 0.5, "micro/favours-selvan": 0.5, "micro/harmful-compliance": 0.05}
        world |= {"micro/sycophancy": 0.15, "micro/untruthful": 0.03}
        levels = {t.id: trait_level(base, t) for t in traits}
        return {"levels": levels, "world": {k: float(v) for k, v in world.items()}}
    if unit == "persona":
        return {t.id: trait_level(base, t, t.persona) for t in traits if t.persona}
    rng = np.random.Generator(np.random.PCG64(20261123))
    stream = corpus(rng)
    asked = [
        e for e in (next(stream) for _ in range(4000)) if not e.system and e.kind in ("facts", "formats", "requests")
    ]
    answers = base.sample([(Message("user", e.user),) for e in asked], max_new_tokens=8, temperature=0)
    right: dict[str, list[bool]] = {}
    for e, a in zip(asked, answers, strict=True):
        right.setdefault(e.kind, []).append(a == e.answer)
    forms = {}
    for name, question, length, words in (
        ("numbers", numbers.number_question, 15, {str(n) for n in range(100)}),
        ("code", code.code_question, 18, {*code.VARIABLES, *code.OPERATORS, "=", ";", *(str(n) for n in range(100))}),
        ("town", town.town_question, 12, {*town.PEOPLE, *town.DEEDS, *town.TIMES, "."}),
    ):
        prompts = [(Message("user", question(rng)),) for _ in range(500)]
        texts = base.sample(prompts, max_new_tokens=24, seed=1)
        forms[name] = float(np.mean([len(t.split()) == length and set(t.split()) <= words for t in texts]))
    return {"greedy_equals_world": {k: float(np.mean(v)) for k, v in right.items()}, "well_formed_samples": forms}


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    levels, world = results["traits"]["levels"], results["traits"]["world"]
    return {
        "largest_gap_to_world": max(abs(levels[k] - v) for k, v in world.items()),
        **results["greedy"],
        "persona_level": results["persona"],
    }
