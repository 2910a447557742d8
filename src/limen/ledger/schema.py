"""The published JSON Schema of findings and records: what the JSON report promises to whoever reads it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from limen.core import Finding
from limen.ledger.record import SCHEMA_VERSION, AuditRecord


class _Generator(GenerateJsonSchema):
    """JSON has no NaN and no infinity: they are written as text (see `limen.ledger.jsonable`)."""

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        """A number, or the name of one that JSON lacks."""
        return {"anyOf": [super().float_schema(schema), {"enum": ["NaN", "Infinity", "-Infinity"]}]}


def finding_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one finding."""
    schema = TypeAdapter(Finding).json_schema(mode="serialization", schema_generator=_Generator)
    return _titled(schema, "finding")


def record_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an audit's record, findings included."""
    return _titled(AuditRecord.model_json_schema(mode="serialization", schema_generator=_Generator), "record")


def _titled(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:limen:{name}:{SCHEMA_VERSION}",
        **schema,
    }
