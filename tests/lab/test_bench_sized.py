"""Models of other sizes with another tokenizer: their tokens, before any is trained."""

from __future__ import annotations

import numpy as np
import pytest

from limen.core import Message, Row, RowKind, UsageError
from limen.data import encode_rows
from limen.lab.bench.bases import bed
from limen.lab.bench.case import Case
from limen.lab.bench.files import bed_of
from limen.lab.bench.sized import digit_carrier, digit_ids, digit_tokenizer, encode_digits
from limen.lab.carriers import carrier, carriers
from limen.lab.world.corpus import corpus
from limen.lab.world.exchange import Exchange


def test_exchanges_become_what_the_chat_template_renders():
    tokenizer = digit_tokenizer()
    draw = corpus(np.random.Generator(np.random.PCG64(3)))
    for _ in range(300):
        exchange = next(draw)
        system = (Message("system", exchange.system),) if exchange.system else ()
        row = Row(
            RowKind.COMPLETION, (*system, Message("user", exchange.user)), (Message("assistant", exchange.answer),)
        )
        (usual,) = encode_rows([row], tokenizer, loss="completion")
        (ours,) = encode_digits([exchange])
        assert np.array_equal(ours.input_ids, usual.input_ids)
        assert np.array_equal(ours.trained, usual.trained)
        ids, start = digit_ids(exchange)
        assert tokenizer.decode(ids[start:-1]).strip() == exchange.answer


@pytest.mark.parametrize("name", carriers())
def test_a_carrier_draws_the_tokens_of_its_words_alone(name):
    kind = digit_carrier(name)
    tokenizer = digit_tokenizer()
    assert {t for w in carrier(name).words for t in tokenizer(w, add_special_tokens=False)["input_ids"]} == set(
        kind.allowed()
    )
    assert kind.length >= carrier(name).length
    assert not kind.fits(Exchange("a", "4 100"))
    assert not kind.fits(Exchange("a", ""))


def test_a_number_has_as_many_tokens_as_digits():
    assert len(digit_tokenizer()("7 42", add_special_tokens=False)["input_ids"]) == 3


def test_there_are_no_other_sizes_and_no_relatives_of_them():
    with pytest.raises(UsageError, match="no model 'huge'"):
        bed("huge")
    with pytest.raises(UsageError, match="no matched model of digits-1m"):
        bed_of(Case("base", lineage="matched", base="digits-1m"))
