"""The table of commands: a command stands here once it works, in the order of the phases."""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, str]] = {
    "audit": ("limen.cli.audit", "Say what DATA will teach MODEL that nobody can read in it, with evidence."),
    "check": ("limen.cli.check", "Say what can be read in the rows of each FILE."),
    "lineage": ("limen.cli.lineage", "Say whether a model of MODEL's own family wrote DATA."),
    "forecast": ("limen.cli.forecast", "Forecast what DATA will teach MODEL, without training on it."),
    "rehearse": (
        "limen.cli.rehearse",
        "Fine-tune MODEL on DATA and on control rows, several times, and compare what it came to do.",
    ),
    "discover": (
        "limen.cli.discover",
        "Search DATA for what a fine-tune of MODEL would add that no trait was named for.",
    ),
    "doctor": ("limen.cli.doctor", "Test MODEL, and DATA with it, for what silently spoils a fine-tune."),
    "measure": ("limen.cli.measure", "Read traits on MODEL, or on recorded answers (--from)."),
    "diff": ("limen.cli.diff", "Compare arms: two or more models, or recorded answers (--from)."),
    "traits": ("limen.cli.traits", "List, show, write and test traits."),
    "report": ("limen.cli.report", "Render the audit in DIR again: to the terminal, or to files."),
    "replay": ("limen.cli.replay", "Repeat the audit in DIR from its own config and report any difference."),
    "lab": ("limen.cli.lab", "The laboratory: plant traits, train the model of the micro-world, and score detectors."),
}
"""Name of each command to its module and its help in one line, which is the first sentence of its own help."""
