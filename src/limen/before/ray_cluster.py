"""Ray for what runs on it: the cluster that RAY_ADDRESS names, or a Ray of this machine, from its start to its end.

A Ray of this machine is started for one run and stopped after it. By default Ray listens on every interface, whoever
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
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import limen
from limen.core import MissingExtraError, UsageError

OBJECTS = 128 << 20
"""Bytes of memory in which a Ray of this machine keeps what workers are given and give back; the rest goes to disk."""

_OFFLINE = ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE")
_SAME = "Install the same Limen, with the packages of your own plug-ins, on every node, or leave --engine out."
_REACH = "Start the cluster or mend the address; without RAY_ADDRESS a Ray of this machine is started."


def cluster_address() -> str:
    """The address of the cluster that the user means; empty where a Ray of this machine is to be started."""
    address = os.environ.get("RAY_ADDRESS", "")
    return "" if address == "local" else address


def look_for_ray() -> None:
    """See that Ray is installed and that somebody listens at RAY_ADDRESS, before anything long is begun.

    Raises:
        MissingExtraError: Ray is not installed.
        UsageError: Nobody listens there.
    """
    if find_spec("ray") is None:
        raise MissingExtraError("ray", "ray")
    _somebody_listens()


@contextmanager
def connected(*, cpus: int, gpus: int = 0, objects: int = OBJECTS) -> Iterator[Any]:
    """Ray, while the context is open; where it is connected already, that connection is used and kept.

    Args:
        cpus: Cores that a Ray of this machine may fill.
        gpus: Its GPUs.
        objects: Bytes of memory in which it keeps what workers are given and give back.

    Raises:
        MissingExtraError: Ray is not installed.
        UsageError: Ray cannot be started or reached.
    """
    with _cluster() if cluster_address() else _local(cpus, gpus, objects) as ray:
        yield ray


def same_limen(version: str) -> None:
    """On a worker: see that Limen is the same here.

    Args:
        version: Of the Limen that asks.

    Raises:
        UsageError: It is another.
    """
    if limen.__version__ != version:
        node = socket.gethostname()
        raise UsageError(f"Limen is {version} here and {limen.__version__} on the Ray worker {node}.", remedy=_SAME)


@contextmanager
def raised_here(ray: Any) -> Iterator[None]:
    """Raise what a worker raised as if it had been raised here.

    Args:
        ray: Ray.

    Raises:
        UsageError: The worker died, or lacks a package.
    """
    try:
        yield
    except ray.exceptions.RayError as error:
        cause = getattr(error, "cause", error)
        lacking = "No module named" in str(cause)
        if lacking or isinstance(cause, ray.exceptions.RayError):
            remedy = _SAME if lacking else "Run it again, or leave --engine out."
            raise UsageError(f"a Ray worker failed: {_sentence(cause)}", remedy=remedy) from error
        raise cause from error


@contextmanager
def _cluster() -> Iterator[Any]:
    """Ray, connected to the cluster that RAY_ADDRESS names."""
    # What this process may not fetch from the network, workers may not either
    offline = {name: os.environ[name] for name in _OFFLINE if name in os.environ}
    _somebody_listens()
    with (
        _environment(RAY_USAGE_STATS_ENABLED="0"),
        _connection(
            _unreached(),
            _REACH,
            address=cluster_address(),
            runtime_env={"env_vars": offline},
        ) as ray,
    ):
        yield ray


def _somebody_listens() -> None:
    """See whether somebody listens at RAY_ADDRESS, where it names a port: Ray tries for minutes."""
    if place := re.fullmatch(r"(?:ray://)?(.+):(\d+)", cluster_address()):
        try:
            socket.create_connection((place[1].strip("[]"), int(place[2])), timeout=10).close()
        except (OSError, OverflowError) as error:
            raise UsageError(f"{_unreached()}: {_sentence(error)}", remedy=_REACH) from error


def _unreached() -> str:
    return f"Ray cannot be reached at RAY_ADDRESS={cluster_address()}"


@contextmanager
def _local(cpus: int, gpus: int, objects: int) -> Iterator[Any]:
    """A Ray of this machine, for its loopback interface and for this user alone, without a dashboard."""
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
            num_cpus=cpus,
            num_gpus=gpus,
            object_store_memory=objects,
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
            remedy="Do not import Ray before Limen does, or start Ray yourself.",
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
