"""What can be read in the rows: duplicates, empty and untrained rows, mentions. One rule a file."""

from limen.before.check.against import Against, read_against
from limen.before.check.baseline import Baseline, read_baseline, write_baseline
from limen.before.check.config import CheckConfig, find_config, load_config
from limen.before.check.costs import cost_of
from limen.before.check.hit_rows import HitRows
from limen.before.check.known import IgnoredRow, Known
from limen.before.check.page import page_path, rule_page, rule_text, what_fix_does
from limen.before.check.parallel import check_file
from limen.before.check.registry import all_rules, get_rule, rule
from limen.before.check.rule import Context, Hit, Rule, RuleSettings, Severity, Tally, share_interval
from limen.before.check.runner import CheckResult, check_rows
from limen.before.check.seen_row import SeenRow
from limen.before.check.select import named_rules, select_rules

__all__ = [
    "Against",
    "Baseline",
    "CheckConfig",
    "CheckResult",
    "Context",
    "Hit",
    "HitRows",
    "IgnoredRow",
    "Known",
    "Rule",
    "RuleSettings",
    "SeenRow",
    "Severity",
    "Tally",
    "all_rules",
    "check_file",
    "check_rows",
    "cost_of",
    "find_config",
    "get_rule",
    "load_config",
    "named_rules",
    "page_path",
    "read_against",
    "read_baseline",
    "rule",
    "rule_page",
    "rule_text",
    "select_rules",
    "share_interval",
    "what_fix_does",
    "write_baseline",
]
