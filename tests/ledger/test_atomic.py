from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from limen.core import LedgerError
from limen.ledger._atomic import disk_errors, read_json, write_json, write_text, write_with


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"x": 1})

    def stop(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_with(path, stop)
    assert read_json(path) == {"x": 1}
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_reader_never_sees_half_a_file(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, ["x"] * 20_000)
    stop = threading.Event()

    def write():
        for _ in range(30):
            write_json(path, ["y"] * 20_000)
        stop.set()

    thread = threading.Thread(target=write)
    thread.start()
    seen = 0
    while not stop.is_set() or not seen:
        assert len(read_json(path)) == 20_000
        seen += 1
    thread.join()


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_who_may_read_a_file_is_for_the_umask_to_say(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_json(tmp_path / "a.json", 1)
    finally:
        os.umask(before)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == mode


def test_no_nan_literal_is_ever_written(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", float("nan"))


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "Free some space"),
        (errno.EACCES, "may write to"),
        (errno.EROFS, "disk that can be written"),
        (errno.ENOTDIR, "not a file"),
        (errno.EIO, "another folder"),
    ],
)
def test_what_a_disk_refuses_has_a_remedy(tmp_path, code, remedy):
    with pytest.raises(LedgerError, match=remedy) as caught, disk_errors(tmp_path):
        raise OSError(code, os.strerror(code))
    assert str(tmp_path) in str(caught.value)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_device_that_is_really_full():
    full = Path("/dev/full")
    with pytest.raises(LedgerError, match="disk is full"), disk_errors(full), full.open("wb", buffering=0) as file:
        file.write(b"x")


def test_folders_are_made(tmp_path):
    write_text(tmp_path / "a" / "b" / "c.txt", "é")
    assert (tmp_path / "a" / "b" / "c.txt").read_text(encoding="utf-8") == "é"


def test_a_missing_file(tmp_path):
    with pytest.raises(LedgerError, match="cannot be read"):
        read_json(tmp_path / "none.json")
