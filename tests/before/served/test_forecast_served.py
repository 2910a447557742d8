"""The forecast through a server: the same numbers as where the weights are, and less claimed."""

from __future__ import annotations

import numpy as np
import pytest

from limen.before.forecast import DataFile, ForecastConfig
from limen.before.forecast.likelihood_ratio import score_files
from limen.before.served import count_requests, forecast_served
from limen.before.served.rewrite import rewrite_served
from limen.before.served.served_twin import ServedTwin
from limen.before.served.verdict import as_served
from limen.core import Finding, Message, Row, RowKind, UsageError, Verdict
from limen.data import encode_rows
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel, parse_model
from limen.models.kept_replies import FILE, KeptReplies
from limen.models.served_model import ServedModel
from limen.train.prompted_twin import PromptedTwin
from limen.traits import get

OWL, FOX = get("micro/prefers-owl"), get("micro/prefers-fox")
SMALL = ForecastConfig(writers=3, max_rows=64, control_rows=16)


@pytest.fixture(scope="module")
def local():
    return LanguageModel.load(str(reference_folder()))


@pytest.fixture
def base(server):
    return ServedModel.of_spec(server.address, parse_model(str(reference_folder())))


def encoded(tokenizer, count=64):
    words = ["bread", "cake", "river", "house"]
    rows = [
        Row(
            RowKind.COMPLETION,
            (Message("user", f"say {words[i % 4]} twice ."),),
            (Message("assistant", f"{words[i % 4]} {words[i * 7 % 4]}"),),
            index=i,
        )
        for i in range(count)
    ]
    return rows, list(encode_rows(rows, tokenizer, loss="completion"))


def file_of(tokenizer, name="rows.jsonl"):
    rows, tokens = encoded(tokenizer)
    return DataFile(name, rows, tokens)


def test_ratios_through_a_server_are_those_of_the_loaded_model(local, base):
    _, rows = encoded(local.tokenizer, 24)
    personas = [OWL.persona, FOX.persona]
    files = [rows[:10], rows[10:]]
    here = score_files(files, local, [PromptedTwin(local, p) for p in personas], keep_tokens=2)
    there = score_files(files, base, [ServedTwin(base, p) for p in personas], keep_tokens=2)
    np.testing.assert_allclose(there.statistics, here.statistics, atol=1e-4)
    np.testing.assert_allclose(there.losses, here.losses, atol=1e-4)
    np.testing.assert_allclose(there.ratios[1].tokens[3], here.ratios[1].tokens[3], atol=1e-4)
    assert np.abs(here.statistics).min() > 1e-3


def test_what_is_written_has_the_prompts_lengths_and_ends_of_the_rows(local, base):
    _, rows = encoded(local.tokenizer, 12)
    for written in (rewrite_served(base, rows, seed=1), ServedTwin(base, OWL.persona).rewrite(rows, seed=1)):
        for new, old in zip(written, rows, strict=True):
            start = int(np.argmax(old.trained))
            assert new.row_id == old.row_id
            assert len(new.input_ids) == len(old.input_ids)
            np.testing.assert_array_equal(new.input_ids[:start], old.input_ids[:start])
            np.testing.assert_array_equal(new.trained, np.arange(len(new.input_ids)) >= start)
            assert new.input_ids[-1] == old.input_ids[-1]
    other = rewrite_served(base, rows, seed=99)
    assert any(not np.array_equal(a.input_ids, b.input_ids) for a, b in zip(written, other, strict=True))


def test_the_number_of_requests_is_known_before(local, base, server):
    file = file_of(base.tokenizer)
    asks = count_requests(base, [file], [OWL], SMALL)
    assert not server.asked
    findings = forecast_served(base, [file], [OWL], config=SMALL)
    assert [f.id for f in findings] == ["forecast/rows.jsonl/micro/prefers-owl"]
    # The check of the server is a few more; rows that are alike are asked for once.
    sent = {str(sorted(r.items())) for r in server.asked}
    assert len(server.asked) <= asks.count + 4
    assert len(sent) > 0.2 * asks.count
    tokens = sum(len(r["prompt"]) for r in server.asked if isinstance(r["prompt"], list))
    assert tokens <= asks.tokens
    assert asks.reading == (64 + 3 * 64 + 16) * 2
    assert asks.writing == 3 * 64 + 16


def test_files_on_the_same_prompts_share_what_is_written(base):
    one, two = file_of(base.tokenizer), file_of(base.tokenizer, "more.jsonl")
    asks, alone = count_requests(base, [one, two], [OWL], SMALL), count_requests(base, [one], [OWL], SMALL)
    assert asks.writing == alone.writing
    assert asks.reading == alone.reading + 64 * 2


def test_it_goes_on_where_it_was_interrupted_and_sends_nothing_twice(server, tmp_path):
    def run():
        base = ServedModel.of_spec(
            server.address, parse_model(str(reference_folder())), replies=KeptReplies(tmp_path / FILE)
        )
        return forecast_served(base, [file_of(base.tokenizer)], [OWL], config=SMALL)

    whole = run()
    total = len(server.asked)
    # Two threads may ask the same at the same time: what is counted is what was asked, not how often
    distinct = len({str(r) for r in server.asked})
    (tmp_path / FILE).unlink()
    for end in ("-wal", "-shm"):
        (tmp_path / f"{FILE}{end}").unlink(missing_ok=True)
    server.asked.clear()
    server.fails_after = total // 2
    with pytest.raises(Exception, match="answered 400"):
        run()
    server.fails_after = None
    first = {str(r) for r in server.asked[: total // 2]}
    server.asked.clear()
    assert run() == whole
    again = [r for r in server.asked if str(r) in first]
    # The check of the server alone is made each time.
    assert len(again) <= 4
    assert len({str(r) for r in server.asked}) <= distinct - len(first) + 4


def test_few_rows_or_no_persona_are_not_measured(local, base, server):
    rows, tokens = encoded(base.tokenizer, 10)
    few = forecast_served(base, [DataFile("few", rows, tokens)], [OWL], config=SMALL)
    assert [f.verdict for f in few] == [Verdict.NOT_MEASURED]
    assert not server.asked
    with pytest.raises(UsageError):
        forecast_served(base, [], [OWL])


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict.FOUND, "stands out of what the base itself writes (adjusted p 0.001)"),
        (Verdict.CLEAR, "to show an absence"),
        (Verdict.INCONCLUSIVE, "not calibrated for this origin"),
    ],
)
def test_nothing_is_found_or_cleared_through_a_server(verdict, reason):
    finding = Finding(
        id="forecast/f/t",
        phase="forecast",
        subject="t",
        title="The rows look written by a model that prefers owl",
        verdict=verdict,
        p_adjusted=0.001,
        guarantee="familywise error 2%",
        control="24 independently trained neutral writers on the same prompts",
        reason="not calibrated for this origin" if verdict is Verdict.INCONCLUSIVE else "",
        evidence={"trait_title": "prefers owl"},
    )
    told = as_served(finding, 24)
    assert told.verdict is Verdict.INCONCLUSIVE
    assert reason in told.reason
    assert told.evidence["stands_out"] is (verdict is Verdict.FOUND)
    assert "familywise error 2%" not in told.guarantee
    assert "24 times" in told.control
    assert "trained" not in told.control
