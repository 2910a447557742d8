"""RayEngine: shares run as tasks of Ray, on the cluster that RAY_ADDRESS names or on a Ray of this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, chdir, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import limen
from limen.before.check.engines.engine import Engine
from limen.before.check.engines.local_engine import MOST, cores
from limen.before.check.share import Share, ShareResult, run_share
from limen.before.ray_cluster import cluster_address, connected, raised_here, same_limen
from limen.core import ReadError

_READABLE = (
    "Put it where every node of the cluster finds it under the same path, such as a shared file system, or leave "
    "--engine out."
)


class RayEngine(Engine):
    """A task a share; Ray is started or connected to with the first, and let go by `close`.

    Where Ray is connected already, that connection is used and kept.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._ray: Any = None

    def jobs_for(self, file: str) -> int:
        """One a core of this machine, at least two; four on a cluster.

        Args:
            file: A file, a folder or a hub id.
        """
        return MOST if cluster_address() else max(2, min(cores(), MOST))

    @contextmanager
    def running(self, shares: Sequence[Share]) -> Iterator[Iterator[ShareResult]]:
        """See `Engine.running`.

        Raises:
            MissingExtraError: Ray is not installed.
            UsageError: Ray cannot be started or reached, or a worker cannot do its share.
            ReadError: A worker cannot read the file.
        """
        if not shares:
            yield iter(())
            return
        ray = self._connected(len(shares))
        task = ray.remote(num_cpus=1)(run_there)
        others = [task.remote(share, str(Path.cwd()), limen.__version__) for share in shares]
        try:
            yield (_result(ray, other) for other in others)
        except BaseException:
            for other in others:
                ray.cancel(other, force=True)
            raise

    def close(self) -> None:
        """Stop the Ray that was started, or leave the cluster."""
        self._ray = None
        self._open.close()

    def _connected(self, workers: int) -> Any:
        if self._ray is None:
            self._ray = self._open.enter_context(connected(cpus=workers))
        return self._ray


def run_there(share: Share, folder: str, version: str) -> ShareResult:
    """Run a share on a worker.

    Args:
        share: What to do.
        folder: Where relative paths begin, if the worker has it.
        version: Of the Limen that asks.

    Raises:
        ReadError: The worker cannot read the file.
        UsageError: Limen is another there, or a rule or a lexicon is not there.
    """
    node = socket.gethostname()
    same_limen(version)
    with chdir(folder) if Path(folder).is_dir() else nullcontext():
        try:
            return run_share(share)
        except ReadError as error:
            raise ReadError(
                f"the Ray worker {node} cannot read it: {error.what}", remedy=_READABLE, where=share.file
            ) from error


def _result(ray: Any, other: Any) -> ShareResult:
    """What a task gave back; what it raised is raised here as if it had run here."""
    with raised_here(ray):
        result: ShareResult = ray.get(other)
    return result
