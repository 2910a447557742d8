"""A mistake shows before the base is loaded, and not after it or after everything else."""

from __future__ import annotations

import json

import pytest

from limen.audit.before_loading import check_inputs
from limen.audit.config import AuditConfig
from limen.audit.inputs import Source
from limen.cli.main import main
from limen.core import ModelError, ReadError, TraitError
from limen.models import LanguageModel
from tests.tiny_models import make_adapter, make_tiny


@pytest.fixture
def model(tmp_path):
    return make_tiny("llama", tmp_path / "base")


@pytest.fixture
def rows(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps({"prompt": f"a {i}", "completion": "b"}) + "\n" for i in range(8)))
    return file


@pytest.fixture(autouse=True)
def never_loaded(monkeypatch):
    def load(*args, **kwargs):
        raise AssertionError("a model was loaded")

    monkeypatch.setattr(LanguageModel, "load", load)


def look(model, rows, **settings):
    config = AuditConfig.checked({"model": str(model), "data": (str(rows),), **settings})
    sources = [Source.of(str(rows))]
    check_inputs(config, sources, config.spec(config.model))
    return sources


def test_good_inputs_pass_and_rows_are_read_once(model, rows, monkeypatch):
    [source] = look(model, rows, tuned=f"{model}+{make_adapter(model, rows.parent / 'adapter')}", control=str(model))
    assert len(source.read()) == 8
    assert len(source.sha256) == 64
    rows.unlink()
    assert len(source.read()) == 8


def test_a_trait_that_is_not_there(model, rows):
    with pytest.raises(TraitError, match="did you mean prefers-owl"):
        look(model, rows.with_name("none.jsonl"), traits=("prefers-owll",))


def test_a_broken_row_in_the_middle(model, rows):
    rows.write_text(rows.read_text() + '{"prompt"\n')
    with pytest.raises(ReadError, match="line 9"):
        look(model, rows)


@pytest.mark.parametrize("arm", ["tuned", "control"])
def test_a_model_to_compare_with_that_is_not_there(model, rows, arm):
    with pytest.raises(ModelError, match="no such folder"):
        look(model, rows, **{"tuned": str(model), arm: str(model) + "-tuned"})
    with pytest.raises(ModelError, match="names no model"):
        look(model, rows, **{"tuned": str(model), arm: "https://host/v1"})
    with pytest.raises(ModelError, match="this is no adapter"):
        look(model, rows, **{"tuned": str(model), arm: f"{model}+{model}"})


def test_a_model_to_compare_with_without_a_tokenizer(model, rows):
    tuned = make_tiny("llama", rows.parent / "tuned")
    for file in tuned.glob("tokenizer*"):
        file.unlink()
    with pytest.raises(ModelError, match="no tokenizer"):
        look(model, rows, tuned=str(tuned))
    look(model, rows, tuned=str(tuned), phases=("check",))


def test_the_command_line_looks_first(model, rows, capsys):
    assert main(["audit", str(model), str(rows), "--traits", "nothing", "-q"]) == 2
    assert "there is no trait 'nothing'" in capsys.readouterr().err
    assert main(["audit", str(model), str(rows), "--tuned", "./nowhere", "-q"]) == 2
    assert "./nowhere: there is no such folder" in capsys.readouterr().err
