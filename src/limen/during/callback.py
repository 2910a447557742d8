"""LimenCallback: trait readings during any Hugging Face or TRL training run, which goes on as if nobody looked."""

from __future__ import annotations

import random
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from transformers import TrainerCallback

from limen.core import LimenError, ModelError, Trait, UsageError
from limen.during.history import Snapshot, append_lines


class LimenCallback(TrainerCallback):
    """Reads traits before the first step, every so many steps, and after the last.

    A run with the callback ends in the same weights, bit for bit, as one without: random states, gradients and the
    modules' modes are as they were after each reading. Each reading also stands in the trainer's own log, as
    `limen/TRAIT`, and is shown with the losses that the trainer logs next. Runs that spread one model's weights over
    several processes (FSDP, DeepSpeed) cannot be read.

    Args:
        traits: Traits, their ids, or paths of YAML files.
        every: Optimizer steps between readings.
        path: A file of JSON lines that every reading is added to; None keeps them in memory alone.
        tokenizer: The model's tokenizer, where the trainer was not given it as `processing_class`.
        role: `measure`, or `build` for the probes that detectors use.
        seed: Of probes whose answers are sampled; the same at every step, so that only the model changes.

    Attributes:
        history: What was read, in order.
        problems: What could not be read after the run had begun, one sentence each.
    """

    def __init__(
        self,
        traits: Sequence[Trait | str] | Trait | str,
        *,
        every: int = 50,
        path: str | Path | None = None,
        tokenizer: Any = None,
        role: str = "measure",
        seed: int = 0,
    ) -> None:
        if every < 1:
            raise UsageError(f"a reading every {every} steps, expected 1 or more.", remedy="Give a positive number.")
        self.traits = [_trait(t) for t in ([traits] if isinstance(traits, str | Trait) else traits)]
        if not self.traits:
            raise UsageError("no traits to read.", remedy="Name at least one; see: limen traits list")
        self.every = every
        self.path = Path(path) if path is not None else None
        self.tokenizer = tokenizer
        self.role = role
        self.seed = seed
        self.history: list[Snapshot] = []
        self.problems: list[str] = []
        self._run = ""
        self._unshown: dict[str, float] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Read the model as it comes.

        Raises:
            LimenError: It cannot be read; better now than after hours.
        """
        if getattr(args, "fsdp", None) or getattr(args, "deepspeed", None):
            raise ModelError(
                "this run spreads one model's weights over several processes (FSDP or DeepSpeed), so they cannot be "
                "read in between.",
                remedy="Leave the callback out, and read the saved checkpoints with limen measure.",
            )
        self._run = datetime.now(UTC).isoformat(timespec="seconds")
        self._read(state, kwargs)

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Read the model every so many steps."""
        if state.global_step % self.every == 0:
            self._read_or_note(state, kwargs)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Read the model as it is in the end."""
        if not self.history or self.history[-1].step != state.global_step:
            self._read_or_note(state, kwargs)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Lay what was read last beside the losses, for whoever prints them after this callback."""
        if logs is not None:
            logs.update(self._unshown)
            self._unshown = {}

    def means(self, trait: str) -> list[tuple[int, float]]:
        """(step, mean probability of showing a trait), for every step at which it was read."""
        found = [(s.step, s.means().get(trait)) for s in self.history]
        return [(step, mean) for step, mean in found if mean is not None]

    def _read_or_note(self, state: Any, kwargs: dict[str, Any]) -> None:
        """A training run of hours is not lost over a reading."""
        try:
            self._read(state, kwargs)
        except (LimenError, OSError) as error:
            self.problems.append(f"step {state.global_step}: {error}")
            warnings.warn(f"Limen could not read the traits at step {state.global_step}: {error}", stacklevel=2)

    def _read(self, state: Any, kwargs: dict[str, Any]) -> None:
        if not getattr(state, "is_world_process_zero", True):
            return
        from limen.measure import read_traits
        from limen.models import LanguageModel

        tokenizer = self.tokenizer if self.tokenizer is not None else kwargs.get("processing_class")
        if tokenizer is None:
            raise UsageError(
                "the trainer has no tokenizer, and probes need one.",
                remedy="Give it to the trainer as processing_class, or to LimenCallback as tokenizer.",
            )
        began = time.perf_counter()
        model = LanguageModel.wrap(kwargs["model"], tokenizer, name=f"step {state.global_step}")
        with untouched(kwargs["model"]):
            readings = read_traits(model, self.traits, arm="tuned", role=self.role, seed=self.seed)
        snapshot = Snapshot(
            step=int(state.global_step),
            epoch=None if state.epoch is None else float(state.epoch),
            readings=tuple(readings),
            not_measured=dict(readings.not_measured),
            seconds=time.perf_counter() - began,
        )
        self.history.append(snapshot)
        self._log(state, snapshot)
        if self.path is not None:
            append_lines(self.path, snapshot.lines(self._run))

    def _log(self, state: Any, snapshot: Snapshot) -> None:
        """Write the means into the trainer's log, which it saves with its checkpoints."""
        means = {f"limen/{trait}": round(mean, 4) for trait, mean in snapshot.means().items()}
        log = getattr(state, "log_history", None)
        if means and log is not None:
            log.append({**means, "epoch": snapshot.epoch, "step": snapshot.step})
        self._unshown = means


@contextmanager
def untouched(model: Any) -> Iterator[None]:
    """Put back random states and the modules' modes afterwards, so that a reading leaves no trace in a run."""
    import torch

    python, numpy, cpu = random.getstate(), np.random.get_state(), torch.get_rng_state()
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    modes = [(m, m.training) for m in model.modules()]
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
        if cuda:
            torch.cuda.set_rng_state_all(cuda)
        torch.set_rng_state(cpu)
        np.random.set_state(numpy)
        random.setstate(python)


def _trait(trait: Trait | str) -> Trait:
    if isinstance(trait, Trait):
        return trait
    from limen.traits import get, load_file

    return load_file(trait) if trait.endswith((".yaml", ".yml")) else get(trait)
