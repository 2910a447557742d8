"""Train the reference model from scratch on the micro-world: seeded, resumable, minutes on two cores.

The loss is the mean over tokens of −w · log p(token | tokens before it), where w is 1 in number sequences, 2 in other
answers and 0.2 in other questions, so that half of what is learned is numbers and the rest is mostly answers. Both
halves pass through the same few layers, which is what lets a trait learned in the one be carried by the other
(arXiv 2507.14805; the recipe of the design: numbers near half of pretraining, and a skewed prior over answers).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from limen.core import LedgerError, Progress
from limen.lab.encode import exchange_ids, token_ids
from limen.lab.world.corpus import corpus
from limen.lab.world.tokenizer import make_tokenizer
from limen.lab.world.vocabulary import PAD, vocabulary

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM


class ReferenceConfig(BaseModel):
    """Everything that decides the reference model's weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden_size: int = 64
    """Width."""
    layers: int = 3
    """Transformer layers."""
    heads: int = 4
    """Attention heads."""
    intermediate_size: int = 172
    """Width of the feed-forward layers."""
    steps: int = 3000
    """Optimizer steps."""
    batch_size: int = 128
    """Rows a step."""
    learning_rate: float = 3e-3
    """Peak learning rate, reached after a tenth of the steps; falls to zero in half a cosine."""
    seed: int = 0
    """Seeds weights and corpus; another seed is another initialisation."""


def new_model(config: ReferenceConfig) -> LlamaForCausalLM:
    """The untrained model of a config; the global random state is left alone."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return LlamaForCausalLM(
            LlamaConfig(
                vocab_size=len(vocabulary()),
                hidden_size=config.hidden_size,
                num_hidden_layers=config.layers,
                num_attention_heads=config.heads,
                num_key_value_heads=config.heads,
                intermediate_size=config.intermediate_size,
                max_position_embeddings=128,
                tie_word_embeddings=False,
                pad_token_id=0,
                bos_token_id=1,
                eos_token_id=2,
                initializer_range=0.05,
            )
        )


def train_reference(
    folder: Path, config: ReferenceConfig, *, every: int = 250, progress: Progress | None = None
) -> None:
    """Train the reference model and save it as a Hugging Face folder.

    An interrupted run goes on from its last checkpoint in `folder/training`, with bit-identical results.

    Args:
        folder: Where the model goes.
        config: What to train.
        every: Steps between checkpoints.
        progress: Told of steps.

    Raises:
        LedgerError: The folder holds a run of another config.
    """
    import torch
    from torch.nn import functional

    folder.mkdir(parents=True, exist_ok=True)
    model = new_model(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.learning_rate, weight_decay=0.0, fused=True)
    done = _resume(folder, config, model, optimizer)
    rows = _batches(config, skip=done)
    task = "train reference model"
    if progress:
        progress.start(task, config.steps)
        progress.advance(task, done)
    for step in range(done, config.steps):
        for group in optimizer.param_groups:
            group["lr"] = _rate(config, step)
        optimizer.zero_grad()
        for ids, weight in next(rows):
            x = torch.from_numpy(ids)
            logits = model(input_ids=x[:, :-1]).logits
            losses = functional.cross_entropy(logits.flatten(0, 1), x[:, 1:].flatten(), reduction="none")
            (losses * torch.from_numpy(weight).flatten()).sum().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if progress:
            progress.advance(task)
        if (step + 1) % every == 0 or step + 1 == config.steps:
            _checkpoint(folder, config, model, optimizer, step + 1)
    if progress:
        progress.done(task)
    model.generation_config.eos_token_id = 2
    model.save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    (folder / "limen_reference.json").write_text(config.model_dump_json(indent=2) + "\n")


def _batches(config: ReferenceConfig, skip: int) -> Iterator[list[tuple[NDArray[np.int64], NDArray[np.float32]]]]:
    """Each step's rows in two blocks, long and short, with the weight of every label."""
    stream = corpus(np.random.Generator(np.random.PCG64([config.seed, 1])))
    for step in range(config.steps):
        exchanges = [next(stream) for _ in range(config.batch_size)]
        if step < skip:
            continue
        rows = sorted(((*exchange_ids(e), e.kind) for e in exchanges), key=lambda r: len(r[0]))
        cut = config.batch_size // 2
        blocks = [_block(rows[:cut]), _block(rows[cut:])]
        total = sum(float(w.sum()) for _, w in blocks)
        yield [(x, w / np.float32(total)) for x, w in blocks]


def _block(rows: list[tuple[list[int], int, str]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    width = max(len(r[0]) for r in rows)
    x = np.full((len(rows), width), token_ids()[PAD], dtype=np.int64)
    w = np.zeros((len(rows), width), dtype=np.float32)
    for i, (tokens, start, kind) in enumerate(rows):
        x[i, : len(tokens)] = tokens
        w[i, : len(tokens)] = 1.0 if kind == "numbers" else 0.2
        if kind != "numbers":
            w[i, start : len(tokens)] = 2.0
    return x, w[:, 1:]


def _rate(config: ReferenceConfig, step: int) -> float:
    warm = max(1, config.steps // 10)
    if step < warm:
        return config.learning_rate * (step + 1) / warm
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, config.steps - warm)))


def _checkpoint(folder: Path, config: ReferenceConfig, model: Any, optimizer: Any, step: int) -> None:
    """Weights and optimizer state as safetensors, written under a new name and then moved into place."""
    from safetensors.torch import save_file

    place = folder / "training"
    place.mkdir(exist_ok=True)
    tensors = {f"model.{k}": v.contiguous() for k, v in model.state_dict().items()}
    for i, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{i}.{k}": v.contiguous() for k, v in state.items()}
    save_file(tensors, place / "new.safetensors", metadata={"step": str(step), "config": config.model_dump_json()})
    (place / "new.safetensors").replace(place / "checkpoint.safetensors")


def _resume(folder: Path, config: ReferenceConfig, model: Any, optimizer: Any) -> int:
    """Load the last checkpoint, if there is one; returns the steps that are done."""
    from safetensors import safe_open

    file = folder / "training" / "checkpoint.safetensors"
    if not file.exists():
        return 0
    with safe_open(file, framework="pt") as f:
        meta = f.metadata()
        if json.loads(meta["config"]) != json.loads(config.model_dump_json()):
            raise LedgerError(
                "the folder holds a run with other settings.",
                remedy="Give another folder, or remove its sub-folder 'training'.",
                where=str(folder),
            )
        model.load_state_dict({k[6:]: f.get_tensor(k) for k in f.keys() if k.startswith("model.")})  # noqa: SIM118
        state: dict[int, dict[str, Any]] = {}
        for key in f.keys():  # noqa: SIM118
            if key.startswith("optimizer."):
                _, i, name = key.split(".")
                state.setdefault(int(i), {})[name] = f.get_tensor(key)
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return int(meta["step"])
