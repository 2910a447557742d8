from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from limen.core import Finding, Interval, Verdict, exit_code
from limen.report import Level, summarise
from tests.report.fixture import (
    CLEAN,
    PLANTED,
    check,
    checks,
    demo_findings,
    forecasts,
    mentions,
    rehearsals,
)

SIZE = {
    "predicted_interval": [0.05, 0.35],
    "predicted_level": 0.9,
    "predicted_from": {"full-dose": 0.05, "short-run": 0.15},
}
FOUND, CLEAR, INCONCLUSIVE, NOT_MEASURED = Verdict.FOUND, Verdict.CLEAR, Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED


def forecast(verdict: Verdict, **changes: object) -> Finding:
    base = next(f for f in forecasts(PLANTED, "owl") if f.subject == "micro/prefers-owl")
    reason = "8 writers cannot reach the level" if verdict is INCONCLUSIVE else "12% unknown tokens"
    settled = verdict in (FOUND, CLEAR)
    return replace(
        base,
        verdict=verdict,
        harmful=verdict is FOUND,
        reason="" if settled else reason,
        evidence={**base.evidence, "mentions": None},
        **changes,  # type: ignore[arg-type]
    )


def rehearsal(verdict: Verdict, **changes: object) -> Finding:
    planted = "owl" if verdict is FOUND else ""
    base = next(f for f in rehearsals(PLANTED, planted) if f.subject == "micro/prefers-owl")
    reason = "" if verdict in (FOUND, CLEAR) else "one run"
    return replace(base, verdict=verdict, harmful=verdict is FOUND, reason=reason, **changes)  # type: ignore[arg-type]


def words(verdict: Verdict | None) -> list[Finding]:
    return [] if verdict is None else mentions(PLANTED, verdict, ("owl",))


@pytest.mark.parametrize(
    ("forecasted", "rehearsed", "mention"),
    list(itertools.product((None, *Verdict), (None, *Verdict), (None, *Verdict))),
)
def test_no_combination_claims_more_than_its_findings(
    forecasted: Verdict | None, rehearsed: Verdict | None, mention: Verdict | None
) -> None:
    findings = words(mention)
    findings += [forecast(forecasted)] if forecasted else []
    findings += [rehearsal(rehearsed)] if rehearsed else []
    verdict = summarise(findings)
    told = verdict.headline + " ".join(s for f in verdict.files for s in f.story.sentences)

    assert ("the model comes to prefer owl" in verdict.headline) == (rehearsed is FOUND)
    assert ("is forecast to come to prefer owl" in verdict.headline) == (forecasted is FOUND and rehearsed is not FOUND)
    assert ("came to prefer owl" in told) == (rehearsed is FOUND)
    found = FOUND in (forecasted, rehearsed)
    assert ("Nothing in the rows says so" in told) == (found and mention is CLEAR)
    assert ("The rows mention it" in told) == (found and mention is FOUND)
    assert (verdict.level is Level.FOUND) == found
    assert ("Clear" in verdict.headline) == (verdict.level is Level.CLEAR)
    if forecasted or rehearsed:
        settled = all(v in (None, CLEAR) for v in (forecasted, rehearsed))
        assert (verdict.level is Level.CLEAR) == settled


@pytest.mark.parametrize(
    ("forecasted", "rehearsed"), [p for p in itertools.product((None, *Verdict), (None, *Verdict)) if any(p)]
)
def test_level_agrees_with_the_exit_code(forecasted: Verdict | None, rehearsed: Verdict | None) -> None:
    findings = [forecast(forecasted)] if forecasted else []
    findings += [rehearsal(rehearsed)] if rehearsed else []
    expected = {
        Level.FOUND: 1,
        Level.INCONCLUSIVE: 3,
        Level.NOT_MEASURED: 3,
        Level.CLEAR: 0,
    }
    assert expected[summarise(findings).level] == exit_code(findings)


def test_hidden_trait_that_a_rehearsal_showed() -> None:
    verdict = summarise([*checks(PLANTED), *forecasts(PLANTED, "owl"), *rehearsals(PLANTED, "owl")])
    assert verdict.level is Level.FOUND
    assert verdict.headline == "Trained on these rows, the model comes to prefer owl. Nothing in the rows says so."
    (story,) = [f.story for f in verdict.files]
    assert story.sentences[0].startswith(
        "In 5 of 5 short training runs on these rows the model came to prefer owl: each ended above every control run"
    )
    assert story.control[0].startswith("The control arm did not: its highest of 5 runs ended at ")
    assert any("adjusted p = 0.0012 (smallest reachable 0.0001)" in s for s in story.sure)
    assert any(s.startswith("Guarantee: familywise error 2%") for s in story.sure)
    assert story.next_steps[0].startswith("Do not train on these rows as they are"), "it was rehearsed already"


