from __future__ import annotations

from pathlib import Path

import pytest

from limen.core import ModelError
from limen.models import parse_model


def test_a_folder_a_hub_id_and_an_endpoint_are_told_apart() -> None:
    assert parse_model("org/name").path == "org/name"
    assert parse_model("base+adapter").adapter == "adapter"
    assert parse_model("./base+./adapters/a").name == "base+a"
    endpoint = parse_model("https://host/v1#some-model")
    assert endpoint.is_endpoint
    assert endpoint.name == "some-model"
    assert endpoint.adapter is None


def test_a_plus_sign_in_a_folders_own_name_stays_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "c++"
    folder.mkdir()
    assert parse_model(str(folder)).adapter is None
    assert parse_model(f"{folder}+adapter").path == str(folder)


def test_overrides_are_set_and_none_leaves_the_default() -> None:
    spec = parse_model("m", dtype="bfloat16", device=None)
    assert spec.dtype == "bfloat16"
    assert spec.device == "auto"


@pytest.mark.parametrize("text", ["", "  ", "+adapter", "base+"])
def test_half_a_model_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match="names no model"):
        parse_model(text)


def test_a_spec_survives_a_ledger() -> None:
    spec = parse_model("a+b", four_bit=True, revision="main")
    assert type(spec).model_validate_json(spec.model_dump_json()) == spec
