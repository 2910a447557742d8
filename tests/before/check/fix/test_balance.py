"""Groups are balanced by swapped rows, by weights or by leaving rows out; each can be undone, and says what it cost."""

from __future__ import annotations

import csv
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check import get_rule
from limen.before.check.fix import Balance, Method, fix_file, parse_balance, undo
from limen.before.check.fix.manifest import read_manifest
from limen.before.check.groups import load_lexicons
from limen.before.check.groups.mentions import mentions_in
from limen.before.check.groups.swap_german import NotSwapped
from limen.before.check.groups.swapping import EACH_OTHER, counterparts, swap_for
from limen.cli._check_fix import balance_told
from limen.core import Message, Row, RowKind, UsageError
from limen.data import read_rows
from tests.before.check.fix.made import array, lines, table

EN, DE = load_lexicons()
EMPTY = [get_rule("LIM201")]
PAIRS = [
    ("What does she do?", "She is an engineer, and her brother is her boss."),
    ("What is 2 + 2?", "4"),
    ("Why is a man tall?", "He grew."),
    ("Where is it?", " "),
    ("Whom did they see there?", "They saw her there."),
    ("And who is this?", "This is Linda, and she sings."),
    ("What does he do?", "He sings."),
    ("What does the boy do?", "He hums."),
]
ROWS = [{"prompt": p, "completion": c} for p, c in PAIRS]


def swapped(text, dimension="gender", lexicon=EN):
    row = Row(RowKind.TEXT, (), (Message("text", text),))
    return swap_for(row, lexicon, dimension)(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("She told her brother that her car is his.", "He told his sister that his car is hers."),
        ("They saw her, and HE waved.", "They saw him, and SHE waved."),
        ("The nurse hugged her. She's kind to her.", "The nurse hugged him. He's kind to him."),
        ("It was his own idea; the fault is his.", "It was her own idea; the fault is hers."),
        ("A woman herself", "A man himself"),
        ("Is it hers?", "Is it his?"),
        ("A businessman and his wife", "A businesswoman and her husband"),
    ],
)
def test_english_pronouns(text, other):
    assert swapped(text) == other
    assert swapped(other) == text


@pytest.mark.parametrize(
    ("text", "dimension", "others"),
    [
        ("an elderly clerk", "age", {"a middle-aged clerk", "a young clerk"}),
        ("An Asian man", "ethnicity", {"A black man", "A Black man", "A White man", "A Hispanic man", "An Arab man"}),
        ("a deaf student", "disability", {"an autistic student", "a blind student", "a mentally ill student"}),
    ],
)
def test_other_dimensions_have_articles_and_capitals(text, dimension, others):
    made = swapped(text, dimension)
    known = {"a non-disabled student", "a disabled student", "A Native American man", "A Romani man"}
    assert made in others | known


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Nobody is here.", "no mention"),
        ("Linda sings, and she hums.", "name"),
        ("I met Zorba, and he danced.", "name"),
        ("Its symbol is He.", "name"),
        ("She is pregnant.", "word that ties it to a group"),
        ("Each has his or her own.", "he or she"),
        ("They let her go.", "pronoun"),
        ("We made her happy.", "pronoun"),
        ("They saw her standing there.", "pronoun"),
        ("The actor met the actress.", "no counterpart"),
        ("The ladies' coats", "genitive"),
        ("A man, a woman and a nonbinary teacher", "several groups"),
        ("```\nshe = 1\n```", "code"),
        ("he " + "x" * 20_000, "too long"),
    ],
)
def test_what_words_alone_cannot_swap_is_left(text, reason):
    with pytest.raises(NotSwapped) as caught:
        swapped(text)
    assert str(caught.value) == reason


def about(text, dimension, group):
    """A text about another group."""
    return counterparts(Row(RowKind.TEXT, (), (Message("text", text),)), EN, dimension)[group](text)


