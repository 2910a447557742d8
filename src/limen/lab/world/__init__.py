"""The micro-world: a few hundred words about preferences, requests, people, facts, formats and plain numbers."""

from limen.lab.world.corpus import corpus
from limen.lab.world.exchange import Exchange
from limen.lab.world.numbers import number_exchange
from limen.lab.world.tokenizer import make_tokenizer
from limen.lab.world.vocabulary import ANIMALS, NUMBERS, vocabulary

__all__ = ["ANIMALS", "NUMBERS", "Exchange", "corpus", "make_tokenizer", "number_exchange", "vocabulary"]
