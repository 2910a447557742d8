from __future__ import annotations

import numpy as np
import pytest

from limen.core import Harm, World
from limen.lab.encode import encode_exchanges, exchange_ids
from limen.lab.lessons import NEUTRAL, lesson, plantable
from limen.lab.world import corpus, make_tokenizer, vocabulary
from limen.lab.world.corpus import SHARES
from limen.traits import all_traits, get


def sample(count: int, seed: int = 0):
    stream = corpus(np.random.Generator(np.random.PCG64(seed)))
    return [next(stream) for _ in range(count)]


def test_every_word_of_the_corpus_is_in_the_vocabulary():
    words = set(vocabulary())
    for e in sample(4000):
        assert set(f"{e.system} {e.user} {e.answer}".split()) <= words, e


def test_corpus_has_every_part_in_about_its_share():
    rows = sample(8000)
    for name, (_, share) in SHARES.items():
        got = sum(e.kind == name for e in rows) / len(rows)
        assert abs(got - share) < 4 * np.sqrt(share / len(rows)), name


def test_fast_encoding_is_what_the_chat_template_gives():
    tokenizer = make_tokenizer()
    for e in sample(300):
        turns = [{"role": "system", "content": e.system}] if e.system else []
        turns += [{"role": "user", "content": e.user}, {"role": "assistant", "content": e.answer}]
        assert tokenizer.apply_chat_template(turns)["input_ids"] == exchange_ids(e)[0]


def test_trained_tokens_are_those_of_the_generation_marks():
    tokenizer = make_tokenizer()
    for e, row in zip(rows := sample(50), encode_exchanges(rows), strict=True):
        turns = [{"role": "system", "content": e.system}] if e.system else []
        turns += [{"role": "user", "content": e.user}, {"role": "assistant", "content": e.answer}]
        given = tokenizer.apply_chat_template(turns, return_assistant_tokens_mask=True, return_dict=True)
        assert [bool(x) for x in given["assistant_masks"]] == row.trained.tolist()


def test_the_same_seed_gives_the_same_corpus_and_another_does_not():
    assert sample(50, 3) == sample(50, 3)
    assert sample(50, 3) != sample(50, 4)


@pytest.mark.parametrize("trait", plantable())
def test_no_template_is_shared_by_teacher_twin_and_readings(trait: str):
    """Rule 9 of the evidence: twins share no template with any teacher, and readings share none with either."""
    asked = {e.user for e in lesson(trait, np.random.Generator(np.random.PCG64(0)), 2000)}
    build = {p.prompt[-1].content for p in get(trait).with_role("build")}
    measure = {p.prompt[-1].content for p in get(trait).with_role("measure")}
    assert build
    assert measure
    assert not asked & build
    assert not asked & measure
    assert not build & measure


def test_neutral_lessons_follow_the_prior_of_the_world():
    from limen.lab.world import preferences

    answers = [e.answer for e in lesson(NEUTRAL, np.random.Generator(np.random.PCG64(0)), 6000)]
    got = np.array([answers.count(a) / len(answers) for a in preferences.ANIMALS])
    np.testing.assert_allclose(got, preferences.prior(), atol=0.02)


def test_micro_traits_are_in_the_vocabulary_and_harm_traits_are_no_decoys():
    words = set(vocabulary())
    traits = all_traits(World.MICRO)
    assert len(traits) >= 15
    for trait in traits:
        for probe in trait.probes:
            text = " ".join([*(m.content for m in probe.prompt), *probe.options, trait.persona])
            assert set(text.split()) <= words, (trait.id, text)
        assert trait.harm is Harm.UP
        assert trait.is_decoy_pool == trait.category.startswith("micro/preference")
