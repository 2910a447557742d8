from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from limen.cli import _errors
from limen.cli import main as cli
from limen.cli._commands import COMMANDS
from tests.cli.failing import WAYS

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from limen.cli import main as cli
cli.app.table = {"fail": ("tests.cli.failing", "Fail in one way.")}
sys.exit(cli.main(sys.argv[1:]))
"""

CODES = {
    "nothing": 0,
    "exit-0": 0,
    "exit-1": 1,
    "exit-3": 3,
    "interrupt": 130,
    "abort": 130,
}
LINES = {
    "limen": "error: rows.jsonl:7: saw three, expected two. Take one away.",
    "hostile": "error: a b.jsonl: broken\\u001b[31m JSON\\u202e",
    "extra": "error: this needs the package 'trl', which is not installed. Install it with: pip install 'limen[trl]'",
    "click": "error: told by click",
    "full": "error: runs/a: no space left on the disk. Free some space and run the same command again.",
    "denied": "error: /root/x: permission denied. Check who owns it, or choose another folder.",
    "absent": "error: nowhere.jsonl: no such file or folder. Check the path.",
    "io": "error: disk.bin: Input/output error.",
    "memory": "error: out of memory. Use a smaller model, --dtype bfloat16, or a machine with more memory.",
    "accelerator": "error: out of memory. Use a smaller model, --dtype bfloat16, or a machine with more memory.",
    "bug": "error: unexpected KeyError: 'weights'. Run it again with --debug and please report what it prints.",
    "wordless": "error: unexpected AssertionError. Run it again with --debug and please report what it prints.",
    "exit-text": "error: left with a sentence",
    "interrupt": "interrupted. Run the same command again; what was finished and stored is used again.",
}


@pytest.fixture(autouse=True)
def failing_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.app, "table", {"fail": ("tests.cli.failing", "Fail in one way.")})
    monkeypatch.setattr(_errors, "_resume_hint", "")
    monkeypatch.delenv("LIMEN_DEBUG", raising=False)


@pytest.mark.parametrize("way", [way for way in WAYS if way != "pipe"])
def test_a_failure_is_one_line_and_an_exit_code(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["fail", way])
    out, err = capsys.readouterr()
    assert code == CODES.get(way, 2)
    assert out == ""
    assert "Traceback" not in err
    assert len(err.splitlines()) == (0 if way in {"nothing", "exit-0", "exit-1", "exit-3"} else 1)
    if way in LINES:
        assert err == LINES[way] + "\n"


def test_a_truncated_file_is_no_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fail", "truncated"]) == 2
    assert "end-of-stream" in capsys.readouterr().err


def test_an_interrupted_command_may_say_how_to_resume(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = ["audit", "./my model", "rows.jsonl", "--out", "X", "--writers", "8", "--fresh", "--seed", "5"]
    monkeypatch.setattr(sys, "argv", ["/venv/bin/limen", *typed])
    _errors.offer_again()
    assert cli.main(["fail", "interrupt"]) == 130
    said = "interrupted. Resume with: limen audit './my model' rows.jsonl --out X --writers 8 --seed 5\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("typed", "stopped_in", "said"),
    [
        (["audit", "m", "a.jsonl"], "limen.cli.audit.settings_from", "Resume with: limen audit m a.jsonl"),
        (["forecast", "m", "a.jsonl"], "limen.cli.forecast.settings_from", "Resume with: limen forecast m a.jsonl"),
        (["rehearse", "m", "a.jsonl"], "limen.cli.rehearse.settings_from", "Resume with: limen rehearse m a.jsonl"),
        (["replay", "runs/a"], "limen.ledger.replay", "Run the same command again: limen replay runs/a"),
    ],
)
def test_commands_that_take_long_say_how_to_go_on(
    typed: list[str], stopped_in: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> NoReturn:
        raise KeyboardInterrupt

    module, _, name = stopped_in.rpartition(".")
    monkeypatch.setattr(importlib.import_module(module), name, stop)
    monkeypatch.setattr(cli.app, "table", COMMANDS)
    monkeypatch.setattr(sys, "argv", ["limen", *typed])
    assert cli.main() == 130
    assert capsys.readouterr().err == f"interrupted. {said}\n"


@pytest.mark.parametrize("words", [["--debug", "fail", "bug"], ["fail", "bug", "--debug"], ["fail", "bug"]])
def test_debug_shows_the_traceback_and_keeps_the_line(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if "--debug" not in words:
        monkeypatch.setenv("LIMEN_DEBUG", "1")
    assert cli.main(words) == 2
    err = capsys.readouterr().err
    assert "Traceback (most recent call last)" in err
    assert err.splitlines()[-1] == LINES["bug"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fial"], "error: no command is called 'fial'; did you mean 'fail'? See: limen --help"),
        (["zzz"], "error: no command is called 'zzz'; choose one of: fail. See: limen --help"),
        (["fail"], "Missing argument"),
        (["fail", "otherwise"], "is not one of"),
        (["fail", "bug", "--nope"], "No such option"),
        (["--nope"], "No such option"),
    ],
)
def test_usage_errors_are_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert len(err.splitlines()) == 1
    assert "--help" in err


def test_help_without_arguments_is_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    out = capsys.readouterr().out
    assert "Fail in one way." in out
    assert cli.main(["--help"]) == 0
    assert capsys.readouterr().out == out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    import limen

    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"limen {limen.__version__}\n"


def _start(way: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "fail", way],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A suite started in the background inherits that Ctrl-C is ignored; a user's shell does not ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def test_ctrl_c_in_a_real_process() -> None:
    with _start("hang") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == LINES["interrupt"] + "\n"


@pytest.mark.parametrize("way", ["flood", "rich-flood"])
def test_a_reader_that_goes_away_is_met_with_silence(way: str) -> None:
    with _start(way) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("xxx")
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
        process.wait(timeout=30)
    assert process.returncode == 141
    assert err == ""
