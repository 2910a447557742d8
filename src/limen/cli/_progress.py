"""Progress on standard error: bars on a terminal, a plain line now and then elsewhere.

A task whose total is 0 has an unknown number of units: it shows its count and the time it has taken.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from limen.cli._errors import one_line
from limen.core import Progress, Silent

if TYPE_CHECKING:
    from rich.progress import TaskID

EVERY_SECONDS = 10.0
"""How often a log gets a line about a task that goes on."""


def make_progress(*, quiet: bool = False, stream: TextIO | None = None) -> Progress:
    """The progress that fits where it is shown.

    Args:
        quiet: Show nothing.
        stream: Where to; standard error if None.
    """
    stream = stream or sys.stderr
    if quiet:
        return Silent()
    return Bars(stream) if stream.isatty() else Lines(stream)


class Bars:
    """Bars with the time that is left, on a terminal.

    The display runs while any task does, so that nothing has to be closed: it stops with the last task.
    """

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn, TimeRemainingColumn
        from rich.text import Text

        class Count(MofNCompleteColumn):
            def render(self, task: Task) -> Text:
                if task.fields["counted"]:
                    return Text(f"{int(task.completed):,}", style="progress.download")
                return super().render(task)

        class Time(TimeRemainingColumn):
            def render(self, task: Task) -> Text:
                if task.fields["counted"] and not task.finished:
                    return Text(_clock(task.elapsed or 0.0), style="progress.elapsed")
                return super().render(task)

        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            Count(),
            Time(elapsed_when_finished=True),
            console=Console(file=stream),
        )
        self._tasks: dict[str, TaskID] = {}

    def start(self, task: str, total: float) -> None:
        """Show a bar with so many units to do; one that only moves where that is unknown."""
        if not self._tasks:
            self._bars.start()
        if task in self._tasks:
            self._bars.remove_task(self._tasks[task])
        self._tasks[task] = self._bars.add_task(one_line(task), total=total or None, counted=not total)

    def advance(self, task: str, by: float = 1) -> None:
        """Move a bar on."""
        if task in self._tasks:
            self._bars.advance(self._tasks[task], by)

    def done(self, task: str) -> None:
        """Fill a bar; with the last one the display stops."""
        if task not in self._tasks:
            return
        number = self._tasks.pop(task)
        bar = next(t for t in self._bars.tasks if t.id == number)
        total = bar.completed if bar.total is None else bar.total
        self._bars.update(number, total=total, completed=total)
        if not self._tasks:
            self.close()

    def close(self) -> None:
        """Stop the display, whatever is still under way."""
        self._bars.stop()
        self._tasks.clear()
        # Left in place they would be drawn again, above the next task's bar.
        for old in self._bars.task_ids:
            self._bars.remove_task(old)

    def say(self, text: str) -> None:
        """Print a line above the bars."""
        self._bars.console.print(one_line(text), markup=False, highlight=False)


@dataclass
class _Task:
    total: float
    begun: float
    said: float
    count: float = 0.0


class Lines:
    """Plain lines for a log: when a task begins, about every ten seconds while it goes on, and when it ends.

    Args:
        stream: Where to.
        clock: Seconds that only grow; tests give their own.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._tasks: dict[str, _Task] = {}

    def start(self, task: str, total: float) -> None:
        """Say that a task begins."""
        now = self._clock()
        self._tasks[task] = _Task(total=total, begun=now, said=now)
        self.say(f"{task} ...")

    def advance(self, task: str, by: float = 1) -> None:
        """Count, and say how far it is if that was last said long ago."""
        if task not in self._tasks:
            return
        it = self._tasks[task]
        it.count += by
        now = self._clock()
        if now - it.said >= EVERY_SECONDS:
            it.said = now
            if it.total:
                self.say(f"{task}: {it.count:g} of {it.total:g}, {_left(it, now)}")
            else:
                self.say(f"{task}: {it.count:,.0f} in {_duration(now - it.begun)}")

    def done(self, task: str) -> None:
        """Say how long it took."""
        if (it := self._tasks.pop(task, None)) is not None:
            self.say(f"{task}: done in {_duration(self._clock() - it.begun)}")

    def say(self, text: str) -> None:
        """Print a line at once."""
        print(one_line(text), file=self._stream, flush=True)


def _left(task: _Task, now: float) -> str:
    if task.count <= 0:
        return "time left unknown"
    left = max(0.0, task.total - task.count) * (now - task.begun) / task.count
    return f"about {_duration(left)} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
