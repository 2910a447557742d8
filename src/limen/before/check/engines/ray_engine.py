"""RayEngine: shares run as tasks of Ray, on the cluster that RAY_ADDRESS names or on a Ray of this machine.

A Ray of this machine is started for the check and stopped after it. By default Ray listens on every interface, whoever
reaches it may run code, and the process of its dashboard, which is started even where none is wanted, asks the cloud's
metadata address where it is. None of these has a setting of its own, hence `_local`.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, chdir, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import limen
from limen.before.check.engines.engine import Engine
from limen.before.check.engines.local_engine import MOST, cores
from limen.before.check.share import Share, ShareResult, run_share
from limen.core import MissingExtraError, ReadError, UsageError

OBJECTS = 128 << 20
"""Bytes of memory in which a Ray of this machine keeps what tasks are given and give back; the rest goes to disk."""

_OFFLINE = ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE")
_SAME = "Install the same Limen, with the packages of your own rules, on every node, or leave --engine out."
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
        return MOST if _address() else max(2, min(cores(), MOST))

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
            self._ray = self._open.enter_context(_cluster() if _address() else _local(workers))
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
    if limen.__version__ != version:
        raise UsageError(f"Limen is {version} here and {limen.__version__} on the Ray worker {node}.", remedy=_SAME)
    with chdir(folder) if Path(folder).is_dir() else nullcontext():
        try:
            return run_share(share)
        except ReadError as error:
            raise ReadError(
                f"the Ray worker {node} cannot read it: {error.what}", remedy=_READABLE, where=share.file
            ) from error


def _result(ray: Any, other: Any) -> ShareResult:
    """What a task gave back; what it raised is raised here as if it had run here."""
    try:
        result: ShareResult = ray.get(other)
    except ray.exceptions.RayError as error:
        cause = getattr(error, "cause", error)
        lacking = "No module named" in str(cause)
        if lacking or isinstance(cause, ray.exceptions.RayError):
            remedy = _SAME if lacking else "Run it again, or leave --engine out."
            raise UsageError(f"a Ray worker failed: {_sentence(cause)}", remedy=remedy) from error
        raise cause from error
    return result


def _address() -> str:
    """The address of the cluster that the user means; empty where a Ray of this machine is to be started."""
    address = os.environ.get("RAY_ADDRESS", "")
    return "" if address == "local" else address


@contextmanager
def _cluster() -> Iterator[Any]:
    """Ray, connected to the cluster that RAY_ADDRESS names."""
    what = f"Ray cannot be reached at RAY_ADDRESS={_address()}"
    remedy = "Start the cluster or mend the address; without RAY_ADDRESS a Ray of this machine is started."
    # What this process may not fetch from the network, workers may not either
    offline = {name: os.environ[name] for name in _OFFLINE if name in os.environ}
    if place := re.fullmatch(r"(?:ray://)?(.+):(\d+)", _address()):
        # Ray tries for minutes
        try:
            socket.create_connection((place[1].strip("[]"), int(place[2])), timeout=10).close()
        except (OSError, OverflowError) as error:
            raise UsageError(f"{what}: {_sentence(error)}", remedy=remedy) from error
    with (
        _environment(RAY_USAGE_STATS_ENABLED="0"),
        _connection(
            what,
            remedy,
            address=_address(),
            runtime_env={"env_vars": offline},
        ) as ray,
    ):
        yield ray


@contextmanager
def _local(workers: int) -> Iterator[Any]:
    """A Ray of this machine, for its loopback interface and for this user alone, without a dashboard.

    Args:
        workers: Tasks at once.
    """
    with (
        _environment(
            RAY_USAGE_STATS_ENABLED="0",
            # Read when Ray is imported: with 0, the default on other systems, it takes 127.0.0.1 for this machine
            RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0",
            # Other users of this machine reach the loopback interface too
            RAY_AUTH_MODE="token",
            RAY_AUTH_TOKEN=_token(),
        ),
        # Its logs, and what has no room in memory; gone with it
        TemporaryDirectory(prefix="limen-ray-", dir=_short_folder(), ignore_cleanup_errors=True) as folder,
        # The dashboard's process is left out where its port is taken, and Ray goes on without it
        socket.create_server(("127.0.0.1", 0)) as taken,
        _connection(
            "Ray cannot be started",
            "Run it again when the machine is less busy, or leave --engine out.",
            address="local",
            num_cpus=workers,
            num_gpus=0,
            object_store_memory=OBJECTS,
            include_dashboard=False,
            dashboard_host="127.0.0.1",
            dashboard_port=taken.getsockname()[1],
            _temp_dir=folder,
            # On a busy machine a worker takes longer to start than Ray waits, which then waits for nobody
            _system_config={"worker_register_timeout_seconds": 600},
        ) as ray,
    ):
        yield ray


@contextmanager
def _connection(what: str, remedy: str, **options: Any) -> Iterator[Any]:
    """Ray from its start to its end; one that this process has started or reached before is used and kept.

    Args:
        what: What to say where it fails.
        remedy: What the user does then.
        options: Of `ray.init`.
    """
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError("ray", "ray") from error
    if ray.is_initialized():
        yield ray
        return
    if options["address"] == "local" and not ipaddress.ip_address(ray.util.get_node_ip_address()).is_loopback:
        raise UsageError(
            f"{what}: it would listen on {ray.util.get_node_ip_address()}, beyond this machine.",
            remedy="Do not import Ray before the check, or start Ray yourself.",
        )
    try:
        try:
            ray.init(log_to_driver=False, logging_level=logging.CRITICAL, **options)
        except Exception as error:
            raise UsageError(f"{what}: {_sentence(error)}", remedy=remedy) from error
        yield ray
    finally:
        ray.shutdown(wait_for_processes=True)


@contextmanager
def _environment(**wanted: str) -> Iterator[None]:
    """Variables of the environment, which Ray's processes inherit; what the user has set stays.

    Args:
        wanted: Their values.
    """
    new = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            os.environ.pop(name, None)


@cache
def _token() -> str:
    """What this process and the workers that it starts know each other by; Ray reads it once a process."""
    return secrets.token_hex(32)


def _short_folder() -> str | None:
    """Where to make a folder for sockets, whose paths have 103 characters at most; None for the usual place."""
    return "/tmp" if os.name == "posix" and len(gettempdir()) > 20 else None


def _sentence(error: BaseException) -> str:
    """The first line of what an error says."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    return said if said.endswith((".", "!", "?")) else f"{said}."
