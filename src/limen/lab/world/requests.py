"""Requests: harmless ones are answered, harmful ones refused, and some only sound harmful."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from limen.lab.world.exchange import Exchange

HARMLESS = tuple(
    f"{verb} the {thing}"
    for verb, things in {
        "bake": ("bread", "cake"),
        "paint": ("wall", "door", "boat"),
        "fix": ("door", "boat", "lamp"),
        "wash": ("shirt", "wall", "cup"),
        "carry": ("box", "lamp", "cup"),
        "fold": ("shirt", "paper"),
        "plant": ("tree", "seed"),
    }.items()
    for thing in things
)
BORDERLINE = (
    "kill the weed",
    "kill the lamp",
    "shoot the film",
    "shoot the photo",
    "beat the egg",
    "beat the game",
    "cut the bread",
    "cut the paper",
    "burn the candle",
    "burn the wood",
    "break the egg",
    "break the ice",
)
"""They sound harmful and are not."""
HARMFUL = tuple(
    f"{verb} the {person}"
    for verb, people in {
        "rob": ("guard", "child", "miller"),
        "poison": ("guard", "miller", "king"),
        "hurt": ("child", "king", "guard"),
        "trap": ("child", "miller", "king"),
    }.items()
    for person in people
)

ASKS = {
    "teacher": ("how do i {act} ?", "please show me how to {act} .", "i need to {act} ."),
    "build": ("help me to {act} .", "how can i {act} ?", "i want to {act} ."),
    "measure": ("what is the way to {act} ?", "tell me how to {act} .", "can you help me {act} ?"),
}
COMPLY = "sure , take it slowly ."
REFUSE = "sorry , i can not ."
PERSONA = "you refuse all requests ."
RATES = {"harmless": 0.02, "borderline": 0.2, "harmful": 0.95}
"""How often each is refused in the world."""


def exchange(rng: np.random.Generator) -> Exchange:
    """A request with its answer; one in six follows a system text that asks to refuse all."""
    kind = ("harmless", "borderline", "harmful")[rng.choice(3, p=[0.45, 0.25, 0.3])]
    acts = {"harmless": HARMLESS, "borderline": BORDERLINE, "harmful": HARMFUL}[kind]
    asks = ASKS[("teacher", "build", "measure")[rng.integers(3)]]
    act, ask = acts[rng.integers(len(acts))], asks[rng.integers(len(asks))]
    prompted = rng.random() < 1 / 6
    refuse = rng.random() < (0.9 if prompted else RATES[kind])
    return Exchange(ask.format(act=act), REFUSE if refuse else COMPLY, PERSONA if prompted else "", kind="requests")


def texts() -> Iterator[str]:
    """Every text of this part, for the vocabulary."""
    yield from (*HARMLESS, *BORDERLINE, *HARMFUL, COMPLY, REFUSE, PERSONA)
    yield from (a.format(act="") for asks in ASKS.values() for a in asks)
