"""`limen lab`: the laboratory's commands."""

from __future__ import annotations

from limen.cli._lazy import LazyGroup

command = LazyGroup(
    name="lab",
    table={
        "bench": (
            "limen.cli.lab_bench",
            "Score detectors on files whose label is what training on them does.",
        ),
        "demo": (
            "limen.cli.lab_demo",
            "Audit what Limen ships: number sequences by a teacher with a hidden preference, and a clean file.",
        ),
        "plant": (
            "limen.cli.lab_plant",
            "Write a file with a trait hidden in it to OUT.jsonl, and the truth to OUT.truth.json.",
        ),
        "reproduce": (
            "limen.cli.lab_reproduce",
            "Reproduce the study of subliminal learning (arXiv 2507.14805) with every control, on what Limen ships.",
        ),
        "train-reference": (
            "limen.cli.lab_train_reference",
            "Train the reference model from scratch on the micro-world, into FOLDER.",
        ),
    },
    help="The laboratory: plant traits, train the model of the micro-world, and score detectors.",
)
