"""lock_of: one lock a model, so that nothing copies or runs it while a hook of somebody else's lies on it."""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakKeyDictionary

_locks: WeakKeyDictionary[Any, threading.RLock] = WeakKeyDictionary()
_making = threading.Lock()


def lock_of(model: Any) -> threading.RLock:
    """The lock of a model. Forward passes lay hooks on it, and a copy made meanwhile would keep them.

    Args:
        model: A torch module.
    """
    with _making:
        return _locks.setdefault(model, threading.RLock())
