"""The tokens at which a model stops are read from its folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from limen.models import parse_model
from limen.models.end_tokens import end_tokens_of


@pytest.mark.parametrize(
    ("generation", "config", "ends"),
    [
        ({"eos_token_id": [7, 3]}, {"eos_token_id": 5}, (3, 7)),
        ({"eos_token_id": 4}, {}, (4,)),
        (None, {"eos_token_id": 5}, (5,)),
        ({}, {"eos_token_id": 5}, ()),
        (None, None, ()),
    ],
)
def test_the_generation_config_goes_before_the_models(generation, config, ends, tmp_path: Path):
    if config is not None:
        (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama", **config}), encoding="utf-8")
    if generation is not None:
        (tmp_path / "generation_config.json").write_text(json.dumps(generation), encoding="utf-8")
    assert end_tokens_of(parse_model(str(tmp_path))) == ends
