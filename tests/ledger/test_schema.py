from __future__ import annotations

import json
import math

import jsonschema
import pytest

from limen.core import Finding, Interval, Verdict
from limen.ledger import Ledger, finding_schema, finding_to_dict, record_schema, to_jsonable


def test_schemas_are_valid_and_plain_json():
    for schema in (finding_schema(), record_schema()):
        jsonschema.Draft202012Validator.check_schema(schema)
        json.dumps(schema, allow_nan=False)


def test_findings_fit_the_schema(finding):
    odd = Finding("a", "b", "c", "d", Verdict.NOT_MEASURED, effect=Interval(math.nan, -math.inf, 1), p=math.nan)
    for one in (finding, odd):
        jsonschema.validate(finding_to_dict(one), finding_schema())


def test_what_does_not_fit_is_refused(finding):
    for change in ({"verdict": "guilty"}, {"p": "small"}, {"rows": [{"row": 1}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**finding_to_dict(finding), **change}, finding_schema())


def test_records_fit_the_schema(tmp_path, finding, data):
    with Ledger.create(tmp_path, "audit", {"seed": 1}, inputs=[data]) as ledger:
        ledger.add_findings([finding])
    jsonschema.validate(to_jsonable(ledger.record()), record_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**to_jsonable(ledger.record()), "status": "lost"}, record_schema())
