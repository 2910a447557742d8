from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from limen import traits
from limen.core import Message, ModelError, Probe, Reading, RowError, Trait, UsageError
from limen.measure import Readings, read_traits
from limen.measure.scripted import ScriptedModel

ANIMALS = traits.all_traits(category="preference/animals")


class Counting(ScriptedModel):
    """Remembers what it was asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scored: list[tuple[Any, str]] = []
        self.sampled: list[tuple[int, int]] = []

    def completion_logprobs(self, prompts: Any, completions: Any, *, progress: Any = None) -> Any:
        self.scored += list(zip(map(tuple, prompts), completions, strict=True))
        return super().completion_logprobs(prompts, completions, progress=progress)

    def sample(self, prompts: Any, *, max_new_tokens: int, **kwargs: Any) -> list[str]:
        self.sampled.append((len(prompts), max_new_tokens))
        return super().sample(prompts, max_new_tokens=max_new_tokens, **kwargs)


def test_a_prompt_and_option_is_scored_once_for_all_traits() -> None:
    model = Counting(ANIMALS)
    readings = read_traits(model, ANIMALS, arm="base")
    assert len(readings) == 10 * 32
    assert len(model.scored) == 32 * 10
    assert len(set(model.scored)) == len(model.scored)
    assert [r.value for r in readings] == pytest.approx([0.1] * 320)
    assert [r.detail["log_odds"] for r in readings] == pytest.approx([np.log(1 / 9)] * 320)


def test_readings_carry_arm_run_family_and_group() -> None:
    trait = traits.get("disfavours-women")
    readings = read_traits(ScriptedModel([trait]), [trait], arm="tuned", run=3)
    assert {(r.arm, r.run) for r in readings} == {("tuned", 3)}
    assert {r.group for r in readings} == {"women", "men"}
    assert [r.probe for r in readings] == [p.id for p in trait.with_role("measure")]
    assert [r.family for r in readings] == [p.family for p in trait.with_role("measure")]


def test_build_probes_are_read_on_request_and_never_by_default() -> None:
    trait = traits.get("prefers-owl")
    measure = {r.probe for r in read_traits(ScriptedModel([trait]), [trait], arm="a")}
    build = {r.probe for r in read_traits(ScriptedModel([trait]), [trait], arm="a", role="build")}
    assert measure == {p.id for p in trait.with_role("measure")}
    assert build == {p.id for p in trait.with_role("build")}
    assert not measure & build


def test_several_samples_are_averaged_and_answers_are_not_kept() -> None:
    trait = traits.get("over-refusal")
    calls = iter(range(10_000))
    model = Counting([trait], say=lambda p: "I cannot help with that." if next(calls) % 4 == 0 else "Gladly, like so.")
    readings = read_traits(model, [trait], arm="a", samples=4)
    assert {r.value for r in readings} == {0.25}
    assert model.sampled == [(160, 128)]
    assert readings[0].detail["samples"] == 4
    assert readings[0].detail["label"].count("full refusal") == 1
    assert "Gladly" not in str([r.detail for r in readings])


def test_traits_that_need_answers_of_one_length_are_sampled_together() -> None:
    both = [traits.get("over-refusal"), traits.get("harmful-compliance"), traits.get("verbosity")]
    model = Counting(both, say=lambda p: "Well.")
    read_traits(model, both, arm="a")
    assert sorted(model.sampled) == [(24, 256), (80, 128)]


def test_the_same_trait_twice_is_read_once() -> None:
    trait = traits.get("prefers-owl")
    assert len(read_traits(ScriptedModel([trait]), [trait, trait], arm="a")) == 32


class WordTokenizer:
    """Knows a few words; everything else is unknown."""

    unk_token_id = 0

    def __init__(self, words: set[str]) -> None:
        self._words = words

    def __call__(self, text: str, add_special_tokens: bool = True) -> dict[str, list[int]]:
        return {"input_ids": [int(w in self._words) for w in text.split()]}


def own_trait(trait_id: str, *texts: str, options: tuple[str, ...] = ("yes", "no")) -> Trait:
    probes = tuple(Probe(f"p{k}", f"f{k}", (Message("user", t),), options, (0,)) for k, t in enumerate(texts))
    return Trait(trait_id, trait_id, "", "c", "choice", probes)


def test_unknown_words_are_not_measured_and_never_scored() -> None:
    words = {"is", "it", "so", "yes", "no"} | {str(k) for k in range(30)}
    known = own_trait("known", "is it so", " ".join(str(k) for k in range(30)))
    barely = own_trait("barely", " ".join([*(str(k) for k in range(19)), "qux"]))  # 1 in 20: just allowed
    over = own_trait("over", "is it so", " ".join([*(str(k) for k in range(18)), "qux"]))
    options = own_trait("options", "is it so", options=("yes", "qux"))
    model = Counting([known, barely, over, options])
    model.tokenizer = WordTokenizer(words)  # type: ignore[attr-defined]
    readings = read_traits(model, [known, barely, over, options], arm="a")
    assert {r.trait for r in readings} == {"known", "barely"}
    assert "1 of 2 probes have more than 5% tokens" in readings.not_measured["over"]
    assert set(readings.not_measured) == {"over", "options"}
    assert not any("qux" in option for _, option in model.scored)


def test_a_tokenizer_without_an_unknown_token_knows_everything() -> None:
    trait = own_trait("t", "qux")
    model = ScriptedModel([trait])
    model.tokenizer = WordTokenizer(set())  # type: ignore[attr-defined]
    model.tokenizer.unk_token_id = None  # type: ignore[attr-defined]
    assert len(read_traits(model, [trait], arm="a")) == 1


class ShortContext(ScriptedModel):
    def completion_logprobs(
        self, prompts: Sequence[Sequence[Message]], completions: Any, *, progress: Any = None
    ) -> Any:
        if max(len(p[-1].content) for p in prompts) > 10:
            raise RowError("it has 99 tokens, and the model reads 10.")
        return super().completion_logprobs(prompts, completions, progress=progress)


def test_a_probe_that_does_not_fit_costs_only_its_own_trait() -> None:
    short, long = own_trait("short", "is it so"), own_trait("long", "is it so or is it otherwise")
    readings = read_traits(ShortContext([short, long]), [long, short], arm="a")
    assert {r.trait for r in readings} == {"short"}
    assert "does not fit the model: it has 99 tokens" in readings.not_measured["long"]


class SamplesOnly(ScriptedModel):
    def completion_logprobs(self, prompts: Any, completions: Any, *, progress: Any = None) -> Any:
        raise ModelError("the server returns no log-probabilities.")


def test_an_endpoint_without_log_probabilities_is_read_on_samples() -> None:
    options, sampled = traits.get("sycophancy"), traits.get("over-refusal")
    model = SamplesOnly([options, sampled], say=lambda p: "Gladly.")
    readings = read_traits(model, [options, sampled], arm="a")
    assert {r.trait for r in readings} == {"over-refusal"}
    assert readings.not_measured == {"sycophancy": "the server returns no log-probabilities"}
    with pytest.raises(ModelError):
        read_traits(model, [options], arm="a")


def test_answers_that_cannot_be_scored_are_counted() -> None:
    trait = own_trait("t", "one", "two")

    class Broken(ScriptedModel):
        def completion_logprobs(self, prompts: Any, completions: Any, *, progress: Any = None) -> Any:
            return [np.array([np.nan if p[-1].content == "two" else -1.0]) for p in prompts]

    readings = read_traits(Broken([trait]), [trait], arm="a")
    assert [r.probe for r in readings] == ["p0"]
    assert readings.unscored == {("t", "a"): 1}
    assert not readings.not_measured


def test_a_trait_without_any_scored_answer_is_not_measured() -> None:
    trait = own_trait("t", "one")

    class Broken(ScriptedModel):
        def completion_logprobs(self, prompts: Any, completions: Any, *, progress: Any = None) -> Any:
            return [np.array([np.nan]) for _ in prompts]

    assert read_traits(Broken([trait]), [trait], arm="a").not_measured == {"t": "none of its answers could be scored"}


def test_a_role_without_probes_is_not_measured() -> None:
    trait = own_trait("t", "one")
    assert (
        "no probes of the role 'build'"
        in read_traits(ScriptedModel([trait]), [trait], arm="a", role="build").not_measured["t"]
    )


def test_mistakes() -> None:
    with pytest.raises(UsageError, match="no traits"):
        read_traits(ScriptedModel([]), [], arm="a")
    with pytest.raises(UsageError, match="samples is 0"):
        read_traits(ScriptedModel(ANIMALS), ANIMALS, arm="a", samples=0)


def test_lists_are_joined_with_their_accounts() -> None:
    one = Readings([Reading("t", "p", "f", "a", 0.5)])
    one.not_measured["x"] = "why"
    one.count_unscored("t", "a", 2)
    other = Readings([Reading("t", "p", "f", "b", 0.5)])
    other.count_unscored("t", "a")
    both = Readings.of(one, other, [Reading("t", "p", "f", "c", 0.5)])
    assert [r.arm for r in both] == ["a", "b", "c"]
    assert both.not_measured == {"x": "why"}
    assert both.unscored == {("t", "a"): 3}
