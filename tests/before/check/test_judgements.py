"""Rules of preference pairs and ratings."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check.agreement_alpha import krippendorff_alpha
from limen.before.check.answer_features import FEATURES, answer_features
from limen.before.check.rank_correlation import partial_rank_correlations, rank_correlation
from limen.before.check.rule import RuleSettings, Severity, share_interval
from limen.before.check.rules.annotator_agreement import ENOUGH
from limen.before.check.rules.one_sided_rating import SHARE
from limen.before.check.rules.preference_confound import FAMILYWISE_LEVEL
from limen.before.check.rules.rating_confound import correlations
from limen.core import Verdict
from tests.before.check.finding import checked, found, indices
from tests.before.check.simulated import assert_seldom

PLAIN = "The river bends twice before the old mill and runs on to the sea"


def judged(prompt, chosen, rejected, **columns):
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected, **columns}


def rated(prompt, answer, label, **columns):
    return {"prompt": prompt, "completion": answer, "label": label, **columns}


def of_length(random, least, most):
    return PLAIN[: int(random.integers(least, most))]


def pairs(count, longer, seed=0, **extra):
    """Pairs of which a share has the longer answer chosen."""
    random = np.random.default_rng(seed)
    made = []
    for i in range(count):
        short, long = sorted((of_length(random, 5, 60), of_length(random, 5, 60)), key=len)
        chosen, rejected = (long, short) if random.random() < longer else (short, long)
        made.append(judged(f"question {i}", chosen + extra.get("chosen", ""), rejected + extra.get("rejected", "")))
    return made


def feature(finding, name):
    (one,) = [f for f in finding.evidence["features"] if f["feature"] == name]
    return one


def test_what_the_user_sets_for_the_rule_holds_for_its_regression_too():
    rows = pairs(400, 0.75)
    assert found(rows, "LIM601").harmful
    as_info = found(rows, "LIM601", settings={"LIM601": RuleSettings(severity=Severity.INFO)})
    assert (as_info.harmful, as_info.evidence["severity"]) == (False, "info")
    lenient = found(rows, "LIM601", settings={"LIM601": RuleSettings(fail_on=0.9)})
    assert (lenient.harmful, lenient.evidence["fail_on"]) == (False, 0.9)


@pytest.mark.parametrize(("longer", "sign"), [(0.75, 1), (0.25, -1)])
def test_length_is_found_with_its_sign(longer, sign):
    finding = found(pairs(400, longer), "LIM601")
    length = feature(finding, "length")
    assert finding.verdict is Verdict.FOUND
    assert np.sign(length["coefficient"]) == sign
    assert length["coefficient_low"] < length["coefficient"] < length["coefficient_high"]
    assert length["p_adjusted"] < FAMILYWISE_LEVEL
    assert (length["share"] > 0.5) is (sign > 0)
    assert "length" in finding.title
    assert finding.harmful
    assert finding.asked


def test_no_preference_is_not_found():
    finding = found(pairs(400, 0.5), "LIM601")
    assert finding.verdict in (Verdict.INCONCLUSIVE, Verdict.CLEAR)
    assert not finding.asked or finding.verdict is Verdict.CLEAR
    assert not finding.harmful


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list", "\n- one\n- two"),
        ("markdown", " **so**"),
        ("politeness", " Thank you!"),
        ("self-praise", " This answer is comprehensive."),
        ("hedging", " Perhaps, possibly."),
    ],
)
def test_what_only_chosen_answers_have_is_found_by_its_share(name, text):
    random = np.random.default_rng(1)
    rows = [
        judged(f"question {i}", of_length(random, 20, 60) + (text if i % 3 else ""), of_length(random, 20, 60))
        for i in range(90)
    ]
    finding = found(rows, "LIM601")
    one = feature(finding, name)
    assert (finding.verdict, one["share"]) == (Verdict.FOUND, 1.0)
    assert 0 < one["coefficient_low"] < one["coefficient"] < one["coefficient_high"] < np.inf
    assert f"{name} +" in finding.title
    assert "length" not in finding.title


def test_agreement_refusal_and_position():
    random = np.random.default_rng(2)
    rows = [
        judged(
            f"q {i}",
            "You're right. " + of_length(random, 20, 50),
            "I cannot help with that.",
            chosen_position=i % 8 == 0,
        )
        for i in range(80)
    ]
    finding = found(rows, "LIM601")
    told = {f["feature"]: f["share"] for f in finding.evidence["features"]}
    assert (told["agreement"], told["refusal"]) == (1.0, 0.0)
    assert told["position"] == pytest.approx(0.875)
    assert finding.evidence["with_position"] == 80
    # Where there is the one there is not the other, in every pair: no regression can tell them apart
    assert feature(finding, "agreement")["coefficient"] is feature(finding, "refusal")["coefficient"] is None
    assert "agreement (the chosen one has more in 100.0% of 80)" in finding.title
    assert feature(finding, "position")["coefficient"] > 0


def test_few_pairs_are_not_measured():
    finding = found(pairs(40, 0.9), "LIM601")
    assert (finding.verdict, finding.asked) == (Verdict.NOT_MEASURED, False)
    assert (
        found([judged("one prompt", f"a{i}", f"b{i} more") for i in range(80)], "LIM601").verdict
        is Verdict.NOT_MEASURED
    )


def test_features():
    told = dict(zip(FEATURES, answer_features("I'm sorry, but I can't help. Perhaps:\n1. **Ask** them"), strict=True))
    assert told["refusal"] == told["list"] == told["markdown"] == told["politeness"] == 1
    assert told["hedging"] == 1
    assert told["agreement"] == told["self-praise"] == 0
    assert dict(zip(FEATURES, answer_features(""), strict=True)) == dict.fromkeys(FEATURES, 0.0)


def test_judged_both_ways():
    rows = [
        judged("q", "Paris.", "Lyon."),
        judged("q", "Paris.", "Nice."),
        judged("Q", "lyon.", "PARIS."),
        judged("other", "Lyon.", "Paris."),
        judged("q", "Paris.", "Lyon."),
    ]
    finding = found(rows, "LIM602")
    assert (finding.verdict, indices(finding), finding.evidence["total"]) == (Verdict.FOUND, [2], 5)
    assert finding.evidence["examples"][0]["note"] == "row 1 judges otherwise"
    assert found([r for i, r in enumerate(rows) if i != 2], "LIM602").verdict is Verdict.CLEAR


def test_rated_both_ways():
    rows = [rated("q", "a", True), rated("q", "a", False), rated("q", "b", False), rated("p", "a", False)]
    assert indices(found(rows, "LIM602")) == [1]
    assert found(rows[1:], "LIM602").verdict is Verdict.CLEAR


def test_that_two_judges_differ_takes_nothing_back():
    rows = [
        judged("q", "Paris.", "Lyon.", annotator="ann"),
        judged("q", "Lyon.", "Paris.", annotator="bob"),
        judged("q", "Lyon.", "Paris."),
        judged("q", "Lyon.", "Paris.", annotator="ann"),
    ]
    finding = found(rows, "LIM602")
    assert (indices(finding), finding.evidence["examples"][0]["note"]) == ([3], "row 1 judges otherwise")
    assert found(rows[:3], "LIM602").verdict is Verdict.CLEAR
    scores = [rated("q", "a", True, worker_id=1), rated("q", "a", False, worker_id=2)]
    assert found(scores, "LIM602").verdict is Verdict.CLEAR


def test_triples_that_go_round():
    rows = [
        judged("q", "a", "b"),
        judged("q", "b", "c"),
        judged("p", "c", "a"),
        judged("q", "c", "a"),
        judged("q", "a", "d"),
        judged("q", "d", "c"),
    ]
    finding = found(rows, "LIM603")
    # a > b > c > a, and a > d > c > a
    assert (finding.verdict, indices(finding)) == (Verdict.FOUND, [0, 1, 3, 4, 5])
    assert finding.evidence["examples"][0]["note"] == "with row 2 and row 4"
    assert found(rows[:3], "LIM603").verdict is Verdict.CLEAR
    assert found([judged("q", "a", "b"), judged("q", "b", "a")], "LIM603").verdict is Verdict.CLEAR


def test_a_triple_that_goes_round_is_of_one_judge():
    edges = [("a", "b", "ann"), ("b", "c", "bob"), ("c", "a", "cleo")]
    rows = [judged("q", won, lost, annotator=who) for won, lost, who in edges]
    assert found(rows, "LIM603").verdict is Verdict.CLEAR
    # Bob's own, and those of nobody that is named, together
    rows += [judged("q", "c", "a", annotator="bob"), judged("q", "c", "a"), judged("q", "a", "b", annotator="bob")]
    finding = found(rows, "LIM603")
    assert indices(finding) == [1, 3, 5]
    assert finding.evidence["examples"][0]["note"] == "with row 4 and row 6"
    rows += [judged("q", "a", "b"), judged("q", "b", "c")]
    assert indices(found(rows, "LIM603")) == [1, 3, 4, 5, 6, 7]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.sampled_from(["", "ann", "bob"])),
        min_size=1,
        max_size=20,
    )
)
def test_pairs_that_go_round_are_counted(edges):
    """Against every order of three answers or more, of one judge or of none."""
    rows = [judged("q", a, b, annotator=who) for a, b, who in edges]
    round_ = set()
    for who in {who for _, _, who in edges}:
        beats = {(a, b) for a, b, judge in edges if judge == who}
        for count in (3, 4, 5):
            for answers in itertools.permutations("abcde", count):
                way = set(itertools.pairwise([*answers, answers[0]]))
                if way <= beats:
                    round_ |= {i for i, (a, b, judge) in enumerate(edges) if judge == who and (a, b) in way}
    assert found(rows, "LIM603").evidence["count"] == len(round_)


def test_longer_circles_are_named_with_the_others():
    ring = ["ans A", "ans B", "ans C", "ans D"]
    rows = [judged("q", one, other) for one, other in itertools.pairwise([*ring, ring[0]])]
    finding = found([*rows, judged("q", "ans A", "else"), judged("p", "ans A", "ans B")], "LIM603")
    assert indices(finding) == [0, 1, 2, 3]
    assert finding.evidence["examples"][0]["note"] == "with row 2, row 3 and row 4"
    assert found([*rows[:3], judged("p", "ans D", "ans A")], "LIM603").verdict is Verdict.CLEAR
    ring = [judged("q", f"a{i}", f"a{(i + 1) % 9}") for i in range(9)]
    note = "with row 2, row 3, row 4, row 5, row 6 and others"
    assert found(ring, "LIM603").evidence["examples"][0]["note"] == note
    # The short cut is told, not the long way
    short = found([*rows, judged("q", "ans C", "ans A")], "LIM603")
    assert short.evidence["examples"][0]["note"] == "with row 2 and row 5"
    assert found([judged("q", *pair) for pair in ("ab", "ba", "bc", "cb")], "LIM603").verdict is Verdict.CLEAR


def test_a_long_circle_takes_no_long_time():
    from time import perf_counter

    from limen.before.check.circles import circles

    count = 100_000
    start = perf_counter()
    part, whole = circles(np.arange(count), (np.arange(count) + 1) % count)
    assert (len(part), whole) == (count, True)
    assert part[0] == (1, 2, 3, 4, 5, 6)
    assert perf_counter() - start < 10


def test_many_pairs_on_one_prompt_are_bounded(monkeypatch):
    monkeypatch.setattr("limen.before.check.circles.MOST_STEPS", 50)
    rows = [judged("q", f"a{i}", f"a{(i + k) % 40}") for i in range(40) for k in (1, 2, 3)]
    assert "there may be more" in found(rows, "LIM603").guarantee


def ratings(count, effect, seed=0):
    random = np.random.default_rng(seed)
    return [
        rated(f"question {i}", of_length(random, 20, 60) if good else of_length(random, 20, 60 - effect), bool(good))
        for i, good in enumerate(random.random(count) < 0.5)
    ]


def test_ratings_that_go_with_length():
    finding = found(ratings(300, 25), "LIM604")
    assert (finding.verdict, finding.harmful) == (Verdict.FOUND, True)
    assert feature(finding, "length")["low"] > 0
    assert "length +" in finding.title
    silent = found(ratings(300, 0), "LIM604")
    assert silent.verdict in (Verdict.INCONCLUSIVE, Verdict.CLEAR)
    assert not silent.harmful
    assert found(ratings(30, 25), "LIM604").verdict is Verdict.NOT_MEASURED


def test_rank_correlation_is_spearman():
    from scipy import stats

    random = np.random.default_rng(0)
    x = random.normal(size=400)
    y = (x + random.normal(size=400)).round(1)
    r, low, high, p = rank_correlation(x, y, np.arange(400))
    assert r == pytest.approx(stats.spearmanr(x, y).statistic)
    assert low < r < high
    assert p < 1e-10
    # The known standard error of Fisher's z under normality, within a fifth
    assert np.arctanh(high) - np.arctanh(r) == pytest.approx(1.96 * np.sqrt((1 + r * r / 2) / 397), rel=0.2)
    assert rank_correlation(np.ones(9), y[:9], np.arange(9)) is None


def test_a_partial_rank_correlation_is_that_of_the_joint_regression():
    sm = pytest.importorskip("statsmodels.api")
    from scipy import stats

    random = np.random.default_rng(1)
    x = random.normal(size=(300, 3)) + random.normal(size=(300, 1))
    x[:, 2] = x[:, 2] > 0.5
    y = (x[:, 0] - x[:, 1] + random.normal(size=300)).round(1)
    ranks = stats.rankdata(x, axis=0)
    fit = sm.OLS(stats.rankdata(y), sm.add_constant(ranks)).fit()
    t = fit.tvalues[1:]
    told = partial_rank_correlations(x, y, np.arange(300))
    # A partial correlation is t / sqrt(t² + df) of the coefficient, whose sign it has
    assert [one[0] for one in told] == pytest.approx(list(t / np.sqrt(t**2 + fit.df_resid)), rel=1e-6)
    assert all(low < r < high for r, low, high, _ in told)
    assert partial_rank_correlations(np.column_stack([x, x[:, 0]]), y, np.arange(300))[0] is None


def test_a_feature_that_only_goes_with_another_is_not_found_to_go_with_the_rating():
    """Good answers are longer; longer answers have lists, whatever their rating."""
    random = np.random.default_rng(4)
    rows = []
    for i in range(600):
        good = bool(random.random() < 0.5)
        length = int(np.clip(random.normal(40 if good else 28, 10), 8, 62))
        text = PLAIN[:length] + ("\n- a\n- b" if random.random() < 0.05 + 0.9 * (length > 36) else "        ")
        rows.append(rated(f"question {i}", text, good))
    finding = found(rows, "LIM604")
    lists, length = feature(finding, "list"), feature(finding, "length")
    assert lists["plain_p"] < 1e-6
    assert lists["p_adjusted"] > FAMILYWISE_LEVEL
    assert (length["p_adjusted"] < FAMILYWISE_LEVEL, length["partial_correlation"] > 0) == (True, True)
    assert "length +" in finding.title
    assert "list" not in finding.title
    assert [row[0] for row in finding.evidence["table"]["rows"]] == ["length", "list"]


def test_what_few_answers_have_is_held_while_others_are_weighed():
    """Nine refusals are rated badly and are short; of the others the rating has nothing to do with length."""
    random = np.random.default_rng(1)
    features = np.zeros((80, len(FEATURES)))
    features[:, 0], features[:9, 6] = random.normal(8, 1, 80), 1
    features[:9, 0] -= 6
    ratings = (random.random(80) < 0.9).astype(float)
    ratings[:9] = 0
    (length,) = correlations(features, ratings, np.arange(80))
    assert length["plain_p"] < 0.01
    assert length["p_adjusted"] > 0.2


@pytest.mark.slow
@pytest.mark.parametrize(("rare", "good"), [(0.5, 0.6), (1.2, 0.85)])
def test_the_familywise_error_of_the_ratings_holds(rare, good):
    """2,000 files whose ratings have nothing to do with form: at most 2% are found."""
    random = np.random.default_rng(8)
    wrong = 0
    for _ in range(2000):
        features = random.normal(size=(80, 8))
        features[:, 3:] = features[:, 3:] > rare
        told = correlations(features, (random.random(80) < good).astype(float), np.arange(80))
        wrong += any(f["p_adjusted"] <= FAMILYWISE_LEVEL for f in told)
    assert_seldom("LIM604", wrong)


@pytest.mark.parametrize(
    ("up", "down", "verdict"), [(95, 5, "found"), (5, 95, "found"), (60, 40, "clear"), (9, 1, "clear")]
)
def test_one_sided_ratings(up, down, verdict):
    rows = [rated(f"q{i}", f"a{i}", i < up) for i in range(up + down)]
    finding = found(rows, "LIM605")
    assert finding.verdict.value == verdict
    assert finding.effect.estimate == pytest.approx(max(up, down) / (up + down))


def test_a_rating_that_four_in_five_have_is_seldom_called_one_sided():
    """2,000 files of 500 rows whose source gives one rating in 80%, the bound itself."""
    random = np.random.default_rng(0)
    shares = [share_interval(int(count), 500) for count in random.binomial(500, SHARE, 2000)]
    assert_seldom("LIM605", sum(share.low > SHARE for share in shares), level=0.025)


@pytest.mark.slow
def test_annotators_who_agree_as_far_as_they_must_are_seldom_found_not_to():
    """2,000 files of 200 rows, judged by two who agree in five of six, so that alpha is the bound itself."""
    random = np.random.default_rng(0)
    wrong = 0
    for _ in range(2000):
        truth = random.random(200) < 0.5
        other = truth != (random.random(200) < (1 - ENOUGH) / 2)
        judgements = np.concatenate([truth, other]).astype(float)
        wrong += krippendorff_alpha(judgements, np.tile(np.arange(200), 2))[2] < ENOUGH
    assert_seldom("LIM606", wrong, level=0.025)


def test_alpha_of_a_published_example():
    """Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", B: two observers, binary data, alpha .095."""
    a = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    b = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    alpha, low, high, units = krippendorff_alpha(np.array([*a, *b], float), np.tile(np.arange(10), 2))
    assert alpha == pytest.approx(0.095, abs=5e-4)
    assert low <= alpha <= high
    assert units == 10
    assert krippendorff_alpha(np.ones(20), np.tile(np.arange(10), 2)) is None
    assert krippendorff_alpha(np.array([]), np.array([], np.int64)) is None


