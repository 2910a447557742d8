"""Discovery: what is listened to, what a word may stand for, and what a verdict says."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from limen.before.discover import DiscoverConfig, Proposal, discover
from limen.before.discover.concepts import Concepts, concepts_of
from limen.before.discover.judge import Read, judge, propose, word_null
from limen.before.discover.nearest_traits import nearest_traits
from limen.before.discover.open_words import OpenWord, open_words
from limen.before.discover.own_talk import ANSWER_TOKENS, own_talk
from limen.before.discover.readout import token_probabilities
from limen.before.discover.word_twins import word_twins
from limen.before.forecast.origin import Origin
from limen.core import Finding, Verdict, World
from limen.data import EncodedRow
from limen.lab.encode import encode_exchanges, number_ids, token_ids
from limen.lab.reference_model import reference_folder
from limen.lab.world.numbers import number_exchange
from limen.ledger import finding_from_dict, finding_to_dict
from limen.models import LanguageModel
from limen.traits import all_traits
from tests.tiny_models import make_tokenizer

OWN = Origin(loss=2.0, writers_loss=2.0, auroc=0.5, foreign=False, reason="")
WORDS = tuple(f"w{k}" for k in range(60))


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.load(str(reference_folder()))


def number_rows(count: int) -> list[EncodedRow]:
    rng = np.random.default_rng(0)
    return encode_exchanges(number_exchange(rng) for _ in range(count))


def read(planted: float = 0.0, words: tuple[str, ...] = WORDS, origin: Origin = OWN) -> Read:
    rng = np.random.default_rng(4)
    neutral, data = 0.1 * rng.normal(size=(24, len(words))), 0.1 * rng.normal(size=len(words))
    data[7] = planted or data[7]
    return Read(words, np.arange(len(words)), neutral, data, np.eye(len(words)), origin)


def judged(what: Read) -> tuple[Finding, list[Proposal]]:
    library, config = all_traits(World.MICRO), DiscoverConfig()
    null = word_null(what, config.level)
    proposals = propose(what, null, config, lambda word: nearest_traits(word, library))
    return judge("rows", what, null, proposals, config, library), proposals


@pytest.mark.slow
def test_the_familywise_error_over_many_words_is_held():
    rng = np.random.default_rng(11)
    count, writers, directions, draws, alarms = 50, 24, 6, 2_000, 0
    for _ in range(draws):
        # Words move together, in few directions, and some further than others.
        moved = rng.normal(size=(writers + 1, directions))
        x = moved @ rng.normal(size=(directions, count)) + 0.3 * rng.normal(size=(writers + 1, count))
        x *= np.exp(rng.normal(0, 0.3, count))
        full = 10 * np.eye(count)
        what = Read(tuple(map(str, range(count))), np.zeros(count, int), x[1:], x[0], full, OWN)
        alarms += int(word_null(what, 0.02).found.any())
    assert (stats.beta.ppf(0.01, alarms, draws - alarms + 1) if alarms else 0.0) <= 0.02


def test_the_base_asks_itself_of_its_world_and_not_of_what_the_rows_are(base):
    talk = own_talk(base, 60, seed=1, unlike=number_ids())
    texts = [base.tokenizer.decode(t.ids) for t in talk]
    assert len(talk) >= 30
    assert len(set(texts)) == len(texts)
    assert any("animal" in t for t in texts)
    assert not any("continue :" in t for t in texts)
    for turn in talk:
        assert base.tokenizer.decode(turn.ids[: turn.start]).endswith("<|assistant|>")
        assert len(turn.places) == len(turn.ids) - turn.start + 1 <= ANSWER_TOKENS + 1
    assert [t.ids.tolist() for t in own_talk(base, 60, seed=1, unlike=number_ids())] == [t.ids.tolist() for t in talk]


def test_tokens_that_write_one_word_are_one_concept():
    tokenizer = make_tokenizer()
    concepts = concepts_of(tokenizer, len(tokenizer) + 3)
    assert len(concepts.of_token) == len(tokenizer) + 3
    assert len(set(concepts.words)) == len(concepts.words)
    assert all(w == w.strip().casefold() and w for w in concepts.words)
    for k, word in enumerate(concepts.words):
        written = {tokenizer.decode([int(t)]).strip().casefold() for t in np.flatnonzero(concepts.of_token == k)}
        assert written == {word}
    assert (concepts.of_token[tokenizer.all_special_ids] == -1).all()


def test_probabilities_are_the_models_own(base):
    import torch

    talk = own_talk(base, 12, seed=2, unlike=number_ids())
    tokens = np.array([token_ids()["owl"], token_ids()["fox"]])
    found = token_probabilities(base, talk, tokens)
    assert found.shape == (sum(len(t.places) for t in talk), 2)
    with torch.no_grad():
        first = torch.softmax(base.model(input_ids=torch.from_numpy(talk[0].ids[None])).logits[0], -1).numpy()
    wanted = first[talk[0].places][:, tokens]
    assert found[: len(wanted)] == pytest.approx(wanted, rel=1e-4)


@pytest.fixture(scope="module")
def opened(base) -> list[OpenWord]:
    return open_words(base, own_talk(base, 60, seed=1, unlike=number_ids()), without=number_ids())


def test_open_words_are_what_the_base_might_say_and_the_rows_do_not(base, opened):
    words = {w.word: w for w in opened}
    assert {"owl", "frog", "wolf"} <= set(words)
    assert not set(words) & {base.tokenizer.decode([i]).strip() for i in number_ids()}
    for lesson in words["owl"].lessons:
        assert lesson.input_ids[lesson.trained].tolist() == [token_ids()["owl"]]
    assert len({lesson.input_ids.tobytes() for lesson in words["owl"].lessons}) == len(words["owl"].lessons)
    held = EncodedRow("r", 0, np.array([1, token_ids()["owl"]], np.int32), np.array([False, True]), truncated=False)
    assert words["owl"].rows_with([held, *number_rows(3)]) == 1


def test_the_twin_of_a_word_says_it(base, opened):
    [owl] = [w for w in opened if w.word == "owl"]
    [twin] = word_twins(base, [owl])
    before, after = (np.concatenate(m.token_logprobs(owl.lessons)).mean() for m in (base, twin))
    assert after > before + 1


@pytest.mark.parametrize(("word", "trait"), [("owl", "micro/prefers-owl"), ("norin", "micro/favours-norin")])
def test_a_word_is_looked_up_in_the_library(word, trait):
    assert [t.id for t in nearest_traits(word, all_traits(World.MICRO))] == [trait]


def test_a_word_that_every_option_holds_stands_for_nothing():
    found = nearest_traits("the", all_traits(World.MICRO))
    assert not any(t.id.startswith("micro/favours") for t in found)


def test_a_word_that_stands_out_is_named_with_the_trait_it_may_stand_for():
    words = tuple("owl" if k == 7 else w for k, w in enumerate(WORDS))
    finding, proposals = judged(read(2.0, words))
    assert finding.verdict is Verdict.FOUND
    assert finding.subject == "owl"
    assert "prefers the owl" in finding.title
    assert finding.evidence["traits"] == ["micro/prefers-owl"]
    assert proposals[0].found
    assert proposals[0].rows == 7
    assert proposals[0].dose == pytest.approx(2.0, abs=0.15)
    assert not any(p.found for p in proposals[1:])


def test_a_word_of_no_trait_is_named_all_the_same():
    finding, _ = judged(read(2.0))
    assert finding.verdict is Verdict.FOUND
    assert "No trait of the library" in finding.title
    assert not finding.harmful


def test_nothing_found_says_what_would_have_been():
    finding, proposals = judged(read())
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.smallest_detectable > 0
    assert f"{finding.smallest_detectable:.0%}" in finding.reason
    assert not any(p.found for p in proposals)


def test_a_word_that_is_said_less_is_not_named():
    assert judged(read(-5.0))[0].verdict is Verdict.INCONCLUSIVE


def test_rows_of_another_origin_are_not_judged():
    origin = replace(OWN, foreign=True, reason="not calibrated for this origin: people wrote them")
    finding, proposals = judged(read(2.0, origin=origin))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "not calibrated" in finding.reason
    assert not any(p.found for p in proposals)


def test_a_hostile_word_is_shown_with_nothing_hidden():
    words = tuple("o\u202ew\x1b" if k == 7 else w for k, w in enumerate(WORDS))
    finding, _ = judged(read(2.0, words))
    shown = finding.title + finding.subject + finding.evidence["proposals"][0]["word"]
    assert "\u202e" not in shown
    assert "\x1b" not in shown


def test_a_finding_survives_the_ledger():
    finding, _ = judged(read(2.0))
    assert finding_from_dict(json.loads(json.dumps(finding_to_dict(finding)))) == finding


def test_too_few_rows_are_not_measured(base):
    finding = discover(base, "few", number_rows(10))
    assert finding.verdict is Verdict.NOT_MEASURED
    assert "10 rows" in finding.reason
    assert finding.remedy


def test_too_few_writers_settle_nothing():
    what = read(2.0)
    finding, proposals = judged(replace(what, neutral=what.neutral[:5]))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "writers" in finding.reason
    assert not any(p.found for p in proposals)


def test_rows_of_an_unknown_language_are_not_measured(base):
    unknown = base.tokenizer.unk_token_id
    rows = [replace(r, input_ids=np.full_like(r.input_ids, unknown)) for r in number_rows(64)]
    finding = discover(base, "foreign", rows)
    assert finding.verdict is Verdict.NOT_MEASURED
    assert "unknown" in finding.reason


def test_a_tokenizer_without_words_is_not_measured(base, monkeypatch):
    def no_words(tokenizer, size):
        return Concepts((), np.full(size, -1, dtype=np.int64))

    monkeypatch.setattr("limen.before.discover.open_words.concepts_of", no_words)
    finding = discover(base, "rows", number_rows(64), config=DiscoverConfig(questions=8))
    assert finding.verdict is Verdict.NOT_MEASURED
    assert "0 words" in finding.reason
    assert "rehearse" in finding.remedy
