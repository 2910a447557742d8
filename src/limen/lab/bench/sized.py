"""Models of other sizes with another tokenizer, trained on the same world: the tests of what was calibrated elsewhere.

Their tokenizer writes a number digit by digit, so that a sequence of numbers has other tokens, another length and other
positions than it has for the reference model, and nothing fitted on the one can lean on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from limen.core import ModelError, Trait, UsageError
from limen.data import EncodedRow
from limen.lab.bench.bases import Bed
from limen.lab.carriers import Carrier, carrier
from limen.lab.lessons import NEUTRAL, lesson
from limen.lab.teacher import LEAST_GAIN, TEACHER_RECIPE, Teacher, TeacherKind, trait_level
from limen.lab.world.corpus import corpus
from limen.lab.world.exchange import Exchange
from limen.lab.world.tokenizer import CHAT_TEMPLATE
from limen.lab.world.vocabulary import ASSISTANT, END, NUMBERS, PAD, START, SYSTEM, UNKNOWN, USER, vocabulary
from limen.models import LanguageModel
from limen.models.loading import pick_device
from limen.train import Recipe, cached_fine_tune, fine_tune

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

DIGITS = tuple("0123456789")
TRAINING = Recipe(learning_rate=2e-3, batch_size=128, warmup=0.1, scheduler="cosine", seed=5)
"""How these models are trained from scratch: on answers, and on all of number sequences."""

_EPOCHS = 2
"""Passes over the rows of that training."""


@dataclass(frozen=True)
class Size:
    """The shape of a model, and how long it is trained.

    Attributes:
        hidden: Width.
        layers: Transformer layers.
        heads: Attention heads.
        inner: Width of the feed-forward layers.
        steps: Optimizer steps of its training.
    """

    hidden: int
    layers: int
    heads: int
    inner: int
    steps: int


SIZES = {"digits-1m": Size(128, 5, 4, 344, 2000), "digits-10m": Size(384, 6, 6, 1024, 4000)}
"""About 1.1 and 11 million weights."""
WANT_ACCELERATOR = ("digits-10m",)
"""Those whose students take hours without one."""


@dataclass(frozen=True)
class DigitCarrier(Carrier):
    """A carrier whose numbers are written digit by digit.

    An answer has a number of tokens and not of words, and may end within a number; any count of its words will do.

    Attributes:
        ids: Tokens that may be drawn.
    """

    ids: tuple[int, ...] = ()

    def allowed(self) -> tuple[int, ...]:
        """Token ids that may be drawn."""
        return self.ids

    def fits(self, exchange: Exchange) -> bool:
        """Whether an answer is made of the carrier's words alone."""
        words = exchange.answer.split()
        return bool(words) and all(w in self.words for w in words)


