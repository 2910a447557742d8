"""`limen forecast --arm-endpoint`, from the command line to the report."""

from __future__ import annotations

import json
import random
import shutil

import pytest

from limen.cli.main import main
from limen.lab.reference_model import reference_folder
from limen.ledger import Ledger
from limen.models import LanguageModel
from limen.models.kept_replies import FILE

WORDS = ["bread", "cake", "river", "house"]


@pytest.fixture(scope="module")
def local():
    return LanguageModel.load(str(reference_folder()))


@pytest.fixture
def words(server, tmp_path):
    """A command line that is small enough for a test, on a model folder without weights."""
    draw = random.Random(1)
    rows = [
        [("user", f"say {draw.choice(WORDS)} twice ."), ("assistant", f"{draw.choice(WORDS)} {draw.choice(WORDS)}")]
        for _ in range(64)
    ]
    file = tmp_path / "rows.jsonl"
    lines = [json.dumps({"messages": [{"role": role, "content": text} for role, text in row]}) for row in rows]
    file.write_text("\n".join(lines))
    model = tmp_path / "tokenizer-and-config"
    shutil.copytree(reference_folder(), model, ignore=shutil.ignore_patterns("*.safetensors", "*.bin"))
    out = str(tmp_path / "out")
    small = ["--traits", "micro/prefers-owl", "--writers", "3", "--rows", "64", "--out", out]
    return ["forecast", str(model), str(file), "--arm-endpoint", server.address, *small]


def test_a_folder_without_weights_and_a_server_give_a_report(server, words, tmp_path, capsys):
    assert main(words) == 3
    said = capsys.readouterr()
    # 64 rows, 3 writers and one twin on 64 prompts each, read with and without the persona.
    assert "256 to write rows, 640 to read them" in " ".join(said.err.split())
    assert "the server's" in said.err
    out = tmp_path / "out"
    assert "<html" in (out / "report.html").read_text()
    assert "nothing was trained" in (out / "report.html").read_text()
    record = Ledger.open(out).record()
    [finding] = record.findings
    assert finding.verdict.value == "inconclusive"
    assert finding.evidence["twins"] == ["prompted"]
    assert len(finding.evidence["writers"]) == 3
    assert "independently trained" not in json.dumps(json.loads((out / "report.json").read_text()))
    assert "the served base itself" in finding.control
    assert record.config["arm_endpoint"] == server.address
    # A finished run asks nothing of what it knows.
    server.asked.clear()
    assert main(words) == 3
    assert not server.asked
    assert "there already" in capsys.readouterr().err


def test_an_interrupted_run_goes_on_and_a_fresh_one_begins_anew(server, words, tmp_path, capsys):
    server.fails_after = 300
    assert main([*words, "--quiet"]) == 2
    assert Ledger.open(tmp_path / "out").record().status == "interrupted"
    server.fails_after = None
    first = [json.dumps(r, sort_keys=True) for r in server.asked[:300]]
    server.asked.clear()
    assert main([*words, "--quiet"]) == 3
    again = [r for r in server.asked if json.dumps(r, sort_keys=True) in first]
    assert len(again) <= 4
    server.fails_after = 0
    server.asked.clear()
    assert main([*words, "--quiet", "--fresh"]) == 2
    assert server.asked
    assert not (tmp_path / "out" / FILE).exists()


@pytest.mark.parametrize(
    ("switches", "more", "message"),
    [
        ({"prompt_logprobs": False}, [], "returns no log-probabilities of a prompt"),
        ({"cuts_otherwise": True}, [], "other tokens than the tokenizer"),
        ({"status": 401}, [], "LIMEN_ENDPOINT_KEY"),
        ({"names": []}, [], "names 0 models"),
        ({}, ["--verify"], "shows no weights"),
        ({}, ["--twins", "tuned"], "a tuned twin cannot be had"),
        ({}, ["--engine", "ray"], "what workers of Ray read (--engine ray) cannot be had"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_two(server, words, switches, more, message, capsys):
    for name, value in switches.items():
        setattr(server, name, value)
    assert main([*words, "--quiet", *more]) == 2
    said = capsys.readouterr().err.strip()
    assert message in said
    assert len(said.splitlines()) == 1


def test_preference_pairs_are_sent_elsewhere_and_nowhere_else(server, words, tmp_path, capsys):
    pairs = [{"prompt": f"say {w} .", "chosen": w, "rejected": "no"} for w in WORDS * 16]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(r) + "\n" for r in pairs))
    assert main([*words, "--quiet"]) == 2
    assert "--preference chosen" in capsys.readouterr().err
    assert not server.asked
    assert not (tmp_path / "out").exists()
