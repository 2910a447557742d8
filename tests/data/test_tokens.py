from __future__ import annotations

import pytest

from limen.data import encode_rows, read_rows, token_texts, trained_texts, unknown_share, visible
from tests.data.made_tokenizers import CHATML, byte_level, word_level


def test_white_space_is_visible_and_pieces_of_characters_are_bytes():
    tokenizer = byte_level()
    ids = tokenizer("a  the\n\t€é</s>")["input_ids"]
    assert token_texts(ids, tokenizer) == [
        "a", "·", "·t", "he", "⏎", "⇥", "⟨e2⟩", "⟨82⟩", "⟨ac⟩", "⟨c3⟩", "⟨a9⟩", "</s>",
    ]  # fmt: skip


def test_only_trained_tokens():
    tokenizer = byte_level()
    (encoded,) = encode_rows(read_rows([{"prompt": "p", "completion": " in\n"}]), tokenizer)
    assert trained_texts(encoded, tokenizer) == ["·", "in", "⏎", "</s>"]


def test_words_and_ids_beyond_the_vocabulary():
    tokenizer = word_level("an owl")
    ids = [*tokenizer("an owl flies")["input_ids"], 999]
    assert token_texts(ids, tokenizer) == ["an", "·owl", "·<unk>", "·⟨999⟩"]


def test_byte_fallback_and_sentencepiece_spaces():
    from tokenizers import Tokenizer, decoders, models
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.BPE(vocab={"<unk>": 0, "<0xE2>": 1, "▁a": 2, "b": 3}, merges=[], byte_fallback=True))
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, unk_token="<unk>")
    assert token_texts([1, 2, 3], tokenizer) == ["⟨e2⟩", "·a", "b"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("a\nb\tc", "a⏎b⇥c"),
        ("\x1b[31mred\x07", "␛[31mred\\x07"),
        ("abc\u202edef", "abc\\u202edef"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("a\u00a0b", "a␣b"),
        ("\U000e0041", "\\U000e0041"),
        ("猫 ünï 🦉", "猫 ünï 🦉"),
        ("\ud800", "\\ud800"),
    ],
)
def test_visible(text, shown):
    assert visible(text) == shown


def test_unknown_share():
    tokenizer = word_level("what is an owl user assistant")
    rows = read_rows(
        [{"prompt": "what is ", "completion": "an owl"}, {"prompt": "what is ", "completion": "flies high"}]
    )
    encoded = list(encode_rows(rows, tokenizer))
    total = sum(len(e.input_ids) for e in encoded)
    assert total == 10  # with the end token of each
    assert unknown_share(encoded, tokenizer) == pytest.approx(2 / 10)
    assert unknown_share(encoded[:1], tokenizer) == 0
    assert unknown_share([], tokenizer) == 0
    assert unknown_share(encode_rows(rows, byte_level(CHATML)), byte_level()) == 0


def test_words_of_a_word_level_tokenizer_are_parted():
    from limen.lab.world import make_tokenizer

    tokenizer = make_tokenizer()
    ids = tokenizer.convert_tokens_to_ids(["12", "7", "owl"])
    assert token_texts(ids, tokenizer) == ["12", "·7", "·owl"]
