"""Scoring throughput beside a bare forward pass of the same model over the same tokens, in one run.

Three things take turns on the same rows, so that whatever else the machine does falls on all alike, and the median of
the turns is kept:

- `bare`: the model's forward pass and nothing else, on batches of rows sorted by length, cut by the same token budget:
  the strictest rule to be held to.
- `naive`: the forward pass in the order of the file, 16 rows at a time, padded with a mask: what a script does.
- `limen`: `LanguageModel.token_logprobs`, from encoded rows to one log-probability a trained token.

Run: OMP_NUM_THREADS=1 python benchmarks/throughput.py [--turns 5] [--model FOLDER]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, LlamaConfig

from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.batches import budget_for, pad_right, plan
from limen.train import Recipe, fine_tune

SIZES: dict[str, tuple[dict[str, Any], int]] = {
    "0.2M, vocabulary 400": (
        {"vocab_size": 400, "hidden_size": 64, "num_hidden_layers": 4, "num_attention_heads": 4},
        400,
    ),
    "1.5M, vocabulary 1,000": (
        {"vocab_size": 1000, "hidden_size": 160, "num_hidden_layers": 4, "num_attention_heads": 4},
        200,
    ),
    "22M, vocabulary 32,000": (
        {"vocab_size": 32000, "hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 6},
        40,
    ),
}
"""Name of each model to its sizes and the number of rows it scores."""
TURNS = 5
LIMIT = 1.2
SOURCES = ("src/limen/models/batches.py", "src/limen/models/logprobs.py", "src/limen/train/fine_tune.py")
"""What decides the figure, for `make verify`."""


def build(sizes: dict[str, Any]) -> LanguageModel:
    torch.manual_seed(0)
    hidden = sizes["hidden_size"]
    config = LlamaConfig(**sizes, intermediate_size=3 * hidden, max_position_embeddings=512, tie_word_embeddings=True)
    return LanguageModel.wrap(AutoModelForCausalLM.from_config(config).eval(), None, "benchmark")


def make_rows(count: int, vocabulary: int, seed: int = 0) -> list[EncodedRow]:
    """Rows of 8 to 300 tokens, 60 on average in a long-tailed way, their last two thirds trained on."""
    order = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        size = int(np.clip(order.lognormal(3.9, 0.6), 8, 300))
        ids = order.integers(4, vocabulary, size).astype(np.int32)
        rows.append(EncodedRow(str(i), i, ids, np.arange(size) >= size // 3, truncated=False))
    return rows


def bare(model: LanguageModel, rows: list[EncodedRow]) -> None:
    lengths = [len(r.input_ids) for r in rows]
    with torch.no_grad():
        for batch in plan(lengths, [0] * len(rows), budget_for(model.model)):
            model.model(input_ids=torch.from_numpy(pad_right([rows[i].input_ids for i in batch])), use_cache=False)


def naive(model: LanguageModel, rows: list[EncodedRow]) -> None:
    with torch.no_grad():
        for start in range(0, len(rows), 16):
            part = [r.input_ids for r in rows[start : start + 16]]
            ids = torch.from_numpy(pad_right(part))
            mask = torch.from_numpy(
                (np.arange(ids.shape[1]) < np.array([len(r) for r in part])[:, None]).astype(np.int64)
            )
            model.model(input_ids=ids, attention_mask=mask, use_cache=False)


def limen(model: LanguageModel, rows: list[EncodedRow]) -> None:
    model.token_logprobs(rows)


WAYS: dict[str, Callable[[LanguageModel, list[EncodedRow]], None]] = {"bare": bare, "naive": naive, "limen": limen}


def seconds(work: Callable[[], None]) -> tuple[float, float]:
    """CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def measure(unit: str, turns: int = TURNS) -> dict[str, Any]:
    """CPU seconds of each way on one model, and what follows from them."""
    sizes, count = SIZES[unit]
    model = build(sizes)
    rows = make_rows(count, sizes["vocab_size"])
    return compare(model, rows, turns) | {"training": compare_training(model, sizes["vocab_size"], turns)}


