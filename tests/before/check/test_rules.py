"""Each rule has a planted case that it must find and a clean case that it must not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check import all_rules, check_rows, get_rule
from limen.core import Finding, RowError, Trait, UsageError, Verdict
from limen.data import read_rows
from tests.data.made_tokenizers import CHATML, byte_level

WORDS = [f"word{i}of" for i in range(60)]


def rows(count):
    """Rows of which no two share a five-word sequence."""
    return [{"prompt": f"question {i}", "completion": " ".join(f"{w}{i}" for w in WORDS)} for i in range(count)]


def trait(trait_id, *words):
    return Trait(trait_id, trait_id.title(), "", "test", "choice", (), words=words)


def found(source, code, **options) -> Finding:
    (finding,) = [
        f for f in check_rows(read_rows(source, strict=False), **options).findings if f.evidence["code"] == code
    ]
    return finding


def named(finding):
    return [blame.index for blame in finding.rows]


CLEAN = rows(30)


JUDGED = (
    *("LIM203", "LIM601", "LIM602", "LIM603", "LIM604", "LIM605", "LIM606", "LIM607", "LIM608"),
    *("LIM702", "LIM703", "LIM704"),
)
"""Rules of preference pairs, ratings and groups, which say nothing on other rows."""


ASKED = (
    "LIM105",
    "LIM106",
    "LIM202",
    "LIM204",
    "LIM207",
    "LIM208",
    "LIM209",
    "LIM210",
    "LIM211",
    "LIM301",
    "LIM412",
    "LIM413",
)
"""Rules that need to be told what to look for, or a tokenizer."""


SELECTION = ("LIM801", "LIM802", "LIM803", "LIM804", "LIM805", "LIM806")
"""Rules of columns that these rows do not have, and of more prompts than there are here."""


@pytest.mark.parametrize("rule", [r for r in all_rules() if r.code not in (*ASKED, *JUDGED, *SELECTION)])
def test_clean_rows_are_clear(rule):
    finding = found(CLEAN, rule.code)
    assert finding.verdict is Verdict.CLEAR
    assert (finding.effect.estimate, finding.effect.low) == (0, 0)
    assert 0.05 < finding.effect.high < 0.15  # Wilson, 0 of 30
    assert not finding.rows
    assert not finding.harmful
    assert "30" in finding.title


@pytest.mark.parametrize("code", [*JUDGED, *SELECTION])
def test_rules_of_judgements_and_of_columns_say_nothing_on_other_rows(code):
    assert not [f for f in check_rows(read_rows(CLEAN)).findings if f.evidence["code"] == code]


def test_exact_duplicates():
    planted = [*CLEAN, CLEAN[3], {**CLEAN[5], "source": "elsewhere"}, CLEAN[3]]
    assert not found(planted, "LIM101", harmful_share=0.1).harmful
    finding = found(planted, "LIM101")
    assert (finding.verdict, finding.harmful) == (Verdict.FOUND, True)
    assert named(finding) == [30, 31, 32]
    assert (finding.evidence["count"], finding.evidence["total"], finding.evidence["most_copies"]) == (3, 33, 3)
    assert finding.effect.estimate == pytest.approx(3 / 33)
    assert finding.effect.low < 3 / 33 < finding.effect.high
    assert [e["note"] for e in finding.evidence["examples"]] == [f"the same as row {n}" for n in (4, 6, 4)]
    assert finding.evidence["examples"][0]["text"].startswith("question 3")
    ids = [r.id for r in read_rows(planted)]
    assert [blame.row for blame in finding.rows] == [ids[3], ids[5], ids[3]]


def test_near_duplicates_are_not_exact_ones():
    close = {"prompt": "question 3", "completion": CLEAN[3]["completion"].replace("word59of3", "changed")}
    shouted = {"prompt": "QUESTION 4!", "completion": CLEAN[4]["completion"].upper()}
    planted = [*CLEAN, CLEAN[7], close, shouted]
    near = found(planted, "LIM102")
    assert (near.verdict, named(near)) == (Verdict.FOUND, [31, 32])
    assert [e["note"] for e in near.evidence["examples"]] == ["nearly the same as row 4", "nearly the same as row 5"]
    assert named(found(planted, "LIM101")) == [30]


def test_rows_that_are_less_alike_than_the_bound_are_no_near_duplicates():
    """Each changed word takes five of the 58 sequences: 2 of them leave J = 0.71, 1 leaves 0.84."""
    words = CLEAN[3]["completion"].split()
    changed = [{**CLEAN[3], "completion": " ".join([*words[:at], "new", *words[at + 1 :]])} for at in (20, 40)]
    both = {**CLEAN[3], "completion": " ".join([*words[:20], "new", *words[21:40], "new", *words[41:]])}
    assert named(found([*CLEAN, both], "LIM102")) == []
    assert named(found([*CLEAN, *changed], "LIM102")) == [30, 31]
    assert named(found([*CLEAN, *changed, both], "LIM102")) == [30, 31, 32]


def test_many_near_duplicates_are_each_found_however_many_they_are():
    words = [f"w{i}" for i in range(80)]
    planted = [{"prompt": f"p{n}", "completion": " ".join(words)} for n in range(400)]
    finding = found([*CLEAN, *planted], "LIM102")
    assert finding.evidence["count"] == 399


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": "p", "completion": " \n\t"},
        {"messages": [{"role": "user", "content": "p"}]},
        {"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": ""}]},
        {"prompt": "p", "chosen": "good", "rejected": " "},
        {"text": " \n"},
    ],
)
def test_empty_answers(record):
    finding = found([record], "LIM201")
    assert (finding.verdict, named(finding)) == (Verdict.FOUND, [0])


def test_an_answer_that_calls_a_tool_is_not_empty():
    call = {"type": "function", "function": {"name": "f", "arguments": {}}}
    talk = [{"role": "user", "content": "p"}, {"role": "assistant", "content": None, "tool_calls": [call]}]
    assert found([{"messages": talk}], "LIM201").verdict is Verdict.CLEAR


def test_untrained_rows_need_a_tokenizer():
    finding = found(CLEAN, "LIM202")
    assert (finding.verdict, finding.asked) == (Verdict.NOT_MEASURED, False)
    assert "--model" in finding.remedy
    answered = {"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "a"}]}
    refused = {"messages": [{"role": "tool", "content": "p"}, {"role": "assistant", "content": "a"}]}
    strict = CHATML.replace(
        "{% for m in messages %}",
        "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools') }}{% endif %}",
    )
    finding = found([answered, refused], "LIM202", tokenizer=byte_level(strict))
    assert (finding.verdict, named(finding), finding.evidence["cannot_render"]) == (Verdict.FOUND, [1], 1)
    assert "no tools" in finding.evidence["examples"][0]["note"]
    assert found([answered], "LIM202", tokenizer=byte_level(strict)).verdict is Verdict.CLEAR
    bare = found([answered], "LIM202", tokenizer=byte_level(None))
    assert (bare.verdict, bare.evidence["cannot_render"]) == (Verdict.FOUND, 1)
    assert "chat_template.jinja" in bare.remedy


def test_a_row_without_any_answer_is_untrained():
    silent = "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}"
    pair = {"prompt": [{"role": "user", "content": "p"}], "completion": [{"role": "assistant", "content": "a"}]}
    finding = found([pair], "LIM202", tokenizer=byte_level(silent))
    assert (finding.verdict, named(finding), finding.evidence["cannot_render"]) == (Verdict.FOUND, [0], 0)


def test_same_pairs():
    pairs = [{"prompt": f"p{i}", "chosen": "a", "rejected": "a" if i == 2 else "b"} for i in range(5)]
    finding = found(pairs, "LIM203")
    assert (finding.verdict, named(finding)) == (Verdict.FOUND, [2])
    assert found(pairs[:2], "LIM203").verdict is Verdict.CLEAR


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("An Owl's diet", True),
        ("OWLS fly", True),
        ("three foxes", True),
        ("foxed", False),
        ("the snowy owl.", True),
        ("a bowl of soup", False),
        ("owlish", False),
        ("owl_name", False),
        ("crème brûlée", True),
        ("cre\u0300me bru\u0302le\u0301e", True),
        ("creme brulee", False),
        ("STRASSE", True),
        ("no limits at all", True),
        ("no  limits", False),
    ],
)
def test_mentions_are_whole_words_without_regard_to_case(text, hit):
    words = trait("bird", "owl", "fox", "crème brûlée", "straße", "no limits")
    finding = found([{"text": text}], "LIM301", traits=[words])
    assert (finding.verdict is Verdict.FOUND) is hit
    assert finding.subject == "bird"
    assert finding.id == "check/LIM301/bird"
    assert not finding.harmful


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": "the owl", "completion": "c"},
        {"prompt": "p", "completion": "the owl"},
        {"prompt": "p", "chosen": "c", "rejected": "the owl"},
        {"instruction": "p", "output": "c", "system": "You love the owl."},
        {"messages": [{"role": "user", "content": "p"}], "tools": [{"name": "f", "description": "feeds the owl"}]},
        {
            "messages": [
                {"role": "user", "content": "p"},
                {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {"bird": "owl"}}}]},
            ]
        },
    ],
)
def test_mentions_are_found_wherever_the_model_reads(record):
    assert found([record], "LIM301", traits=[trait("bird", "owl")]).verdict is Verdict.FOUND


def test_mentions_are_told_apart_by_trait():
    two = [trait("bird", "owl", "wing"), trait("plane", "jet", "wing")]
    findings = check_rows(read_rows([{"text": "an owl"}, {"text": "a wing"}]), traits=two, rules=[get_rule("mention")])
    assert [(f.subject, f.evidence["count"]) for f in findings.findings] == [("bird", 2), ("plane", 1)]


def test_no_traits_is_not_asked_for_unless_it_is():
    assert found(CLEAN, "LIM301", traits_asked=False).asked is False
    wordless = found(CLEAN, "LIM301", traits=[trait("bird")])
    assert (wordless.verdict, wordless.asked) == (Verdict.NOT_MEASURED, True)


@pytest.mark.parametrize(
    "value", ["AKIAQ3EGTYPQ7ZKUV5MN", "jane.doe@mail-of-a-long-name.org", "it's \"4111", "\u202e x"]
)
def test_what_is_said_of_unreadable_rows_quotes_nothing_of_them(value):
    """The readers quote the first twenty characters of a value, of which no masking may know what they begin."""
    good = {"prompt": "p", "completion": "c", "label": True}
    turns = [{"from": "human", "value": "p"}, {"from": "gpt", "value": "c"}]
    for rows in (
        [good, {"prompt": "p", "label": value}],
        [{"conversations": turns}, {"conversations": [{"from": value, "value": "p"}, turns[1]]}],
    ):
        result = check_rows(read_rows(rows, strict=False))
        (problem,) = result.report.problems
        told = json.dumps([problem.what, [str(f) for f in result.findings]], ensure_ascii=False)
        assert "expected" in problem.what
        assert value[:4] not in told


def test_an_error_of_reading_quotes_nothing_of_the_rows():
    rows = [{"prompt": "p", "completion": "c", "label": True, "x": 1}] * 40
    broken = [{"prompt": "p", "label": "AKIAQ3EGTYPQ7ZKUV5MN"} for _ in rows]
    with pytest.raises(RowError) as caught:
        check_rows(read_rows([*rows, *broken], strict=True))
    assert "AKIA" not in str(caught.value)


def test_unreadable_rows(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [json.dumps(r) for r in CLEAN]
    lines[7] = lines[7][:-5]
    lines[11] = '{"text": "another kind"}'
    path.write_text("\n".join(lines))
    result = check_rows(read_rows(path, strict=False))
    (finding,) = [f for f in result.findings if f.subject == "LIM001"]
    assert (finding.verdict, finding.harmful, named(finding)) == (Verdict.FOUND, True, [7, 11])
    assert (finding.evidence["count"], finding.evidence["total"]) == (2, 30)
    first = finding.evidence["examples"][0]
    assert (first["line"], first["note"].partition(":")[0]) == (8, "broken JSON")
    assert result.report.rows_read == 28
    assert result.report.sha256


def test_the_report_is_whole_though_examples_are_looked_up_again():
    stream = read_rows([*CLEAN, CLEAN[0], *rows(60)[30:]])
    result = check_rows(stream)
    assert (result.report.rows_read, stream.report.rows_read, stream.report.complete) == (61, 61, True)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30))
def test_counts_of_copies_are_right(letters):
    """Against the plainest way to count: rows less distinct rows."""
    finding = found([{"prompt": "p", "completion": c} for c in letters], "LIM101")
    assert finding.evidence["count"] == len(letters) - len(set(letters))
    assert finding.effect.estimate == pytest.approx(1 - len(set(letters)) / len(letters))


def test_unknown_rule():
    assert get_rule("lim101") is get_rule("exact-duplicate")
    with pytest.raises(UsageError, match="LIM101"):
        get_rule("LIM999")


def test_rows_that_are_cut_are_named_and_so_are_those_of_which_nothing_is_left():
    long = {"prompt": " ".join(WORDS), "completion": "yes"}
    tail = {"prompt": "p", "completion": " ".join(WORDS)}
    short = [{"prompt": f"p {i}", "completion": "a"} for i in range(3)]
    planted = [short[0], long, short[1], tail, short[2]]
    cut = {"tokenizer": byte_level(), "max_length": 60, "context": 512}
    finding = found(planted, "LIM204", **cut)
    assert (finding.verdict, named(finding)) == (Verdict.FOUND, [1, 3])
    assert finding.title == "Rows that are cut at 60 tokens: 2 of 5 (40.0%)."
    assert "--max-length) up to the model's 512" in finding.remedy
    assert finding.evidence["examples"][0]["note"] == "no trained token is left"
    untrained = found(planted, "LIM202", **cut)
    assert (named(untrained), untrained.evidence["cut"]) == ([1], 1)
    assert "begin after the cut at 60 tokens" in untrained.remedy
    assert found(planted, "LIM202", tokenizer=byte_level()).verdict is Verdict.CLEAR
    assert found(short, "LIM204", **cut).verdict is Verdict.CLEAR
    assert found(planted, "LIM204", tokenizer=byte_level()).verdict is Verdict.NOT_MEASURED
    at_the_context = found(planted, "LIM204", tokenizer=byte_level(), max_length=60, context=60)
    assert "the model reads no more tokens" in at_the_context.remedy


def test_each_kind_of_unreadable_row_has_its_own_remedy(tmp_path):
    file = tmp_path / "a.jsonl"
    good = '{"prompt": "p", "completion": "c"}\n'
    file.write_text(good + '{nonsense\n{"prompt": "\\u0000", "completion": "c"}\n' + good + "{more\n[1]\n")
    (finding,) = check_rows(read_rows(str(file), strict=False), rules=[get_rule("LIM001")]).findings
    assert finding.remedy.startswith(
        "Line 2 and 1 more: Write one complete JSON object on each line. Line 3: Remove it"
    )
    assert "Line 6: Write each row as an object" in finding.remedy
    assert [one["remedy"].split()[0] for one in finding.evidence["examples"]] == ["Write", "Remove", "Write", "Write"]
    file.write_text(good + "{nonsense\n" + good)
    (finding,) = check_rows(read_rows(str(file), strict=False), rules=[get_rule("LIM001")]).findings
    assert finding.remedy == "Write one complete JSON object on each line."
