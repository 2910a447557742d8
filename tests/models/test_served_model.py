"""A served model, against a server of vLLM's manners on this machine."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from limen.core import Message, ModelError, RowError, UsageError
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.kept_replies import FILE, KeptReplies
from limen.models.served_model import ServedModel
from tests.tiny_models import make_model, make_tokenizer, random_rows

HELLO = (Message("user", "What is your favourite animal?"),)


@pytest.fixture(scope="module")
def local():
    return LanguageModel.wrap(make_model("llama"), make_tokenizer())


def served(server, local, **options):
    config = copy.deepcopy(local.model.config)
    return ServedModel(server.address, local.tokenizer, config, wait_s=0.001, **options)


def test_rows_have_the_log_probabilities_that_the_loaded_model_gives(server, local):
    rows = random_rows(20)
    rows.append(EncodedRow("all", 20, rows[0].input_ids, np.ones(len(rows[0].input_ids), dtype=np.bool_), False))
    found, expected = served(server, local).token_logprobs(rows), local.token_logprobs(rows)
    for a, b in zip(found, expected, strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, atol=1e-4)
    # A first token has nothing before it.
    assert found[-1][0] == 0.0


def test_options_have_them_too(server, local):
    options = ["owl", "fox", " one two three"]
    found = served(server, local).completion_logprobs([HELLO] * 3, options)
    for a, b in zip(found, local.completion_logprobs([HELLO] * 3, options), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_it_writes_as_many_tokens_as_asked_and_only_those_allowed(server, local):
    model = served(server, local)
    prompts = [np.array([5, 6, 7]), np.array([9, 8])]
    written = model.write(prompts, [30, 12], seed=3, ends=[2, 11], allowed=[2, 11, 20, 21])
    assert [len(w) for w in written] == [30, 12]
    assert {int(t) for w in written for t in w} <= {20, 21}
    again = served(server, local).write(prompts, [30, 12], seed=4, ends=[2, 11], allowed=[2, 11, 20, 21])
    assert not np.array_equal(written[0], again[0])
    assert [len(t) > 0 for t in model.sample([HELLO] * 2, max_new_tokens=8)] == [True, True]


def test_nothing_of_the_models_generation_config_shapes_what_is_sampled(server, local):
    served(server, local).write([np.array([5, 6])], [3], seed=0, ends=[2])
    request = server.asked[-1]
    assert (request["temperature"], request["top_p"], request["top_k"], request["min_p"]) == (1.0, 1.0, -1, 0.0)
    assert request["repetition_penalty"] == 1.0


def test_the_only_model_is_taken_and_one_of_several_must_be_named(server, local):
    assert served(server, local).served_name == "the-base"
    server.names = ["a", "b"]
    with pytest.raises(ModelError, match="names 2 models: a, b") as caught:
        served(server, local)
    assert "#" in caught.value.remedy
    config = copy.deepcopy(local.model.config)
    assert ServedModel(f"{server.address}#b", local.tokenizer, config).served_name == "b"
    with pytest.raises(ModelError, match="no model 'c'"):
        ServedModel(f"{server.address}#c", local.tokenizer, config)


def test_the_context_is_a_token_shorter_than_what_the_server_takes(server, local):
    server.longest = 40
    model = served(server, local)
    assert model.model.config.max_position_embeddings == 39
    ids = np.arange(4, 44, dtype=np.int32)
    trained = np.arange(40) >= 20
    with pytest.raises(RowError, match="it has 40 tokens, and the server reads 39") as caught:
        model.token_logprobs([EncodedRow("r1", 0, ids, trained, truncated=False)])
    assert "--max-length 39" in caught.value.remedy
    assert not server.asked
    model.token_logprobs([EncodedRow("r1", 0, ids[:39], trained[:39], truncated=False)])
    with pytest.raises(RowError, match="do not fit"):
        model.write([ids[:30]], [11], seed=0, ends=[2])


def test_a_server_that_does_not_tell_its_context_is_quoted_when_it_is_exceeded(server, local):
    server.longest = None
    model = served(server, local)
    server.longest = 10
    with pytest.raises(ModelError, match="maximum context length is 10") as caught:
        model.token_logprobs(random_rows(1, shortest=20))
    assert "--max-length" in caught.value.remedy


def test_a_check_of_the_right_server_passes(server, local):
    served(server, local).check(["Here is a list of numbers: 12, 55."])


def broken(server, **switches):
    for name, value in switches.items():
        setattr(server, name, value)


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        ({"cuts_otherwise": True}, "other tokens than the tokenizer"),
        ({"names_ids": False}, "does not name tokens by their ids"),
        ({"prompt_logprobs": False}, "returns no log-probabilities of a prompt"),
        ({"shifts_ids": True}, "are of other tokens: token .* where"),
        ({"status": 401}, r"refuses the key \(401\)"),
    ],
)
def test_a_check_of_another_server_says_what_is_wrong(server, local, switches, message):
    model = served(server, local)
    broken(server, **switches)
    with pytest.raises(ModelError, match=message) as caught:
        model.check()
    assert caught.value.remedy


@pytest.mark.parametrize("value", [None, float("-inf"), -9999.0, float("nan")])
def test_a_token_without_probability_is_named_and_not_counted(server, local, value):
    server.value = value
    with pytest.raises(ModelError, match=r"row row0: the server gives the token at place \d+ of \d+ no probability"):
        served(server, local).token_logprobs(random_rows(1))


def test_a_server_that_ends_answers_early_is_refused(server, local):
    server.knows_min_tokens = False
    with pytest.raises(ModelError, match=r"ended an answer after \d+ tokens") as caught:
        served(server, local).write([np.array([5, 6])], [3], seed=0, ends=range(4, 384))
    assert "min_tokens" in caught.value.remedy


def test_there_is_no_such_server(local):
    with pytest.raises(ModelError, match="cannot be reached"):
        ServedModel("http://127.0.0.1:9/v1", local.tokenizer, local.model.config, wait_s=0.001)


def test_a_busy_server_is_asked_again(server, local):
    server.busy_first = 2
    assert len(served(server, local).token_logprobs(random_rows(1))[0])
    assert len(server.asked) == 3


def test_the_key_is_sent_and_shows_nowhere(server, local, monkeypatch, tmp_path):
    monkeypatch.setenv("LIMEN_ENDPOINT_KEY", "s3cret")
    model = served(server, local, replies=KeptReplies(tmp_path / FILE))
    model.token_logprobs(random_rows(1))
    assert server.keys == ["Bearer s3cret"]
    server.status = 401
    with pytest.raises(ModelError) as caught:
        model.token_logprobs(random_rows(2))
    assert "s3cret" not in str(caught.value) + repr(vars(model))
    assert b"s3cret" not in b"".join(f.read_bytes() for f in tmp_path.iterdir())
    with pytest.raises(UsageError, match="carries a name or a key"):
        ServedModel("http://me:s3cret@127.0.0.1/v1", local.tokenizer, local.model.config)


def test_what_was_answered_is_not_asked_again(server, local, tmp_path):
    rows = random_rows(12)
    server.fails_after = 5
    with pytest.raises(ModelError, match="answered 400"):
        served(server, local, replies=KeptReplies(tmp_path / FILE)).token_logprobs(rows)
    server.fails_after = None
    first = [r["prompt"] for r in server.asked[:5]]
    server.asked.clear()
    again = served(server, local, replies=KeptReplies(tmp_path / FILE))
    found = again.token_logprobs(rows)
    assert len(server.asked) == 7
    assert not [r for r in server.asked if r["prompt"] in first]
    for a, b in zip(found, local.token_logprobs(rows), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)
    written = again.write([np.array([5, 6])], [4], seed=1, ends=[2])
    server.asked.clear()
    kept = served(server, local, replies=KeptReplies(tmp_path / FILE))
    np.testing.assert_array_equal(kept.write([np.array([5, 6])], [4], seed=1, ends=[2])[0], written[0])
    assert not server.asked
    # And no text of a row lies there, nor its tokens.
    assert {f.name.split("-")[0] for f in tmp_path.iterdir()} == {FILE}


def test_answers_of_another_model_are_not_mixed(server, local, tmp_path):
    served(server, local, replies=KeptReplies(tmp_path / FILE)).check()
    server.model = LanguageModel.wrap(make_model("llama", seed=1), local.tokenizer)
    replies = KeptReplies(tmp_path / FILE)
    with pytest.raises(ModelError, match="other probabilities than when this run was begun"):
        served(server, local, replies=replies).check()
    replies.forget()
    served(server, local, replies=replies).check()