@pytest.mark.parametrize(("noise", "verdict"), [(0.5, "found"), (0.0, "clear"), (0.03, "clear")])
def test_annotators(noise, verdict):
    random = np.random.default_rng(0)
    rows = []
    for i in range(300):
        truth = random.random() < 0.5
        for who in ("ann", "ben"):
            rows.append(rated(f"q{i}", f"a{i}", bool(truth != (random.random() < noise)), annotator_id=who))
    finding = found(rows, "LIM606")
    assert finding.verdict.value == verdict
    assert finding.evidence["annotators"] == 2
    assert f"[{finding.effect.low:.2f}, {finding.effect.high:.2f}]" in finding.title


def test_annotators_of_pairs_and_rows_without_them():
    rows = [judged(f"q{i}", *(("a", "b") if i % 2 else ("b", "a")), worker=w) for i in range(60) for w in ("x", "y")]
    assert found(rows, "LIM606").evidence["alpha"] == pytest.approx(1.0)
    assert found(rows[:20], "LIM606").verdict is Verdict.NOT_MEASURED
    assert not checked([judged("q", "a", "b")], "LIM606").findings


def nominal_alpha(units):
    """Krippendorff's nominal alpha from his definition, pair by pair."""
    judged = [u for u in units if len(u) > 1]
    values = [v for u in judged for v in u]
    observed = sum(sum(a != b for a, b in itertools.permutations(u, 2)) / (len(u) - 1) for u in judged) / len(values)
    expected = sum(a != b for a, b in itertools.permutations(values, 2)) / (len(values) * (len(values) - 1))
    return 1 - observed / expected


