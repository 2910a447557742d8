"""Scoring throughput beside a bare forward pass of the same model over the same tokens, in one run.

Three things take turns on the same rows, so that whatever else the machine does falls on all alike, and the median of
the turns is kept:

- `bare`: the model's forward pass and nothing else, on batches of rows sorted by length, cut by the same token budget:
  the strictest rule to be held to.
- `naive`: the forward pass in the order of the file, 16 rows at a time, padded with a mask: what a script does.
- `limen`: `LanguageModel.token_logprobs`, from encoded rows to one log-probability a trained token.

Run: OMP_NUM_THREADS=1 python benchmarks/throughput.py [--turns 5] [--model FOLDER] [--training]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig

from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.batches import budget_for, pad_right, plan
from limen.train import Recipe, fine_tune

SIZES = {
    "0.2M, vocabulary 400": {"vocab_size": 400, "hidden_size": 64, "num_hidden_layers": 4, "num_attention_heads": 4},
    "1.3M, vocabulary 1,000": {
        "vocab_size": 1000,
        "hidden_size": 160,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
    },
    "22M, vocabulary 32,000": {
        "vocab_size": 32000,
        "hidden_size": 384,
        "num_hidden_layers": 6,
        "num_attention_heads": 6,
    },
}
LIMIT = 1.2


def build(sizes: dict[str, int]) -> LanguageModel:
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


def seconds(work: Callable[[], None]) -> tuple[float, float]:
    """CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def compare(name: str, model: LanguageModel, rows: list[EncodedRow], turns: int) -> float:
    tokens = sum(len(r.input_ids) for r in rows)
    ways = {"bare": bare, "naive": naive, "limen": limen}
    taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for turn in range(turns + 1):
        for way, work in ways.items():
            one = seconds(lambda work=work: work(model, rows))  # type: ignore[misc]
            if turn:  # the first turn warms up
                taken[way].append(one)
    cpu = {way: statistics.median(t[0] for t in found) for way, found in taken.items()}
    wall = {way: statistics.median(t[1] for t in found) for way, found in taken.items()}
    print(f"\n{name}: {model.parameter_count:,} weights, {len(rows):,} rows, {tokens:,} tokens, {turns} turns")
    print(f"{'':8}{'CPU s':>9}{'wall s':>9}{'rows/s':>10}{'tokens/s':>12}{'CPU time / bare':>18}")
    for way in ways:
        speed = f"{len(rows) / cpu[way]:>10,.0f}{tokens / cpu[way]:>12,.0f}"
        print(f"{way:8}{cpu[way]:>9.2f}{wall[way]:>9.2f}{speed}{cpu[way] / cpu['bare']:>18.2f}")
    return cpu["limen"] / cpu["bare"]


def compare_training(name: str, model: LanguageModel, vocabulary: int, turns: int) -> None:
    """A training step of 64 rows of 30 tokens beside a bare forward and backward pass over the same tokens."""
    order = np.random.default_rng(0)
    steps, rows = 10, []
    for i in range(64 * steps):
        ids = order.integers(4, vocabulary, 30).astype(np.int32)
        rows.append(EncodedRow(str(i), i, ids, np.arange(30) >= 10, truncated=False))
    ids = torch.from_numpy(np.stack([r.input_ids for r in rows[:64]]).astype(np.int64))

    def plain() -> None:
        for _ in range(steps):
            logits = model.model(input_ids=ids, use_cache=False).logits
            torch.nn.functional.cross_entropy(logits.reshape(-1, vocabulary), ids.reshape(-1)).backward()
            model.model.zero_grad()

    def ours() -> None:
        fine_tune(model, rows, Recipe(batch_size=64, learning_rate=1e-3, steps=steps))

    taken: dict[str, list[float]] = {"plain": [], "ours": []}
    for turn in range(turns + 1):
        for way, work in (("plain", plain), ("ours", ours)):
            cpu, _ = seconds(work)
            if turn:
                taken[way].append(cpu / steps)
    plain_s, ours_s = (statistics.median(taken[way]) for way in ("plain", "ours"))
    print(
        f"training, {name}: {ours_s * 1e3:.1f} ms a step of 64 rows; "
        f"a bare forward and backward pass {plain_s * 1e3:.1f} ms; ratio {ours_s / plain_s:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5, help="how often each way is timed")
    parser.add_argument("--model", help="a model folder of your own in place of the three built here")
    parser.add_argument("--training", action="store_true", help="time training steps too")
    chosen = parser.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread(s), CPU time of the process")
    worst = 0.0
    if chosen.model:
        tokenizer = AutoTokenizer.from_pretrained(chosen.model)
        model = LanguageModel.load(chosen.model)
        worst = compare(model.name, model, make_rows(500, len(tokenizer)), chosen.turns)
    else:
        for name, sizes in SIZES.items():
            model = build(sizes)
            count = 100 if sizes["vocab_size"] > 10_000 else 600
            worst = max(worst, compare(name, model, make_rows(count, sizes["vocab_size"]), chosen.turns))
            if chosen.training and sizes["vocab_size"] <= 10_000:
                compare_training(name, model, sizes["vocab_size"], chosen.turns)
    print(f"\nworst ratio {worst:.2f}; the limit is {LIMIT}")
    raise SystemExit(worst > LIMIT)


if __name__ == "__main__":
    main()