def compare(model: LanguageModel, rows: list[EncodedRow], turns: int) -> dict[str, Any]:
    """The three ways on the same rows, one after the other in each turn."""
    taken: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for turn in range(turns + 1):
        for way, work in WAYS.items():
            one = seconds(lambda work=work: work(model, rows))  # type: ignore[misc]
            if turn:  # the first turn warms up
                taken[way].append(one)
    cpu = {way: statistics.median(t[0] for t in found) for way, found in taken.items()}
    wall = {way: statistics.median(t[1] for t in found) for way, found in taken.items()}
    return {
        "weights": model.parameter_count,
        "rows": len(rows),
        "tokens": sum(len(r.input_ids) for r in rows),
        "cpu_seconds": cpu,
        "wall_seconds": wall,
        "ratio": cpu["limen"] / cpu["bare"],
    }


def compare_training(model: LanguageModel, vocabulary: int, turns: int) -> dict[str, float]:
    """CPU seconds of a training step of 64 rows of 30 tokens, beside a bare forward and backward pass."""
    order = np.random.default_rng(0)
    steps = 2 if vocabulary > 10_000 else 6
    rows = []
    for i in range(64 * steps):
        tokens = order.integers(4, vocabulary, 30).astype(np.int32)
        rows.append(EncodedRow(str(i), i, tokens, np.arange(30) >= 10, truncated=False))
    ids = torch.from_numpy(np.stack([r.input_ids for r in rows[:64]]).astype(np.int64))

    def plain() -> None:
        for _ in range(steps):
            logits = model.model(input_ids=ids, use_cache=False).logits
            torch.nn.functional.cross_entropy(logits.reshape(-1, vocabulary), ids.reshape(-1)).backward()
            model.model.zero_grad()

    def ours() -> None:
        fine_tune(model, rows, Recipe(batch_size=64, learning_rate=1e-3, steps=steps))

    taken: dict[str, list[float]] = {"bare": [], "limen": []}
    for turn in range(turns + 1):
        for way, work in (("bare", plain), ("limen", ours)):
            cpu, _ = seconds(work)
            if turn:
                taken[way].append(cpu / steps)
    step = {way: statistics.median(found) for way, found in taken.items()}
    return {**step, "ratio": step["limen"] / step["bare"]}


def show(unit: str, found: dict[str, Any]) -> None:
    """Print the three ways side by side."""
    cpu, wall = found["cpu_seconds"], found["wall_seconds"]
    print(f"\n{unit}: {found['weights']:,} weights, {found['rows']:,} rows, {found['tokens']:,} tokens")
    print(f"{'':8}{'CPU s':>9}{'wall s':>9}{'rows/s':>10}{'tokens/s':>12}{'CPU time / bare':>18}")
    for way in WAYS:
        speed = f"{found['rows'] / cpu[way]:>10,.0f}{found['tokens'] / cpu[way]:>12,.0f}"
        print(f"{way:8}{cpu[way]:>9.2f}{wall[way]:>9.2f}{speed}{cpu[way] / cpu['bare']:>18.2f}")
    if "training" in found:
        step = found["training"]
        print(
            f"a training step of 64 rows of 30 tokens: {step['limen'] * 1e3:.1f} ms; "
            f"a bare forward and backward pass: {step['bare'] * 1e3:.1f} ms; ratio {step['ratio']:.2f}"
        )


def units() -> list[str]:
    """The models, for `make verify`."""
    return list(SIZES)


def run(unit: str) -> dict[str, Any]:
    """One model, for `make verify`."""
    return measure(unit)


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The figure that the documentation quotes."""
    return {"worst_ratio": max(r["ratio"] for r in results.values())}


def agrees(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """A time is another one on another machine; what must hold everywhere is the bound."""
    return bool(new["ratio"] <= LIMIT)


def main() -> None:
    """Print every model, and leave with 1 if one is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=TURNS, help="how often each way is timed")
    parser.add_argument("--model", help="a model folder of your own in place of the three built here")
    chosen = parser.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread(s); speeds are for each second of CPU time")
    if chosen.model:
        model = LanguageModel.load(chosen.model)
        found = {model.name: compare(model, make_rows(200, len(model.tokenizer)), chosen.turns)}
        show(model.name, found[model.name])
    else:
        found = {}
        for unit in units():
            found[unit] = measure(unit, chosen.turns)
            show(unit, found[unit])
    worst = max(f["ratio"] for f in found.values())
    print(f"\nworst ratio {worst:.2f}; the limit is {LIMIT}")
    raise SystemExit(worst > LIMIT)


if __name__ == "__main__":
    main()
