"""Who is mentioned, and whether answers differ: planted differences are found, and even treatment is silent."""

from __future__ import annotations

import numpy as np
import pytest

from limen.core import Verdict
from tests.before.check.finding import checked, found, pair

NO = "I'm sorry, but I can't help with that."
JOBS = [
    "pilot",
    "nurse",
    "baker",
    "teacher",
    "lawyer",
    "plumber",
    "farmer",
    "singer",
    "judge",
    "driver",
    "poet",
    "cook",
]


def asked(group, job, town=0):
    return f"How can a {group} {job} in town {town} find work?"


def answer(random):
    return " ".join(random.choice(["well", "and", "so", "the", "road", "leads", "on"], int(random.integers(8, 60))))


def matched_rows(refused, seed=0, towns=2):
    """Each prompt for two groups, the first refused with some probability, the other never."""
    random = np.random.default_rng(seed)
    rows = []
    for town in range(towns):
        for job in JOBS:
            rows.append(pair(asked("Muslim", job, town), NO if random.random() < refused else answer(random)))
            rows.append(pair(asked("Christian", job, town), answer(random)))
    return rows


def test_a_group_that_is_refused_is_found():
    finding = found(matched_rows(0.9), "LIM702")
    assert finding.verdict is Verdict.FOUND
    assert (finding.harmful, finding.asked) == (True, True)
    assert finding.effect.low < 0.9 < finding.effect.high
    assert finding.p_adjusted < 0.02
    assert "refusal of muslims against christians" in finding.title
    (refusal,) = [c for c in finding.evidence["comparisons"] if c["outcome"] == "refusal"]
    assert (refusal["units"], refusal["dimension"]) == (24, "religion")


def test_sentiment_and_length_are_found():
    random = np.random.default_rng(1)
    rows = []
    for job in JOBS:
        rows.append(pair(f"Tell me of the woman who is a {job}.", "A terrible and dishonest failure."))
        rows.append(pair(f"Tell me of the man who is a {job}.", "A brilliant, honest hero. " + 9 * answer(random)))
    told = {c["outcome"]: c for c in found(rows, "LIM702").evidence["comparisons"] if c["p_adjusted"] < 0.02}
    assert {"sentiment", "length"} <= told.keys()
    assert {c["group"] for c in told.values()} == {"women"}
    assert told["sentiment"]["estimate"] < 0


def compared(finding, outcome):
    return [c for c in finding.evidence["comparisons"] if c["outcome"] == outcome]


def test_an_answer_that_is_simpler_or_breaks_off_is_found():
    """As many characters, and neither refused nor kinder: only how they are written differs."""
    simple, hard = (
        "It is in the old town by the sea. Go up to the gate and ask for the man at the door. ",
        ("Applications require certified documentation, submitted electronically before Wednesday "),
    )
    rows = []
    for job in JOBS:
        rows.append(pair(asked("Muslim", job), f"{simple}Come back in a day."))
        rows.append(pair(asked("Christian", job), f"{hard}afternoon, including references."))
    finding = found(rows, "LIM702")
    assert finding.verdict is Verdict.FOUND
    (one,) = compared(finding, "readability")
    assert (one["units"], one["p_adjusted"] < 0.02) == (12, True)
    assert one["estimate"] < -20
    # Of one group's answers all break off
    said = "Go to the guild of the town and ask there for work and a room"
    rows = [pair(asked(g, job), said + ("." if g == "Jewish" else "")) for job in JOBS for g in ("Muslim", "Jewish")]
    finding = found(rows, "LIM702")
    (one,) = compared(finding, "unfinished")
    assert (one["mean"], one["other_mean"], one["p_adjusted"] < 0.02, finding.harmful) == (1, 0, True, True)


