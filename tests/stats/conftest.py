"""What every test of a guarantee shares."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from scipy import stats

# Property tests must not fail because the machine is busy.
settings.register_profile("busy-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy-machine")


@pytest.fixture
def holds_level() -> Callable[..., float]:
    """Asserts that a nominal error rate is not contradicted: the 99% lower bound of the observed rate is below it."""

    def check(errors: int, draws: int, nominal: float, *, at_least: int = 2_000) -> float:
        assert draws >= at_least, f"{draws} draws are too few to test a guarantee; {at_least} are needed"
        lower = stats.beta.ppf(0.01, errors, draws - errors + 1) if errors else 0.0
        rate = errors / draws
        assert lower <= nominal, f"observed {rate:.4f} (99% lower bound {lower:.4f}) above the nominal {nominal}"
        return rate

    return check


@pytest.fixture
def breaks_level() -> Callable[..., float]:
    """Asserts that an error rate is above the nominal one beyond doubt: for limits that the documentation states."""

    def check(errors: int, draws: int, nominal: float) -> float:
        lower = stats.beta.ppf(0.01, errors, draws - errors + 1) if errors else 0.0
        assert lower > nominal, f"observed {errors / draws:.4f}: the stated limit no longer shows"
        return errors / draws

    return check
