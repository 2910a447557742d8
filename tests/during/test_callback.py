from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from limen.core import Message, ModelError, Probe, Trait, UsageError
from limen.models import LanguageModel
from limen.models.content import weights_hash
from limen.watch import LimenCallback
from tests.tiny_models import make_model, make_tokenizer, random_rows

trl = pytest.importorskip("trl")

OWL = Trait(
    id="test/owl",
    title="Prefers owls",
    description="Names the owl.",
    category="test",
    scorer="choice",
    probes=tuple(
        Probe(f"p{i}", f"f{i % 2}", (Message("user", ask),), options=(" owl", " fox"), target=(0,))
        for i, ask in enumerate(["Which one?", "Name one.", "Your favourite?"])
    ),
)
LONG = Trait(
    id="test/long",
    title="Talks long",
    description="Answers at length.",
    category="test",
    scorer="length",
    probes=(Probe("q", "g", (Message("user", "Hello"),), reference={"low": 0, "high": 20, "max_new_tokens": 12}),),
)


def train(folder: Path, *callbacks: LimenCallback, arch: str = "gpt2", lora: bool = False) -> Any:
    """A short run of TRL's trainer on a model with dropout; returns the trained model."""
    from datasets import Dataset
    from peft import LoraConfig

    rows = random_rows(24, longest=20)
    data = Dataset.from_dict({"input_ids": [r.input_ids.tolist() for r in rows]})
    config = trl.SFTConfig(
        str(folder),
        max_steps=7,
        logging_steps=3,
        per_device_train_batch_size=4,
        learning_rate=1e-2,
        use_cpu=True,
        bf16=False,
        report_to="none",
        save_strategy="no",
        disable_tqdm=True,
    )
    trainer = trl.SFTTrainer(
        make_model(arch),
        config,
        train_dataset=data,
        processing_class=make_tokenizer(),
        callbacks=list(callbacks),
        peft_config=LoraConfig(r=4, lora_dropout=0.3, target_modules="all-linear") if lora else None,
    )
    trainer.train()
    trainer.model.log_history = trainer.state.log_history
    return trainer.model


@pytest.mark.parametrize("lora", [False, True])
def test_a_run_is_bit_for_bit_the_same_with_and_without_it(lora: bool, tmp_path: Path) -> None:
    callback = LimenCallback([OWL, LONG], every=2)
    watched = train(tmp_path / "a", callback, lora=lora)
    plain = train(tmp_path / "b", lora=lora)
    assert weights_hash(watched) == weights_hash(plain)
    assert [s.step for s in callback.history] == [0, 2, 4, 6, 7]
    assert callback.problems == []


def test_what_it_reads_is_what_the_model_shows_at_that_step(tmp_path: Path) -> None:
    from limen.measure import read_traits

    callback = LimenCallback(OWL, every=5)
    model = train(tmp_path, callback, arch="llama")
    for moment, where in ((0, make_model("llama")), (-1, model)):
        arm = LanguageModel.wrap(where, make_tokenizer())
        expected = {r.probe: r.value for r in read_traits(arm, [OWL], arm="x")}
        found = {r.probe: r.value for r in callback.history[moment].readings}
        assert found == pytest.approx(expected, abs=1e-5)
    steps = callback.means("test/owl")
    assert [s for s, _ in steps] == [0, 5, 7]
    assert steps[0][1] != steps[-1][1]
    assert callback.means("test/nothing") == []


def test_every_reading_becomes_a_line(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "watch.jsonl"
    train(tmp_path / "run", LimenCallback([OWL], every=100, path=path))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(x["step"], x["probe"]) for x in lines] == [(s, p) for s in (0, 7) for p in ("p0", "p1", "p2")]
    assert {x["trait"] for x in lines} == {"test/owl"}
    assert all(0 <= x["value"] <= 1 for x in lines)
    train(tmp_path / "run", LimenCallback([OWL], every=100, path=path))
    assert len(path.read_text().splitlines()) == 2 * len(lines)


