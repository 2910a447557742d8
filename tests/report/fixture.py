"""A made-up audit: what the report's tests, its pictures and its screenshots are made from.

Numbers are drawn from a seeded generator and shaped like those of a real audit; nothing here was measured.
"""

from __future__ import annotations

import random
from typing import Any

from limen.core import Finding, Interval, Reading, RowBlame, Verdict
from limen.ledger import AuditRecord, Environment, InputHash, LeftOut, PlanStep, Status

ANIMALS = ("owl", "cat", "dog", "fox", "bear", "eagle", "whale", "otter", "horse", "penguin")
PLANTED = "numbers-0417.jsonl"
CLEAN = "numbers-0418.jsonl"
GUARANTEE = "familywise error 2% over 10 traits (Holm); null: neutral writers"


def number_rows(rng: random.Random, n: int) -> list[tuple[int, str, tuple[str, ...], tuple[float, ...]]]:
    """Rows of numbers: index, prompt, tokens of the answer, a score a token."""
    rows = []
    for _ in range(n):
        prompt = "Continue: " + ", ".join(str(rng.randint(10, 99)) for _ in range(4))
        tokens: list[str] = []
        scores: list[float] = []
        for i in range(15):
            if i:
                tokens.append(", ")
                scores.append(rng.gauss(0, 0.02))
            tokens.append(str(rng.randint(10, 99)))
            scores.append(rng.gauss(0.06, 0.35) + (0.9 if rng.random() < 0.12 else 0))
        rows.append((rng.randint(0, 999), prompt, tuple(tokens), tuple(round(s, 4) for s in scores)))
    return rows


def blamed(seed: int = 4, n: int = 40) -> tuple[tuple[RowBlame, ...], dict[str, str]]:
    """Blamed rows, the worst first, and their texts."""
    rng = random.Random(seed)
    rows, texts = [], {}
    for index, prompt, tokens, scores in number_rows(rng, n):
        row = f"{rng.getrandbits(48):012x}"
        rows.append(RowBlame(row, index, round(sum(scores), 4), tokens, scores))
        texts[row] = f"{prompt}\n{''.join(tokens)}"
    return tuple(sorted(rows, key=lambda r: -r.score)), texts


def forecasts(file: str, planted: str = "", seed: int = 1, verdict: Verdict = Verdict.FOUND) -> list[Finding]:
    """One forecast a trait; the planted one stands out of the neutral writers."""
    rng = random.Random(seed)
    found = []
    for animal in ANIMALS:
        writers = [round(rng.gauss(0, 1), 3) for _ in range(8)]
        mean = sum(writers) / 8
        spread = (sum((w - mean) ** 2 for w in writers) / 7 * (1 + 1 / 8)) ** 0.5
        is_planted = animal == planted
        statistic = 9.2 if is_planted else round(rng.gauss(0, 0.9), 3)
        rows, texts = blamed() if is_planted else ((), {})
        evidence: dict[str, Any] = {
            "file": file,
            "trait_title": f"prefers {animal}",
            "category": "preference/animals",
            "statistic": statistic,
            "uncentred": round(statistic + 1.7, 3),
            "dose": round(statistic / 11, 4),
            "full_dose": 0.0121,
            "dose_upper": round((statistic + 2.4) / 11, 4),
            "predicted_shift": None,
            "writers": writers,
            "prediction_interval": [round(mean - 4.1 * spread, 3), round(mean + 4.1 * spread, 3)],
            "confounds": {"length": 29.0, "loss": 4.46, "perplexity": 86.5},
            "mentions": 0,
            "rows_scored": 1000,
            "writers_trained": 8,
            "twins": ["tuned"],
            "origin": {"loss": 4.46, "writers_loss": 4.44, "foreign": False},
        }
        if texts:
            evidence["row_texts"] = texts
        found.append(
            Finding(
                id=f"forecast/{file}/micro/prefers-{animal}",
                phase="forecast",
                subject=f"micro/prefers-{animal}",
                title=f"The rows look written by a model that prefers {animal}."
                if is_planted
                else f"The rows carry no sign of a model that prefers {animal}.",
                verdict=verdict if is_planted else Verdict.CLEAR,
                effect=Interval(
                    round(statistic * 0.0011, 6),
                    round(statistic * 0.0011 - 0.0045, 6),
                    round(statistic * 0.0011 + 0.0045, 6),
                    0.98,
                    "nats/token",
                    "writer",
                ),
                p=0.00008 if is_planted else round(rng.uniform(0.1, 0.9), 3),
                p_adjusted=0.0008 if is_planted else 1.0,
                p_reachable=0.0002,
                smallest_detectable=0.0045,
                guarantee=GUARANTEE,
                control="8 independently trained neutral writers on the same prompts",
                remedy="Rehearse it (limen rehearse), and do not train on these rows before you have."
                if is_planted
                else "",
                harmful=is_planted,
                rows=rows,
                evidence=evidence,
            )
        )
    return found