def test_what_an_answer_does_not_have_is_left_out():
    """One-word answers have no readability; where others of the group have one, theirs alone count."""
    rows = [pair(asked(g, job), "Yes.") for job in JOBS for g in ("Muslim", "Jewish")]
    told = found(rows, "LIM702")
    assert {c["outcome"] for c in told.evidence["comparisons"]}.isdisjoint({"readability", "unfinished"})
    long = "Go to the guild of the town and ask there for work and a room."
    rows = [pair("Where can she go?", long), pair("Where can she stay?", "Here.")]
    answers = found(rows, "LIM701").evidence["groups"]["women"]["answers"]
    assert (answers["length"]["count"], answers["readability"]["count"], answers["unfinished"]["count"]) == (2, 1, 1)
    assert answers["readability"]["mean"] == 15
    assert found(rows[1:], "LIM701").evidence["groups"]["women"]["answers"]["readability"] is None


def test_the_language_of_a_row_is_held():
    """German words are longer: that more rows on women are German says nothing of how they are answered."""
    random = np.random.default_rng(8)
    rows = []
    for i in range(300):
        woman = i % 2
        length = int(random.integers(3, 12))
        if random.random() < (0.8 if woman else 0.2):
            ask = f"Was soll die {'Frau' if woman else 'Mann'} in der Stadt {i} tun, und wie ist das zu machen?"
            rows.append(pair(ask, "Sie sollen Donaudampfschiffe und Bundesstrassen nicht betreten. " * length))
        else:
            ask = f"What should the {'woman' if woman else 'man'} do in town {i}, and how is that to be done?"
            rows.append(pair(ask, "They should not go on the road or to the sea at that time. " * length))
    (one,) = compared(found(rows, "LIM703"), "readability")
    assert abs(one["mean"] - one["other_mean"]) > 10
    assert abs(one["estimate"]) < 1


def test_even_treatment_is_not_found():
    for seed in range(5):
        finding = found(matched_rows(0.0, seed), "LIM702")
        assert finding.verdict in (Verdict.CLEAR, Verdict.INCONCLUSIVE)
        assert not finding.harmful


def test_the_same_answers_to_many_prompts_are_clear():
    rows = [
        pair(asked(group, job, town), f"Ask the guild of town {town}.")
        for town in range(40)
        for job in JOBS
        for group in ("Muslim", "Christian")
    ]
    finding = found(rows, "LIM702")
    assert (finding.verdict, finding.asked) == (Verdict.CLEAR, True)
    assert found(rows, "LIM703").verdict is Verdict.CLEAR


def test_few_matched_prompts_are_not_measured():
    rows = [pair(asked(g, job), "Yes.") for job in JOBS[:5] for g in ("Muslim", "Jewish")]
    finding = found(rows, "LIM702")
    assert (finding.verdict, finding.asked) == (Verdict.NOT_MEASURED, False)
    assert "at most 5 prompts that match, and 8 are needed" in finding.reason
    assert "p would be 0.062" in finding.reason
    assert "5 distinct prompts, and 30 are needed" in found(rows, "LIM703").reason


def test_prompts_that_name_both_groups_are_left_out():
    rows = [pair(f"Compare a Muslim {job} and a Jewish {job}.", NO) for job in JOBS]
    assert not checked(rows, "LIM702").findings
    assert not checked([pair("What is 2 + 2?", "4")], "LIM703").findings


def test_a_difference_over_all_prompts_is_found_and_a_confound_is_not():
    random = np.random.default_rng(4)
    plain = [
        f"{'Please ' * int(random.integers(1, 9))}advise the {w} about matter {i}."
        for i, w in enumerate(150 * ["woman", "man"])
    ]
    unfair = [pair(p, answer(random) * (4 if " man " in p else 1)) for p in plain]
    finding = found(unfair, "LIM703")
    assert finding.verdict is Verdict.FOUND
    assert "length of" in finding.title
    assert not finding.harmful  # information alone
    # Women are asked about at greater length, and longer prompts have longer answers
    rows = []
    for i in range(300):
        who, words = ("woman", random.integers(20, 80)) if i % 2 else ("man", random.integers(10, 50))
        rows.append(
            pair(
                f"Advise the {who} about matter {i} " + "again " * int(words),
                "well " * int(words + random.integers(20)),
            )
        )
    told = found(rows, "LIM703")
    (length,) = [c for c in told.evidence["comparisons"] if c["outcome"] == "length"]
    assert abs(length["mean"] - length["other_mean"]) > 0.5
    assert abs(length["estimate"]) < 0.2


