"""A check as JUnit XML: a suite a file, a case a finding, as continuous-integration servers read it.

A harmful finding is a failure. What was found and does no harm passes, and says so in its output; what was not
measured is skipped.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from limen.core import Finding, Verdict
from limen.report._visible import one_line, visible
from limen.report.check.checked import Checked, CheckedFile, code_of, examples_of, sentence, severity_of
from limen.report.check.registry import check_renderer
from limen.report.check.table import table_of


@check_renderer("junit", ".xml")
def _render(checked: Checked) -> str:
    suites = [_suite(file) for file in checked.files]
    root = ET.Element("testsuites", name="limen check")
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in suites)))
    root.extend(suites)
    if checked.notes:
        told = suites[-1] if suites else root
        ET.SubElement(told, "system-out").text = "\n".join(visible(note) for note in checked.notes)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(file: CheckedFile) -> ET.Element:
    cases = [_case(file, finding) for finding in file.findings]
    suite = ET.Element("testsuite", name=visible(file.file), tests=str(len(cases)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _case(file: CheckedFile, finding: Finding) -> ET.Element:
    code = code_of(finding)
    subject = f" {finding.subject}" if finding.subject != code else ""
    name = visible(f"{code} {finding.evidence.get('rule', '')}{subject}")
    case = ET.Element("testcase", classname=visible(file.file), name=" ".join(name.split()))
    said = visible(sentence(finding))
    table = table_of(finding)
    figures = table.lines() if table else []
    if finding.verdict is Verdict.FOUND:
        # Rows that cannot be read fail a run whatever their share, as the exit code has it.
        unreadable = file.unreadable and code == "LIM001"
        tag = "error" if unreadable else "failure" if finding.harmful else "system-out"
        told = ET.SubElement(case, tag)
        if tag != "system-out":
            told.set("type", severity_of(finding))
            told.set("message", said)
        remedy = [visible(finding.remedy)] if finding.remedy else []
        told.text = "\n".join([said, *figures, *_rows(file, finding), *remedy])
    elif finding.verdict is Verdict.CLEAR:
        if figures or finding.evidence.get("ignored") or finding.evidence.get("in_baseline"):
            ET.SubElement(case, "system-out").text = "\n".join([said, *figures])
    else:
        skipped = ET.SubElement(case, "skipped", message=f"{said} {visible(finding.remedy)}".rstrip())
        skipped.text = "\n".join(figures) or None
    return case


def _rows(file: CheckedFile, finding: Finding) -> list[str]:
    lines = []
    for example in examples_of(finding):
        place = f"{file.path_of(example)}:{example['line']}" if example.get("line") else f"row {example['index'] + 1}"
        note = f" ({one_line(str(example['note']))})" if example.get("note") else ""
        text = one_line(str(example.get("text") or ""))
        lines.append(f"{visible(place)}{note}{': ' if text else ''}{text}")
    return lines
