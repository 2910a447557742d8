"""What `limen measure` and `limen diff` share: options for recorded answers, arms as models, tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from limen.cli._common import allow_hub, shipped_or_given, split_commas
from limen.cli._output import naming
from limen.core.writing import put_in_place

if TYPE_CHECKING:
    from limen.core import Progress, Trait
    from limen.measure import Readings

F = TypeVar("F", bound=Callable[..., Any])

_COLUMNS = (
    ("arm", "Which model, checkpoint or run gave the answer."),
    ("run", "Which independently trained repetition of the arm."),
    ("prompt", "Id of the prompt; arms are paired by it."),
    ("cluster", "Family of the prompt, the unit of the statistics."),
    ("outcome", "0 or 1, true or false, or a probability."),
    ("trait", "Trait of the row."),
    ("group", "Social group or contrast."),
    ("answer", "The recorded text, for --rescore."),
    ("label", "XSTest: whose label; final_label by default."),
)


def recorded_options(command: F) -> F:
    """`--from` and what goes with it; given to the command as `files` and the fields of `RecordedOptions`."""
    for name, text in reversed(_COLUMNS):
        command = click.option(f"--{name}-column", default="", metavar="COLUMN", help=f"With --from: {text}")(command)
    command = click.option(
        "--prediction",
        "predictions",
        multiple=True,
        callback=split_commas,
        metavar="COLUMN",
        help="With --from: BBQ: a column with a model's predictions, one arm each; all of them by default.",
    )(command)
    command = click.option(
        "--rescore",
        default="",
        metavar="SCORER",
        help="With --from: judge the recorded text with this scorer in place of the recorded outcome.",
    )(command)
    command = click.option(
        "--format",
        "file_format",
        type=click.Choice(["generic", "xstest", "bbq"]),
        help="With --from: the files' form, in place of recognising it.",
    )(command)
    return click.option(
        "--from",
        "files",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Recorded answers (CSV or JSON Lines) in place of models; repeat it for several files.",
    )(command)


def read_files(files: Sequence[Path], arm: str, file_format: str | None, settings: dict[str, Any]) -> Readings:
    """The readings of recorded-answers files.

    Args:
        files: The files.
        arm: Name of the arm for files that name none; else each file's own name.
        file_format: The files' form, or None.
        settings: The other fields of `RecordedOptions`.

    Returns:
        All readings.
    """
    from limen.measure import Readings, RecordedOptions, read_recorded

    options = RecordedOptions(format=file_format or "", arm=arm, **settings)
    return Readings.of(*(read_recorded(f, options) for f in files))


def chosen_readings(readings: Readings, traits: Sequence[str]) -> Readings:
    """Only the readings of some traits.

    Args:
        readings: Recorded readings.
        traits: Ids, or categories in front of a slash; none for all.

    Returns:
        The same kind of list.

    Raises:
        UsageError: Nothing was recorded of a trait.
    """
    from limen.core import UsageError
    from limen.measure import Readings

    if not traits:
        return readings
    have = list(dict.fromkeys(r.trait for r in readings))
    wanted = {t: [h for h in have if h == t or h.startswith(t.rstrip("/") + "/")] for t in traits}
    missing = [t for t, found in wanted.items() if not found]
    if missing:
        raise UsageError(
            f"nothing was recorded of the trait {missing[0]!r} (recorded: {', '.join(have[:8])}).",
            remedy="Name a recorded trait, or leave --traits out.",
        )
    keep = {h for found in wanted.values() for h in found}
    chosen = Readings(r for r in readings if r.trait in keep)
    chosen.unscored = {k: v for k, v in readings.unscored.items() if k[0] in keep}
    return chosen


def named_models(models: Sequence[str]) -> list[tuple[str, str]]:
    """Arms as a user writes them: `NAME=MODEL`, or a model alone, which is called by its own name.

    Args:
        models: What the user wrote.

    Returns:
        (arm, model) in order; an arm that stands there twice has several runs.

    Raises:
        UsageError: Two models without a name of their own would be called the same.
    """
    from limen.core import UsageError
    from limen.models import parse_model

    arms: list[tuple[str, str]] = []
    unnamed: set[str] = set()
    for text in models:
        name, sign, rest = text.partition("=")
        if sign and name and rest and not any(c in name for c in "/\\+") and not Path(text).exists():
            arms.append((name, rest))
            continue
        own = parse_model(text).name
        if own in unnamed:
            raise UsageError(
                f"two of the models are called {own!r}.",
                remedy="Give them names, such as base=FOLDER tuned=FOLDER; the same name twice means two runs.",
            )
        unnamed.add(own)
        arms.append((own, text))
    return arms


def read_models(
    arms: Sequence[tuple[str, str]],
    traits: Sequence[str],
    *,
    loading: dict[str, Any],
    samples: int,
    temperature: float,
    seed: int,
    progress: Progress,
) -> tuple[Readings, list[str]]:
    """Read traits on models, one loaded at a time.

    Args:
        arms: (arm, model).
        traits: What the user asked for; none for what the first model's language allows.
        loading: How they are loaded: fields of `limen.models.ModelSpec`.
        samples: Answers a sampled probe.
        temperature: Of sampling.
        seed: Of sampling.
        progress: Who watches.

    Returns:
        The readings, and the ids of the traits that were read or asked for.
    """
    arms = [(arm, shipped_or_given(m)) for arm, m in arms]
    allow_hub(*(m for _, m in arms))
    from limen.measure import Readings, read_traits, traits_for
    from limen.models import open_model, parse_model
    from limen.traits import resolve

    chosen: list[Trait] = resolve(traits) if traits else []
    parts: list[Readings] = []
    runs: dict[str, int] = {}
    for arm, text in arms:
        model = open_model(parse_model(text, **loading), progress)
        if not chosen:
            chosen = traits_for(model.tokenizer)
        run = runs[arm] = runs.get(arm, -1) + 1
        parts.append(
            read_traits(
                model,
                chosen,
                arm=arm,
                run=run,
                samples=samples,
                temperature=temperature,
                seed=seed + run,
                progress=progress,
            )
        )
        del model
    return Readings.of(*parts), [t.id for t in chosen]


def write_result(path: Path, command: str, result: dict[str, Any]) -> None:
    """Write the result as JSON, or print it where the path is `-`.

    Args:
        path: Where to.
        command: Which command it is the result of.
        result: Dataclasses, mappings and plain values.
    """
    import limen
    from limen.cli._common import write_json

    value = {"command": command, "limen_version": limen.__version__, **result}
    if str(path) == "-":
        write_json(value)
        return
    with naming(path), put_in_place(path) as part, part.open("w", encoding="utf-8") as stream:
        write_json(value, stream)
    click.echo(f"Wrote {path}")
