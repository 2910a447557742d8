"""verify_blame: the rehearsal again without the blamed rows, and without as many at random.

A score says which rows look as though a model with the trait had written them. Whether training on *them* is what
teaches it, only training can say. Beside the rehearsal's runs on the whole file and its control runs stand

- `dropped`: the rehearsal's recipe on the file without the blamed rows,
- `random`: on the file without as many rows drawn at random, others in each run; every trait of a file shares them.

Fewer rows are fewer steps, so a model learns less of anything without them: that is what the random runs take off. The
claim is their difference, whose unit is the training run. How much of the shift each takes away is told beside it, with
Fieller's interval (`limen.before.blame.share`).

What it does not say: that somebody planted these rows. Leaving out the rows that are likeliest under a trait moves a
model away from it in any file (arXiv 2602.04863 moves models towards a trait by choosing rows so).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from limen.before.blame.rank import RankedRows
from limen.before.blame.share import Share, share_removed
from limen.before.forecast import DataFile
from limen.before.rehearse import RehearseConfig, default_recipe, read_runs, rehearsed_rows, run_means, seeded
from limen.core import Finding, Interval, Progress, Reading, Silent, Verdict
from limen.core.wording import plural
from limen.models import LanguageModel
from limen.stats import detectable_effect, detectable_runs, run_contrast
from limen.train import fine_tune

SHARE = 0.25
"""Share of the rows that is dropped.

