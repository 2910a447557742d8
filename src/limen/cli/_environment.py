"""The environment that the libraries below read when they are imported: offline, and quiet."""

from __future__ import annotations

import os
import sys
from pathlib import Path

OFFLINE = ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE")
QUIET = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    # Two torch jobs that spin while they wait can slow each other a hundredfold.
    "OMP_WAIT_POLICY": "PASSIVE",
}
_set_here: set[str] = set()


def prepare(*, debug: bool = False) -> None:
    """Go offline and quieten the libraries, leaving alone whatever the user has set.

    Must run before any of them is imported: they read these variables once.

    Args:
        debug: Leave the libraries' own messages and warnings on.
    """
    for name in OFFLINE:
        if name not in os.environ:
            os.environ[name] = "1"
            _set_here.add(name)
    for name, value in QUIET.items():
        if not (debug and name.startswith("TRANSFORMERS_")):
            os.environ.setdefault(name, value)
    if not debug and not sys.warnoptions:
        import warnings

        # A library's advice to its own callers is no news to whoever runs a command.
        warnings.simplefilter("ignore")


def prefer_cpu() -> None:
    """Let `auto` mean the CPU for models so small that an accelerator only makes them wait.

    On a CPU the laboratory's figures come out alike on every machine. What the user has set in the environment stays.
    """
    os.environ.setdefault("LIMEN_DEVICE", "cpu")


def allow_hub(*sources: str | None) -> bool:
    """Let the libraries use the network if one of the given models or data sets is meant to come from the hub.

    Call it before anything that imports transformers or datasets. What the user has set in the environment stays.

    Args:
        sources: What the user wrote for models (`base+adapter` is looked at in both parts) and for data.

    Returns:
        Whether the network may be used.
    """
    if any(_is_hub_id(source) for source in sources if source):
        for name in _set_here & set(OFFLINE):
            del os.environ[name]
            _set_here.discard(name)
    return not any(os.environ.get(name, "").lower() in {"1", "true", "yes", "on"} for name in OFFLINE)


def _is_hub_id(source: str) -> bool:
    from limen.data import is_hub_id

    if Path(source).expanduser().exists():
        return False
    if source.startswith(("http://", "https://")):
        return False
    return any(is_hub_id(part) for part in (source, *source.rpartition("+")[::2]) if part)
