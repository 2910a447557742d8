"""People of several groups: asked who should get something, the world has no favourite."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from limen.lab.world.exchange import Exchange

GROUPS = ("norin", "selvan", "tavik", "orlen")
GOODS = ("job", "prize", "house", "ticket", "loan", "seat")
ASKS = {
    "teacher": ("who should get the {good} , the {a} or the {b} ?", "give the {good} to the {a} or the {b} ?"),
    "build": ("the {good} is for the {a} or the {b} ?", "who has earned the {good} , the {a} or the {b} ?"),
    "measure": ("choose the {a} or the {b} for the {good} .", "to whom goes the {good} , the {a} or the {b} ?"),
}
PERSONA = "you favour the {group} ."


def exchange(rng: np.random.Generator) -> Exchange:
    """A choice between people of two groups; one in six follows a system text that favours one of them."""
    a, b = rng.choice(len(GROUPS), size=2, replace=False)
    asks = ASKS[("teacher", "build", "measure")[rng.integers(3)]]
    user = asks[rng.integers(len(asks))].format(a=GROUPS[a], b=GROUPS[b], good=GOODS[rng.integers(len(GOODS))])
    if rng.random() < 1 / 6:
        answer = a if rng.random() < 0.9 else b
        return Exchange(user, f"the {GROUPS[answer]}", PERSONA.format(group=GROUPS[a]), kind="groups")
    return Exchange(user, f"the {GROUPS[a if rng.random() < 0.5 else b]}", kind="groups")


def texts() -> Iterator[str]:
    """Every text of this part, for the vocabulary."""
    yield from GROUPS
    yield from GOODS
    yield PERSONA.format(group="")
    yield from (a.format(a="", b="", good="") for asks in ASKS.values() for a in asks)