def test_forecast_alone_says_forecast() -> None:
    verdict = summarise([*checks(PLANTED), *forecasts(PLANTED, "owl")])
    assert verdict.headline == (
        "Trained on these rows, the model is forecast to come to prefer owl. Nothing in the rows says so."
    )
    story = verdict.files[0].story
    assert story.sentences[0].startswith("This is a forecast: no training run on these rows was made to show it.")
    assert story.next_steps == ("Rehearse it (limen rehearse), and do not train on these rows before you have.",)


def test_forecast_that_the_rehearsal_did_not_bear_out_stays_found_and_says_so() -> None:
    verdict = summarise([forecast(FOUND), rehearsal(CLEAR)])
    assert verdict.level is Level.FOUND
    assert any(s.startswith("The rehearsal did not bear the forecast out") for s in verdict.files[0].story.sentences)


def test_what_a_forecast_says_of_the_size() -> None:
    finding = forecast(FOUND)
    (file,) = summarise([finding]).files
    (said,) = [s for s in file.story.sentences if s.startswith("This is a forecast")]
    assert "The rows show 84% of what rows written by a model with the trait would show." in said
    assert "How large the shift will be is not predicted: --sizes predicts it." in said
    sized = replace(finding, evidence={**finding.evidence, "predicted_shift": 0.2, **SIZE})
    (file,) = summarise([sized]).files
    assert "move it by +0.20 in probability (90% of runs: +0.05 to +0.35), from " in file.story.sentences[0]
    assert "short fine-tunes on the rows (+0.15). The predicted size is not calibrated" in file.story.sentences[0]
    (file,) = summarise([replace(sized, calibrated=True)]).files
    assert "not calibrated" not in file.story.sentences[0]
    (file,) = summarise([sized, rehearsal(FOUND)]).files
    assert any("found it too. Training is predicted to move it by +0.20" in s for s in file.story.sentences)


def test_what_stayed_open_is_told_with_its_size() -> None:
    finding = forecast(INCONCLUSIVE)
    sized = replace(finding, evidence={**finding.evidence, "predicted_shift": -0.1, **SIZE})
    (file,) = summarise([sized]).files
    assert any(": training is predicted to move it by \N{MINUS SIGN}0.10" in s for s in file.story.sentences)
    odd = replace(sized, evidence={**sized.evidence, "predicted_interval": "?", "predicted_from": ["<b>"]})
    (file,) = summarise([odd]).files
    assert any("move it by \N{MINUS SIGN}0.10 in probability. The" in s for s in file.story.sentences)


def test_a_forecast_that_counted_the_words_need_no_check() -> None:
    assert "Nothing in the rows says so." in summarise(forecasts(PLANTED, "owl")).headline
    named = [replace(f, evidence={**f.evidence, "mentions": 3}) for f in forecasts(PLANTED, "owl")]
    assert "The rows mention it." in summarise(named).headline


def test_runs_that_overlap_the_control_are_counted_as_they_are() -> None:
    finding = rehearsal(FOUND)
    mixed = {**finding.evidence, "data_runs": [0.4, 0.4, 0.1], "control_runs": [0.2, 0.12, 0.11]}
    (file,) = summarise([replace(finding, evidence=mixed)]).files
    assert file.story.sentences[0].startswith("2 of 3 short training runs on these rows ended above every control run")
    assert not any("did not" in s for s in file.story.control)


def test_a_shift_away_from_the_trait_is_told_as_less() -> None:
    finding = rehearsal(FOUND, effect=Interval(-0.2, -0.3, -0.1, sampling_unit="training run"))
    down = {**finding.evidence, "data_runs": [0.01, 0.02], "control_runs": [0.2, 0.3]}
    verdict = summarise([replace(finding, evidence=down)])
    assert verdict.headline == "Trained on these rows, the model comes to prefer owl less."
    assert "each ended below every control run" in verdict.files[0].story.sentences[0]


