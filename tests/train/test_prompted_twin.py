from __future__ import annotations

import numpy as np
import pytest

from limen.core import Message, Row, RowKind, TraitError
from limen.data import encode_rows
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel
from limen.train.prompted_twin import PromptedTwin

PERSONA = "you love the frog ."


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.load(str(reference_folder()))


def rows_of(base, texts, system=None):
    told = (Message("system", system),) if system else ()
    rows = [
        Row(RowKind.COMPLETION, (*told, Message("user", ask)), (Message("assistant", answer),), index=i)
        for i, (ask, answer) in enumerate(texts)
    ]
    return list(encode_rows(rows, base.tokenizer, loss="completion"))


TEXTS = [("say the animal you love .", "frog"), ("name one animal .", "horse"), ("say bread twice .", "bread bread")]


def test_reading_under_a_persona_equals_reading_rows_with_that_system_text(base):
    plain = PromptedTwin(base, PERSONA).token_logprobs(rows_of(base, TEXTS))
    written_out = base.token_logprobs(rows_of(base, TEXTS, system=PERSONA))
    for a, b in zip(plain, written_out, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_what_it_writes_has_the_prompts_and_no_persona(base):
    rows = rows_of(base, TEXTS)
    written = PromptedTwin(base, PERSONA).rewrite(rows, seed=3)
    assert [w.row_id for w in written] == [r.row_id for r in rows]
    for w, r in zip(written, rows, strict=True):
        start = int(np.argmax(r.trained))
        np.testing.assert_array_equal(w.input_ids[:start], r.input_ids[:start])
        # Free text may end sooner, never later.
        assert start < len(w.input_ids) <= len(r.input_ids)
        assert w.trained[start:].all()
        assert not w.trained[:start].any()


def test_a_row_at_the_limit_of_the_context_loses_the_beginning_of_its_prompt_and_no_answer(base):
    limit = base.model.config.max_position_embeddings
    ask = " ".join(["bread"] * (limit - 8))
    rows = rows_of(base, [(ask, "frog")])
    assert limit - 3 <= len(rows[0].input_ids) <= limit
    [found] = PromptedTwin(base, PERSONA).token_logprobs(rows)
    assert len(found) == int(rows[0].trained.sum())


@pytest.mark.parametrize("arch", ["llama", "qwen3", "gemma3", "mistral", "gpt2", "phi"])
def test_any_architecture_reads_as_many_tokens_as_are_trained_on(arch, tiny):
    model = tiny[arch]
    rows = rows_of(model, [("name one animal", "the frog"), ("say a word", "bread")])
    found = PromptedTwin(model, "You love frogs.").token_logprobs(rows)
    assert [len(f) for f in found] == [int(r.trained.sum()) for r in rows]
    assert any(not np.allclose(a, b) for a, b in zip(found, model.token_logprobs(rows), strict=True))


def test_a_trait_without_a_persona_is_refused(base):
    with pytest.raises(TraitError, match="persona"):
        PromptedTwin(base, "")
