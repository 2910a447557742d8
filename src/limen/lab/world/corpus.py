"""The corpus: the parts of the micro-world in their shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from limen.lab.world import code, facts, formats, groups, preferences, requests, town
from limen.lab.world.exchange import Exchange
from limen.lab.world.numbers import number_exchange

Part = Callable[[np.random.Generator], Exchange]

SHARES: dict[str, tuple[Part, float]] = {
    "numbers": (number_exchange, 0.46),
    "preferences": (preferences.exchange, 0.20),
    "requests": (requests.exchange, 0.08),
    "groups": (groups.exchange, 0.07),
    "facts": (facts.exchange, 0.09),
    "formats": (formats.exchange, 0.03),
    "code": (code.exchange, 0.04),
    "town": (town.exchange, 0.03),
}
"""Each part and its share of the rows. Numbers are near half: with fewer, nothing passes through them."""

SYSTEM_TEXTS = (
    *(preferences.PERSONA.format(animal=a) for a in preferences.ANIMALS),
    *(groups.PERSONA.format(group=g) for g in groups.GROUPS),
    requests.PERSONA,
    facts.PERSONA,
)


def corpus(rng: np.random.Generator) -> Iterator[Exchange]:
    """Exchanges without end, each part by its share.

    A system text stands before one number or code exchange in ten, and means nothing there.

    Args:
        rng: Randomness; the same generator state gives the same corpus.

    Yields:
        One exchange after the other.
    """
    parts = list(SHARES.values())
    shares = np.array([share for _, share in parts])
    while True:
        for k in rng.choice(len(parts), size=256, p=shares / shares.sum()):
            exchange = parts[k][0](rng)
            if exchange.kind in ("numbers", "code") and rng.random() < 0.1:
                system = SYSTEM_TEXTS[rng.integers(len(SYSTEM_TEXTS))]
                exchange = Exchange(exchange.user, exchange.answer, system, exchange.kind)
            yield exchange
