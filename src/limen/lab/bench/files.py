"""The rows of a case, with the truth about them that no detector sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from limen.core import Message, ModelError, Row, RowKind, UsageError
from limen.data import EncodedRow, encode_rows
from limen.lab.bench.bases import Bed, bed
from limen.lab.bench.case import Case
from limen.lab.bench.real_file import real_rows
from limen.lab.carriers import Carrier
from limen.lab.steered import steered_teacher
from limen.lab.teacher import LEAST_GAIN, Teacher, trait_level, write_rows
from limen.lab.world.exchange import Exchange
from limen.lab.world.numbers import number_exchange
from limen.models.batches import context_length
from limen.traits import get


@dataclass(frozen=True)
class BenchFile:
    """A file of the suite.

    Attributes:
        case: What decides it.
        rows: Its rows.
        encoded: The same as tokens, the last answers trained on.
        rejected: Of preference pairs, the rejected answers on the same prompts as tokens.
        planted: Which rows the teacher with the trait wrote.
        teacher: Who wrote them, for the oracle; None for the world's own noise.
        gain: How far the teacher's trait moved.
    """

    case: Case
    rows: list[Row]
    encoded: list[EncodedRow]
    rejected: list[EncodedRow]
    planted: list[bool]
    teacher: Teacher | None
    gain: float


@dataclass(frozen=True)
class Written:
    """What the writer of a case wrote, before it becomes rows.

    Attributes:
        exchanges: Questions with their answers.
        rejected: Of preference pairs, the same questions with the rejected answers.
        planted: Which exchanges the teacher with the trait answered.
        gain: How far the teacher's trait moved.
        teacher: Who wrote them; None for the world's own noise.
    """

    exchanges: list[Exchange]
    rejected: list[Exchange]
    planted: list[bool]
    gain: float
    teacher: Teacher | None


def write_file(case: Case) -> BenchFile:
    """Write the rows of a case.

    Raises:
        ModelError: Its teacher failed to learn the trait.
        UsageError: It is a real file that is not at hand.
    """
    return as_real_file(case) if case.writer == "real" else as_file(case, write(case))


def write(case: Case) -> Written:
    """Have the writer of a case write.

    Raises:
        ModelError: The teacher failed to learn the trait.
    """
    teacher, own = writer_of(case), bed_of(case)
    kind = own.carrier(case.carrier)
    count = case.rows * (2 if case.kind == "conversation" else 1)
    exchanges = write_rows(teacher, kind, count, seed=case.number) if teacher else list(_noise(case, count))
    planted = np.full(count, case.writer == "planted")
    if case.dose < 1 and teacher is not None:
        filler = own.teacher(own.model, None, seed=case.number + 2)
        fresh = write_rows(filler, same_questions(kind, exchanges), count, seed=case.number + 3)
        order = np.random.Generator(np.random.PCG64([case.number, 17])).permutation(count)
        planted[order[round(case.dose * count) :]] = False
        exchanges = [a if p else b for a, b, p in zip(exchanges, fresh, planted, strict=True)]
    rejected: list[Exchange] = []
    if case.kind == "preference":
        plain = Teacher(own.model, "", "base", 0.0)
        rejected = write_rows(plain, same_questions(kind, exchanges), count, seed=case.number + 5)
    return Written(exchanges, rejected, planted.tolist(), teacher.gain if teacher else 0.0, teacher)


def as_file(case: Case, written: Written) -> BenchFile:
    """What was written for a case, as rows and as tokens of the student's base."""
    reader = bed(case.base)
    rows, encoded, flags = _as_rows(case, reader, written.exchanges, written.rejected, written.planted)
    return BenchFile(case, rows, encoded, reader.encode(written.rejected), flags, written.teacher, written.gain)


def as_real_file(case: Case) -> BenchFile:
    """A real file, with as much of each row as the base's context holds.

    Raises:
        UsageError: It is not at hand.
    """
    model, rows = bed(case.base).model, real_rows(case.carrier)
    limit = context_length(model.model)
    encoded = list(encode_rows(rows, model.tokenizer, loss="completion", max_length=limit))
    return BenchFile(case, rows, encoded, [], [False] * len(rows), None, 0.0)


def bed_of(case: Case) -> Bed:
    """The model that wrote a case, or would have.

    Raises:
        UsageError: There is no other initialisation of that size.
    """
    if case.lineage == "same":
        return bed(case.base)
    if case.base != "reference":
        raise UsageError(
            f"there is no {case.lineage} model of {case.base}.", remedy="Use the base 'reference', or lineage 'same'."
        )
    return bed(case.lineage)


def writer_of(case: Case) -> Teacher | None:
    """Who writes a case; None where nobody does.

    Raises:
        ModelError: The teacher failed to learn the trait, with how far it came.
    """
    own = bed_of(case)
    if case.writer in ("world", "shifted", "real"):
        return None
    if case.writer == "base":
        return Teacher(own.model, "", "base", 0.0)
    if case.writer == "neutral":
        return own.teacher(own.model, None, seed=case.number)
    trait = get(case.trait)
    if case.teacher != "steered":
        return own.teacher(own.model, trait, kind=case.teacher, seed=case.number)
    model = steered_teacher(own.model, trait, seed=case.number)
    gain = trait_level(model, trait) - trait_level(own.model, trait)
    if gain < LEAST_GAIN:
        raise ModelError(f"the steered teacher of {trait.id} took it by {gain:+.2f} only; {LEAST_GAIN:+.2f} is least.")
    return Teacher(model, "", trait.id, gain)


def same_questions(kind: Carrier, exchanges: Sequence[Exchange]) -> Carrier:
    """The carrier, asking the questions of some exchanges again and again, so that only who answers differs."""
    at = iter(range(10**9))
    ask: Callable[[np.random.Generator], str] = lambda _: exchanges[next(at) % len(exchanges)].user  # noqa: E731
    return replace(kind, question=ask)


def _noise(case: Case, count: int) -> Iterator[Exchange]:
    """The world's own sequences; `shifted` ones go down the even numbers and end where they began."""
    rng = np.random.Generator(np.random.PCG64([case.number, 43]))
    for _ in range(count):
        exchange = number_exchange(rng)
        if case.writer == "shifted":
            numbers = [str(int(x) // 2 * 2) for x in exchange.answer.split()]
            exchange = replace(exchange, answer=" ".join(sorted(numbers, key=int, reverse=True)))
        yield exchange


def _as_rows(
    case: Case, reader: Bed, exchanges: Sequence[Exchange], rejected: Sequence[Exchange], planted: Sequence[bool]
) -> tuple[list[Row], list[EncodedRow], list[bool]]:
    if case.kind == "conversation":
        pairs = list(zip(exchanges[::2], exchanges[1::2], strict=True))
        rows = [
            Row(RowKind.CONVERSATION, (*_turns(a), Message("user", b.user)), (Message("assistant", b.answer),), index=i)
            for i, (a, b) in enumerate(pairs)
        ]
        return rows, list(encode_rows(rows, reader.model.tokenizer, loss="completion")), list(planted[1::2])
    rows = []
    for i, x in enumerate(exchanges):
        ask, answer = (Message("user", x.user),), (Message("assistant", x.answer),)
        if rejected:
            other = (Message("assistant", rejected[i].answer),)
            rows.append(Row(RowKind.PREFERENCE, ask, answer, rejected=other, index=i))
        else:
            rows.append(Row(RowKind.COMPLETION, ask, answer, index=i))
    return rows, reader.encode(exchanges), list(planted)


def _turns(exchange: Exchange) -> tuple[Message, Message]:
    return Message("user", exchange.user), Message("assistant", exchange.answer)
