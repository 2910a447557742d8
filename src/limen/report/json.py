"""The report's JSON twin: the verdict in words and the audit in full, under a published schema.

The schema is `schema/report.schema.json` beside this file, made by `report_schema` and tested to be current; `limen
report --schema` prints it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from limen.core import Reading
from limen.core.wording import in_sentence
from limen.ledger import AuditRecord, Status, public_record, to_jsonable
from limen.report._group import trait_title
from limen.report._without_text import without_text
from limen.report.registry import Rows, renderer
from limen.report.verdict import Level, fail_on, summarise

FORMAT_VERSION = 1
"""Raised when a reader of the older form would misread the newer one."""

SCHEMA_ID = f"urn:limen:report:{FORMAT_VERSION}"
"""What the schema is called: a name and no address, since an installed Limen brings it."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileVerdictModel(_Frozen):
    """How one file came out."""

    file: str = Field(description="Name of the file; empty for findings that are about no file.")
    level: Level
    headline: str = Field(description="One plain sentence, at most with a second on whether the rows say so.")
    short: str = Field(description="A few words.")
    sentences: list[str] = Field(description="What supports the headline, and what stands beside it.")
    sure: list[str] = Field(description="How sure we are.")
    control: list[str] = Field(description="What it was compared with.")
    next_steps: list[str] = Field(description="What to do.")
    leading: list[str] = Field(description="Ids of the findings on which the headline rests.")


class VerdictModel(_Frozen):
    """How the audit came out."""

    level: Level = Field(description="The worst level of its files.")
    headline: str
    beside: list[str] = Field(description="What the other files came to.")
    files: list[FileVerdictModel]


class ReportModel(_Frozen):
    """A Limen report. Numbers that are not finite are null."""

    format: Literal["limen-report"] = "limen-report"
    format_version: int = FORMAT_VERSION
    rows: Rows = Field(description="`text`: with texts of rows; `ids`: without.")
    verdict: VerdictModel
    audit: AuditRecord


def render_json(record: AuditRecord, *, rows: Rows = "text") -> dict[str, Any]:
    """Render the twin.

    Args:
        record: The audit.
        rows: `text` keeps texts of rows and tokens; `ids` leaves them out.

    Returns:
        JSON values that fit the published schema.
    """
    findings = record.findings if rows == "text" else tuple(without_text(f) for f in record.findings)
    findings = tuple(replace(f, title=in_sentence(f.title, trait_title(f))) for f in findings)
    record = public_record(record).model_copy(update={"findings": findings})
    verdict = summarise(findings, whole=record.status is Status.DONE, fail_on=fail_on(record.config))
    files = [
        {"file": f.file, "level": f.level, **{name: getattr(f.story, name) for name in _STORY}} for f in verdict.files
    ]
    twin: dict[str, Any] = to_jsonable(
        {
            "format": "limen-report",
            "format_version": FORMAT_VERSION,
            "rows": rows,
            "verdict": {
                "level": verdict.level,
                "headline": verdict.headline,
                "beside": verdict.beside,
                "files": files,
            },
            "audit": record,
        },
        strings=False,
    )
    return twin


def report_schema() -> dict[str, Any]:
    """The JSON schema of the twin."""
    schema = ReportModel.model_json_schema(mode="serialization", schema_generator=_NullableNumbers)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


@renderer("json")
def _render(record: AuditRecord, readings: Sequence[Reading], rows: Rows) -> str:
    return json.dumps(render_json(record, rows=rows), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


class _NullableNumbers(GenerateJsonSchema):
    """JSON has no NaN and no infinity: a number that is not finite is null."""

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        return {**super().float_schema(schema), "type": ["number", "null"]}


_STORY = tuple(n for n in FileVerdictModel.model_fields if n not in ("file", "level"))
