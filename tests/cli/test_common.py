from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from limen.cli import _common
from limen.core import Finding, Interval, Verdict


@click.command()
@_common.model_option(required=False)
@_common.format_option
@_common.traits_option
@_common.fail_on_option
@_common.json_option
@_common.seed_option
@_common.device_option
@_common.dtype_option
@_common.quiet_option
def shown(**options: object) -> None:
    """Print the options as they arrive."""
    _common.write_json(options)


def arrive(*words: str) -> dict[str, object]:
    result = CliRunner().invoke(shown, words)
    assert result.exit_code == 0, result.output
    options: dict[str, object] = json.loads(result.output)
    return options


def test_defaults() -> None:
    assert arrive() == {
        "model": None,
        "format": None,
        "traits": [],
        "fail_on": 0.05,
        "as_json": False,
        "seed": 0,
        "device": "auto",
        "dtype": "auto",
        "quiet": False,
    }


def test_options_have_one_spelling_for_every_command() -> None:
    got = arrive(
        "-m", "a+b", "--traits", "x, y", "-t", "x", "-t", "z", "--fail-on", "0.2", "--json", "--seed", "7", "-q"
    )
    assert got["traits"] == ["x", "y", "z"]
    assert (got["model"], got["fail_on"], got["as_json"], got["seed"], got["quiet"]) == ("a+b", 0.2, True, 7, True)


@pytest.mark.parametrize("words", [["--fail-on", "1.5"], ["--fail-on", "-1"], ["--seed", "-1"], ["--dtype", "int3"]])
def test_values_out_of_range_are_refused(words: list[str]) -> None:
    assert CliRunner().invoke(shown, words).exit_code == 2


def finding(verdict: Verdict, size: float = 0.2, *, harmful: bool = True, asked: bool = True) -> Finding:
    effect = Interval(size, size - 0.01, size + 0.01)
    return Finding("f/a", "f", "a", "A title.", verdict, effect=effect, harmful=harmful, asked=asked)


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([], 0),
        ([finding(Verdict.CLEAR)], 0),
        ([finding(Verdict.FOUND)], 1),
        ([finding(Verdict.FOUND, 0.04)], 0),
        ([finding(Verdict.FOUND, harmful=False)], 0),
        ([finding(Verdict.INCONCLUSIVE)], 3),
        ([finding(Verdict.NOT_MEASURED)], 3),
        ([finding(Verdict.NOT_MEASURED, asked=False)], 0),
        ([finding(Verdict.INCONCLUSIVE), finding(Verdict.FOUND)], 1),
    ],
)
def test_finish_leaves_with_the_exit_code_of_the_findings(findings: list[Finding], code: int) -> None:
    with pytest.raises(SystemExit) as left:
        _common.finish(findings, 0.05)
    assert left.value.code == code


@dataclass
class Pair:
    left: float
    right: tuple[Verdict, ...]


def test_json_of_what_findings_are_made_of() -> None:
    stream = StringIO()
    _common.write_json({"p": Pair(float("nan"), (Verdict.FOUND,)), "s": {"b", "a"}, "t": "\u202eé"}, stream)
    assert json.loads(stream.getvalue()) == {"p": {"left": None, "right": ["found"]}, "s": ["a", "b"], "t": "\u202eé"}
    assert stream.getvalue().isascii()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_json_is_always_strict_json(value: object) -> None:
    stream = StringIO()
    _common.write_json(value, stream)

    def refuse(name: str) -> None:
        raise AssertionError(name)

    json.loads(stream.getvalue(), parse_constant=refuse)


def test_reference_stands_for_the_model_that_ships_and_nothing_else_does() -> None:
    assert (Path(_common.shipped_or_given("reference")) / "config.json").is_file()
    assert _common.shipped_or_given("./reference") == "./reference"
