"""Configuration files: found upward, understood in full, and refused with the nearest right name."""

from __future__ import annotations

import pytest

from limen.before.check import CheckConfig, IgnoredRow, RuleSettings, Severity, find_config, load_config, select_rules
from limen.core import UsageError

FULL = """
select = ["LIM1", "empty-answer"]
ignore = ["LIM102"]
fail-on = 0.02
ignore-rows = [{ row = "0123456789ab", code = "exact-duplicate", reason = "weighs more" }]

[TABLE.rules]
LIM101 = { severity = "error" }
LIM1 = { severity = "info", fail-on = 0.5 }
"""


def test_limen_toml_and_pyproject_say_the_same(tmp_path):
    own, project = tmp_path / "limen.toml", tmp_path / "pyproject.toml"
    own.write_text("[check]\n" + FULL.replace("TABLE", "check"))
    project.write_text("[tool.limen.check]\n" + FULL.replace("TABLE", "tool.limen.check"))
    for path in (own, project):
        assert load_config(path) == CheckConfig(
            select=("LIM1", "empty-answer"),
            ignore=("LIM102",),
            fail_on=0.02,
            rules={
                rule.code: RuleSettings(Severity.ERROR if rule.code == "LIM101" else Severity.INFO, 0.5)
                for rule in select_rules(["LIM1"])
            },
            ignore_rows=(IgnoredRow("0123456789ab", "LIM101", "weighs more"),),
            path=path,
        )


def test_the_nearest_file_is_found_upward(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert load_config(start=inner).path is None or tmp_path not in load_config(start=inner).path.parents
    (tmp_path / "limen.toml").write_text("")
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\n")
    assert find_config(inner) == tmp_path / "limen.toml"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.limen.check]\nfail-on = 1\n")
    assert find_config(inner) == tmp_path / "a" / "pyproject.toml"
    assert load_config(start=inner).fail_on == 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[check]\nselct = []", "Did you mean 'check.select'?"),
        ("[chek]\n", "Did you mean 'check'?"),
        ("[check.rules.LIM101]\nseverty = 'info'", "Did you mean 'check.rules.LIM101.severity'?"),
        ("[check.rules.LIM101]\nseverity = 'bad'", "Write one of: error, warning, info"),
        ("[check.rules]\nnear-duplicat = {}", "Did you mean near-duplicate?"),
        ("[check]\nignore = ['LIM9']", "no code begins so"),
        ("[check]\nselect = 'LIM1'", "is no list"),
        ("[check]\nselect = [1]", "Write codes as text"),
        ("[check]\nfail-on = 2", "between 0 and 1"),
        ("[check]\nfail-on = true", "between 0 and 1"),
        ("check = 1", "is no table"),
        ("[check", "broken TOML"),
        ("[check]\nignore-rows = ['x']", "is no table"),
        ("[check]\nignore-rows = [{row = 'x', code = 'LIM101', reason = 'r'}]", "twelve hexadecimal digits"),
        ("[check]\nignore-rows = [{row = '0123456789ab', code = 'LIM1', reason = 'r'}]", "Name one rule"),
        ("[check]\nignore-rows = [{row = '0123456789ab', code = 'LIM101', reason = ' '}]", "has no reason"),
        ("[check]\nignore-rows = [{row = '0123456789ab', code = 'LIM101'}]", "has no reason"),
        ("[check]\nignore-rows = [{row = '0123456789ab', code = 'LIM101', why = 'r'}]", "The keys are"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path, text, said):
    path = tmp_path / "limen.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_config(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_configuration_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no such configuration"):
        load_config(tmp_path / "none.toml")


def test_rules_are_selected_by_code_beginning_and_name():
    def codes(*given):
        return [rule.code for rule in select_rules(*given)]

    assert {"LIM101", "LIM102"} <= set(codes(["LIM1"]))
    assert all(code.startswith("LIM1") for code in codes(["LIM1"]))
    assert codes(["lim101", "same-pair"]) == ["LIM101", "LIM203"]
    assert set(codes(["LIM1"])) - set(codes(["LIM1"], ["near-duplicate"])) == {"LIM102"}
    assert "LIM301" not in codes([], ["LIM3"])
    assert codes() == codes(["LIM"])
    with pytest.raises(UsageError, match="no rule is left"):
        select_rules(["LIM101"], ["LIM1"])
    with pytest.raises(UsageError, match="Did you mean LIM101"):
        select_rules(["LIM1O1"])


def test_presidio_is_a_model_s_name_or_patterns(tmp_path):
    path = tmp_path / "limen.toml"
    path.write_text('[check]\npresidio = "en_core_web_sm"\n')
    assert load_config(path).presidio == "en_core_web_sm"
    path.write_text("[check]\npresidio = true\n")
    with pytest.raises(UsageError, match=r"'check\.presidio' is True"):
        load_config(path)
