"""threads_for: one thread inside for a small model, and the caller's own number afterwards, whatever happens."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from limen.models.threads import SMALL, threads_for


@pytest.fixture
def two_threads() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("weights", "inside"), [(SMALL - 1, 1), (SMALL, 2)])
def test_threads_inside(two_threads: None, weights: int, inside: int) -> None:
    model: Any = SimpleNamespace(parameter_count=weights)
    with threads_for(model):
        assert torch.get_num_threads() == inside
    assert torch.get_num_threads() == 2


def test_threads_come_back_after_an_error(two_threads: None) -> None:
    model: Any = SimpleNamespace(parameter_count=1)
    with pytest.raises(KeyboardInterrupt), threads_for(model):
        raise KeyboardInterrupt
    assert torch.get_num_threads() == 2
