"""Write the published schema anew: `python -m limen.report.schema`."""

from __future__ import annotations

import json
from pathlib import Path

from limen.report import report_schema

if __name__ == "__main__":
    target = Path(__file__).with_name("report.schema.json")
    target.write_text(json.dumps(report_schema(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
