"""The same fine-tune through TRL's own SFTTrainer: what most people train with, at its full-vocabulary loss."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from limen.core import DataError, MissingExtraError, ModelError, Progress, UsageError
from limen.models import LanguageModel
from limen.models.batches import model_device
from limen.models.loading import quiet
from limen.train.copies import finished, trainable_copy, with_own_forward
from limen.train.recipe import Recipe

if TYPE_CHECKING:
    from limen.data import EncodedRow


def trl_fine_tune(
    model: LanguageModel,
    encoded: Sequence[EncodedRow],
    recipe: Recipe,
    *,
    progress: Progress | None = None,
    name: str | None = None,
) -> LanguageModel:
    """Train a copy of a model with TRL's SFTTrainer; the model itself stays as it is.

    The rows go in as tokens and labels, so that the trainer sees exactly the trained tokens that Limen sees. Nothing
    is looked up on the network, nothing is written but a temporary folder, and the random states of Python, numpy
    and torch, which the trainer sets, are put back.

    Args:
        model: What training starts from.
        encoded: Rows as tokens, with their trained tokens.
        recipe: How; `restrict_vocab` is no loss that TRL has.
        progress: Told of steps done.
        name: Name of the new model; `<name>-tuned` by default.

    Returns:
        The new model.

    Raises:
        MissingExtraError: TRL is not installed.
        UsageError: The recipe asks for the laboratory's loss.
        DataError: No row has a trained token.
        ModelError: The run diverged.
    """
    try:
        import trl  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("trl", "trl") from error
    if recipe.restrict_vocab is not None:
        raise UsageError("TRL has no loss over a part of the vocabulary.", remedy="Leave restrict_vocab out.")
    rows = [r for r in encoded if r.trained[1:].any()]
    if not rows:
        raise DataError(
            f"none of the {len(encoded)} rows has a token that is trained on.",
            remedy="Look at the rows with limen doctor; the answers may be empty or cut off by --max-length.",
        )
    name = name or f"{model.name}-tuned"
    with _random_states_kept(), offline(), quiet(), tempfile.TemporaryDirectory() as folder:
        import torch

        torch.manual_seed(recipe.seed)
        student = trainable_copy(model.model, recipe)
        trainer = _trainer(student, model.tokenizer, rows, recipe, folder, progress, f"train {name}")
        loss = float(trainer.train().training_loss)
        weights = [p for p in student.parameters() if p.requires_grad]
        if not (np.isfinite(loss) and all(bool(torch.isfinite(p).all()) for p in weights)):
            raise ModelError(
                f"the fine-tune {name!r} diverged under TRL: its loss or weights are not numbers.",
                remedy=f"Lower the learning rate (it was {recipe.learning_rate:g}) or add warm-up.",
            )
    return LanguageModel(finished(with_own_forward(student), model.model), model.tokenizer, name=name)


def _trainer(
    student: Any,
    tokenizer: Any,
    rows: Sequence[EncodedRow],
    recipe: Recipe,
    folder: str,
    progress: Progress | None,
    task: str,
) -> Any:
    from datasets import Dataset
    from transformers import TrainerCallback
    from transformers.trainer_callback import PrinterCallback
    from trl import SFTConfig, SFTTrainer

    class Told(TrainerCallback):
        def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if progress:
                progress.start(task, state.max_steps)

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if progress:
                progress.advance(task)

        def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if progress:
                progress.done(task)

    data = Dataset.from_dict(
        {
            "input_ids": [r.input_ids.tolist() for r in rows],
            "labels": [np.where(r.trained, r.input_ids, -100).tolist() for r in rows],
        }
    )
    device = model_device(student)
    config = SFTConfig(
        output_dir=folder,
        learning_rate=recipe.learning_rate,
        num_train_epochs=recipe.epochs,
        max_steps=recipe.steps or -1,
        per_device_train_batch_size=recipe.batch_size,
        weight_decay=recipe.weight_decay,
        warmup_steps=recipe.warmup if recipe.warmup < 1 else int(recipe.warmup),
        lr_scheduler_type=recipe.scheduler
        if not (recipe.warmup and recipe.scheduler == "constant")
        else "constant_with_warmup",
        max_grad_norm=recipe.max_grad_norm or 0.0,
        max_length=None,
        seed=recipe.seed,
        use_cpu=device.type == "cpu",
        bf16=False,
        gradient_checkpointing=False,
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=device.type != "cpu",
        dataset_num_proc=None,
    )
    trainer = SFTTrainer(
        model=student, args=config, train_dataset=data, processing_class=_padded(tokenizer), callbacks=[Told()]
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _padded(tokenizer: Any) -> Any:
    """The tokenizer, or a copy that pads with its end token where it has no padding token; TRL asks for one."""
    if tokenizer.pad_token is not None:
        return tokenizer
    import copy

    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


@contextmanager
def offline() -> Iterator[None]:
    """Keep TRL and the hub's client from asking the network anything."""
    from datasets.utils.logging import disable_progress_bar, enable_progress_bar, is_progress_bar_enabled
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY
    shown = is_progress_bar_enabled()
    constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = True, True
    disable_progress_bar()
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = before
        if shown:
            enable_progress_bar()


@contextmanager
def _random_states_kept() -> Iterator[None]:
    import torch

    python, numpy = random.getstate(), np.random.get_state()
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=devices):
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)
