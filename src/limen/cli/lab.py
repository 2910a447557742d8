"""`limen lab`: the laboratory's commands."""

from __future__ import annotations

from limen.cli._lazy import LazyGroup

command = LazyGroup(
    name="lab",
    table={
        "demo": ("limen.cli.lab_demo", "Audit what Limen ships: a planted file and a clean one."),
        "plant": ("limen.cli.lab_plant", "Write a file with a trait hidden in it, and its truth beside it."),
        "train-reference": ("limen.cli.lab_train_reference", "Train the reference model from scratch."),
    },
    help="The laboratory: plant traits in the micro-world, and train the model that lives there.",
)
