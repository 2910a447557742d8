"""Where the processes of a check run that are not this one: on this machine, or as tasks of Ray. One engine a file."""

from collections.abc import Callable, Mapping

from limen.before.check.engines.engine import Engine
from limen.before.check.engines.local_engine import LocalEngine
from limen.before.check.engines.ray_engine import RayEngine

ENGINES: Mapping[str, Callable[[], Engine]] = {"local": LocalEngine, "ray": RayEngine}
"""Engines by name."""

__all__ = ["ENGINES", "Engine", "LocalEngine", "RayEngine"]
