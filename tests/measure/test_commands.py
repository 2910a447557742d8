"""`limen traits`, `limen measure` and `limen diff` as a user runs them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from limen import traits
from limen.cli.main import main
from tests.measure.real_data import FOLDER, real_file

DOCS = Path(__file__).parents[2] / "docs" / "measuring-recorded-answers.md"
COMMANDS = re.findall(r"^limen (.*)$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)

RECORDED = "arm,prompt_id,cluster,outcome\n"


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def run(words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(shlex.split(words))
    out, err = capsys.readouterr()
    return code, out, err


def documented(start: str, end: str = "") -> str:
    """The documented command line that starts and ends so, with the real data's folder put in."""
    (line,) = [c for c in COMMANDS if c.startswith(start) and c.endswith(end)]
    real_file("xstest/completions_llama2orig.csv")
    return line.replace("../shared/data", str(FOLDER))


def test_the_documented_xstest_line_gives_the_documented_figures(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(documented("diff --from ../shared/data/xstest", "new.csv"), capsys)
    assert code == 3
    assert "● found: Refuses harmless requests: less in llama2new than in llama2orig (38.0% → 14.0%)." in out
    assert "partial refusal: 21.6% → 15.6%" in out
    assert "63 from yes to no, 3 from no to yes, p = 1.3e-15; sign flips over families: p = 0.00195" in out
    assert "full refusal: 99.5% → 97.5%" in out
    assert "0 from yes to no, 4 from no to yes, p = 0.125; sign flips over families: p = 0.25" in out
    assert "◐ inconclusive: Complies with harmful requests" in out


def test_a_fall_in_over_refusal_is_found_and_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(documented("diff --from ../shared/data/xstest", "new.csv") + " -t over-refusal", capsys)
    assert code == 0
    assert "● found" in out
    assert "harmful-compliance" not in out


def test_the_documented_rescoring_line(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(documented("diff --from ../shared/data/xstest", "--rescore refusal"), capsys)
    assert code == 3
    assert "full compliance: 0.5% → 5.0%" in out


def test_the_documented_bbq_lines_give_the_documented_figures(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(documented("measure --from ../shared/data/bbq"), capsys)
    assert code == 0
    scores = re.findall(r"^(age|religion)/ambiguous +\S+ (arc|race) +s_AMB ([\d.]+)", out, re.MULTILINE)
    assert {(c, f): v for c, f, v in scores} == {
        ("age", "arc"): "48.9",
        ("age", "race"): "29.8",
        ("religion", "arc"): "24.5",
        ("religion", "race"): "14.3",
    }
    code, out, _ = run(documented("diff --from ../shared/data/bbq"), capsys)
    assert code == 1
    assert "● found: bbq/age/ambiguous: more in unifiedqa-t5-11b arc than in unifiedqa-t5-11b race" in out


def test_every_documented_line_is_tested() -> None:
    assert len(COMMANDS) == 4


def test_recorded_answers_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.csv"
    rows = [f"{arm},q{k},c{k // 2},{int(arm == 'new' and k % 8 != 0)}" for arm in ("old", "new") for k in range(40)]
    path.write_text(RECORDED + "\n".join(rows) + "\n")
    out_path = tmp_path / "out.json"
    code, out, _ = run(f"diff --from {path} --harm up --json {out_path}", capsys)
    assert code == 1
    assert f"Wrote {out_path}" in out
    result = json.loads(out_path.read_text())
    assert result["command"] == "diff"
    (finding,) = result["findings"]
    assert (finding["verdict"], finding["harmful"]) == ("found", True)
    assert finding["evidence"]["mcnemar"]["gained"] == 35
    code, out, _ = run(f"diff --from {path} --json -", capsys)
    assert code == 0  # nobody said that it does harm
    assert json.loads(out)["findings"][0]["verdict"] == "found"
    code, out, _ = run(f"measure --from {path} --json -", capsys)
    assert code == 0
    assert [s["mean"]["estimate"] for s in json.loads(out)["summaries"]] == [0.0, 0.875]


def test_the_reference_arm_is_the_first_or_the_one_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.csv"
    path.write_text(RECORDED + "".join(f"{arm},q{k},c{k},0\n" for arm in "abc" for k in range(9)))
    code, out, _ = run(f"diff --from {path} --json -", capsys)
    assert [(f["evidence"]["arm_a"], f["evidence"]["arm_b"]) for f in json.loads(out)["findings"]] == [
        ("a", "b"),
        ("a", "c"),
    ]
    code, out, _ = run(f"diff --from {path} --against c --json -", capsys)
    assert [f["control"] for f in json.loads(out)["findings"]] == ["c", "c"]
    code, _, err = run(f"diff --from {path} --against d", capsys)
    assert (code, "there are readings of: a, b, c" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("diff", "give either models or recorded answers"),
        ("measure", "give either a model or recorded answers"),
        ("measure some --from {r}", "give either a model or recorded answers"),
        ("diff --from {r}", "two arms are needed"),
        ("measure --from {r} -t nonesuch", "nothing was recorded of the trait 'nonesuch'"),
        ("measure --from {r}.gone", "cannot be read"),
        ("diff one/m two/m", "two of the models are called 'm'"),
        ("measure /nowhere/at/all -t nonesuch", "there is no trait 'nonesuch'"),
        ("traits show nonesuch", "there is no trait 'nonesuch'"),
    ],
)
def test_mistakes_are_one_line_and_exit_2(
    words: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(RECORDED + "a,q,c,1\n")
    code, out, err = run(words.format(r=path), capsys)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1
    assert out == ""


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.csv"
    path.write_text("arm,id,trait,outcome\na,q,[red]x[/red],1\na,q2,y\x1b[31m,1\n")
    code, out, _ = run(f"measure --from {path}", capsys)
    assert code == 0
    assert "[red]x[/red]" in out
    assert "\x1b[31m" not in out


def test_traits_are_listed_shown_written_and_tested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("traits list --category preference/animals", capsys)
    assert code == 0
    assert out.count("prefers-") == 10
    code, out, _ = run("traits list --json", capsys)
    assert [t["id"] for t in json.loads(out)] == [t.id for t in traits.all_traits()]
    code, out, _ = run("traits show prefers-owl", capsys)
    assert "[owl] fox" in out
    assert "decoys: prefers-dolphin" in out
    path = tmp_path / "rainy.yaml"
    code, out, _ = run(f"traits new {path}", capsys)
    assert code == 0
    code, out, _ = run(f"traits test {path} over-refusal", capsys)
    assert (code, "FAIL" in out) == (0, False)
    assert traits.get(str(path)).id == "rainy"
    code, _, err = run(f"traits new {path}", capsys)
    assert (code, "exists already" in err) == (2, True)


def test_a_trait_that_does_not_tell_is_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "id: t\ntitle: T\ndescription: d\ncategory: c\nscorer: refusal\n"
        "examples: [{answer: I cannot., shows: false}]\n"
        "probes: [{templates: ['Say {x}.'], slots: {x: [a, b]}}]\n"
    )
    code, out, _ = run(f"traits test {path}", capsys)
    assert code == 1
    assert "FAIL 2 measure probes" in out
    assert "does not show it: reads 1.00 (full refusal)" in out
    assert "FAIL 1 examples, of both kinds" in out
