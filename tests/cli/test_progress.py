from __future__ import annotations

import re
from io import StringIO

from limen.cli._progress import Bars, Lines, make_progress
from limen.core import Progress, Silent


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_shown_depends_on_where() -> None:
    assert isinstance(make_progress(quiet=True, stream=Terminal()), Silent)
    assert isinstance(make_progress(stream=Terminal()), Bars)
    assert isinstance(make_progress(stream=StringIO()), Lines)


def test_a_log_gets_a_line_about_every_ten_seconds() -> None:
    stream, clock = StringIO(), Clock()
    lines = Lines(stream, clock)
    lines.start("scoring", 100)
    for _ in range(100):
        clock.now += 0.5
        lines.advance("scoring")
    lines.done("scoring")
    assert stream.getvalue().splitlines() == [
        "scoring ...",
        "scoring: 20 of 100, about 40 s left",
        "scoring: 40 of 100, about 30 s left",
        "scoring: 60 of 100, about 20 s left",
        "scoring: 80 of 100, about 10 s left",
        "scoring: 100 of 100, about 0 s left",
        "scoring: done in 50 s",
    ]


def test_what_has_no_known_end_is_counted() -> None:
    stream, clock = StringIO(), Clock()
    lines = Lines(stream, clock)
    lines.start("read rows.jsonl", 0)
    clock.now = 12
    lines.advance("read rows.jsonl", 2000)
    assert stream.getvalue().splitlines()[-1] == "read rows.jsonl: 2,000 in 12 s"
    terminal = Terminal()
    bars = Bars(terminal)
    bars.start("read rows.jsonl", 0)
    bars.advance("read rows.jsonl", 1234)
    bars._bars.refresh()
    assert re.search(r"1,234\S* \S*0:00:00", terminal.getvalue())
    bars.done("read rows.jsonl")
    shown = terminal.getvalue()
    assert "0/0" not in shown
    assert "/?" not in shown
    assert "-:--:--" not in shown


def test_long_times_are_told_in_minutes() -> None:
    stream, clock = StringIO(), Clock()
    lines = Lines(stream, clock)
    lines.start("training", 4)
    clock.now = 61
    lines.advance("training")
    clock.now = 125
    lines.done("training")
    assert stream.getvalue().splitlines()[1:] == [
        "training: 1 of 4, about 3 min 3 s left",
        "training: done in 2 min 5 s",
    ]


def use_wrongly(progress: Progress) -> None:
    progress.advance("never begun")
    progress.done("never begun")
    progress.start("nothing to do", 0)
    progress.advance("nothing to do", 0)
    progress.done("nothing to do")
    progress.done("nothing to do")
    progress.start("twice", 2)
    progress.start("twice", 3)
    progress.say("[bold]{markup} of a row\x1b[31m\nand a break")
    progress.done("twice")


def test_odd_calls_and_hostile_text_break_nothing() -> None:
    for stream in (StringIO(), Terminal()):
        use_wrongly(make_progress(stream=stream))
        shown = stream.getvalue()
        assert "[bold]{markup} of a row\\u001b[31m and a break" in shown


def test_bars_give_the_cursor_back() -> None:
    stream = Terminal()
    bars = Bars(stream)
    bars.start("scoring [of] {rows}", 10)
    bars.advance("scoring [of] {rows}", 4)
    bars.close()
    shown = stream.getvalue()
    assert "scoring [of] {rows}" in shown
    assert "4/10" in shown
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")
    bars.start("again", 1)
    bars.done("again")
    assert "again" in stream.getvalue()
