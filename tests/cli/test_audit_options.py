"""What the commands that run an audit do with their options."""

from __future__ import annotations

import pytest

from limen.audit import before_loading
from limen.cli.main import main
from limen.core import UsageError


@pytest.fixture
def seen(monkeypatch):
    """Settings and the base's spec, as they stand before anything is done."""
    found = []

    def stop(config, sources, base, progress):
        found.append((config, base))
        raise UsageError("stopped here.")

    monkeypatch.setattr(before_loading, "check_inputs", stop)
    return found


@pytest.mark.parametrize("command", ["audit", "forecast", "rehearse", "discover"])
def test_how_a_model_is_loaded_can_be_said(command, seen, capsys):
    words = ["--four-bit", "--device-map", "auto", "--revision", "v1", "--allow-remote-code", "--max-length", "99"]
    assert main([command, "./m", "rows.jsonl", *words]) == 2
    config, spec = seen[0]
    assert (spec.path, spec.four_bit, spec.device_map, spec.revision) == ("./m", True, "auto", "v1")
    assert spec.allow_remote_code
    assert config.max_length == 99
    assert config.spec("./other").revision is None


def test_a_flag_that_nobody_gave_leaves_the_file_alone(seen, tmp_path, capsys):
    file = tmp_path / "audit.yaml"
    file.write_text("model: ./m\ndata: [a.jsonl]\ndevice: cpu\nfour_bit: true\nloss: all\nseed: 3\n")
    assert main(["audit", "--config", str(file), "--seed", "4"]) == 2
    config, _ = seen[0]
    assert (config.device, config.four_bit, config.loss, config.seed) == ("cpu", True, "all", 4)


def test_training_again_can_be_asked_for(seen, capsys):
    words = ["--verify", "--what-if", "mixture=0.5,1", "--what-if", "epochs=1", "--what-if-runs", "2"]
    assert main(["audit", "./m", "rows.jsonl", *words]) == 2
    config, _ = seen[0]
    assert (config.verify, config.what_if, config.what_if_runs) == (True, ("mixture=0.5,1", "epochs=1"), 2)
    assert main(["audit", "./m", "rows.jsonl", "--verify", "--rehearse", "never"]) == 2
    assert "Leave out --verify" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["audit", "forecast"])
def test_where_rows_are_weighed_can_be_said(command, seen, capsys):
    assert main([command, "./m", "rows.jsonl"]) == 2
    assert main([command, "./m", "rows.jsonl", "--engine", "ray"]) == 2
    assert [config.engine for config, _ in seen] == ["local", "ray"]
    capsys.readouterr()
    assert main([command, "./m", "rows.jsonl", "--engine", "ray", "--device-map", "auto"]) == 2
    assert "Leave out --engine ray" in capsys.readouterr().err
    assert main([command, "./m", "rows.jsonl", "--engine", "dask"]) == 2
    assert len(seen) == 2


@pytest.mark.parametrize(("command", "words"), [("measure", []), ("diff", ["./other"]), ("doctor", [])])
def test_other_commands_load_models_the_same_way(command, words, monkeypatch, capsys):
    from limen import models

    specs, real = [], models.parse_model

    def stop(text, **options):
        if not options:  # it is asked for the model's name
            return real(text)
        specs.append(options)
        raise UsageError("stopped here.")

    monkeypatch.setattr(models, "parse_model", stop)
    assert main([command, "a=./m" if command == "diff" else "./m", *(f"b={w}" for w in words), "--four-bit"]) == 2
    assert specs[0]["four_bit"] is True
    assert set(specs[0]) == {"device", "dtype", "four_bit", "device_map", "revision", "allow_remote_code"}


def test_the_refusal_of_remote_code_names_the_flag():
    from limen.core import UnsafeModelError
    from limen.models import parse_model
    from limen.models.loading import explained

    with pytest.raises(UnsafeModelError) as caught, explained(parse_model("org/name")):
        raise ValueError("Please pass the argument `trust_remote_code=True`")
    assert "--allow-remote-code" in caught.value.remedy
