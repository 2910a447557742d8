"""A check as JSON: what `limen check --json` prints."""

from __future__ import annotations

import json
from typing import Any

from limen.ledger import to_jsonable
from limen.report.check.checked import Checked
from limen.report.check.registry import check_renderer


def as_value(checked: Checked) -> dict[str, Any]:
    """The value that is written, before it is made plain.

    Args:
        checked: The check.
    """
    return {"files": list(checked.files), "notes": list(checked.notes), "exit_code": checked.exit_code}


@check_renderer("json", ".json")
def _render(checked: Checked) -> str:
    return json.dumps(to_jsonable(as_value(checked), strings=False), indent=2, allow_nan=False) + "\n"
