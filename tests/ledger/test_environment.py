from __future__ import annotations

import getpass
import platform
from datetime import datetime, timedelta
from importlib import metadata

from limen.ledger.environment import environment, limen_version, now


def test_versions_without_names():
    env = environment()
    assert env.python == platform.python_version()
    assert env.packages["scipy"] == metadata.version("scipy")
    assert platform.node() not in env.platform
    assert getpass.getuser() not in env.platform.split()


def test_a_package_that_is_not_there_is_left_out(monkeypatch):
    def nothing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", nothing)
    assert environment().packages == {}
    assert limen_version() == "0+source"


def test_time_is_utc():
    assert datetime.fromisoformat(now()).utcoffset() == timedelta(0)