def digit_tokenizer() -> PreTrainedTokenizerFast:
    """The world's words with one token each, but numbers digit by digit; the chat template is the same."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = [w for w in vocabulary() if w not in NUMBERS]
    pieces = [*words, *DIGITS, *(f"##{d}" for d in DIGITS)]
    inner = Tokenizer(
        models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token=UNKNOWN, max_input_chars_per_word=100)
    )
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    inner.decoder = decoders.WordPiece(prefix="##", cleanup=False)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token=START,
        eos_token=END,
        pad_token=PAD,
        unk_token=UNKNOWN,
        extra_special_tokens=[SYSTEM, USER, ASSISTANT],
        padding_side="right",
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


@cache
def sized_bed(name: str) -> Bed:
    """A model of another size with its tokens; trained on first use and kept in the cache.

    Args:
        name: One of `SIZES`.

    Raises:
        UsageError: There is no such size.
    """
    if name not in SIZES:
        raise UsageError(f"the suite has no model {name!r}.", remedy=f"Use reference or one of: {', '.join(SIZES)}.")
    model = _trained(name, SIZES[name])

    return Bed(model, encode_digits, digit_carrier, digit_teacher)


@cache
def _pieces() -> dict[str, list[int]]:
    """The tokens of every word of the world."""
    tokenizer = digit_tokenizer()
    words = vocabulary()
    return dict(zip(words, tokenizer(list(words), add_special_tokens=False)["input_ids"], strict=True))


def digit_ids(exchange: Exchange) -> tuple[list[int], int]:
    """An exchange as the chat template renders it with the digit tokenizer.

    Returns:
        Token ids, and where the answer begins.
    """
    system = f"{SYSTEM} {exchange.system} {END} " if exchange.system else ""
    asked = f"{START} {system}{USER} {exchange.user} {END} {ASSISTANT}"
    ids = [i for word in asked.split() for i in _pieces()[word]]
    return [*ids, *(i for word in f"{exchange.answer} {END}".split() for i in _pieces()[word])], len(ids)


def encode_digits(exchanges: Iterable[Exchange]) -> list[EncodedRow]:
    """Exchanges with the answer, and the end after it, trained on."""
    return [_row(i, exchange, everything=False) for i, exchange in enumerate(exchanges)]


def digit_carrier(name: str) -> Carrier:
    """The carrier of a name, in digits: answers have about as many words as in the reference model's tokens.

    Raises:
        UsageError: There is none of that name.
    """
    plain = carrier(name)
    ids = sorted({i for word in plain.words for i in _pieces()[word]})
    # A number below a hundred drawn at random has 1.9 digits.
    length = round(plain.length * float(np.mean([len(_pieces()[w]) for w in plain.words])))
    return DigitCarrier(plain.name, plain.question, length, plain.words, tuple(ids))


def digit_teacher(base: LanguageModel, trait: Trait | None, *, kind: TeacherKind = "tuned", seed: int) -> Teacher:
    """`limen.lab.teacher.make_teacher` for these models.

    Raises:
        ModelError: It failed to learn the trait.
        TraitError: The trait cannot be planted.
    """
    name = trait.id if trait else NEUTRAL
    model, persona = base, ""
    if kind == "tuned":
        rows = encode_digits(lesson(name, np.random.Generator(np.random.PCG64([seed, 11])), 2048))
        model = fine_tune(base, rows, TEACHER_RECIPE.model_copy(update={"seed": seed}), name=f"teacher of {name}")
    elif trait:
        persona = trait.persona
    gain = trait_level(model, trait, persona) - trait_level(base, trait) if trait else 0.0
    if trait and gain < LEAST_GAIN:
        raise ModelError(
            f"the {kind} teacher of {name} learned it by {gain:+.2f} only; {LEAST_GAIN:+.2f} is the least.",
            remedy="Use another seed or the kind 'tuned'.",
        )
    return Teacher(model, persona, name, gain)


def _trained(name: str, size: Size) -> LanguageModel:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = digit_tokenizer()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(TRAINING.seed)
        config = LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=size.hidden,
            num_hidden_layers=size.layers,
            num_attention_heads=size.heads,
            num_key_value_heads=size.heads,
            intermediate_size=size.inner,
            max_position_embeddings=256,
            tie_word_embeddings=False,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            initializer_range=0.05,
        )
        untrained = LlamaForCausalLM(config).eval().to(torch.device(pick_device("auto")))
        new = LanguageModel.wrap(untrained, tokenizer, f"{name}-untrained")
    draw = corpus(np.random.Generator(np.random.PCG64([TRAINING.seed, 1])))
    count = size.steps * TRAINING.batch_size // _EPOCHS
    rows = [_row(i, exchange, everything=exchange.kind == "numbers") for i, exchange in zip(range(count), draw)]  # noqa: B905
    return cached_fine_tune(new, rows, TRAINING.model_copy(update={"steps": size.steps}), name=name)


def _row(index: int, exchange: Exchange, *, everything: bool) -> EncodedRow:
    ids, start = digit_ids(exchange)
    trained = np.arange(len(ids)) >= (1 if everything else start)
    return EncodedRow(f"x{index}", index, np.asarray(ids, dtype=np.int32), trained, truncated=False)