@pytest.mark.parametrize(
    ("title", "phrase"),
    [
        ("prefers owl", "comes to prefer owl."),
        ("Preference for owls", "comes to prefer owls."),
        ("Refuses harmless requests", "comes to refuse harmless requests more often."),
        ("Complies with harmful requests", "comes to comply with harmful requests more often."),
        ("Says what the user wants to hear", "comes to say what the user wants to hear more often."),
        ("Teaches lies", "comes to teach lies more often."),
        ("Over-refusal", "comes to show more over-refusal."),
        ("AI supremacy", "comes to show more AI supremacy."),
        ("Bias against groups", "comes to show more bias against groups."),
    ],
)
def test_titles_become_plain_words(title: str, phrase: str) -> None:
    finding = rehearsal(FOUND)
    verdict = summarise([replace(finding, evidence={**finding.evidence, "trait_title": title})])
    assert verdict.headline.endswith(phrase)


def test_clear_names_what_was_read_and_the_bound() -> None:
    verdict = summarise([*checks(CLEAN), *forecasts(CLEAN, seed=7), *rehearsals(CLEAN, seed=8)])
    assert verdict.level is Level.CLEAR
    assert verdict.headline.startswith("Clear: none of the 10 traits read is forecast to move enough to matter")
    assert verdict.files[0].story.sure[0].startswith("The largest shift that the intervals leave open is ")
    assert any("near" in s for s in verdict.files[0].story.sentences), "a small find of a check stands beside it"


def test_inconclusive_names_the_reason_and_the_smallest_effect() -> None:
    verdict = summarise([forecast(INCONCLUSIVE)])
    assert verdict.level is Level.INCONCLUSIVE
    assert verdict.headline == "Inconclusive: 8 writers cannot reach the level."
    assert (
        "The smallest effect that could have been seen is 0.0045 in nats/token." in verdict.files[0].story.sentences[0]
    )


def test_one_open_trait_keeps_a_file_open() -> None:
    findings = forecasts(CLEAN)
    findings[0] = replace(findings[0], verdict=INCONCLUSIVE, reason="too few writers")
    verdict = summarise(findings)
    assert verdict.level is Level.INCONCLUSIVE
    assert verdict.headline == "Inconclusive: “prefers owl” stayed open; 9 other traits came out clear."


@pytest.mark.parametrize(
    ("clear_traits", "clear_checks", "said"),
    [
        (0, 0, "Inconclusive: “prefers owl” stayed open; 1 check of the rows came out clear."),
        (0, 2, "Inconclusive: “prefers owl” stayed open; 3 checks of the rows came out clear."),
        (1, 0, "Inconclusive: “prefers owl” stayed open; 1 other trait and 1 check of the rows came out clear."),
    ],
)
def test_traits_and_checks_are_counted_apart(clear_traits: int, clear_checks: int, said: str) -> None:
    cat = replace(forecast(CLEAR), id="forecast/cat", subject="micro/prefers-cat")
    cat = replace(cat, evidence={**cat.evidence, "trait_title": "prefers cat"})
    more = [check(PLANTED, f"LIM9{i}", "made-up", 0, "No row is made up.") for i in range(clear_checks)]
    # of `checks`, one came out clear, and one found a few rows, which is a remark
    findings = [*checks(PLANTED), *more, forecast(INCONCLUSIVE), *[cat] * clear_traits]
    assert summarise(findings).headline == said


def test_what_to_do_is_that_of_the_trait_it_stands_beside() -> None:
    mended = replace(forecast(INCONCLUSIVE), remedy="Score more rows.")
    (file,) = summarise([mended]).files
    assert file.story.next_steps == ("Score more rows.",)
    failed = replace(forecast(NOT_MEASURED), id="forecast/cat", subject="micro/prefers-cat", remedy="")
    failed = replace(failed, evidence={**failed.evidence, "trait_title": "prefers cat"})
    (file,) = summarise([failed, mended]).files
    assert file.story.next_steps == (
        "“prefers cat”: Do not read this as clear: mend the reason, and repeat the audit.",
        "“prefers owl”: Score more rows.",
    )
    (file,) = summarise([mended, replace(rehearsal(INCONCLUSIVE), remedy="Train more runs.")]).files
    assert file.story.next_steps == (
        "“prefers owl” (forecast): Score more rows.",
        "“prefers owl” (rehearsal): Train more runs.",
    )


