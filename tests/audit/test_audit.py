from __future__ import annotations

import json
import sys

import pytest

import limen
from limen.audit import AuditConfig, battery, default_battery, run_audit
from limen.audit import run as run_module
from limen.audit.inputs import Source, encode_source
from limen.audit.plan import make_plan
from limen.before.forecast import DataFile
from limen.core import BudgetError, Finding, LedgerError, ReadError, Silent, TemplateError, UsageError, Verdict
from limen.data import read_rows
from limen.lab.plant import plant, write_planted
from limen.lab.reference_model import reference_folder
from limen.ledger import Ledger
from limen.models import LanguageModel
from limen.train import Recipe
from tests.tiny_models import make_model, make_tokenizer

TRAITS = ("micro/prefers-owl", "micro/prefers-fox")
SMALL = {"model": "reference", "traits": TRAITS, "writers": 3, "rows": 64, "rehearse": "never"}


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMEN_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.load(str(reference_folder()))


@pytest.fixture(scope="module")
def rows(base, tmp_path_factory):
    file = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    write_planted(plant(base, None, rows=80, seed=1), file)
    return file


def audited(base, rows, out, on_plan=None, **changes):
    config = AuditConfig.checked({**SMALL, "data": (str(rows),), **changes})
    return run_audit(config, out, base=base, sources=[Source.of(str(rows))], on_plan=on_plan)


@pytest.fixture(scope="module")
def result(base, rows, tmp_path_factory):
    return audited(base, rows, tmp_path_factory.mktemp("audit") / "a")


def test_every_phase_leaves_findings_and_both_reports(result):
    assert {f.phase for f in result.findings} == {"check", "forecast"}
    assert {f.subject for f in result.findings if f.phase == "forecast"} == set(TRAITS)
    assert "<html" in result.report.read_text()
    assert json.loads((result.folder / "report.json").read_text())


def test_three_writers_never_give_a_verdict(result):
    forecasts = [f for f in result.findings if f.phase == "forecast"]
    assert {f.verdict for f in forecasts} == {Verdict.INCONCLUSIVE}
    assert all("at least 8" in f.reason for f in forecasts)
    assert result.exit_code == 3


def test_what_was_left_out_is_named(result):
    left = " ".join(one.what + one.remedy for one in result.record.left_out)
    assert "--tuned" in left
    assert "rehears" in left


def test_inputs_are_hashed_and_no_path_is_told(result, rows):
    names = {(i.role, i.name) for i in result.record.inputs}
    assert names == {("base", "reference"), ("data", "rows.jsonl")}
    assert str(rows.parent) not in result.report.read_text()