def test_wide_columns_of_labels():
    random = np.random.default_rng(2)
    rows, units = [], []
    for i in range(60):
        truth = str(random.choice(["full", "partial", "none"]))
        given = [truth if random.random() < 0.8 else str(random.choice(["full", "partial", "none"])) for _ in range(3)]
        given = given[: 3 if i % 4 else 2]
        units.append(given)
        columns = {f"annotation_{j}": label.upper() if j == 1 else label for j, label in enumerate(given, 1)}
        rows.append({"prompt": f"q{i}", "completion": f"a{i}", "annotation_3": "", **columns})
    finding = found(rows, "LIM606")
    assert finding.evidence["alpha"] == pytest.approx(nominal_alpha(units))
    assert (finding.evidence["annotators"], finding.evidence["units"]) == (3, 60)


def test_wide_columns_of_numbers_and_what_is_none():
    rows = [
        {"prompt": f"q{i}", "completion": "a", "rating_a": i % 5, "rating_b": str(i % 5 + (i % 7 == 0))}
        for i in range(60)
    ]
    finding = found(rows, "LIM606")
    values = np.array([[float(r["rating_a"]), float(r["rating_b"])] for r in rows]).ravel()
    assert finding.evidence["alpha"] == pytest.approx(krippendorff_alpha(values, np.arange(60).repeat(2))[0])
    alone = [{"prompt": "q", "completion": f"a{i}", "annotation_1": "x", "label_2": "y"} for i in range(30)]
    assert not checked(alone, "LIM606").findings
    remarks = [
        {"prompt": "q", "completion": f"a{i}", "annotator_1": "x" * 99, "annotator_2": "x" * 99} for i in range(9)
    ]
    assert not checked(remarks, "LIM606").findings


@pytest.mark.parametrize("name", ["completions_llama2orig.csv", "completions_llama2new.csv"])
def test_the_agreement_of_xstest_s_annotators(shared_data, name):
    import csv

    path = shared_data / "xstest" / name
    (finding,) = checked(path, "LIM606").findings
    with path.open(newline="", encoding="utf-8") as file:
        units = [[r["annotation_1"], r["annotation_2"]] for r in csv.DictReader(file)]
    assert finding.evidence["alpha"] == pytest.approx(nominal_alpha(units))
    assert finding.evidence["units"] == 450
    assert finding.verdict.value == "clear"
