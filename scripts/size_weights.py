"""The weights that sizes are predicted with (`before/size/weights.json`), from the suite's labels, doses and scores.

Fitted to every public case of the reference model. What they are worth on traits and teachers that they were not fitted
to is said by the leaderboard's nested splits, which choose and weigh in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import combinations
from typing import Any

_DIGITS = 4


def weights(scores: Mapping[str, Mapping[str, Any]]) -> str:
    """The file of weights.

    Args:
        scores: Case id → detector → its scores.

    Raises:
        ValueError: There are no labels, or no full doses, that the present code made.
    """
    from limen.before.size.predict import fine_tune_of
    from limen.lab.bench.bases import bed
    from limen.lab.bench.case import REFERENCE, public_cases
    from limen.lab.bench.combined import MISS, PARTS, fit, pairs_of
    from limen.lab.bench.detectors.short_run import RECIPE
    from limen.lab.bench.full_dose_scores import with_full_dose
    from limen.lab.bench.gamma import transfer
    from limen.lab.bench.shipped import shipped_full_doses, shipped_labels

    labels, cases, doses = shipped_labels(REFERENCE), public_cases(), shipped_full_doses(REFERENCE)
    if not labels or not doses:
        raise ValueError("the suite's labels or full doses are not those of the present code: run `make verify`.")
    said, moved = with_full_dose(scores, doses), transfer(labels, cases)
    fits = []
    for parts in (some for size in range(1, len(PARTS) + 1) for some in combinations(PARTS, size)):
        one = fit(pairs_of(cases, moved, labels, said, parts))
        fits.append(
            {
                "parts": list(parts),
                "kept": one.kept,
                "weights": {str(k): [round(float(x), _DIGITS) for x in w] for k, w in one.weights.items()},
                "width": [round(float(x), _DIGITS) for x in one.width],
            }
        )
    whole = {
        "base": bed(REFERENCE).model.content_hash,
        "recipe": fine_tune_of(RECIPE, 1),
        "miss": MISS,
        "cases": sum(c.id in said and c.id in moved for c in cases),
        "fits": fits,
    }
    return json.dumps(whole, indent=1) + "\n"