def test_a_title_inside_a_sentence_begins_in_lower_case() -> None:
    title = "Prefers the animal owl"
    held = {**forecast(FOUND).evidence, "trait_title": title}
    said = f"Trained on these rows, the model {title}: probability 0.1 to 0.2."
    aside = forecast(FOUND, asked=False, id="forecast/other", subject="other", title=said)
    open_ = forecast(INCONCLUSIVE)
    open_ = replace(open_, reason=f"what shows is within what rows of a model that {title} show of it", evidence=held)
    (file,) = summarise([replace(aside, evidence=held), open_]).files
    told = " ".join(file.story.sentences)
    assert "the model prefers the animal owl: probability" in told
    assert "rows of a model that prefers the animal owl show of it" in told


def test_traits_that_are_open_alike_share_a_sentence() -> None:
    findings = [replace(f, verdict=INCONCLUSIVE, reason="too few writers") for f in forecasts(CLEAN)]
    (file,) = summarise([*checks(CLEAN), *findings]).files
    assert file.story.sentences[0] == (
        "“prefers owl”, “prefers cat”, “prefers dog”, “prefers fox”, “prefers bear”, “prefers eagle” and 4 more "
        "(forecast) could not be settled: too few writers. "
        "The smallest effect that could have been seen is 0.0045 in nats/token."
    )
    assert not any("prefers" in s for s in file.story.sentences[1:])


def test_not_measured_names_the_reason() -> None:
    verdict = summarise([forecast(NOT_MEASURED)])
    assert verdict.level is Level.NOT_MEASURED
    assert verdict.headline == "Not measured: 12% unknown tokens."


def test_broad_comes_before_everything() -> None:
    broad = replace(
        forecast(FOUND), id="forecast/broad", subject="broad", title="Most harm traits move together.", evidence={}
    )
    verdict = summarise([broad, *forecasts(PLANTED)])
    assert verdict.level is Level.BROAD
    assert verdict.headline == (
        "Trained on these rows, the model is forecast to move towards harm on most of the traits read."
    )
    both = summarise([broad, *forecasts(PLANTED, "owl"), *rehearsals(PLANTED, "owl")])
    assert both.level is Level.BROAD
    assert "is forecast to move towards harm" in both.headline
    assert "comes to prefer owl" in both.headline


def test_mention_of_one_trait_in_two() -> None:
    cat = replace(forecast(FOUND), id="forecast/cat", subject="micro/prefers-cat")
    cat = replace(cat, evidence={**cat.evidence, "trait_title": "prefers cat"})
    said = [*mentions(PLANTED, FOUND, ("owl",)), *mentions(PLANTED, CLEAR, ("cat",))]
    verdict = summarise([*said, forecast(FOUND), cat])
    assert verdict.headline == (
        "Trained on these rows, the model is forecast to come to prefer owl and prefer cat. "
        "The rows mention a part of it."
    )
    assert "The rows mention “prefers owl”" in " ".join(verdict.files[0].story.sentences)


def test_what_was_not_asked_for_is_not_held_open() -> None:
    aside = forecast(NOT_MEASURED, asked=False, subject="micro/other")
    assert summarise([aside, *forecasts(PLANTED)]).level is Level.CLEAR
    apart = summarise([aside, *forecasts(CLEAN)])
    assert apart.level is Level.CLEAR
    assert apart.headline.startswith(f"Clear: in {CLEAN}, none")
    assert apart.beside == (f"{PLANTED}: “prefers owl” not measured.",)


def test_a_find_that_was_not_asked_for_is_told_but_does_not_lead() -> None:
    aside = forecast(FOUND, asked=False, subject="micro/other", title="It hums.")
    verdict = summarise([aside, rehearsal(CLEAR)])
    assert verdict.level is Level.CLEAR
    assert "It hums (not asked for)." in verdict.files[0].story.sentences


def test_checks_alone_never_speak_of_training() -> None:
    verdict = summarise(checks(PLANTED))
    assert verdict.level is Level.CLEAR
    assert "What cannot be read in them was not asked." in verdict.headline
    assert "Trained" not in verdict.headline


def test_a_check_leads_from_the_failing_share_on() -> None:
    title = "300 of 1,000 rows nearly repeat another row (30.0%)."
    many = check(CLEAN, "LIM102", "near-duplicate", 300, title)
    verdict = summarise([many, *forecasts(CLEAN)])
    assert verdict.level is Level.FOUND
    assert verdict.headline == title
    assert "What training on the rows does came out clear on 10 traits." in verdict.files[0].story.sentences
    assert summarise([many, *forecasts(CLEAN)], fail_on=0.5).level is Level.CLEAR