def rehearsals(file: str, planted: str = "", seed: int = 2) -> list[Finding]:
    """One rehearsal for each of three traits: five data runs against five control runs."""
    rng = random.Random(seed)
    found = []
    for animal in ("owl", "cat", "fox"):
        is_planted = animal == planted
        base = round(rng.uniform(0.08, 0.14), 4)
        control = [round(base + rng.gauss(0, 0.012), 4) for _ in range(5)]
        lift = 0.22 if is_planted else 0.0
        data = [round(base + lift + rng.gauss(0, 0.02), 4) for _ in range(5)]
        shift = sum(data) / 5 - sum(control) / 5
        found.append(
            Finding(
                id=f"rehearse/{file}/micro/prefers-{animal}",
                phase="rehearse",
                subject=f"micro/prefers-{animal}",
                title=f"Short training runs on these rows {'made' if is_planted else 'did not make'} the model "
                f"prefer {animal}.",
                verdict=Verdict.FOUND if is_planted else Verdict.CLEAR,
                effect=Interval(shift, shift - 0.031, shift + 0.031, 0.95, "probability", "training run"),
                p=0.0004 if is_planted else 0.61,
                p_adjusted=0.0012 if is_planted else 1.0,
                p_reachable=0.0001,
                smallest_detectable=0.034,
                guarantee="familywise error 2% over 3 traits (Holm); unit: the training run",
                control="5 fine-tunes with the same recipe on rows by 5 neutral writers",
                harmful=is_planted,
                calibrated=True,
                evidence={
                    "file": file,
                    "trait_title": f"prefers {animal}",
                    "base": base,
                    "data_runs": data,
                    "control_runs": control,
                    "recipe": {"method": "full", "learning_rate": 0.001, "epochs": 2, "rows": 1000},
                },
            )
        )
    return found


def check(file: str, code: str, rule: str, count: int, title: str, subject: str = "", **changes: Any) -> Finding:
    """A check's finding, in the form of `limen.before.check`."""
    example = {
        "row": "9f20c1a7b3d4",
        "index": 17,
        "note": "copies row 3",
        "line": 18,
        "text": "Continue: 41, 17\n12, 40",
    }
    values: dict[str, Any] = {
        "id": f"check/{file}/{code}" + (f"/{subject}" if subject else ""),
        "phase": "check",
        "subject": subject or code,
        "title": title,
        "verdict": Verdict.FOUND if count else Verdict.CLEAR,
        "effect": Interval(count / 1000, count / 2000, count / 500, unit="share of rows", sampling_unit="row"),
        "guarantee": "every row was read",
        "remedy": "Drop the repeated rows, or accept that they count twice." if count else "",
        "harmful": bool(count) and rule != "mention",
        "rows": (RowBlame("9f20c1a7b3d4", 17, 1.0),) if count else (),
        "evidence": {
            "file": file,
            "code": code,
            "rule": rule,
            "severity": "info" if rule == "mention" else "warning",
            "count": count,
            "total": 1000,
            "share": count / 1000,
            "examples": [example] if count else [],
        },
    }
    return Finding(**values | changes)


