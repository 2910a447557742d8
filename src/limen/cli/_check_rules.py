"""`limen check --list-rules` and `--explain`: the rules that there are, and what each of them says of itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from limen.before.check import all_rules, cost_of, page_path, rule_page, rule_text, what_fix_does
from limen.before.check.select import matching
from limen.cli._common import write_json
from limen.core import UsageError
from limen.report.check import RuleCard

if TYPE_CHECKING:
    from limen.before.check import Rule, RuleSettings

_STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold blue"}


def card(rule: type[Rule], settings: RuleSettings | None = None) -> RuleCard:
    """A rule as renderers need it.

    Args:
        rule: The rule.
        settings: What the user has set for it.
    """
    severity = (settings and settings.severity) or rule.severity
    return RuleCard(
        code=rule.code,
        name=rule.name,
        severity=severity.value,
        needs_model=rule.needs_tokenizer,
        text=rule_text(rule),
        page=page_path(rule),
        fix=what_fix_does(rule),
        cost=cost_of(rule),
        remedy=str(getattr(rule, "remedy", "")),
        reference=rule.reference,
    )


def print_rules(as_json: bool) -> None:
    """Print every rule, those of installed packages among them.

    Args:
        as_json: As JSON and not as lines.
    """
    cards = [card(rule) for rule in all_rules()]
    if as_json:
        write_json({"rules": [{**asdict(one), "summary": one.summary} for one in cards]})
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    # What reads a pipe finds each line whole
    soft = not console.is_terminal
    named = max(len(one.name) for one in cards)
    for one in cards:
        cost = f"{max(one.cost, 1.0):,.0f} µs a row" if one.cost is not None else ""
        beside = ["--model" if one.needs_model else "", f"--fix {one.fix}" if one.fix else ""]
        head = Text.assemble(
            (one.code, "bold"),
            f"  {one.name:<{named}}  ",
            (f"{one.severity:<7}", _STYLES[one.severity]),
            f"  {cost:>13}",
            (f"  {', '.join(filter(None, beside))}" if any(beside) else "", "dim"),
        )
        head.rstrip()
        console.print(head, soft_wrap=soft)
        if soft:
            console.print(Text(f"    {one.summary}"), soft_wrap=True)
        else:
            console.print(Padding(Text(one.summary), (0, 0, 0, 4)))


def explain_rule(code: str, as_json: bool) -> None:
    """Print a rule's page.

    Args:
        code: Its code or name.
        as_json: As JSON and not as a page.

    Raises:
        UsageError: It names no rule, or several.
    """
    found = matching(code)
    if len(found) > 1:
        raise UsageError(
            f"{code!r} is the beginning of {len(found)} codes.",
            remedy=f"Name one of: {', '.join(rule.code for rule in found)}.",
        )
    if as_json:
        write_json({**asdict(card(found[0])), "summary": card(found[0]).summary})
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(highlight=False).print(Markdown(rule_page(found[0])))
