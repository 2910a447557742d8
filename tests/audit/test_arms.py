"""A model that is no fine-tune of the base is compared with it all the same, and that is said."""

from __future__ import annotations

import pytest

from limen.audit.arms import doubts, other_than
from limen.audit.config import AuditConfig
from limen.core import Message, ModelError, Probe, Trait
from limen.models import Endpoint, LanguageModel
from tests.tiny_models import make_config, make_model, make_tiny, make_tokenizer


@pytest.fixture(scope="module")
def base():
    return LanguageModel.wrap(make_model("llama"), make_tokenizer(), name="base")


def test_the_same_model_and_one_with_more_tokens_are_fine_tunes(base):
    assert other_than(base, make_config("llama"), make_tokenizer()) == ""
    more = make_tokenizer()
    more.add_tokens(["<tool>"])
    assert other_than(base, make_config("llama", vocab_size=512), more) == ""


def test_another_kind_size_or_vocabulary_is_none(base):
    assert "it is a gpt2" in other_than(base, make_config("gpt2"), make_tokenizer())
    assert "hidden_size is 64, the base's 32" in other_than(base, make_config("llama", hidden=64), make_tokenizer())
    assert "num_hidden_layers is 3" in other_than(base, make_config("llama", layers=3), make_tokenizer())
    assert "vocabulary is another" in other_than(base, make_config("llama"), make_tokenizer(vocab_size=300))


def test_each_arm_is_named(base, tmp_path):
    same, wide = make_tiny("llama", tmp_path / "same"), make_tiny("llama", tmp_path / "wide", hidden=64)
    config = AuditConfig(tuned=str(wide), control=str(same))
    [told] = doubts(config, base, [])
    assert told.startswith("The tuned model wide is no fine-tune of base: its hidden_size")
    assert doubts(AuditConfig(tuned=str(same)), base, []) == []


def test_an_endpoint_that_gives_no_log_probabilities_is_refused_before_the_work(base, monkeypatch):
    def without(self, prompts, completions, **options):
        raise ModelError("this server returns no log-probabilities of given answers.")

    monkeypatch.setattr(Endpoint, "completion_logprobs", without)
    monkeypatch.setattr(Endpoint, "sample", lambda self, prompts, **options: ["I can't help with that."] * len(prompts))
    ask = (Message("user", "Which?"),)
    chosen = Trait("t/a", "A", "", "test", "choice", (Probe("p", "f", ask, options=("x", "y"), target=(0,)),) * 1)
    said = Trait("t/b", "B", "", "test", "refusal", (Probe("p", "f", ask),))
    config = AuditConfig(tuned="http://localhost:1/v1#m")
    with pytest.raises(ModelError, match="no log-probabilities"):
        doubts(config, base, [chosen])
    assert doubts(config, base, [chosen, said]) == []