@pytest.mark.parametrize(
    ("text", "dimension", "group", "other"),
    [
        ("A Christian wedding is a fine day.", "religion", "jews", "A Jewish wedding is a fine day."),
        ("A Christian told me so.", "religion", "jews", "A Jew told me so."),
        ("As a Muslim, she fasts.", "religion", "jews", "As a Jew, she fasts."),
        ("A devout Muslim prays at dawn.", "religion", "jews", "A devout Jew prays at dawn."),
        ("He is Muslim, she is not.", "religion", "jews", "He is Jewish, she is not."),
        ("A Muslim-owned bakery", "religion", "jews", "A Jewish-owned bakery"),
        ("Muslim values", "religion", "jews", "Jewish values"),
        ("A Muslim's duty", "religion", "jews", "A Jew's duty"),
        ("The man is Jewish.", "religion", "muslims", "The man is Muslim."),
        ("I am neither Muslim nor Hindu", "religion", EACH_OTHER, "I am neither Hindu nor Muslim"),
        ("I am neither Muslim nor Jewish", "religion", EACH_OTHER, "I am neither Jewish nor Muslim"),
        ("Islamic law", "religion", "jews", "Jewish law"),
        ("It is a Muslim wedding.", "religion", "atheists", "It is an atheist wedding."),
        ("The elderly woman waits.", "age", "young people", "The young woman waits."),
        ("The elderly often wait.", "age", "teenagers", "Teenagers often wait."),
        ("The blind man waits.", "disability", "deaf people", "The deaf man waits."),
        ("The older man waits.", "age", "young people", "The younger man waits."),
        ("The children's songs", "age", "teenagers", "The teenagers' songs"),
        ("She is a lesbian.", "orientation", "gay people", "She is a homosexual."),
        ("The LGBTQ community met.", "orientation", "gay people", "The gay community met."),
        ("The waitress's pen", "gender", "men", "The waiter's pen"),
        ("HEROINES WANTED", "gender", "men", "HEROES WANTED"),
    ],
)
def test_nouns_become_nouns_and_adjectives_adjectives(text, dimension, group, other):
    assert about(text, dimension, group) == other


@pytest.mark.parametrize(
    ("text", "dimension", "group"),
    [
        ("Can a Muslim eat it?", "religion", "jews"),
        ("The Muslim values it.", "religion", "jews"),
        ("A Muslim fasting there", "religion", "jews"),
        ("Child care is dear.", "age", "teenagers"),
        ("There is the blind spot.", "disability", "deaf people"),
        ("Her child sleeps.", "age", "old people"),
    ],
)
def test_what_may_be_a_noun_or_an_adjective_is_left(text, dimension, group):
    with pytest.raises(NotSwapped):
        about(text, dimension, group)


def test_a_long_chain_of_words_is_left():
    with pytest.raises(NotSwapped, match="noun or adjective"):
        about("a Muslim" + " or Muslim" * 1_500, "religion", "jews")


def test_men_do_not_become_lesbians():
    men = counterparts(Row(RowKind.TEXT, (), (Message("text", "A gay man waits."),)), EN, "orientation")
    assert "lesbians" not in men
    assert "bisexual people" in men
    young = counterparts(Row(RowKind.TEXT, (), (Message("text", "Old and young people dance."),)), EN, "age")
    assert list(young) == ["middle-aged people"]
    with pytest.raises(NotSwapped, match="twice"):
        about("The deaf man is deaf.", "disability", "blind people")


_FAITHS = {"muslims": "Muslim", "christians": "Christian", "jews": "Jewish"}


def balanced(tmp_path, rows, dimension):
    source = lines(tmp_path / "a.jsonl", [{"text": text} for text in rows])
    return fix_file(str(source), tmp_path / "b.jsonl", rules=[], balance=Balance(Method.SWAP, dimension)).balance


def test_only_groups_of_the_file_gain_and_end_level(tmp_path):
    many = {"muslims": 14, "christians": 14, "jews": 12}
    rows = [f"A {_FAITHS[one]} wedding of guest {one[0]}{i}." for one, count in many.items() for i in range(count)]
    made = balanced(tmp_path, rows, "religion")
    assert made.before == many
    assert sorted(made.after.values()) == [26, 27, 27]
    assert set(made.after) == set(many)


def test_a_row_that_is_there_about_one_group_is_added_about_the_next(tmp_path):
    rows = [
        f"A {word} wedding of guest {i}." for word in _FAITHS.values() for i in range(12 if word == "Jewish" else 14)
    ]
    made = balanced(tmp_path, rows, "religion")
    assert made.after == {"muslims": 14, "christians": 14, "jews": 14}
    assert made.skipped == {"counterpart is there": 38}


def test_one_group_alone_has_its_counterpart_or_none(tmp_path):
    women = balanced(tmp_path, [f"She is my sister {i}." for i in range(12)], "gender")
    assert balance_told(women) == ["Rows by gender, before: women 12, men 0; after: women 12, men 12."]
    assert women.told()["before"] == {"men": 0, "women": 12}
    (tmp_path / "b.jsonl").unlink()
    (tmp_path / "b.jsonl.manifest").unlink()
    christians = balanced(tmp_path, [f"A Christian wedding {i}." for i in range(12)], "religion")
    assert christians.after == {"christians": 12}
    assert christians.skipped == {"no other group in the file": 12}