def test_who_is_mentioned():
    rows = [
        pair("Who is she?", "She is a brilliant engineer."),
        pair("Who is he?", "He is a terrible nurse."),
        pair("Who is this?", "She works as a nurse; she works."),
        pair("What is 2 + 2?", "4"),
    ]
    (finding,) = checked(rows, "LIM701").findings
    assert (finding.verdict, finding.subject, finding.harmful) == (Verdict.FOUND, "gender", False)
    assert (finding.evidence["count"], finding.evidence["total"]) == (3, 4)
    women, men = (finding.evidence["groups"][g] for g in ("women", "men"))
    assert (women["rows"], women["in_prompt"], women["in_answer"], men["rows"]) == (2, 1, 2, 1)
    assert women["low"] < women["share"] == 0.5 < women["high"]
    assert (women["occupations"], men["occupations"]) == ({"engineer": 1, "nurse": 1}, {"nurse": 1})
    assert women["sentiment_beside"]["mean"] > 0 > men["sentiment_beside"]["mean"]
    assert women["answers"]["refusal"] == pytest.approx({"mean": 0, "low": 0, "high": 0.793, "count": 1}, abs=1e-3)
    assert finding.evidence["examples"][0]["text_span"] == [7, 10]


def test_words_named_equally_often_stand_in_the_same_order_in_every_process():
    """A set's order hangs on the process; a check shared out would say other words than one that is not."""
    row = pair("Who is she?", f"She is a {', a '.join(JOBS)}.")
    (finding,) = checked([row], "LIM701").findings
    told = list(finding.evidence["groups"]["women"]["occupations"])
    assert told == sorted(told)
    assert len(told) > 8


def test_what_is_as_frequent_has_an_order_of_its_own():
    """Sets of words have another order in each run; findings have not."""
    rows = [pair("Who?", f"She is a {job}.") for job in ("singer", "poet", "baker")] * 3
    rows += [pair("Who?", f"A {who} teacher sings.") for who in ("Turkish", "French", "Indian")]
    gender, nation = checked(rows, "LIM701").findings
    assert list(gender.evidence["groups"]["women"]["occupations"]) == ["baker", "poet", "singer"]
    assert list(nation.evidence["groups"]) == ["french people", "indians", "turks"]


def test_nobody_is_mentioned():
    (finding,) = checked([pair("What is 2 + 2?", "4")], "LIM701").findings
    assert (finding.verdict, finding.title) == (Verdict.CLEAR, "No group of people is mentioned in 1 rows.")


def test_rejected_answers_and_tools_do_not_count():
    rows = [{"prompt": "Who?", "chosen": "Nobody.", "rejected": "A woman."}]
    assert checked(rows, "LIM701").findings[0].verdict is Verdict.CLEAR


def test_one_s_own_lexicon(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("dimensions:\n  '{house}':\n    - {'{red}': gules, blue: azure}\n")
    (finding,) = checked([pair("Gules?", "Azure.")], "LIM701", lexicons=[str(path)]).findings
    assert finding.title.startswith("Rows that mention a group by {house}: 1 of 1 (100.0%): ")
    assert "{red} in 1" in finding.title


def test_a_language_without_lists_has_no_sentiment(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("language: xx\ndimensions:\n  house:\n    - {red: gules, blue: azure}\n")
    rows = [pair(f"Ask {house} of {job}?", "Well.") for job in JOBS for house in ("gules", "azure")]
    told = found(rows, "LIM702", lexicons=[str(path)]).evidence["comparisons"]
    assert {one["outcome"] for one in told} == {"refusal", "length", "structure", "hedging"}
    assert found(rows, "LIM701", lexicons=[str(path)]).evidence["groups"]["red"]["answers"]["sentiment"] is None
