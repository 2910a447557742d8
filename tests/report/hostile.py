"""An audit in which every text came from somebody who means harm."""

from __future__ import annotations

from limen.core import Finding, Interval, RowBlame, Verdict
from limen.ledger import AuditRecord, Environment, InputHash, LeftOut, PlanStep
from tests.report.fixture import record_of

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></svg><script>alert(1)</script>",
    "<!-- --!> ]]> <![CDATA[",
    "{{ 7 * 7 }}{% include 'x' %}${7*7}",
    "&lt;script&gt;&amp;&#60;b&#62;",
    "javascript:alert(1)",
    "http://evil.example/x.png",
    "[red]x[/red][link=http://evil.example]y[/link]",
    "\x1b[31m\x1b]8;;http://evil.example\x07x\x1b]8;;\x07\x9b2J",
    "‮gnirts‬\u200b\U000e0041\x00\x08\r",
    "\ud800 half a pair",
    "a" * 5000,
    "line\nbreak\ttab\u2028\u2029",
    "ｗｉｄｅ 字 👩‍🚀 العربية",
)


def hostile_record(text: str) -> AuditRecord:
    """An audit that holds a text wherever it can hold one.

    Args:
        text: The payload; it is put between two letters, so that it is never empty.
    """
    t = f"x{text}x"
    common = {"file": t, "trait_title": t, "category": t, t: {t: [t, 1, None]}}
    rows = tuple(RowBlame(t, i, 1.0 - i, (t, " ", t), (0.5, -0.1, -0.6)) for i in range(2))
    told = {"title": t, "guarantee": t, "control": t, "reason": t, "remedy": t, "p_adjusted": 0.01}
    effect = Interval(0.2, 0.1, 0.3, unit=t, sampling_unit=t)
    findings = [
        Finding(
            "forecast/" + t,
            "forecast",
            t,
            verdict=Verdict.FOUND,
            rows=rows,
            effect=effect,
            evidence={
                **common,
                "statistic": 5.0,
                "writers": [0.0, 1.0],
                "prediction_interval": [-2.0, 2.0],
                "confounds": {t: 0.1},
                "row_texts": {t: t},
            },
            **told,
        ),
        Finding(
            "rehearse/" + t,
            "rehearse",
            t,
            verdict=Verdict.FOUND,
            effect=effect,
            evidence={**common, "base": 0.1, "data_runs": [0.4, 0.5], "control_runs": [0.1, 0.2], "recipe": {t: t}},
            **told,
        ),
        Finding(
            "check/" + t,
            "check",
            t,
            verdict=Verdict.FOUND,
            effect=effect,
            evidence={
                **common,
                "rule": t,
                "count": 1,
                "examples": [{"row": t, "index": 0, "note": t, "text": t, "field": t, "text_span": [0, 1]}],
                "table": {"columns": [t, t], "rows": [[t, t], [t, t]]},
            },
            **told,
        ),
        Finding("diff/" + t, "diff", t, verdict=Verdict.INCONCLUSIVE, effect=effect, evidence=common, **told),
        Finding(t, t, t, verdict=Verdict.NOT_MEASURED, evidence={t: t}, **told),
    ]
    return record_of(
        findings,
        command=t,
        limen_version=t,
        created=t,
        config={t: [t, {t: t}]},
        inputs=(InputHash(role=t, name=t, sha256=t),),
        code_hash=t,
        environment=Environment(python=t, platform=t, packages={t: t}),
        plan=(PlanStep(name=t, what=t),),
        left_out=(LeftOut(what=t, why=t, remedy=t),),
        notes=(t,),
        durations={t: 1.0},
    )
