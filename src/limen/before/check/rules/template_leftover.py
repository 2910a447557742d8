"""LIM504."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import SeenRow, Severity
from limen.before.check.spotting import Spot, Spotting

# What a blank begins with whatever follows, and what it is by itself or with "name", "address" and the like
_BEGINS = (
    r"(?:your|insert|enter (?:your|the|a)|fill in|company|recipient|sender|hiring manager|customer's|client's|user's)"
)
_ALONE = (
    r"(?:(?:company|customer|client|product|first|last|full|user|employee|student|manager|business|organization|event|"
    r"team|brand|phone|e-?mail|street|hiring|job|position|contact|support|school|university|start|end|project)[ _-])?"
    r"(?:name|date|time|address|email|number|title|topic|position|location|manager|recipient|company|city|link|url|"
    r"username)"
)
_BRACKETED = re.compile(rf"\[(?:{_BEGINS}(?:'s)?(?:[ /_-][\w'.]+){{0,5}}|{_ALONE})\](?!\(|:|=|\[)", re.IGNORECASE)
_BRACED = re.compile(
    r"(?<![\w\\^_}$%{#@\"'(=\[])(\{\{?)[ ]?(?:name|user|username|user_name|author|input|output|instruction|question|"
    r"context|query|topic|text|"
    r"prompt|response|answer|date|company|company_name|product|first_name|last_name|title|content|system_prompt|"
    r"user_input|user_message|assistant_name|bot_name|persona|char|language|document|passage|article|"
    r"task)[ ]?(\}\}?)(?![\w{^_\"')\]])",
    re.IGNORECASE,
)
_ANGLED = re.compile(
    r"<(?:no ?input|input|output|instruction|response|answer|question|your[ _][\w ]{2,30}|insert[ _][\w ]{2,40}|name|"
    r"placeholder|noinput|nooutput)>(?!.{1,300}</)",
    re.IGNORECASE | re.DOTALL,
)
_LOREM = re.compile(r"\blorem ipsum\b", re.IGNORECASE)
_CODE = re.compile(
    r"```|^\s*(?:def|class|import|from|function|const|let|var|public|#include|SELECT|<\?php|return|print|if \()\b|"
    r"\bf[\"']|</\w+>|;\s*$|=>",
    re.MULTILINE,
)


@rule
class TemplateLeftover(Spotting):
    """Rows in which a blank of a template was left open: `[Your Name]`, `{topic}`, `<noinput>`, lorem ipsum.

    Braces and angle brackets count with the names that templates of rows use, and not in passages that hold code or
    markup. A letter to be filled in by the user is named too: whether its blanks were asked for, a reader sees.

    Why: The model learns to answer with blanks, or is trained on a prompt that nobody meant to send.

    Example: {"instruction": "Write about {topic}.", "output": "Dear [Recipient's Name], ..."}
    """

    code: ClassVar[str] = "LIM504"
    name: ClassVar[str] = "template-leftover"
    severity: ClassVar[Severity] = Severity.INFO
    title = "Rows with an open blank of a template: {count} of {total} ({share})."
    clear = "No open blank of a template in {total} rows."
    remedy = "Fill the blanks in, or leave the rows out where the user did not ask for a form."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every open blank."""
        text = seen.text
        if "[" in text or "lorem" in seen.lowered:
            for passage in seen.passages:
                straight = passage.text.replace("’", "'")
                for kind, pattern in (("square brackets", _BRACKETED), ("lorem ipsum", _LOREM)):
                    for match in pattern.finditer(straight):
                        yield Spot(kind, kind, passage.field, match.start(), match.end())
        if "{" in text or "<" in text:
            for passage in seen.passages:
                if passage.field == "tools" or _CODE.search(passage.text) is not None:
                    continue
                for kind, pattern in (("braces", _BRACED), ("angle brackets", _ANGLED)):
                    for match in pattern.finditer(passage.text):
                        yield Spot(kind, kind, passage.field, match.start(), match.end())
