"""What can be read in the rows: duplicates, empty and untrained rows, mentions. One rule a file."""

from limen.before.check.page import page_path, rule_page, rule_text
from limen.before.check.registry import all_rules, get_rule, rule
from limen.before.check.rule import Context, Hit, Rule, SeenRow, Severity, Tally, share_interval
from limen.before.check.runner import CheckResult, check_rows

__all__ = [
    "CheckResult",
    "Context",
    "Hit",
    "Rule",
    "SeenRow",
    "Severity",
    "Tally",
    "all_rules",
    "check_rows",
    "get_rule",
    "page_path",
    "rule",
    "rule_page",
    "rule_text",
    "share_interval",
]
