"""`limen check --fix` and `--undo`: what is said of them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from limen.before.check.fix import Balancer, Cost, FixResult, Reweight, Swap, fix_file, undo
from limen.cli._output import naming
from limen.core import UsageError
from limen.core.wording import plural

_NAMED = 10
"""Most columns that are named."""


def fix_rows(files: Sequence[str], out: Path, **options: Any) -> list[str]:
    """Fix one file.

    Args:
        files: What the user named.
        out: The new file.
        options: See `fix_file`.

    Returns:
        What is said of it, a line each.

    Raises:
        UsageError: Several files were named; see also `fix_file`.
    """
    if len(files) != 1:
        raise UsageError("--fix writes one file anew.", remedy="Name one FILE.")
    with naming(out):
        return told(files[0], fix_file(files[0], out, **options))


def undo_fix(manifest: Path, files: Sequence[str], *, overwrite: bool) -> None:
    """Undo a fix.

    Args:
        manifest: The fix's manifest.
        files: What the user named: the file to write.
        overwrite: Whether it may be replaced.

    Raises:
        UsageError: Not one file was named; see also `limen.before.check.fix.undo`.
    """
    if len(files) != 1:
        raise UsageError("--undo writes one file.", remedy="Name one FILE, to which the original is written.")
    target = Path(files[0])
    with naming(target):
        undo(manifest, target, overwrite=overwrite)
    click.echo(f"Wrote {target}: the original, byte for byte.")


def balance_told(balance: Balancer) -> list[str]:
    """What balancing groups did, and what of it could not be done.

    Args:
        balance: What did it.
    """
    groups = balance.groups
    weighed = ", by weight" if isinstance(balance, Reweight) else ""
    lines = [
        f"Rows by {balance.dimension}, before: "
        + (", ".join(f"{group} {balance.before[group]:,}" for group in groups) or "none")
        + f"; after{weighed}: "
        + (", ".join(f"{group} {balance.after.get(group, 0):,.{1 if weighed else 0}f}" for group in groups) or "none")
        + "."
    ]
    if isinstance(balance, Reweight):
        lines.append(f"Weighed rows count as {balance.effective:,.0f} rows of equal weight.")
    if balance.skipped:
        what = "Not swapped" if isinstance(balance, Swap) else "Not balanced"
        reasons = ", ".join(f"{count:,} ({reason})" for reason, count in balance.skipped.most_common())
        lines.append(f"{what}: {reasons}.")
    return lines


def _moved(cost: Cost) -> list[str]:
    """What is not there any more, and what is there besides: a redacted text may be longer than it was."""
    rows, all_rows = cost.lines_before - cost.lines_after, max(1, cost.lines_before)
    characters, all_characters = cost.characters_before - cost.characters_after, max(1, cost.characters_before)
    prompts = cost.prompts_before - cost.prompts_after
    of_all = plural(cost.prompts_before, "distinct prompt")
    counted = [
        (rows, lambda n: f"{plural(n, 'row')} ({n / all_rows:.1%})"),
        (characters, lambda n: f"{plural(n, 'character')} ({n / all_characters:.1%})"),
        (cost.tokens_lost, lambda n: plural(n, "token")),
        (prompts, lambda n: f"{n:,} of {of_all}" if prompts >= 0 else plural(n, "distinct prompt")),
    ]
    lost = [say(count) for count, say in counted if count is not None and count >= 0]
    gained = [say(-count) for count, say in counted if count is not None and count < 0]
    lines = [f"Lost: {', '.join(lost)}."]
    return [*lines, f"Gained: {', '.join(gained)}."] if gained else lines


def told(file: str, result: FixResult) -> list[str]:
    """What a fix did and what it cost.

    Args:
        file: The file that was fixed.
        result: What was done.
    """
    cost = result.cost
    added = f" and {plural(cost.rows_added, 'further row')}" if cost.rows_added else ""
    untouched = ", untouched rows byte for byte" if result.kept_bytes else ""
    before, after = cost.lines_before, cost.lines_after
    lines = [f"Fixed {file}: {after:,} of {plural(before, 'row')}{added} in {result.out} ({result.form}{untouched})."]
    for what, counts in (("left out", result.dropped), ("changed", result.changed)):
        if counts:
            by_rule = ", ".join(f"{counts[code]:,} by {code}" for code in sorted(counts))
            several = " (some by several)" if what == "left out" and counts.total() > before - after else ""
            lines.append(f"Rows {what}: {by_rule}{several}.")
    if cost.unreadable_kept:
        lines.append(
            f"{plural(cost.unreadable_kept, 'row')} that cannot be read stayed: LIM001, which leaves them out, was "
            "not selected."
        )
    if result.left:
        lines.append(f"{plural(result.left, 'row')} could not be changed within their columns and stayed as they were.")
    if result.redacting and result.beside:
        names = sorted(result.beside)
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        count = plural(len(names), "column that is not trained on was", "columns that are not trained on were")
        lines.append(
            f"{count} not looked at by {' and '.join(result.redacting)}, and may hold what these take out: "
            f"{', '.join(names[:_NAMED])}{more}."
        )
    if result.balance is not None:
        lines += balance_told(result.balance)
    lines += _moved(cost)
    balanced = result.balance.dimension if result.balance is not None else None
    for dimension, moved in cost.groups_moved.items():
        if dimension != balanced:
            rows = ", ".join(f"{group} {was:,} → {now:,}" for group, was, now in moved)
            lines.append(f"Rows that mention groups by {dimension}, before → after: {rows}.")
    if result.why_not:
        lines.append(f"What was taken out stands in {result.manifest}; no byte-for-byte undo: {result.why_not}.")
    else:
        lines.append(f"Undo: limen check --undo {shlex.quote(str(result.manifest))} RESTORED")
    return lines
