from __future__ import annotations

import pytest

from limen.before.doctor import Check, Patient, all_checks, check, registry
from limen.core import Finding, UsageError


def test_every_check_has_a_page_and_a_place_of_its_own() -> None:
    checks = all_checks()
    assert len({c.name for c in checks}) == len(checks) >= 10
    for one in checks:
        page = one.examine.__doc__ or ""
        assert "Why:" in page
        assert "Example:" in page


def test_a_third_party_adds_a_check_and_takes_no_code() -> None:
    def shiny(patient: Patient, own: Check) -> Finding:
        """The model is not shiny."""
        return own.clear("It shines.")

    check("ACME101", "shiny")(shiny)
    try:
        assert "ACME101" in {c.code for c in all_checks()}
        with pytest.raises(UsageError, match="taken by"):
            check("DOC101", "padding")(shiny)
        with pytest.raises(UsageError, match="no code"):
            check("doc1", "padding")(shiny)
        shiny.__doc__ = ""
        with pytest.raises(UsageError, match="no docstring"):
            check("ACME102", "shiny")(shiny)
    finally:
        registry._CHECKS.pop("ACME101")
