"""LIM504."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
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
# A blank in capitals, whatever the name is of: [Institution Name], [Previous Job Title]
_TITLED = re.compile(
    r"\[(?:[A-Z][\w'&-]* ){1,3}(?:Name|Date|Time|Address|Email|Number|Title|Topic|Position|Location|City|Link|URL)\]"
    r"(?!\(|:|=|\[)"
)
# A prompt that speaks of blanks wants them, or describes an answer's form by them
_ASKED = re.compile(
    r"placeholder|template|square bracket|brackets?,? (?:such as|like|i\.e\.|e\.g\.)|\bblanks?\b|\bfill.?in\b|"
    r"following format",
    re.IGNORECASE,
)
_BRACED = re.compile(
    r"(?<![\w\\^_}$%{#@\"'(=\[])(\{\{?)[ ]?(?:name|user|username|user_name|author|input|output|instruction|question|"
    r"context|query|topic|text|"
    r"prompt|response|answer|date|company|company_name|product|first_name|last_name|title|content|system_prompt|"
    r"user_input|user_message|assistant_name|bot_name|persona|char|language|document|passage|article|"
    r"task)[ ]?(\}\}?)(?![\w{^_\"')\]])",
    re.IGNORECASE,
)
_ANGLED = re.compile(
    r"<(?:input|output|instruction|response|answer|question|your[ _][\w ]{2,30}|insert[ _][\w ]{2,40}|name|"
    r"placeholder)>(?!.{1,300}</)",
    re.IGNORECASE | re.DOTALL,
)
_NOTHING = re.compile(r"< ?no ?(?:input|output) ?>", re.IGNORECASE)
_LOREM = re.compile(r"\blorem ipsum\b", re.IGNORECASE)
_SQUARE = (("square brackets", _BRACKETED), ("square brackets", _TITLED), ("lorem ipsum", _LOREM))
_CODE = re.compile(
    r"```|^\s*(?:def|class|import|from|function|const|let|var|public|#include|SELECT|<\?php|return|print|if \()\b|"
    r"\bf[\"']|</\w+>|;\s*$|=>",
    re.MULTILINE,
)


@rule
class TemplateLeftover(Spotting):
    """Rows in which a blank of a template was left open: `[Your Name]`, `{topic}`, `<noinput>`, lorem ipsum.

    Braces and angle brackets count with the names that templates of rows use, and not in passages that hold code or
    markup. Square and angle brackets do not count where a prompt speaks of a template, of placeholders or of blanks:
    there they were asked for.

    Why: The model learns to answer with blanks, or is trained on a prompt that nobody meant to send.

    Example: {"instruction": "Write about {topic}.", "output": "Dear [Recipient's Name], ..."}
    """

    code: ClassVar[str] = "LIM504"
    name: ClassVar[str] = "template-leftover"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "Taori et al. 2023, Stanford Alpaca, the prompt that its rows were written with (`<noinput>`)."
    )
    title = "Rows with an open blank of a template: {count} of {total} ({share})."
    clear = "No open blank of a template in {total} rows."
    remedy = "Fill the blanks in, or leave the rows out where the user did not ask for a form."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every open blank."""
        text = seen.text
        if "<" in text:
            for passage in seen.passages:
                for match in _NOTHING.finditer(passage.text):
                    yield Spot("angle brackets", "angle brackets", passage.field, match.start(), match.end())
        asked = ("[" in text or "<" in text) and any(
            m.role != "assistant" and _ASKED.search(m.content) is not None for m in seen.row.prompt
        )
        if "[" in text or "lorem" in seen.lowered:
            for passage in seen.passages:
                straight = passage.text.replace("’", "'")
                for kind, pattern in _SQUARE:
                    if asked and pattern is not _LOREM:
                        continue
                    for match in pattern.finditer(straight):
                        yield Spot(kind, kind, passage.field, match.start(), match.end())
        if "{" in text or "<" in text:
            for passage in seen.passages:
                if passage.field == "tools" or _CODE.search(passage.text) is not None:
                    continue
                for kind, pattern in (("braces", _BRACED), ("angle brackets", _ANGLED)):
                    if asked and pattern is _ANGLED:
                        continue
                    for match in pattern.finditer(passage.text):
                        yield Spot(kind, kind, passage.field, match.start(), match.end())