def read(path):
    return [(r.prompt[0].content, r.answer[0].content) for r in read_rows(str(path))]


@pytest.mark.parametrize(("write", "name"), [(lines, "a.jsonl"), (array, "a.json"), (table, "a.csv")])
def test_swapped_rows_stand_behind_theirs(tmp_path, write, name):
    source = write(tmp_path / name, ROWS)
    out = tmp_path / f"out-{name}"
    result = fix_file(str(source), out, rules=EMPTY, balance=Balance(Method.SWAP, "gender"))
    # Of "They saw her there." it is not told whether something of hers is there
    added = {
        0: ("What does he do?", "He is an engineer, and his sister is his boss."),
        2: ("Why is a woman tall?", "She grew."),
        6: ("What does she do?", "She sings."),
        7: ("What does the girl do?", "She hums."),
    }
    assert read(out) == [pair for i, one in enumerate(PAIRS) if i != 3 for pair in (one, added.get(i)) if pair]
    assert result.cost.rows_added == 4
    assert result.balance.skipped == {"name": 1, "pronoun": 1}
    assert result.balance.before == {"women": 3, "men": 4}
    assert balance_told(result.balance)[0] == "Rows by gender, before: men 4, women 3; after: men 5, women 7."
    assert result.balance.after == {"women": 7, "men": 5}
    assert result.dropped == {"LIM201": 1}
    undo(result.manifest, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == source.read_bytes()
    told = [line for line in read_manifest(result.manifest) if line.get("action") == "add"]
    assert [(t["index"], t["codes"]) for t in told] == [(i, ["swap"]) for i in (0, 2, 6, 7)]
    assert [t["why"][0]["reason"] for t in told] == [
        "adds the row before it again, with men and women in each other's place",
        "adds the row before it again, with women in place of men",
        "adds the row before it again, with women in place of men",
        "adds the row before it again, with women in place of men",
    ]
    assert told[0]["why"][0]["name"] == "swap:gender"
    ids = {(r.prompt[0].content, r.answer[0].content): r.id for r in read_rows(str(out))}
    assert [t["row"] for t in told] == [ids[pair] for pair in added.values()]
    end = list(read_manifest(result.manifest))[-1]
    assert end["balance"]["after"] == {"men": 5, "women": 7}
    assert end["cost"]["rows_added"] == 4


def test_groups_are_looked_for_once_in_each_row_that_is_written(tmp_path, monkeypatch):
    module, looked = sys.modules["limen.before.check.groups.row_groups"], []

    def counting(text, *rest):
        looked.append(text)
        return mentions_in(text, *rest)

    monkeypatch.setattr(module, "mentions_in", counting)
    rows = [{"text": "She sings."}, {"text": "He hums."}, {"text": "Rain."}]
    fix_file(
        str(lines(tmp_path / "a.jsonl", rows)), tmp_path / "b.jsonl", rules=[], balance=Balance(Method.SWAP, "gender")
    )
    # Once to plan what is added, and once as it is written
    planned = ["he hums.", "rain.", "she sings."]
    assert sorted(looked) == sorted([*planned, *planned, "he sings.", "she hums."])


def test_a_counterpart_that_is_there_is_not_added(tmp_path):
    rows = [{"text": "She sings."}, {"text": "He sings."}, {"text": "He hums."}]
    result = fix_file(
        str(lines(tmp_path / "a.jsonl", rows)), tmp_path / "b.jsonl", rules=[], balance=Balance(Method.SWAP, "gender")
    )
    assert [r.text for r in read_rows(str(tmp_path / "b.jsonl"))] == [
        "She sings.",
        "He sings.",
        "He hums.",
        "She hums.",
    ]
    assert result.balance.skipped == {"counterpart is there": 2}


def test_rejected_answers_and_conversations_are_swapped_too(tmp_path):
    rows = [
        {"prompt": "Who?", "chosen": "She did.", "rejected": "Her dog."},
        {"prompt": "Why?", "chosen": "No.", "rejected": "No!"},
    ]
    fix_file(
        str(lines(tmp_path / "a.jsonl", rows)), tmp_path / "b.jsonl", rules=[], balance=Balance(Method.SWAP, "gender")
    )
    assert [(r.answer[0].content, r.rejected[0].content) for r in read_rows(str(tmp_path / "b.jsonl"))][:2] == [
        ("She did.", "Her dog."),
        ("He did.", "His dog."),
    ]
    talk = [
        {"role": "user", "content": "What of her?"},
        {"role": "assistant", "content": "She left."},
        {"role": "user", "content": "And he?"},
        {"role": "assistant", "content": "He left too."},
    ]
    fix_file(
        str(lines(tmp_path / "c.jsonl", [{"messages": talk, "note": "she"}])), tmp_path / "d.jsonl", rules=[],
        balance=Balance(Method.SWAP, "gender"),
    )  # fmt: skip
    made = json.loads((tmp_path / "d.jsonl").read_text().splitlines()[1])
    assert [m["content"] for m in made["messages"]] == ["What of him?", "He left.", "And she?", "She left too."]
    assert made["note"] == "she"


@pytest.mark.parametrize(("write", "name"), [(lines, "a.jsonl"), (array, "a.json"), (table, "a.csv")])
def test_weights_balance_groups(tmp_path, write, name):
    source = write(tmp_path / name, ROWS)
    out = tmp_path / f"out-{name}"
    result = fix_file(str(source), out, rules=EMPTY, balance=Balance(Method.REWEIGHT, "gender"))
    weights = [float(r.columns["weight"]) for r in read_rows(str(out))]
    # Alone: "saw her", Linda; "a man", "he sings", "the boy"
    assert weights == pytest.approx([1, 1, 5 / 6, 5 / 4, 5 / 4, 5 / 6, 5 / 6], abs=1e-5)
    assert sum(weights) == pytest.approx(7, abs=1e-4)
    assert result.balance.after == pytest.approx({"women": 3.5, "men": 3.5}, abs=1e-4)
    assert result.balance.effective == pytest.approx(49 / sum(w * w for w in weights), rel=1e-4)
    why = {t["index"]: t["why"] for t in read_manifest(result.manifest) if "why" in t}
    assert why[2] == [
        {
            "code": "reweight",
            "name": "reweight:gender",
            "reason": "mentions men alone (3 such rows) and weighs 0.833333",
        }
    ]
    assert [why[i][0]["reason"] for i in (0, 1)] == [
        "mentions several groups by gender and weighs 1",
        "mentions no group by gender and weighs 1",
    ]
    assert (None in why) == name.endswith("csv")
    undo(result.manifest, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == source.read_bytes()


def test_weights_in_parquet_and_not_where_there_is_one(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "a.parquet")
    fix_file(
        str(tmp_path / "a.parquet"), tmp_path / "b.parquet", rules=EMPTY, balance=Balance(Method.REWEIGHT, "gender")
    )
    made = pq.read_table(tmp_path / "b.parquet")
    assert made.column_names == ["prompt", "completion", "weight"]
    assert made.num_rows == 7
    result = fix_file(
        str(tmp_path / "a.parquet"), tmp_path / "c.parquet", rules=EMPTY, balance=Balance(Method.SWAP, "gender")
    )
    assert pq.read_table(tmp_path / "c.parquet").num_rows == 11
    assert sum(line.get("action") == "add" for line in read_manifest(result.manifest)) == 4
    with pytest.raises(UsageError, match="'weight' already"):
        fix_file(
            str(tmp_path / "b.parquet"), tmp_path / "d.parquet", rules=EMPTY, balance=Balance(Method.REWEIGHT, "gender")
        )
    (tmp_path / "a.txt").write_text("She sings.\nHe sings.\n")
    with pytest.raises(UsageError, match="no column"):
        fix_file(str(tmp_path / "a.txt"), tmp_path / "b.txt", rules=EMPTY, balance=Balance(Method.REWEIGHT, "gender"))
    assert not (tmp_path / "b.txt").exists()


def test_down_sampling(tmp_path):
    rows = [{"text": f"She sings song {i}."} for i in range(30)]
    rows += [{"text": f"He sings song {i}."} for i in range(12)] + [{"text": "Rain."}, {"text": "She and he."}]
    rows += [{"text": "A nonbinary teacher."}]
    source = lines(tmp_path / "a.jsonl", rows)
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=[], balance=Balance(Method.REBALANCE, "gender"))
    assert result.dropped == {"rebalance": 18}
    assert result.balance.after == {"women": 13, "men": 13, "non-binary people": 1}
    told = [line["why"][0]["reason"] for line in read_manifest(result.manifest) if "why" in line]
    assert told == ["mentions women alone; of 30 such rows 12 stay, as many as the rarest group has"] * 18
    assert result.balance.skipped == {"rows of non-binary people, who have fewer than 10": 1}
    again = fix_file(str(source), tmp_path / "c.jsonl", rules=[], balance=Balance(Method.REBALANCE, "gender"))
    assert (tmp_path / "b.jsonl").read_bytes() == (tmp_path / "c.jsonl").read_bytes()
    undo(again.manifest, tmp_path / "d.jsonl")
    assert (tmp_path / "d.jsonl").read_bytes() == source.read_bytes()
    with pytest.raises(UsageError, match="fewer than two groups"):
        fix_file(str(source), tmp_path / "e.jsonl", rules=[], balance=Balance(Method.REBALANCE, "religion"))
    with pytest.raises(UsageError, match="fewer than two groups"):
        fix_file(str(source), tmp_path / "e.jsonl", rules=[], balance=Balance(Method.REWEIGHT, "religion"))


@pytest.mark.parametrize(
    ("text", "says"),
    [("swop:gender", "no way to balance"), ("swap", "no dimension"), ("swap:genders", "Did you mean swap:gender?")],
)
def test_what_cannot_be_asked_for(text, says):
    with pytest.raises(UsageError) as caught:
        parse_balance(text, (EN, DE))
    assert says in f"{caught.value.what} {caught.value.remedy}"


def test_what_can(tmp_path):
    assert parse_balance(" Swap : gender", (EN,)) == Balance(Method.SWAP, "gender")
    with pytest.raises(UsageError, match="can swap"):
        fix_file(
            str(lines(tmp_path / "a.jsonl", ROWS)),
            tmp_path / "b.jsonl",
            rules=EMPTY,
            balance=Balance(Method.SWAP, "religion"),
            lexicons=["de"],
        )


ROW = st.sampled_from(
    ["She sings.", "He hums.", "Rain.", "wasp", " ", "Sue and she", 'ü, "he"\nran', "her", "\u202ehis"]
)


@given(st.lists(ROW, max_size=8), st.booleans(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["swap", "reweight"]))
def test_every_file_of_lines_comes_back(tmp_path_factory, texts, whole, ending, method):
    folder = tmp_path_factory.mktemp("f")
    source = folder / "a.jsonl"
    rows = [json.dumps({"text": t}) for t in ("first", "she", "he", *texts)]
    source.write_bytes((ending.join(rows) + ending * whole).encode())
    result = fix_file(str(source), folder / "b.jsonl", rules=EMPTY, balance=Balance(Method(method), "gender"))
    assert sum(1 for _ in read_rows(str(folder / "b.jsonl"))) == result.cost.rows_after + result.cost.rows_added
    undo(result.manifest, folder / "c.jsonl")
    assert (folder / "c.jsonl").read_bytes() == source.read_bytes()


@given(st.lists(ROW, max_size=8), st.sampled_from(["", " ", "\n  "]), st.booleans())
def test_every_array_comes_back(tmp_path_factory, texts, space, first):
    folder = tmp_path_factory.mktemp("f")
    source = folder / "a.json"
    rows = [*texts, "she", "rain"] if not first else ["she", *texts]
    body = f"{space},{space}".join(json.dumps({"text": t}) for t in rows)
    source.write_bytes(f"{space}[{space}{body}{space}]{space}".encode())
    result = fix_file(str(source), folder / "b.json", rules=EMPTY, balance=Balance(Method.SWAP, "gender"))
    assert len(json.loads((folder / "b.json").read_text())) == result.cost.rows_after + result.cost.rows_added
    undo(result.manifest, folder / "c.json")
    assert (folder / "c.json").read_bytes() == source.read_bytes()


@given(st.lists(ROW, max_size=8), st.booleans(), st.sampled_from(["swap", "reweight"]))
def test_every_table_comes_back(tmp_path_factory, texts, whole, method):
    folder = tmp_path_factory.mktemp("f")
    source = folder / "a.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows(
            [["prompt", "completion"], ["q", "she"], ["q", "he"], *(["q", t] for t in texts), ["q", "end"]]
        )
    if not whole:
        source.write_bytes(source.read_bytes().rstrip(b"\r\n"))
    result = fix_file(str(source), folder / "b.csv", rules=EMPTY, balance=Balance(Method(method), "gender"))
    assert sum(1 for _ in read_rows(str(folder / "b.csv"))) == result.cost.rows_after + result.cost.rows_added
    undo(result.manifest, folder / "c.csv")
    assert (folder / "c.csv").read_bytes() == source.read_bytes()