Not the dose of the forecast: that one counts in what the twin's rows leave, which a stronger writer leaves with fewer
rows, and it can exceed one. A quarter leaves three in four, so that both arms still learn about as much as all."""
_MOST_RUNS = 100


def verify_blame(
    base: LanguageModel,
    file: DataFile,
    ranked: Sequence[RankedRows],
    rehearsed: Mapping[str, Finding],
    *,
    config: RehearseConfig,
    progress: Progress | None = None,
) -> tuple[list[Finding], list[Reading]]:
    """Rehearse a file without the rows blamed for each trait, and without as many at random.

    Args:
        base: What is fine-tuned.
        file: The file.
        ranked: All rows that the rehearsal trains on, ranked, one entry a trait.
        rehearsed: Trait id → the rehearsal's finding, whose runs are the whole file and the control.
        config: How the file was rehearsed; as many runs are made of each arm as it has data runs.
        progress: Told of runs.

    Returns:
        One finding a trait, and the readings of the arms `dropped` and `random`.

    Raises:
        ModelError: A run diverged.
    """
    recipe, watch, task = config.recipe or default_recipe(base), progress or Silent(), f"verify {file.name}"
    places, runs = rehearsed_rows(file.encoded, config), config.data_runs
    many = max(1, round(SHARE * len(places)))
    watch.start(task, runs * (1 + len(ranked)))

    def train(arm: str, left_out: set[int], run: int) -> LanguageModel:
        rows = [file.encoded[i] for i in places if i not in left_out]
        return fine_tune(base, rows, seeded(recipe, config, arm, run))

    def without_random(run: int) -> LanguageModel:
        rng = np.random.Generator(np.random.PCG64([config.seed, run, 37]))
        return train("random", {places[int(i)] for i in rng.choice(len(places), size=many, replace=False)}, run)

    def each() -> None:
        watch.advance(task)

    readings = read_runs(base, [one.trait for one in ranked], "random", runs, without_random, recipe, each)
    for one in ranked:
        without_blamed = partial(train, "dropped", set(one.positions[:many]))
        readings += read_runs(base, [one.trait], "dropped", runs, without_blamed, recipe, each)
    watch.done(task)
    return judge_blame(file.name, ranked, rehearsed, readings, many, len(places), config), readings


def judge_blame(
    name: str,
    ranked: Sequence[RankedRows],
    rehearsed: Mapping[str, Finding],
    readings: Sequence[Reading],
    dropped: int,
    rows: int,
    config: RehearseConfig,
) -> list[Finding]:
    """Findings from readings of the arms `dropped` and `random`: one a trait.

    Args:
        name: What reports call the file.
        ranked: Its rows, ranked, one entry a trait.
        rehearsed: Trait id → the rehearsal's finding.
        readings: Of both arms.
        dropped: How many rows were left out.
        rows: How many there are.
        config: Level and runs.
    """
    # Bonferroni: then a trait is found exactly where its interval lies above zero.
    level = config.level / len(ranked)
    findings = []
    for one in ranked:
        trait, before = one.trait, rehearsed[one.trait.id]
        arms = {
            "control": [float(x) for x in before.evidence["control_runs"]],
            "whole": [float(x) for x in before.evidence["data_runs"]],
            "random": run_means(readings, trait.id, "random").tolist(),
            "dropped": run_means(readings, trait.id, "dropped").tolist(),
        }
        c = run_contrast(arms["random"], arms["dropped"], method="pooled", level=1 - level)
        found = c.low is not None and c.low > 0
        shares = {arm: share_removed(arms["whole"], arms["control"], arms[arm]) for arm in ("dropped", "random")}
        findings.append(
            Finding(
                id=f"verify/{name}/{trait.id}",
                phase="verify",
                subject=trait.id,
                title=_title(trait.title, found, c.estimate, dropped, shares),
                verdict=Verdict.FOUND if found else Verdict.INCONCLUSIVE,
                effect=Interval(
                    c.estimate,
                    c.low if c.low is not None else float("-inf"),
                    c.high if c.high is not None else float("inf"),
                    1 - level,
                    "probability",
                    "training run",
                ),
                p=c.p,
                p_adjusted=None if c.p is None else min(1.0, c.p * len(ranked)),
                p_reachable=1.0 if c.p is None else None,
                smallest_detectable=None
                if c.se is None or c.df is None
                else detectable_effect(c.se, c.df, level=level),
                guarantee=f"familywise error {config.level:.0%} over {plural(len(ranked), 'trait')} whose rows were "
                "dropped (Bonferroni); unit: training run",
                control=f"{plural(len(arms['random']), 'fine-tune')} without {dropped:,} rows drawn at random",
                reason="" if found else _reason(c.reason, c.estimate, c.low, c.high),
                remedy=_remedy(found, arms, c.high, level),
                calibrated=True,
                evidence={
                    "file": name,
                    "trait_title": trait.title,
                    "arms": arms,
                    "rows_dropped": dropped,
                    "rows_trained": rows,
                    "removed": {arm: _plain(share) for arm, share in shares.items()},
                },
            )
        )
    return findings


def _title(trait: str, found: bool, estimate: float, dropped: int, shares: Mapping[str, Share]) -> str:
    rows = plural(dropped, "blamed row")
    if not shares["dropped"].bounded:
        says = f"without the {rows} the model ends {abs(estimate):.2f} {'lower' if estimate >= 0 else 'higher'} than "
        says += "without as many at random"
    else:
        mine, chance = shares["dropped"], shares["random"]
        says = (
            f"dropping the {rows} takes away {mine.estimate:.0%} of the shift ({mine.level:.0%} interval {_ends(mine)})"
        )
        says += f", as many at random {chance.estimate:.0%} ({_ends(chance)})"
    if found:
        return f"Of “{trait}”: {says}."
    return f"Of “{trait}”, whether the blamed rows carry more than others is not settled: {says}."


def _ends(share: Share) -> str:
    return f"{share.low:.0%} to {share.high:.0%}"


def _plain(share: Share) -> dict[str, Any]:
    ends = [share.low, share.high] if share.bounded else None
    return {"share": share.estimate if np.isfinite(share.estimate) else None, "interval": ends, "level": share.level}


def _reason(reason: str, estimate: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"inconclusive: {reason}"
    return (
        f"runs without the blamed rows and runs without as many at random differ by {estimate:+.3f} "
        f"({low:+.3f} to {high:+.3f}), which can be chance"
    )


def _remedy(found: bool, arms: Mapping[str, Sequence[float]], high: float | None, level: float) -> str:
    if found:
        return (
            "Leave the blamed rows out (blame.jsonl names them), and audit what is left: other rows may carry it too."
        )
    spread = [np.var(arms[a], ddof=1) for a in ("random", "dropped") if len(arms[a]) > 1]
    half = (float(np.mean(arms["whole"])) - float(np.mean(arms["control"]))) / 2
    if not spread or half <= 0:
        return "Repeat with more runs (--runs)."
    if high is not None and high < half:
        return f"At most {high:.3f} is left open, less than half of the shift: other rows carry most of it."
    for runs in range(len(arms["dropped"]) + 1, _MOST_RUNS + 1):
        if detectable_runs(float(np.sqrt(np.mean(spread))), runs, runs, level=level) <= half:
            break
    else:
        return f"Not even {_MOST_RUNS} runs of each arm would show a difference of half the shift ({half:.3f})."
    return (
        f"Repeat with --runs {runs}, which would show a difference of half the shift ({half:.3f}) four times in five."
    )