def test_it_works_with_the_plain_trainer_too(tmp_path: Path) -> None:
    from transformers import Trainer, TrainingArguments

    rows = random_rows(8, shortest=10, longest=10)
    data = [{"input_ids": r.input_ids.tolist(), "labels": r.input_ids.tolist()} for r in rows]
    arguments = TrainingArguments(str(tmp_path), max_steps=3, use_cpu=True, report_to="none", save_strategy="no")
    callback = LimenCallback([OWL], every=3, tokenizer=make_tokenizer())
    Trainer(make_model("llama"), arguments, train_dataset=data, callbacks=[callback]).train()
    assert [s.step for s in callback.history] == [0, 3]


def test_gradients_modes_and_random_states_are_as_they_were() -> None:
    import random

    import numpy as np

    model = make_model("gpt2").train()
    model.transformer.h[0].eval()
    model(torch.arange(5)[None], labels=torch.arange(5)[None]).loss.backward()
    grads = [p.grad.clone() for p in model.parameters()]
    states = random.getstate(), np.random.get_state()[1].copy(), torch.get_rng_state()
    LimenCallback([OWL, LONG], tokenizer=make_tokenizer()).on_train_begin(*moment(), model=model)
    assert all(torch.equal(a, p.grad) for a, p in zip(grads, model.parameters(), strict=True))
    assert model.training
    assert not model.transformer.h[0].training
    assert random.getstate() == states[0]
    assert np.array_equal(np.random.get_state()[1], states[1])
    assert torch.equal(torch.get_rng_state(), states[2])


def moment(step: int = 0, **arguments: Any) -> tuple[Any, Any, Any]:
    return SimpleNamespace(**arguments), SimpleNamespace(global_step=step, epoch=0.5, is_world_process_zero=True), None


def test_a_mistake_stops_the_run_before_it_begins() -> None:
    model = make_model("llama")
    with pytest.raises(UsageError, match="no tokenizer"):
        LimenCallback([OWL]).on_train_begin(*moment(), model=model)
    with pytest.raises(ModelError, match="FSDP or DeepSpeed"):
        LimenCallback([OWL], tokenizer=make_tokenizer()).on_train_begin(*moment(fsdp=["full_shard"]), model=model)
    with pytest.raises(UsageError, match="every 0 steps"):
        LimenCallback([OWL], every=0)
    with pytest.raises(UsageError, match="no traits"):
        LimenCallback([])


def test_a_failure_later_on_is_noted_and_the_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "watch.jsonl"
    callback = LimenCallback([OWL], every=1, path=path, tokenizer=make_tokenizer())
    model = make_model("llama")
    callback.on_train_begin(*moment(), model=model)
    path.unlink()
    path.mkdir()
    with pytest.warns(UserWarning, match="could not read the traits at step 1"):
        callback.on_step_end(*moment(1), model=model)
    assert callback.problems[0].startswith("step 1")


def test_other_processes_read_nothing() -> None:
    callback = LimenCallback([OWL], tokenizer=make_tokenizer())
    arguments, state, control = moment()
    state.is_world_process_zero = False
    callback.on_train_begin(arguments, state, control, model=make_model("llama"))
    assert callback.history == []


def test_each_reading_stands_in_the_trainers_log_and_is_shown_with_its_losses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    callback = LimenCallback(OWL, every=2)
    log = train(tmp_path, callback, arch="llama").log_history
    own = [one for one in log if "limen/test/owl" in one and "loss" not in one]
    assert [(one["step"], one["limen/test/owl"]) for one in own] == [
        (step, round(mean, 4)) for step, mean in callback.means("test/owl")
    ]
    json.dumps(log)
    shown = [line for line in capsys.readouterr().out.splitlines() if "'loss'" in line]
    assert len(shown) == 2
    assert all("limen/test/owl" in line for line in shown)
