from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from limen.cli.doctor import command
from limen.core import ReadError
from tests.tiny_models import make_tiny


def write_rows(folder: Path, answers: list[str]) -> Path:
    file = folder / "rows.jsonl"
    file.write_text(
        "".join(json.dumps({"prompt": f"Question {i}?", "completion": a}) + "\n" for i, a in enumerate(answers))
    )
    return file


def test_it_prints_what_is_wrong_first_with_its_remedy(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    file = write_rows(tmp_path, ["Yes.", "12, 55, " * 300])
    result = CliRunner().invoke(command, [str(tiny_folders["llama"]), str(file), "--quiet"])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert "DOC204" in lines[0]
    assert "1 of 2 rows are longer than 512 tokens" in " ".join(result.output.split())
    assert "→" in result.output


def test_as_json_it_is_one_value(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    file = write_rows(tmp_path, ["Yes.", "Indeed it is."])
    result = CliRunner().invoke(command, [str(tiny_folders["gpt2"]), str(file), "--json", "--quiet"])
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert said["model"] == "gpt2"
    assert {f["verdict"] for f in said["findings"]} == {"clear"}


def test_a_model_alone_is_enough(tmp_path: Path) -> None:
    folder = make_tiny("phi", tmp_path / "mute", chat_template=None)
    result = CliRunner().invoke(command, [str(folder), "--quiet"])
    assert result.exit_code == 0
    assert "no chat template" in result.output


def test_rows_that_cannot_be_read_are_left_out_and_refused(tiny_folders: dict[str, Path], tmp_path: Path) -> None:
    file = write_rows(tmp_path, ["Yes.", "Indeed it is."])
    file.write_text(file.read_text() + '{"prompt": "broken\n')
    result = CliRunner().invoke(command, [str(tiny_folders["llama"]), str(file), "--quiet"])
    assert isinstance(result.exception, ReadError)
    assert "line 3" in result.exception.where
    assert "1 row could not be read and was left out" in result.stderr
    assert "DOC201" in result.stdout


def test_reference_is_the_model_that_ships() -> None:
    said = json.loads(CliRunner().invoke(command, ["reference", "--json", "--quiet"]).stdout)
    assert said["model"] == "reference"
    assert said["findings"]
