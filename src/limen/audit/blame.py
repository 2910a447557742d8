"""Blame in an audit: every scored row in blame.jsonl, the worst in the finding, and the test of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from limen.audit.config import AuditConfig
from limen.audit.stages import Stages
from limen.before.blame import RankedRows, rank_rows, verify_blame
from limen.before.forecast import DataFile, ForecastConfig
from limen.before.rehearse import RehearseConfig, rehearsed_rows
from limen.core import Finding, Progress, Reading, Trait, Verdict
from limen.ledger import Ledger, LeftOut
from limen.models import LanguageModel


def keep_blame(ledger: Ledger, file: DataFile, forecasts: Sequence[Finding]) -> list[Finding]:
    """Write every row that forecasts blame to the ledger, and leave the worst in the findings.

    Args:
        ledger: The audit's.
        file: The file that the forecasts are of.
        forecasts: Findings with all scored rows, the worst first.

    Returns:
        The findings with as many rows as a report shows.
    """
    ledger.forget_blame(file.name)
    kept = []
    for finding in forecasts:
        if finding.rows:
            texts = finding.evidence["row_texts"]
            ledger.add_blame(file.name, finding.subject, finding.rows, texts)
            few = finding.rows[: ForecastConfig().top_rows]
            shown = {b.row: texts[b.row] for b in few}
            evidence = {**finding.evidence, "row_texts": shown, "rows_ranked": len(finding.rows)}
            finding = replace(finding, rows=few, evidence=evidence)
        kept.append(finding)
    return kept


def verify_file(
    stages: Stages,
    base: LanguageModel,
    file: DataFile,
    traits: Sequence[Trait],
    forecasts: Sequence[Finding],
    rehearsals: Sequence[Finding],
    config: AuditConfig,
    settings: RehearseConfig,
    watch: Progress,
) -> None:
    """Rehearse a file again without the rows blamed for what was forecast.

    Args:
        stages: Where the result is kept.
        base: What is fine-tuned.
        file: The file.
        traits: The battery.
        forecasts: The file's, with the rows that they blame.
        rehearsals: The file's.
        config: The audit's settings.
        settings: How the file was rehearsed.
        watch: Told of the work.
    """
    blamed = _blamed(forecasts)
    rehearsed = {f.subject: f for f in rehearsals if f.subject in blamed}
    unmoved = [t for t in traits if t.id in rehearsed and rehearsed[t.id].verdict is Verdict.CLEAR]
    left_out = [
        LeftOut(
            what=f"runs without the rows of {file.name} that are blamed for “{t.title}”",
            why="the rehearsal shows no shift that leaving rows out could take away",
        )
        for t in unmoved
    ]
    if not rehearsed:
        left_out = [LeftOut(what=f"runs without blamed rows of {file.name}", why="no trait is held against its rows")]
    stages.ledger.add_left_out(left_out)
    moved = [t for t in traits if t.id in rehearsed and t not in unmoved]
    if not moved:
        return

    def make() -> tuple[list[Finding], list[Reading]]:
        # All rows that are trained on, those that the forecast did not score among them.
        places = rehearsed_rows(file.encoded, settings)
        ranked = []
        for trait in moved:
            one = rank_rows(base, file, places, trait, traits, twins=config.twins)
            stages.ledger.add_blame(file.name, trait.id, one.rows, _texts(file, one))
            # Every token of every row is much to hold for every trait, and what is dropped is told by place.
            ranked.append(replace(one, rows=()))
        return verify_blame(base, file, ranked, rehearsed, config=settings, progress=watch)

    stages.readings_and_findings(f"verify/{file.name}", file, make)


def nothing_to_verify(forecasts: Sequence[Finding], rehearsals: Sequence[Finding] | None) -> bool:
    """Whether blame need not be put to the test: nothing is held against rows, or the rehearsal shows no shift of it.

    Args:
        forecasts: A file's.
        rehearsals: The file's; None where it was not rehearsed.
    """
    blamed = _blamed(forecasts)
    return not blamed or (
        rehearsals is not None and all(f.verdict is Verdict.CLEAR for f in rehearsals if f.subject in blamed)
    )


def _blamed(forecasts: Sequence[Finding]) -> set[str]:
    """Traits that are held against rows."""
    return {f.subject for f in forecasts if f.verdict is Verdict.FOUND and f.rows}


def _texts(file: DataFile, ranked: RankedRows) -> dict[str, str]:
    return {file.rows[i].id: file.rows[i].text for i in ranked.positions}
