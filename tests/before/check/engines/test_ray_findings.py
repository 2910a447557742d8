"""With Ray, `limen check` prints what it prints without, listens on the loopback interface alone and leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.before.check.labelled import FILES
from tests.before.check.test_parallel import ROWS

pytestmark = pytest.mark.slow
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


@pytest.fixture
def environment(tmp_path):
    pytest.importorskip("ray")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    (tmp_path / "t").mkdir()
    return {**kept, "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}


def command(*words):
    return [sys.executable, "-m", "limen", "check", *map(str, words), "--json", "--quiet"]


def printed(environment, *words):
    done = subprocess.run(command(*words), env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.stderr.count("\n") <= 1, done.stderr
    return done.returncode, done.stdout, done.stderr


def test_findings_are_the_same_byte_for_byte(shared_data, tmp_path, environment):
    planted = tmp_path / "planted.jsonl"
    planted.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    files = [planted, *(shared_data / name for name in FILES)]
    baseline = tmp_path / "baseline.json"
    assert printed(environment, planted, "--write-baseline", baseline)[0] == 1
    options = ["--against", shared_data / FILES[0], "--baseline", baseline]
    alone = printed(environment, *files, *options, "--jobs", 1)
    shared = printed(environment, *files, *options, "--jobs", 3, "--engine", "ray")
    assert alone == shared
    assert len(json.loads(alone[1])["files"]) == 1 + len(FILES)
    assert not (tmp_path / ".ray").exists()


def processes(root):
    """A process and those under it."""
    found = [root]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def listening(pids):
    """Local addresses, as the kernel writes them, on which processes listen."""
    sockets = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                target = os.readlink(handle)
            except OSError:
                continue
            if target.startswith("socket:["):
                sockets.add(target[8:-1])
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    return {line[1].rpartition(":")[0] for line in lines if line[3] == "0A" and line[9] in sockets}


@pytest.mark.skipif(not Path("/proc/net/tcp").is_file(), reason="reads Linux's /proc")
def test_it_listens_on_the_loopback_interface_alone_and_is_gone_after_ctrl_c(shared_data, tmp_path, environment):
    rows = tmp_path / "many.jsonl"
    line = json.dumps({"prompt": "who?", "completion": "She is a nurse. " * 60}) + "\n"
    rows.write_text(line * 200_000, encoding="utf-8")
    began = subprocess.Popen(
        command(rows, "--engine", "ray", "--jobs", "2"),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever was started in a shell's background ignores it, and hands that on
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    seen, pids, addresses = time.monotonic() + 240, [], set()
    try:
        while time.monotonic() < seen and began.poll() is None:
            pids = processes(began.pid)
            addresses |= listening(pids)
            names = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids if Path(f"/proc/{pid}").exists()]
            if any(b"ray::run_there" in name for name in names):
                break
            time.sleep(0.2)
        assert began.poll() is None
        addresses |= listening(pids)
        os.killpg(began.pid, signal.SIGINT)
        said = began.communicate(timeout=120)[1]
    finally:
        began.kill()
    assert addresses
    assert addresses <= LOOPBACK
    assert began.returncode == 130
    assert said.count("\n") == 1
    time.sleep(2)
    assert not [
        pid for pid in pids if Path(f"/proc/{pid}").exists() and b"ray" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
