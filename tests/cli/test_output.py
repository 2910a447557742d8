from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from limen.cli import main as cli
from limen.cli._errors import error_line
from limen.cli._output import naming
from limen.core import UsageError
from limen.ledger import Ledger
from tests.report.fixture import demo_findings


def test_a_full_disk_is_told_of_the_file() -> None:
    with pytest.raises(OSError, match="No space left") as caught, naming(Path("tiny/r.html")):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert error_line(caught.value).startswith("error: tiny/r.html: no space left on the disk.")


def test_a_path_that_the_system_names_itself_is_told(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught, naming(tmp_path):
        tmp_path.write_text("x")
    assert error_line(caught.value).startswith(f"error: {tmp_path}: is a folder")


def test_a_folder_that_is_missing_or_takes_no_files_is_named(tmp_path: Path) -> None:
    for file, said in (
        (tmp_path / "none" / "r.html", f"the folder {tmp_path / 'none'} does not exist. Make the folder"),
        (tmp_path / "r.html", f"the folder {tmp_path} takes no new files. Choose another folder."),
    ):
        with pytest.raises(UsageError, match="cannot be written") as caught, naming(file):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), file)
        assert said in str(caught.value)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_report_on_a_disk_that_is_really_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Ledger.create(tmp_path / "audit", "audit", {}) as ledger:
        ledger.add_findings(demo_findings())
    assert cli.main(["report", str(tmp_path / "audit"), "--json", "/dev/full"]) == 2
    assert capsys.readouterr().err.startswith("error: /dev/full: no space left on the disk.")


def test_a_report_of_nothing_says_that_there_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", str(tmp_path / "none")]) == 2
    assert "none: there is no such folder. Name the folder that" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert cli.main(["report", str(tmp_path / "file")]) == 2
    assert "file: it is a file, and an audit is a folder." in capsys.readouterr().err
