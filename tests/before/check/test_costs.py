"""Costs are of rules that there are, and stand, as references do, where a reader looks for them."""

from __future__ import annotations

from limen.before.check import all_rules, cost_of, rule_page
from limen.before.check.costs import KINDS, UNKNOWN, UNMEASURED, costs_of, measured_costs
from limen.before.check.rule import Rule, Severity


def test_costs_are_of_rules_that_ship_and_told_for_every_kind_of_rows():
    ours = {rule.code for rule in all_rules() if rule.__module__.startswith("limen.")}
    assert {"LIM101", "LIM102", "LIM601"} <= set(measured_costs()) <= ours
    assert all(tuple(one) == KINDS for one in measured_costs().values())
    assert set(UNMEASURED) == ours - set(measured_costs())
    for rule in all_rules():
        if rule.code in UNMEASURED:
            assert f"What it takes a row was not measured: {UNMEASURED[rule.code]}." in rule_page(rule)


def test_a_page_says_the_cost_of_the_kind_of_rows_that_takes_longest():
    one = next(rule for rule in all_rules() if rule.code == "LIM102")
    assert cost_of(one) == max(costs_of(one)) > 1
    assert f"It takes about {cost_of(one):.0f} µs a row." in rule_page(one)


def test_another_package_s_rule_has_no_cost_that_is_known():
    class Theirs(Rule):
        """Nothing."""

        code, name, severity = "ACME901", "theirs", Severity.INFO

    assert cost_of(Theirs) is None
    assert costs_of(Theirs).tolist() == [UNKNOWN] * len(KINDS)
    assert "µs" not in rule_page(Theirs)


def test_a_page_names_the_source_of_the_method_or_says_that_there_is_none():
    pages = {rule.code: rule_page(rule) for rule in all_rules()}
    assert "**Reference.** Broder 1997, " in pages["LIM102"]
    assert pages["LIM104"].endswith("\n\n**Reference.** None.\n")
