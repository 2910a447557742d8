"""What a second core brings: fine-tunes one after the other on one thread, on two, and two at once on one each.

Run: OMP_WAIT_POLICY=PASSIVE python benchmarks/threads.py     (about 12 minutes on two cores)

Random Llama models, two fine-tunes of 64 rows of 30 tokens a step. The ways take turns in one run and each keeps the
fastest of three; a ratio above 1 says how many times faster than one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch

from benchmarks.throughput import build, make_rows
from limen.models import LanguageModel
from limen.train import Recipe, fine_tune

SIZES = ((64, 3, 12), (160, 4, 8), (320, 6, 3), (512, 8, 2))
"""Width, layers and steps of each model."""
TURNS = 3


def work(model: LanguageModel, steps: int, threads: int) -> Callable[[int], object]:
    rows = make_rows(256, 1000)

    def one(seed: int) -> object:
        torch.set_num_threads(threads)
        return fine_tune(model, rows, Recipe(learning_rate=1e-3, steps=steps, batch_size=64, seed=seed))

    return one


def in_turn(do: Callable[[int], object]) -> None:
    for seed in (0, 1):
        do(seed)


def at_once(do: Callable[[int], object]) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(do, (0, 1)))


def seconds(way: Callable[[Callable[[int], object]], None], do: Callable[[int], object]) -> float:
    start = time.perf_counter()
    way(do)
    return time.perf_counter() - start


def main() -> None:
    """Print a line a model."""
    print(f"{'weights':>12}{'one thread, s':>16}{'two threads':>14}{'two at once':>14}", flush=True)
    for width, layers, steps in SIZES:
        model = build({"vocab_size": 1000, "hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": 4})
        one, two = work(model, steps, 1), work(model, steps, 2)
        taken: list[list[float]] = [[], [], []]
        for _ in range(TURNS):
            for at, (way, do) in enumerate(((in_turn, one), (in_turn, two), (at_once, one))):
                taken[at].append(seconds(way, do))
        base, threads, both = (min(t) for t in taken)
        print(f"{model.parameter_count:>12,}{base:>16.2f}{base / threads:>14.2f}{base / both:>14.2f}", flush=True)


if __name__ == "__main__":
    main()
