from __future__ import annotations

import os
from pathlib import Path

import pytest

from limen.cli import _environment


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*_environment.OFFLINE, *_environment.QUIET):
        monkeypatch.setenv(name, "")  # so that it is put back
        monkeypatch.delenv(name)
    monkeypatch.setattr(_environment, "_set_here", set())
    monkeypatch.setattr("sys.warnoptions", ["default"])


def online() -> bool:
    return not any(name in os.environ for name in _environment.OFFLINE)


@pytest.mark.usefixtures("bare")
def test_offline_and_quiet_by_default() -> None:
    _environment.prepare()
    assert all(os.environ[name] == "1" for name in _environment.OFFLINE)
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert os.environ["TOKENIZERS_PARALLELISM"] == "false"
    assert os.environ["TRANSFORMERS_VERBOSITY"] == "error"


@pytest.mark.usefixtures("bare")
def test_debug_leaves_the_libraries_their_voice() -> None:
    _environment.prepare(debug=True)
    assert "TRANSFORMERS_VERBOSITY" not in os.environ
    assert os.environ["HF_HUB_OFFLINE"] == "1"


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("sources", "allowed"),
    [
        (("org/name",), True),
        (("org/name", "rows.jsonl"), True),
        (("{folder}", "org/data"), True),
        (("{folder}+org/adapter",), True),
        (("org/name+{folder}",), True),
        (("{folder}",), False),
        (("{folder}+{folder}",), False),
        (("./nowhere/model",), False),
        (("{folder}/absent.jsonl", None), False),
        (("https://host/v1#model",), False),
        ((None, None), False),
    ],
)
def test_only_a_hub_id_opens_the_network(sources: tuple[str | None, ...], allowed: bool, tmp_path: Path) -> None:
    _environment.prepare()
    given = tuple(s and s.format(folder=tmp_path) for s in sources)
    assert _environment.allow_hub(*given) is allowed
    assert online() is allowed


@pytest.mark.usefixtures("bare")
def test_what_the_user_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "true")
    _environment.prepare()
    assert _environment.allow_hub("org/name") is False
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert os.environ["TOKENIZERS_PARALLELISM"] == "true"
