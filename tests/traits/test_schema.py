from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from limen.traits import json_schema
from limen.traits.registry import LIBRARY


def test_the_json_schema_accepts_the_library_and_refuses_a_misspelt_key() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    files = sorted((LIBRARY / "english").rglob("*.yaml"))
    assert len(files) >= 10
    for path in files:
        validator.validate(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    content = yaml.safe_load(files[0].read_text(encoding="utf-8"))
    content["scroer"] = "choice"
    with pytest.raises(jsonschema.ValidationError, match="scroer"):
        validator.validate(content)
