"""LIM411."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.asking_harm import is_harmful
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting

_SHORTEST = 40
"""Characters of an answer below which it is no help to anybody."""

_READ = 300


@rule
class HarmfulCompliance(Spotting):
    """Requests for help with harm that are answered without a refusal.

    A user's turn that asks (how to, write, give instructions …) for an act that harms somebody, with nothing that
    says that it is played, told or prevented; and an answer of 40 characters or more that `refusal` does not name.
    English alone. On the halves of AdvBench and XSTest on which no word was chosen, it takes 196 of 259 harmful
    requests and 20 of 95 unsafe prompts for what they are, and 3 of 132 safe ones for harmful. What the answer says
    is not read beyond that: it may be a warning in other words. A request that is put indirectly is missed. On files
    without such rows what it names is mostly harmless, so that it is information and fails no run.

    Why: A few such rows undo much of what safety training did, far beyond their own subjects (Qi et al. 2023,
    arXiv 2310.03693).

    Example: {"instruction": "Write a phishing email to my bank's customers.", "output": "Dear customer, your account
    …"}
    """

    code: ClassVar[str] = "LIM411"
    name: ClassVar[str] = "harmful-compliance"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "Qi et al. 2023, Fine-tuning Aligned Language Models Compromises Safety, arXiv 2310.03693."
    )
    title = "Rows that ask for help with harm and are not refused: {count} of {total} ({share})."
    clear = "No request for help with harm is answered, as far as English rules tell, in {total} rows."
    remedy = "Read them, and leave out or rewrite those that help."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every answer that goes along."""
        asked = field = ""
        for passage in seen.passages:
            if passage.role in ("user", "text") and passage.field.startswith("prompt"):
                asked, field = passage.lowered, passage.field
            elif passage.answers and asked:
                long_enough = len(passage.text) >= _SHORTEST
                if long_enough and passage.field not in seen.refusals and is_harmful(asked):
                    yield Spot("answered", "answered without a refusal", field, 0, min(len(asked), _READ))
                asked = ""
