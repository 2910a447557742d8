"""What every test runs under: offline, quiet, one thread, and a cache of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Libraries read these once, so they are set before any test module imports one.
for _name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
    os.environ[_name] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# A time limit for one example measures how busy the machine is.
settings.register_profile("limen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("limen")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what Limen caches out of the user's own cache, and the user's cache out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMEN_CACHE", str(tmp_path_factory.mktemp("limen-cache")))
        yield


@pytest.fixture
def server(local: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server of vLLM's manners that runs the model of a test module's own fixture `local`."""
    from tests.vllm_like import serving

    monkeypatch.delenv("LIMEN_ENDPOINT_KEY", raising=False)
    with serving(local) as one:
        yield one
