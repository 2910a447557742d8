"""The tests of one file as a family: adjusted together, each with the smallest effect that it could have seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from limen.stats import detectable_effect, holm

FAMILYWISE_LEVEL = 0.02


class Test(Protocol):
    """A frozen dataclass with a p-value, and `p_adjusted` and `detectable` to be filled in."""

    @property
    def p(self) -> float:
        """Two-sided."""
        ...


_Test = TypeVar("_Test", bound=Test)


def adjusted_over(tests: Sequence[_Test], spread: Callable[[_Test], tuple[float, float]]) -> list[_Test]:
    """Tests with p-values that are Holm-adjusted over all of them, and what each could have seen with 80% power.

    Args:
        tests: Of one file.
        spread: The standard error of a test's effect, and its degrees of freedom.
    """
    if not tests:
        return []
    level = FAMILYWISE_LEVEL / len(tests)
    return [
        replace(one, p_adjusted=float(p), detectable=detectable_effect(*spread(one), level=level))  # type: ignore[type-var]
        for one, p in zip(tests, holm([one.p for one in tests]), strict=True)
    ]
