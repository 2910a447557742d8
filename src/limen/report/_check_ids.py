"""A finding of a check without what its rule quotes of rows: for `--rows ids`, whatever form it is written in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from limen.core import Finding

_LEFT_OUT = "(left out)"
# As `repr` writes a value; an apostrophe within a word opens no quote
_QUOTED = re.compile(
    r"(?<!\w)(?:'(?:[^'\\]|\\.)*(?:'|$)|\"(?:[^\"\\]|\\.)*(?:\"|$)|“[^”]*(?:”|$)|`[^`]*(?:`|$))", re.DOTALL
)
_NAME = re.compile(r" ?`[^`]*`")
"""A name that a note quotes of a row, such as an argument's."""

_HINT = re.compile(r"^.*… \((.+)\)$", re.DOTALL)
_AFTER = {
    # Rule by rule, where a note goes on with what stands in a row
    "LIM202": re.compile(r"(cannot render this row): .*", re.DOTALL),
    "LIM208": re.compile(r"(the tokenizer has no token) .*", re.DOTALL),
    "LIM802": re.compile(r"^([^:]*): .*", re.DOTALL),
}
_BY_ROWS = {"LIM208": ("kinds",), "LIM801": ("sources",), "LIM802": ("licences",), "LIM806": ("labels",)}
"""Evidence whose keys are values of rows: how often each occurs is kept, and not what it is."""
_OWN = frozenset(("code", "rule", "severity", "file", "fail_on", "count", "total", "share", "ignored", "in_baseline"))
_PLACE = ("row", "index", "field", "start", "end", "source", "line", "other_rows")
_OWN_RULE = re.compile(r"LIM\d{3}")


def without_quotes(finding: Finding) -> Finding:
    """A finding of a check whose title, reason, notes and evidence hold nothing that stands in a row.

    Of another package's rule it is not known what it quotes: its notes go, and of its evidence all texts.

    Args:
        finding: Of a check.
    """
    code = str(finding.evidence.get("code") or finding.subject)
    own = _OWN_RULE.fullmatch(code) is not None
    evidence = _known(finding.evidence, code) if own else _numbers(finding.evidence)
    finding = replace(finding, evidence=evidence)
    if own:
        return finding  # a title of Limen's own quotes nothing but names of traits
    return replace(finding, title=_blank(finding.title), reason=_blank(finding.reason), remedy=_blank(finding.remedy))


def _known(evidence: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Evidence of a rule of Limen's own."""
    made = dict(evidence)
    for key in _BY_ROWS.get(code, ()):
        if isinstance(made.get(key), Mapping):
            made[key] = _numbered(made[key])
    if code == "LIM801":
        made["parts"] = [{**part, "name": str(at)} for at, part in enumerate(made.get("parts", ()), 1)]
    if code == "LIM409":
        made["strings"] = [
            {key: value for key, value in one.items() if key != "string"} for one in made.get("strings", ())
        ]
    if isinstance(examples := made.get("examples"), list | tuple):
        made["examples"] = [{**one, "note": _note(str(one.get("note") or ""), code)} for one in examples]
    return made


def _note(note: str, code: str) -> str:
    note = _NAME.sub("", note)
    if code == "LIM001":
        return note  # reading quotes nothing but names of columns
    if code in _AFTER:
        note = _AFTER[code].sub(r"\1", note)
    return _blank(_HINT.sub(r"\1", note))


def _blank(text: str) -> str:
    return _QUOTED.sub(_LEFT_OUT, text)


def _numbered(counts: Mapping[str, Any]) -> dict[str, Any]:
    return {str(at): count for at, count in enumerate(counts.values(), 1)}


def _numbers(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence of which only is left what says which rule, how many rows and which."""
    made = {key: value for key, value in evidence.items() if key in _OWN}
    if isinstance(examples := evidence.get("examples"), list | tuple):
        rows = [one for one in examples if isinstance(one, Mapping)]
        made["examples"] = [{key: one[key] for key in _PLACE if key in one} for one in rows]
    return made
