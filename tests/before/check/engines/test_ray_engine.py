"""Ray's arguments and errors, without Ray: what it finds is compared in `test_ray_findings`."""

from __future__ import annotations

import json
import os
import socket
import sys
from types import SimpleNamespace

import pytest

import limen
from limen.before.check import Context, check_file
from limen.before.check.engines import ENGINES, RayEngine
from limen.before.check.engines.ray_engine import run_there
from limen.before.check.share import Share, run_share
from limen.cli.main import main
from limen.core import MissingExtraError, ReadError, UsageError

ROWS = [{"prompt": f"question {i}", "completion": f"answer {i}"} for i in range(3)]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)


class FakeRay:
    """Ray in this process: what it was started with, and whether it was stopped."""

    class exceptions:  # noqa: N801  named as Ray names it
        class RayError(Exception):
            pass

        class RayTaskError(RayError):
            def __init__(self, cause):
                super().__init__(f"ray::run_there()\n{cause}")
                self.cause = cause

    def __init__(self, ip="127.0.0.1", failing=None):
        self.util = SimpleNamespace(get_node_ip_address=lambda: ip)
        self.failing = failing
        self.options = self.environment = None
        self.starts = self.stops = self.cancelled = 0

    def is_initialized(self):
        return False

    def init(self, **options):
        self.options, self.environment = options, dict(os.environ)
        self.starts += 1
        if self.failing:
            raise self.failing

    def shutdown(self, **_):
        self.stops += 1

    def remote(self, **_):
        return lambda do: SimpleNamespace(remote=lambda *given: (do, given))

    def get(self, one):
        do, given = one
        try:
            return do(*given)
        except Exception as error:
            raise self.exceptions.RayTaskError(error) from error

    def cancel(self, one, force):
        self.cancelled += 1


@pytest.fixture
def ray(monkeypatch):
    made = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", made)
    return made


def check(file, **options):
    with RayEngine() as engine:
        return check_file(str(file), Context(), jobs=2, engine=engine, **options)


def test_without_ray_the_extra_is_named(file, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'limen\[ray\]'"):
        check(file)
    assert main(["check", str(file), "--engine", "ray", "-q"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_engines_are_those_that_the_command_offers(file, capsys):
    assert main(["check", str(file), "--engine", "dask"]) == 2
    err = capsys.readouterr().err
    assert all(f"'{name}'" in err for name in ENGINES)


def test_one_process_starts_no_ray(file, ray):
    with RayEngine() as engine:
        check_file(str(file), Context(), jobs=1, engine=engine)
    assert (ray.starts, ray.stops) == (0, 0)


def test_a_ray_of_this_machine_is_closed_to_others_and_stopped(file, ray):
    found = check(file)
    assert found.findings == check_file(str(file), Context(), jobs=1).findings
    assert ray.options["address"] == "local"
    assert (ray.options["num_cpus"], ray.options["include_dashboard"]) == (1, False)
    assert ray.options["log_to_driver"] is False
    assert not os.path.exists(ray.options["_temp_dir"])
    assert ray.environment["RAY_USAGE_STATS_ENABLED"] == "0"
    assert ray.environment["RAY_AUTH_MODE"] == "token"
    assert len(ray.environment["RAY_AUTH_TOKEN"]) == 64
    assert (ray.starts, ray.stops) == (1, 1)
    assert not {name for name in os.environ if name.startswith("RAY_")}


def test_several_files_start_it_once(file, ray):
    with RayEngine() as engine:
        for _ in range(3):
            check_file(str(file), Context(), jobs=3, engine=engine)
        assert (ray.starts, ray.stops) == (1, 0)
    assert (ray.starts, ray.stops) == (1, 1)


def test_a_ray_that_would_listen_beyond_this_machine_is_not_started(file, ray):
    ray.util = SimpleNamespace(get_node_ip_address=lambda: "192.0.2.7")
    with pytest.raises(UsageError, match=r"listen on 192\.0\.2\.7"):
        check(file)
    assert ray.starts == 0


def test_what_cannot_be_started_or_reached_is_one_line_and_is_stopped(file, ray, monkeypatch):
    ray.failing = ConnectionError("nobody is there\nand more")
    with pytest.raises(UsageError, match=r"Ray cannot be started: nobody is there\. [A-Z]"):
        check(file)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("RAY_ADDRESS", address)
        with pytest.raises(UsageError, match=rf"RAY_ADDRESS={address}: nobody is there\. [A-Z]"):
            check(file)
    assert ray.starts == ray.stops == 2
    # Not even tried where nobody listens
    with pytest.raises(UsageError, match="Connection refused"):
        check(file)
    assert ray.starts == 2


def test_a_cluster_is_reached_by_ray_s_own_variable_and_kept_offline(file, ray, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "auto")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    check(file)
    assert ray.options["address"] == "auto"
    assert ray.options["runtime_env"]["env_vars"]["HF_HUB_OFFLINE"] == "1"
    assert "num_cpus" not in ray.options
    assert "RAY_AUTH_MODE" not in ray.environment
    assert RayEngine().jobs_for(str(file)) == 4


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ReadError("broken")])
def test_what_fails_here_stops_it_too(file, ray, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("limen.before.check.parallel.run_rules", fail)
    with pytest.raises(type(error)):
        check(file)
    assert (ray.cancelled, ray.stops) == (1, 1)


def test_a_ray_that_is_connected_is_used_and_kept(file, ray):
    ray.is_initialized = lambda: True
    check(file)
    assert (ray.starts, ray.stops) == (0, 0)


def share_of(file, context=None):
    return Share(str(file), None, ("LIM101",), context or Context())


def test_a_worker_that_cannot_read_the_file_says_so(tmp_path):
    with pytest.raises(ReadError, match=r"the Ray worker .* cannot read it") as caught:
        run_there(share_of(tmp_path / "rows.jsonl"), str(tmp_path), limen.__version__)
    assert "under the same path" in caught.value.remedy


def test_a_relative_path_begins_where_the_check_was_started(file, tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    told = run_there(share_of(file.name), str(tmp_path), limen.__version__)
    assert told.sha256 == run_share(share_of(file)).sha256
    assert os.getcwd() == "/"
    with pytest.raises(ReadError):
        run_there(share_of(file.name), str(tmp_path / "not there"), limen.__version__)


def test_a_worker_with_another_limen_is_refused(file, ray, monkeypatch):
    with pytest.raises(UsageError, match=r"0\.0\.1 here"):
        run_there(share_of(file), "/", "0.0.1")
    monkeypatch.setattr("limen.before.check.engines.ray_engine.run_share", lambda _: __import__("no_such_rules"))
    with pytest.raises(UsageError, match="No module named 'no_such_rules'") as caught:
        check(file)
    assert "on every node" in caught.value.remedy


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_worker_that_dies_is_one_line(file, ray, monkeypatch, wrapped):
    def dead(_):
        error = ray.exceptions.RayError("The worker died.\nIts log ends so:")
        raise ray.exceptions.RayTaskError(error) if wrapped else error

    monkeypatch.setattr(ray, "get", dead)
    with pytest.raises(UsageError, match=r"a Ray worker failed: The worker died\. Run"):
        check(file)
