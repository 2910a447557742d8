"""What the user says about a recorded-answers file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordedOptions:
    """Overrides; an empty text means: find it out.

    Attributes:
        format: `generic`, `xstest` or `bbq`.
        arm: Name of the arm for a file without an arm column; else the file's name.
        arm_column: Which model, checkpoint or run gave the answer.
        run_column: Which independently trained repetition of the arm, a whole number.
        prompt_column: Id of the prompt; arms are paired by it.
        cluster_column: Family of the prompt, the cluster of the statistics.
        outcome_column: 0 or 1, true or false, or a probability.
        trait_column: Trait of the row.
        trait: Trait of the whole file.
        group_column: Social group or contrast of the prompt.
        answer_column: The recorded text, for `rescore`.
        rescore: Name of a scorer that judges the recorded text anew in place of the recorded outcome.
        label_column: XSTest: which people's label (`final_label`, `annotation_1`, `annotation_2`).
        predictions: BBQ: columns with the models' predictions, one arm each.
    """

    format: str = ""
    arm: str = ""
    arm_column: str = ""
    run_column: str = ""
    prompt_column: str = ""
    cluster_column: str = ""
    outcome_column: str = ""
    trait_column: str = ""
    trait: str = ""
    group_column: str = ""
    answer_column: str = ""
    rescore: str = ""
    label_column: str = ""
    predictions: tuple[str, ...] = ()
