"""A rule's page: its docstring as Markdown."""

from __future__ import annotations

import inspect
import re

from limen.before.check.costs import UNMEASURED, cost_of
from limen.before.check.rule import Rule


def rule_text(rule: type[Rule]) -> str:
    """What a rule's page says under its heading, in Markdown.

    Args:
        rule: The rule.
    """
    return markdown_of(rule.__doc__ or "")


def rule_summary(rule: type[Rule]) -> str:
    """What a rule finds, in one line: the first paragraph of its page.

    Args:
        rule: The rule.
    """
    return " ".join(rule_text(rule).partition("\n\n")[0].split())


def markdown_of(docstring: str) -> str:
    """A docstring that says `Why:` and `Example:`, as Markdown.

    Args:
        docstring: Of a rule, or of another check that is documented likewise.
    """
    return re.sub(r"^(Why|Example):", r"**\1.**", inspect.cleandoc(docstring), flags=re.MULTILINE)


def rule_page(rule: type[Rule]) -> str:
    """A rule's whole page, in Markdown.

    Args:
        rule: The rule.
    """
    needs = "; needs a tokenizer" if rule.needs_tokenizer else "; needs --against" if rule.needs_against else ""
    needs = "; needs the extra `presidio`" if rule.needs_presidio else needs
    needs = "; needs a classifier" if rule.needs_classifier else needs
    fix = what_fix_does(rule)
    head = f"# {rule.code} {rule.name}\n\nOf `limen check`. Severity: {rule.severity.value}{needs}."
    head += f" `--fix` {fix} such rows." if fix else ""
    cost = cost_of(rule)
    if cost is not None:
        head += f" It takes about {max(cost, 1.0):.0f} µs a row."
    elif rule.code in UNMEASURED:
        head += f" What it takes a row was not measured: {UNMEASURED[rule.code]}."
    return f"{head}\n\n{rule_text(rule)}\n\n**Reference.** {rule.reference or 'None.'}\n"


def what_fix_does(rule: type[Rule]) -> str:
    """What `--fix` does with the rows that a rule names: `leaves out`, `mends`, or nothing, which is empty.

    Args:
        rule: The rule.
    """
    return "leaves out" if rule.drops else "mends" if rule.mends() else ""


def page_path(rule: type[Rule]) -> str:
    """Where a rule's page stands in the repository; empty for another package's, which documents its own.

    Args:
        rule: The rule.
    """
    return f"docs/rules/{rule.name}.md" if rule.__module__.startswith("limen.") else ""
