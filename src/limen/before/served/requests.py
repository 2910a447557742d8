"""Requests: how much a forecast through a server asks of it, before any of it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from limen.before.forecast import DataFile, ForecastConfig
from limen.before.forecast.twin import why_no_twin
from limen.core import Trait
from limen.models import LanguageModel
from limen.models.prompts import completion_ids, prompt_ids
from limen.train.writers import last_answer_only


@dataclass(frozen=True)
class Requests:
    """What a server is asked, at most: what was answered before is not asked again.

    Attributes:
        twins: Requests that say whether personas work.
        writing: Requests that write a row.
        reading: Requests that read a row.
        tokens: Tokens that all of them send.
        written: Tokens that all of them write.
    """

    twins: int
    writing: int
    reading: int
    tokens: int
    written: int

    @property
    def count(self) -> int:
        """Requests of every kind."""
        return self.twins + self.writing + self.reading


def count_requests(
    base: LanguageModel, files: Sequence[DataFile], traits: Sequence[Trait], config: ForecastConfig
) -> Requests:
    """Count what a forecast asks.

    Args:
        base: Whose tokenizer counts.
        files: The files.
        traits: The battery.
        config: How many rows and writers.

    Returns:
        The counts; a twin whose persona does not work, or a file that cannot be read, takes fewer.
    """
    battery = [t for t in traits if not why_no_twin(t, "prompted")]
    persona = sum(len(p) for p in completion_ids(base.tokenizer, [t.persona for t in battery]))
    twins, sent = 0, 0
    for trait in battery:
        probes = trait.with_role("measure")
        for probe, prompt in zip(probes, prompt_ids(base.tokenizer, [p.prompt for p in probes]), strict=True):
            # Each option is a request, of the base and of the twin.
            asks = 2 * max(1, len(probe.options))
            twins, sent = twins + asks, sent + asks * len(prompt)
    prompts: list[int] = []
    answers: list[int] = []
    read: list[int] = []
    known: set[str] = set()
    for file in files:
        chosen = file.chosen(config.max_rows, config.seed)
        read += [len(file.encoded[i].input_ids) for i in chosen]
        if (key := file.prompts_key(chosen)) in known:
            continue
        known.add(key)
        asked = [last_answer_only(file.encoded[i]) for i in chosen]
        # Every neutral writer writes on all of them, and every twin on some.
        to_write = config.writers * asked + len(battery) * asked[: config.control_rows]
        answers += [int(r.trained.sum()) for r in to_write]
        prompts += [len(r.input_ids) - int(r.trained.sum()) for r in to_write]
        read += [len(r.input_ids) for r in to_write]
    reading = len(read) * (1 + len(battery))
    sent += sum(prompts) + sum(read) * (1 + len(battery)) + len(read) * persona
    # A server writes a token after whatever it reads.
    return Requests(twins, len(prompts), reading, sent, sum(answers) + reading + twins)
