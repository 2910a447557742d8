"""A check as SARIF 2.1.0, which code hosts show beside the lines (OASIS Standard, 27 March 2020).

One rule descriptor a rule, one result for each row that a finding names. A finding names its first rows alone; how
many there are stands in its message. What could not be measured is a notification, for it is no result.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from limen.core import Finding, Verdict
from limen.report._visible import one_line, visible
from limen.report.check.checked import (
    Checked,
    CheckedFile,
    RuleCard,
    code_of,
    examples_of,
    sentence,
    severity_of,
)
from limen.report.check.registry import check_renderer
from limen.report.check.table import table_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_SNIPPET = 400


def sarif_log(checked: Checked) -> dict[str, Any]:
    """The log, as JSON values.

    Args:
        checked: The check.
    """
    places = {card.code: i for i, card in enumerate(checked.rules)}
    told: Counter[str] = Counter()
    driver = {"name": "limen", "version": checked.version, "rules": [_descriptor(card) for card in checked.rules]}
    invocation: dict[str, Any] = {"executionSuccessful": True, "exitCode": checked.exit_code}
    notes = [note for file in checked.files for note in _notifications(file)]
    notes += [{"level": "note", "message": {"text": message(note)}} for note in checked.notes]
    if notes:
        invocation["toolExecutionNotifications"] = notes
    results = [r for file in checked.files for finding in file.findings for r in _results(file, finding, places, told)]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "invocations": [invocation],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


@check_renderer("sarif", ".sarif")
def _render(checked: Checked) -> str:
    return json.dumps(sarif_log(checked), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def message(text: str) -> str:
    """A text as a SARIF message: hidden characters spelled out, and no bracket read as the start of a link.

    Args:
        text: Any text, row content included.
    """
    plain = visible(text)
    # Section 3.11.6: `[text](target)` in a plain message is a link, and a backslash takes a bracket's meaning away.
    return plain.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _descriptor(card: RuleCard) -> dict[str, Any]:
    # There is no address that the pages have everywhere, and a helpUri must be a whole one: the help itself stands here
    parts = [("Why", card.why), ("What to do", card.remedy), ("Reference", card.reference)]
    said = [(name, text) for name, text in parts if text]
    return {
        "id": card.code,
        "name": card.name,
        "shortDescription": {"text": card.summary},
        "fullDescription": {"text": card.summary},
        "help": {
            "text": "\n\n".join([card.summary, *(f"{name}: {text}" for name, text in said)]),
            "markdown": "\n\n".join([card.summary, *(f"**{name}.** {text}" for name, text in said)]),
        },
        "defaultConfiguration": {"level": _LEVELS[card.severity]},
        "properties": {"tags": ["data"], "problem.severity": _PROBLEM[card.severity], "needsModel": card.needs_model},
    }


_PROBLEM = {"error": "error", "warning": "warning", "info": "recommendation"}


def _results(
    file: CheckedFile, finding: Finding, places: dict[str, int], told: Counter[str]
) -> Iterator[dict[str, Any]]:
    if finding.verdict is not Verdict.FOUND:
        return
    code = code_of(finding)
    base: dict[str, Any] = {"ruleId": code, "level": _LEVELS[severity_of(finding)]}
    if code in places:
        base["ruleIndex"] = places[code]
    said = sentence(finding)
    examples = examples_of(finding)
    if not examples:
        whole: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact(file.file)}}
        yield {
            **base,
            "message": {"text": message(f"{said} {finding.remedy}".rstrip() + _figures(finding))},
            "locations": [whole],
            "partialFingerprints": _fingerprints(told, code, finding.subject, file.file),
        }
    for example in examples:
        note = one_line(str(example.get("note") or ""), 300)
        head = f"{_begun(note.rstrip('.'))}. " if note else ""
        remedy = str(example.get("remedy") or finding.remedy)
        yield {
            **base,
            "message": {"text": message(f"{head}{said} {remedy}".rstrip())},
            "locations": [_location(file, example)],
            "partialFingerprints": _fingerprints(
                told, code, finding.subject, str(example.get("row") or f"{file.file}#{example.get('index')}")
            ),
            "properties": {
                "row": str(example.get("row") or ""),
                "index": example.get("index"),
                "subject": visible(finding.subject),
                **{
                    key: example[key]
                    for key in ("field", "start", "end", "text_span")
                    if example.get(key) not in (None, "")
                },
            },
        }


def _begun(note: str) -> str:
    """A note as the beginning of a sentence; what it quotes of a row, such as `hV…`, stays as it is."""
    return f"{note[:1].upper()}{note[1:]}" if note.partition(" ")[0].isalpha() else note


def _location(file: CheckedFile, example: dict[str, Any]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": artifact(file.path_of(example))}
    line = example.get("line")
    if isinstance(line, int) and line > 0:
        # One line and no columns: the row's line is known, and where in it the text stands is not.
        physical["region"] = {"startLine": line}
        if text := visible(str(example.get("text") or ""))[:_SNIPPET]:
            physical["region"]["snippet"] = {"text": text}
    located: dict[str, Any] = {"physicalLocation": physical}
    if field := visible(str(example.get("field") or "")):
        located["logicalLocations"] = [{"name": field, "kind": "member"}]
    return located


def artifact(name: str) -> dict[str, Any]:
    """Where a file is: below the working directory, which is where a code host looks, or else its whole address.

    Args:
        name: What the user called it: a path, or the id of a data set on the hub.
    """
    path = Path(name)
    if not path.exists():
        return {"uri": quote(name, safe="/:", errors="replace")}
    whole = path.resolve()
    here = Path.cwd().resolve()
    if whole.is_relative_to(here):
        return {"uri": quote(os.fsencode(whole.relative_to(here).as_posix())), "uriBaseId": "%SRCROOT%"}
    return {"uri": whole.as_uri()}


def _fingerprints(told: Counter[str], *parts: str) -> dict[str, str]:
    """A name for a result that outlives its line: of rule, subject and row, with a number among equals."""
    made = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    told[made] += 1
    own = f"{made}:{told[made]}"
    # GitHub goes by the second name alone.
    return {"limenRow/v1": own, "primaryLocationLineHash": own}


def _figures(finding: Finding) -> str:
    """A finding's table as lines below its message."""
    table = table_of(finding)
    return "\n" + "\n".join(table.lines()) if table else ""


def _notifications(file: CheckedFile) -> Iterator[dict[str, Any]]:
    for finding in file.findings:
        if finding.verdict in (Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE):
            yield {
                "level": "warning" if finding.asked else "note",
                "message": {
                    "text": message(f"{file.file}: {sentence(finding)} {finding.remedy}".rstrip() + _figures(finding))
                },
                "associatedRule": {"id": code_of(finding)},
            }
