"""LocalEngine: shares run in processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from limen.before.check.engines.engine import Engine
from limen.before.check.share import Share, ShareResult, run_share

LARGE = 32 << 20
"""Bytes of a file from which a second process repays its start."""

MOST = 4
"""Processes beyond which reading the file outweighs what a share of the rules takes."""


class LocalEngine(Engine):
    """A process a share, started for each file anew."""

    def jobs_for(self, file: str) -> int:
        """One a core for a large file, at most four; a folder or a hub id is checked by one process.

        Args:
            file: A file, a folder or a hub id.
        """
        path = Path(file)
        return min(cores(), MOST) if path.is_file() and path.stat().st_size >= LARGE else 1

    @contextmanager
    def running(self, shares: Sequence[Share]) -> Iterator[Iterator[ShareResult]]:
        """See `Engine.running`."""
        with ProcessPoolExecutor(max(len(shares), 1), mp_context=get_context("spawn")) as pool:
            others = [pool.submit(run_share, share) for share in shares]
            try:
                yield (other.result() for other in others)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
