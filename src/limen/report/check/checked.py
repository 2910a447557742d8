"""What the renderers of a check are given: files with their findings, and the rules that looked at them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from limen.core import Finding, Verdict
from limen.core.wording import plural
from limen.report._without_text import without_text

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class RuleCard:
    """A rule as a reader needs it.

    Attributes:
        code: Its code, such as `LIM101`.
        name: Its name in kebab case.
        severity: `error`, `warning` or `info`, as it was asked for.
        needs_model: Whether it looks at tokens, and so needs a model.
        text: Its page in Markdown, without the heading; the first paragraph says what it finds.
        page: Where its page stands in the repository, such as `docs/rules/mention.md`; empty for another package's.
        fix: What `--fix` does with the rows that it names: `leaves out`, `mends`, or nothing, which is empty.
        cost: Microseconds of processor time a row takes it; None where that was not measured.
        remedy: What a user does about what it finds; empty where that hangs on what was found.
        reference: The source of its method; empty for none.
    """

    code: str
    name: str
    severity: str
    needs_model: bool
    text: str
    page: str = ""
    fix: str = ""
    cost: float | None = None
    remedy: str = ""
    reference: str = ""

    @property
    def summary(self) -> str:
        """What it finds, in one line."""
        return " ".join(self.text.partition("\n\n")[0].split())

    @property
    def why(self) -> str:
        """Why that is bad for training, in one line; empty where its page does not say."""
        said = self.text.partition("**Why.**")[2].partition("\n\n")[0]
        return " ".join(said.split())


@dataclass(frozen=True)
class CheckedFile:
    """A file and what was found in it; the fields are those of `limen check --json`.

    Attributes:
        file: What the user called it.
        kind: The kind of row.
        format: The row format.
        reader: The file format.
        columns: Column by role.
        other_columns: Columns that play no role.
        rows: Rows that were read.
        unreadable: Rows that could not be.
        problems: What was wrong with them, the first thousand.
        sha256: Of the file.
        findings: One or more a rule.
    """

    file: str
    kind: str | None
    format: str
    reader: str
    columns: dict[str, str]
    other_columns: Sequence[str]
    rows: int
    unreadable: int
    problems: Sequence[Any]
    sha256: str | None
    findings: Sequence[Finding]

    @property
    def about(self) -> str:
        """How many rows it has, and as what they were read."""
        return f"{plural(self.rows, 'row')}, {self.kind} (format {self.format}, read as {self.reader})"

    def place_of(self, example: dict[str, Any]) -> str:
        """Where an example row stands: file and line, or else the number of the row.

        Args:
            example: From the evidence of a finding of this file.
        """
        return place_of(self.file, example)

    def path_of(self, example: dict[str, Any]) -> str:
        """The file that an example row stands in.

        Args:
            example: From the evidence of a finding of this file.
        """
        return path_of(self.file, example)


@dataclass(frozen=True)
class Checked:
    """A check that is done.

    Attributes:
        files: What was looked at.
        rules: Which rules looked.
        version: Limen's own.
        exit_code: What the command leaves with.
        notes: What else a reader must know: the configuration, and each row that it ignores.
    """

    files: Sequence[CheckedFile]
    rules: Sequence[RuleCard]
    version: str
    exit_code: int = 0
    notes: Sequence[str] = ()

    def without_text(self) -> Checked:
        """The same without any text of rows."""
        files = [replace(f, findings=[without_text(one) for one in f.findings]) for f in self.files]
        return replace(self, files=files)


def place_of(file: str, example: dict[str, Any]) -> str:
    """Where an example row stands: file and line, or else the number of the row.

    Args:
        file: What the user called the file.
        example: From the evidence of a finding of this file.
    """
    line, index = example.get("line"), example.get("index")
    path = path_of(file, example)
    return f"{path}:{line}" if line else f"{path}, row {index + 1}" if isinstance(index, int) else path


def path_of(file: str, example: dict[str, Any]) -> str:
    """The file that an example row stands in, which may be one within a folder.

    Args:
        file: What the user called the file or folder.
        example: From the evidence of a finding of this file.
    """
    within = example.get("source")
    if not within:
        return file
    folder, colon, split = file.rpartition(":")
    named_split = colon and not PurePath(split).parts[1:]
    return (PurePath(folder if named_split else file) / within).as_posix()


def severity_of(finding: Finding) -> str:
    """How bad a finding is for training: `error`, `warning` or `info`."""
    severity = finding.evidence.get("severity")
    return severity if severity in SEVERITIES else "warning"


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings as a reader wants them: what fails, then errors, warnings and notes, then what was not found."""

    def rank(finding: Finding) -> tuple[bool, bool, int]:
        found = finding.verdict is Verdict.FOUND
        return not found, not (found and finding.harmful), SEVERITIES.index(severity_of(finding)) if found else 0

    return sorted(findings, key=rank)


def code_of(finding: Finding) -> str:
    """The code of the rule that made a finding."""
    return str(finding.evidence.get("code") or finding.subject)


def examples_of(finding: Finding) -> list[dict[str, Any]]:
    """Rows that a finding names, none where nothing was found."""
    held = finding.evidence.get("examples")
    if finding.verdict is not Verdict.FOUND or not isinstance(held, list | tuple):
        return []
    return [e for e in held if isinstance(e, dict)]


def is_silent_mention(finding: Finding) -> bool:
    """Whether a finding says of one trait that no row mentions it: many of them share a line."""
    return finding.evidence.get("rule") == "mention" and finding.verdict is Verdict.CLEAR


def silence(traits: int) -> str:
    """What is said of traits that no row mentions.

    Args:
        traits: How many.
    """
    whom = "the trait" if traits == 1 else f"any of {plural(traits, 'trait')}"
    return f"No row mentions {whom} by its words."


def sentence(finding: Finding) -> str:
    """A finding's title with its reason, as one text."""
    reason = f" {finding.reason[:1].upper()}{finding.reason[1:]}" if finding.reason else ""
    return f"{finding.title}{reason}"


def split_span(example: dict[str, Any]) -> tuple[str, str, str]:
    """An example's text in front of its span, in it and after it; all of it in front where it has no span.

    Args:
        example: From the evidence of a finding; `text_span` says where in `text` the span lies.
    """
    text = str(example.get("text") or "")
    span = example.get("text_span")
    if not (isinstance(span, list | tuple) and len(span) == 2 and all(isinstance(at, int) for at in span)):
        return text, "", ""
    first, last = span
    return (text[:first], text[first:last], text[last:]) if 0 <= first < last <= len(text) else (text, "", "")