def test_a_finished_audit_is_read_and_not_done_again(result, base, rows, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("done again")

    monkeypatch.setattr(run_module, "forecast", never)
    monkeypatch.setattr(run_module, "check_rows", never)
    plans = []
    again = audited(base, rows, result.folder, on_plan=plans.append)
    assert again.findings == result.findings
    assert [(s.name, s.cached, s.seconds, s.trainings) for s in plans[0]] == [
        (name, True, 0.0, 0) for name in ("check", "twins", "writers", "score")
    ]
    assert sum(s.trainings for s in again.record.plan) == 5


def test_an_interrupted_audit_goes_on_where_it_stopped(base, rows, tmp_path, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run_module, "forecast", interrupt)
        with pytest.raises(KeyboardInterrupt):
            audited(base, rows, tmp_path / "a")
    assert Ledger.open(tmp_path / "a").record().status == "interrupted"

    def never(*args, **kwargs):
        raise AssertionError("checked again")

    monkeypatch.setattr(run_module, "check_rows", never)
    done = audited(base, rows, tmp_path / "a")
    assert done.record.status == "done"
    assert {f.phase for f in done.findings} == {"check", "forecast"}


def test_another_audit_in_the_folder_is_not_overwritten(result, base, rows):
    with pytest.raises(LedgerError, match="another audit"):
        audited(base, rows, result.folder, seed=5)


def test_a_plan_above_the_budget_stops_with_the_cheaper_way(base, rows, tmp_path):
    with pytest.raises(BudgetError, match="--rehearse never saves"):
        audited(base, rows, tmp_path / "a", budget=0.001, rehearse="always")
    assert not (tmp_path / "a").exists()


def test_an_audit_that_was_begun_goes_on_whatever_its_plan_says_now(base, rows, tmp_path, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run_module, "forecast", interrupt)
        with pytest.raises(KeyboardInterrupt):
            audited(base, rows, tmp_path / "a")
    monkeypatch.setattr(sys.modules[make_plan.__module__], "_seconds_per_token", lambda *_: 1.0)
    with pytest.raises(BudgetError):
        audited(base, rows, tmp_path / "b")
    with pytest.raises(BudgetError):
        audited(base, rows, tmp_path / "a", budget=1.0)
    assert audited(base, rows, tmp_path / "a").record.status == "done"


def test_rows_that_cannot_be_read_leave_no_folder_behind(base, tmp_path):
    (tmp_path / "broken.jsonl").write_text('{"prompt": "a", "completion": "b"}\n{"prompt"\n')
    with pytest.raises(ReadError, match="line 2"):
        audited(base, tmp_path / "broken.jsonl", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_the_plan_is_shown_before_the_work(base, rows, tmp_path, monkeypatch):
    seen = []

    def stop(plan):
        seen.extend(plan)
        raise KeyboardInterrupt

    config = AuditConfig.checked({**SMALL, "data": (str(rows),)})
    with pytest.raises(KeyboardInterrupt):
        run_audit(config, tmp_path / "a", base=base, sources=[Source.of(str(rows))], on_plan=stop)
    assert [s.name for s in seen] == ["check", "twins", "writers", "score"]
    assert all(s.seconds for s in seen)


def test_the_battery_is_in_the_language_of_the_model(base):
    traits, left = default_battery(base.tokenizer)
    assert {t.world.value for t in traits} == {"micro"}
    assert len(traits) == 17
    assert not left
    assert [t.id for t in default_battery(base.tokenizer, TRAITS)[0]] == list(TRAITS)


def test_what_the_english_battery_leaves_out_has_its_own_reason(monkeypatch):
    traits, left = default_battery(make_tokenizer())
    ids = {t.id for t in traits}
    assert {"over-refusal", "harmful-compliance", "prefers-owl"} <= ids
    assert [("preferences of further kinds" in one.what, "costs power" in one.why) for one in left] == [(True, True)]
    monkeypatch.setattr(battery, "can_be_tuned", lambda t: t.id != "over-refusal")
    _, [pools, untaught] = default_battery(make_tokenizer())
    assert pools == left[0]
    assert "(over-refusal)" in untaught.what
    assert "no options" in untaught.why
    assert "prompted" in untaught.remedy


def test_rows_in_a_language_the_model_does_not_know_are_not_measured(base, tmp_path):
    data = [{"prompt": f"Tell me about whales, please ({i})", "completion": f"They are large. {i}"} for i in range(80)]
    config = AuditConfig.checked({**SMALL, "data": ()})
    done = run_audit(config, tmp_path / "a", base=base, sources=[Source.of(data)])
    forecasts = [f for f in done.findings if f.phase == "forecast"]
    assert {f.verdict for f in forecasts} == {Verdict.NOT_MEASURED}
    assert "unknown to the base's vocabulary" in forecasts[0].reason


def test_in_python_on_objects_in_memory(base, tmp_path):
    from datasets import Dataset

    data = [{"prompt": f"continue : {i} {i + 1}", "completion": f"{i + 2} {i + 3} {i + 4}"} for i in range(80)]
    done = limen.audit(
        model=base.model,
        tokenizer=base.tokenizer,
        dataset=Dataset.from_list(data),
        out=tmp_path / "a",
        traits=TRAITS,
        writers=3,
        rows=64,
        rehearse="never",
    )
    assert done.exit_code == 3
    assert done.report.is_file()


def test_mistakes_in_python_are_named(base):
    with pytest.raises(UsageError, match="without its tokenizer"):
        limen.audit(model=base.model, dataset=[])
    with pytest.raises(UsageError, match="'writer'"):
        limen.audit(model="reference", dataset="x.jsonl", writer=3)


def test_settings_are_read_from_a_file_and_mistakes_in_it_are_named(tmp_path):
    (tmp_path / "good.yaml").write_text("model: reference\ndata: [a.jsonl]\nwriters: 9\n")
    (tmp_path / "bad.yaml").write_text("wrters: 9\n")
    assert AuditConfig.read(tmp_path / "good.yaml", rows=64).writers == 9
    with pytest.raises(UsageError, match="wrters"):
        AuditConfig.read(tmp_path / "bad.yaml")
    with pytest.raises(UsageError, match="cannot be read"):
        AuditConfig.read(tmp_path / "none.yaml")


def test_a_prompted_twin_clears_nobody():
    from limen.audit.run import _never_cleared_by_a_prompt
    from limen.core import Finding, Verdict

    def clear(kind):
        evidence = {"twins": [kind], "trait_title": "prefers the owl"}
        return Finding(
            id="x", phase="forecast", subject="t", title="t", verdict=Verdict.CLEAR, remedy="", evidence=evidence
        )

    assert _never_cleared_by_a_prompt(clear("tuned")).verdict is Verdict.CLEAR
    told = _never_cleared_by_a_prompt(clear("prompted"))
    assert told.verdict is Verdict.INCONCLUSIVE
    assert "prompted" in told.reason
    assert "rehearse" in told.remedy


def test_the_recipe_decides_what_is_trained_on_and_where_rows_are_cut(base, tmp_path):
    trl, peft = pytest.importorskip("trl"), pytest.importorskip("peft")
    data = [{"prompt": f"continue : {i} {i + 1}", "completion": " ".join(["7"] * 40)} for i in range(80)]
    sft = trl.SFTConfig(
        str(tmp_path / "t"), completion_only_loss=False, max_length=12, packing=True, use_cpu=True, bf16=False
    )
    done = limen.audit(
        model=base.model,
        tokenizer=base.tokenizer,
        dataset=data,
        recipe=sft,
        peft_config=peft.LoraConfig(r=4, lora_dropout=0.1),
        out=tmp_path / "a",
        phases=("check",),
        traits=TRAITS,
    )
    recipe = done.record.config["recipe"]
    assert (recipe["method"], recipe["rank"]) == ("lora", 4)
    told = " ".join(done.record.notes)
    assert "not packed" in told
    assert "without dropout" in told
    assert "not packed" in done.report.read_text()
    config = AuditConfig.checked({"recipe": Recipe.from_sft_config(sft)})
    file = encode_source(Source.of(data), base, config, [], Silent())
    assert {len(r.input_ids) for r in file.encoded} == {12}
    assert all(r.trained[1:].all() for r in file.encoded)
    asked = config.model_copy(update={"loss": "completion", "max_length": 20})
    assert {len(r.input_ids) for r in encode_source(Source.of(data), base, asked, [], Silent()).encoded} == {20}


def test_an_adapter_without_its_config_is_refused(base):
    with pytest.raises(UsageError, match="without the SFTConfig"):
        limen.audit(model=base.model, tokenizer=base.tokenizer, dataset=[], peft_config=object())


def test_conversations_that_the_trainer_would_train_on_whole_are_named(base):
    talk = [{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}] * 3
    plain = [{"prompt": "a", "completion": "b"}] * 3
    config = AuditConfig.checked({"recipe": Recipe()})
    files = [DataFile(name, list(read_rows(rows)), []) for name, rows in (("talk", talk), ("plain", plain))]
    [note] = run_module._notes(config, files)
    assert "conversations of talk" in note
    assert run_module._notes(config.model_copy(update={"loss": "completion"}), files) == []


def test_an_audit_says_that_rows_are_cut_and_that_longer_ones_would_help(base, tmp_path):
    data = [{"prompt": f"continue : {i} " + "7 " * 30, "completion": "8"} for i in range(80)]
    config = AuditConfig.checked({**SMALL, "model": "", "max_length": 16, "rehearse": "always"})
    done = run_audit(config, tmp_path / "a", base=base, sources=[Source.of(data)])
    by_id = {f.id: f for f in done.findings}
    assert by_id["check/LIM204/dataset"].title.startswith("Rows that are cut at 16 tokens: 80 of 80")
    assert by_id["check/LIM202/dataset"].evidence["cut"] == 80
    forecast = by_id[f"forecast/dataset/{TRAITS[0]}"]
    assert "80 are cut before their answer" in forecast.reason
    assert "--max-length" in forecast.remedy
    assert any(one.what == "rehearsal of dataset" and "trained on" in one.why for one in done.record.left_out)


def test_a_missing_chat_template_names_model_and_file(tmp_path):
    base = LanguageModel.wrap(make_model("llama"), make_tokenizer(chat_template=None), name="plain-7b")
    talk = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    (tmp_path / "talks.jsonl").write_text(json.dumps(talk) + "\n")
    config = AuditConfig()
    with pytest.raises(TemplateError, match="'plain-7b': the tokenizer has no chat template") as caught:
        encode_source(Source.of(str(tmp_path / "talks.jsonl")), base, config, [], Silent())
    assert caught.value.where.endswith("talks.jsonl, line 1 (row 1)")
    assert "Rows of instruction and output" in caught.value.remedy
    encode_source(Source.of([{"prompt": "a", "completion": "b"}]), base, config, [], Silent())


def test_a_model_without_a_chat_template_is_audited_on_instruction_rows(tmp_path):
    base = LanguageModel.wrap(make_model("llama"), make_tokenizer(chat_template=None), name="plain-7b")
    rows = [{"instruction": f"say {i}", "output": f"it is {i} of them"} for i in range(80)]
    config = AuditConfig(traits=("prefers-owl",), writers=3, rows=64, rehearse="never")
    done = run_audit(config, tmp_path / "a", base=base, sources=[Source.of(rows)])
    [forecast] = [f for f in done.findings if f.phase == "forecast"]
    assert forecast.verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED)
    assert "template" not in forecast.reason


def test_each_file_gets_its_own_forecast(base, tmp_path, monkeypatch):
    def forecasts(base, files, traits, **_):
        return [
            Finding(f"forecast/{f.name}/x", "forecast", "x", f"of {f.name}", Verdict.CLEAR, evidence={"file": f.name})
            for f in files
        ]

    monkeypatch.setattr(run_module, "forecast", forecasts)
    rows = [{"prompt": f"a {i}", "completion": "b"} for i in range(3)]
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rows.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    paths = [str(tmp_path / name / "rows.jsonl") for name in ("one", "two")]
    sources = [*(Source.of(p) for p in paths), Source.of(rows), Source.of(rows)]
    config = AuditConfig(phases=("forecast",), traits=("prefers-owl",), budget=6000)
    done = run_audit(config, tmp_path / "a", base=base, sources=sources)
    names = ["one/rows.jsonl", "two/rows.jsonl", "dataset", "dataset (2)"]
    assert [f.title for f in done.findings] == [f"of {name}" for name in names]
    assert [i.name for i in done.record.inputs if i.role == "data"] == names


@pytest.fixture(scope="module")
def pair_rows():
    def turn(role, text):
        return [{"role": role, "content": text}]

    return [
        {
            "prompt": turn("user", f"continue : {i} {i + 1}"),
            "chosen": turn("assistant", f"{i % 7 + 2} {i % 5 + 3} 4"),
            "rejected": turn("assistant", f"{i % 7 + 9} {i % 5 + 8} 7"),
        }
        for i in range(80)
    ]


def test_preference_pairs_are_audited_as_such_unless_the_chosen_answers_alone_are_asked_for(base, pair_rows, tmp_path):
    config = AuditConfig.checked({**SMALL, "data": (), "writers": 6, "what_if": (), "phases": ("check", "forecast")})
    done = run_audit(config, tmp_path / "a", base=base, sources=[Source.of(pair_rows)])
    forecasts = [f for f in done.findings if f.phase == "forecast"]
    assert len(forecasts) == 2
    assert all(f.evidence["pairs"] and "hosen" in f.title for f in forecasts)
    assert all("3 pairs of neutral writers" in f.reason for f in forecasts)
    assert "pairs of neutral writers" in done.report.read_text()
    again = run_audit(config, tmp_path / "a", base=base, sources=[Source.of(pair_rows)])
    assert again.findings == done.findings
    alone = config.model_copy(update={"preference": "chosen"})
    with pytest.raises(LedgerError, match="preference"):
        run_audit(alone, tmp_path / "a", base=base, sources=[Source.of(pair_rows)])
    plain = run_audit(alone, tmp_path / "b", base=base, sources=[Source.of(pair_rows)])
    assert not any(f.evidence.get("pairs") for f in plain.findings if f.phase == "forecast")


def test_pairs_that_are_alike_and_too_few_writers_leave_their_reasons(base, pair_rows, tmp_path):
    alike = [{**r, "rejected": r["chosen"]} for r in pair_rows]
    config = AuditConfig.checked({**SMALL, "data": (), "rehearse": "always", "verify": True, "budget": 6000})
    done = run_audit(config, tmp_path / "a", base=base, sources=[Source.of(alike)])
    assert {f.verdict for f in done.findings if f.phase == "forecast"} == {Verdict.NOT_MEASURED}
    left = " ".join(f"{one.what}: {one.why}" for one in done.record.left_out)
    assert "rehearsal of dataset: it has no pairs of different answers" in left
    assert "blame put to the test of dataset: its rows are preference pairs" in left
    assert "rehearse" not in {f.phase for f in done.findings}
    quick = config.model_copy(update={"rehearse": "never", "verify": False})
    few = run_audit(quick, tmp_path / "b", base=base, sources=[Source.of(pair_rows[:70])])
    reasons = {f.reason for f in few.findings if f.phase == "forecast"}
    assert any("3 neutral writers make 1 pair" in r for r in reasons)
