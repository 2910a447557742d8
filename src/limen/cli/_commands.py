"""The table of commands: a command stands here once it works, in the order of the phases."""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, str]] = {
    "doctor": ("limen.cli.doctor", "Test MODEL, and DATA with it, for what silently spoils a fine-tune."),
    "traits": ("limen.cli.traits", "List, show, write and test traits."),
    "measure": ("limen.cli.measure", "Read traits on MODEL, or on recorded answers (--from)."),
    "diff": ("limen.cli.diff", "Compare arms: two or more models, or recorded answers (--from)."),
    "report": ("limen.cli.report", "Render the audit in DIR again: to the terminal, or to files."),
}
"""Name of each command to its module and its help in one line, which is the first sentence of its own help."""
