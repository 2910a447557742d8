from __future__ import annotations

import pytest

from limen.ledger import Ledger, public_record
from limen.ledger.privacy import REDACTED, is_secret_key, redact, without_folders


@pytest.mark.parametrize(
    "key",
    ["api_key", "apiKey", "API-KEY", "hf_token", "token", "client.secret", "password", "HF_TOKEN", "authorization"],
)
def test_settings_that_hold_secrets(key):
    assert is_secret_key(key)
    assert redact({"a": [{key: "x"}]}) == {"a": [{key: REDACTED}]}
    assert redact({key: None}) == {key: None}


@pytest.mark.parametrize(
    "key", ["max_tokens", "max_new_tokens", "tokenizer", "eos_token", "pad_token", "nats_per_token", "secretary", "key"]
)
def test_settings_that_do_not(key):
    assert not is_secret_key(key)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("login hf_abcdefghijklmnop1234 now", "hf_abcdefghijklmnop1234"),
        ("sk-proj-abcdefghijklmnop", "sk-proj-abcdefghijklmnop"),
        ("Authorization: Bearer abc.def-123456", "abc.def-123456"),
        ("https://me:pw123@host/v1", "me:pw123"),
        ("https://host/v1?api_key=abcd&x=1", "abcd"),
        ("limen measure --api-key abcd --seed 1", "abcd"),
    ],
)
def test_text_that_looks_like_a_secret(text, secret):
    assert secret not in redact(text)
    assert REDACTED in redact(text)


def test_a_secret_that_tokens_spell_together():
    pieces = ["use ", "hf", "_abcdefgh", "ijklmnop1234", " now"]
    assert redact({"tokens": pieces}, by_key=False) == {"tokens": ["use ", REDACTED, REDACTED, REDACTED, " now"]}
    assert redact({"tokens": ["hf", " and", " owl"], "max": 1}, by_key=False)["tokens"] == ["hf", " and", " owl"]


@pytest.mark.parametrize("text", ["sk-learn is a library", "the token=owl", "https://host/v1", "hf_hub", "ask-me"])
def test_text_that_does_not(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/anna/models/tiny", "tiny"),
        ("/home/anna/models/tiny/", "tiny"),
        ("~/models/tiny", "tiny"),
        ("~anna/models/tiny", "tiny"),
        ("C:\\Users\\anna\\rows.jsonl", "rows.jsonl"),
        ("/home/anna/base+/home/anna/adapter", "base+adapter"),
        ("org/model", "org/model"),
        ("data/rows.jsonl", "data/rows.jsonl"),
        ("https://host/a/b", "https://host/a/b"),
        ("yes/no", "yes/no"),
        ("1+1", "1+1"),
    ],
)
def test_folders_are_cut_off(text, shown):
    assert without_folders({"a": [text]}) == {"a": [shown]}


def test_a_public_record_shows_names_alone(tmp_path):
    ledger = Ledger.create(tmp_path / "a", "audit", {"base": tmp_path / "models" / "tiny", "seed": 1})
    assert ledger.record().config["base"] == str(tmp_path / "models" / "tiny")
    assert public_record(ledger.record()).config == {"base": "tiny", "seed": 1}