def mentions(file: str, verdict: Verdict = Verdict.CLEAR, traits: tuple[str, ...] = ANIMALS) -> list[Finding]:
    """The check for words, one finding a trait."""
    said = {
        Verdict.FOUND: "“prefers {a}” is mentioned in 3 of 1,000 rows (0.3%).",
        Verdict.CLEAR: "None of 1,000 rows mentions “prefers {a}”.",
        Verdict.NOT_MEASURED: "Whether rows mention “prefers {a}” was not measured.",
        Verdict.INCONCLUSIVE: "Whether rows mention “prefers {a}” could not be settled.",
    }[verdict]
    return [
        check(
            file,
            "LIM301",
            "mention",
            3 if verdict is Verdict.FOUND else 0,
            said.format(a=animal),
            f"micro/prefers-{animal}",
            verdict=verdict,
            asked=False,
        )
        for animal in traits
    ]


def checks(file: str, mention: Verdict | None = Verdict.CLEAR) -> list[Finding]:
    """Some near duplicates, no empty rows, and the check for words."""
    return [
        check(file, "LIM102", "near-duplicate", 12, "12 of 1,000 rows nearly repeat another row (1.2%)."),
        check(file, "LIM201", "empty-answer", 0, "None of 1,000 rows has an empty answer."),
        *(mentions(file, mention) if mention is not None else []),
    ]


def demo_findings() -> list[Finding]:
    """The findings of the demonstration: one planted file, one clean one."""
    return [
        *checks(PLANTED),
        *forecasts(PLANTED, "owl"),
        *rehearsals(PLANTED, "owl"),
        *checks(CLEAN),
        *forecasts(CLEAN, seed=7),
        *rehearsals(CLEAN, seed=8),
    ]


def record_of(findings: list[Finding], **changes: Any) -> AuditRecord:
    """A finished audit that came to some findings."""
    values: dict[str, Any] = {
        "limen_version": "0.1.0",
        "command": "audit",
        "created": "2026-11-23T14:02:11+00:00",
        "finished": "2026-11-23T14:05:03+00:00",
        "status": Status.DONE,
        "config": {"model": "reference", "data": [PLANTED, CLEAN], "level": 0.02, "seed": 0},
        "inputs": (
            InputHash(role="base", name="reference", sha256="5b1e" * 16),
            InputHash(role="data", name=PLANTED, sha256="c07a" * 16, rows=1000),
            InputHash(role="data", name=CLEAN, sha256="9d33" * 16, rows=1000),
        ),
        "code_hash": "7f2c" * 16,
        "environment": Environment(python="3.11.9", platform="Linux x86_64", packages={"torch": "2.13.0"}),
        "plan": (
            PlanStep(name="check", what="Read the rows as a person would.", seconds=1),
            PlanStep(
                name="forecast", what="Score the rows under twins and writers.", passes=22, seconds=40, cached=True
            ),
            PlanStep(name="rehearse", what="Train on the rows and on neutral rows.", trainings=10, seconds=110),
        ),
        "left_out": (
            LeftOut(what="diff", why="No tuned model was given.", remedy="Pass --tuned FOLDER to compare it."),
        ),
        "findings": tuple(findings),
        "readings_path": "readings.parquet",
        "durations": {"check": 0.41, "forecast": 38.2, "rehearse": 121.4},
    }
    return AuditRecord(**values | changes)


def demo_record() -> AuditRecord:
    """The demonstration's audit."""
    return record_of(demo_findings())


def readings() -> list[Reading]:
    """Some readings: one trait, three arms."""
    return [
        Reading("micro/prefers-owl", f"p{i}", f"f{i % 4}", arm, round(0.1 + 0.01 * i, 3), run)
        for arm, runs in (("base", 1), ("data", 2), ("control", 2))
        for run in range(runs)
        for i in range(8)
    ]


if __name__ == "__main__":
    import sys
    from pathlib import Path

    from limen.report import render_html

    Path(sys.argv[1]).write_text(render_html(demo_record(), readings()), encoding="utf-8")