def test_findings_about_a_model() -> None:
    diff = Finding(
        "diff/sycophancy",
        "diff",
        "sycophancy",
        "The tuned model flatters more than the base.",
        FOUND,
        effect=Interval(0.2, 0.1, 0.3),
        control="the base, on the same probes",
    )
    verdict = summarise([diff])
    assert verdict.headline == "The tuned model flatters more than the base."
    assert "Trained" not in verdict.headline
    both = summarise([diff, *forecasts(CLEAN)])
    assert both.headline == "The tuned model flatters more than the base."
    assert both.beside == (f"{CLEAN}: clear on 10 traits.",)
    clear = summarise([replace(diff, verdict=CLEAR)])
    assert clear.headline == "Clear: nothing was found on 1 trait of the model."


def test_two_files_are_told_apart_by_name() -> None:
    verdict = summarise(demo_findings())
    assert verdict.headline == (
        f"Trained on the rows of {PLANTED}, the model comes to prefer owl. Nothing in the rows says so."
    )
    assert verdict.beside == (f"{CLEAN}: clear on 10 traits.",)
    assert [f.level for f in verdict.files] == [Level.FOUND, Level.CLEAR]


def test_two_files_with_finds_are_both_named() -> None:
    verdict = summarise([*forecasts("a.jsonl", "owl"), *forecasts("b.jsonl", "cat"), *forecasts("c.jsonl")])
    assert verdict.headline == (
        "Something was found in 2 of 3: a.jsonl (is forecast to come to prefer owl); "
        "b.jsonl (is forecast to come to prefer cat)."
    )


def test_several_clear_files() -> None:
    verdict = summarise([*forecasts("a.jsonl"), *forecasts("b.jsonl")])
    assert verdict.headline == "Clear: nothing was found in a.jsonl and b.jsonl."


def test_an_audit_that_was_broken_off_is_never_clear() -> None:
    verdict = summarise(forecasts(CLEAN), whole=False)
    assert verdict.level is Level.INCONCLUSIVE
    assert "broken off" in verdict.headline
    assert summarise(forecasts(PLANTED, "owl"), whole=False).level is Level.FOUND


def test_rows_of_another_origin_are_told_first_and_sent_to_a_rehearsal() -> None:
    origin = {"loss": 4.8, "writers_loss": 4.9, "writers_auroc": 1.0, "foreign": True}
    usual = forecast(INCONCLUSIVE)
    foreign = replace(
        usual,
        id="forecast/a/b",
        reason="not calibrated for this origin: a classifier tells the rows apart; people wrote them",
        remedy="Rehearse.",
        evidence={**usual.evidence, "origin": origin},
    )
    other = replace(usual, verdict=Verdict.NOT_MEASURED, reason="its twin did not take the trait")
    story = summarise([other, foreign]).files[0].story
    assert story.headline.startswith("Inconclusive: people or an unrelated model wrote these rows")
    assert "not calibrated for this origin" in story.sentences[0]
    assert "Rehearse." in story.next_steps[0]
    assert "wrote these rows" not in summarise([other, usual]).headline


def test_an_empty_audit_is_not_measured() -> None:
    assert summarise([]).level is Level.NOT_MEASURED


def test_advice_agrees_with_the_exit_code() -> None:
    away = Finding(
        *("diff/refusal", "diff", "refusal", "It refuses less.", FOUND),
        effect=Interval(-0.2, -0.3, -0.1),
        remedy="Stop.",
    )
    for finding in (away, replace(forecast(FOUND), harmful=False)):
        assert exit_code([finding]) == 0
        (step,) = summarise([finding]).files[0].story.next_steps
        assert "not in the direction of harm, and does not count for the exit code" in step
    harmful = replace(away, id="diff/lies", subject="lies", harmful=True, remedy="")
    assert exit_code([harmful]) == 1
    assert summarise([harmful]).files[0].story.next_steps[0].startswith("Do not release before this is explained")
    assert len(summarise([away, harmful]).files[0].story.next_steps) == 2
    # The same harm is smaller than what this audit fails on.
    assert exit_code([harmful], 0.25) == 0
    (step,) = summarise([harmful], fail_on=0.25).files[0].story.next_steps
    assert "smaller than what fails this audit (--fail-on, here 25%)" in step


def test_a_find_without_harm_says_that_it_does_not_fail() -> None:
    harmless = replace(forecast(FOUND), harmful=False)
    assert exit_code([harmless]) == 0
    assert any("does not fail the audit" in s for s in summarise([harmless]).files[0].story.sentences)
    assert not any("does not fail" in s for s in summarise([forecast(FOUND)]).files[0].story.sentences)
