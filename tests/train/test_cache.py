from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from limen.models import LanguageModel
from limen.train import ArmCache, Recipe, cached_fine_tune, encoded_hash, fine_tune
from tests.tiny_models import random_rows

ROWS = random_rows(12)
RECIPE = Recipe(batch_size=8, learning_rate=1e-3)


class Counting:
    """A trainer that counts how often it was called."""

    def __init__(self) -> None:
        self.calls = 0
        self.__name__ = "fine_tune"

    def __call__(self, *arguments: object, **options: object) -> LanguageModel:
        self.calls += 1
        return fine_tune(*arguments, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["full", "lora"])
@pytest.mark.parametrize("arch", ["llama", "gpt2"])
def test_an_arm_comes_back_bit_for_bit(arch: str, method: str, tiny: dict[str, LanguageModel], tmp_path: Path) -> None:
    cache, trainer = ArmCache(tmp_path), Counting()
    recipe = RECIPE.model_copy(update={"method": method})
    first = cached_fine_tune(tiny[arch], ROWS, recipe, cache=cache, trainer=trainer)
    again = cached_fine_tune(tiny[arch], ROWS, recipe, cache=cache, trainer=trainer, name="again")
    assert trainer.calls == 1
    assert again.name == "again"
    assert again.content_hash == first.content_hash != tiny[arch].content_hash
    assert np.array_equal(np.concatenate(again.token_logprobs(ROWS)), np.concatenate(first.token_logprobs(ROWS)))


def test_base_rows_and_recipe_each_make_another_arm(tiny: dict[str, LanguageModel], tmp_path: Path) -> None:
    cache = ArmCache(tmp_path)
    keys = {
        cache.key(tiny["llama"], ROWS, RECIPE),
        cache.key(tiny["qwen3"], ROWS, RECIPE),
        cache.key(tiny["llama"], ROWS[:-1], RECIPE),
        cache.key(tiny["llama"], ROWS, RECIPE.model_copy(update={"seed": 9})),
        cache.key(tiny["llama"], ROWS, RECIPE, extra="trl"),
    }
    assert len(keys) == 5
    assert cache.key(tiny["llama"], ROWS, RECIPE) in keys


def test_the_mask_counts_and_the_rows_names_do_not() -> None:
    from dataclasses import replace

    row = ROWS[0]
    assert encoded_hash([replace(row, row_id="other", index=7)]) == encoded_hash([row])
    assert encoded_hash([replace(row, trained=~row.trained)]) != encoded_hash([row])


def test_a_damaged_file_is_trained_anew(tiny: dict[str, LanguageModel], tmp_path: Path) -> None:
    cache, trainer = ArmCache(tmp_path), Counting()
    cached_fine_tune(tiny["llama"], ROWS, RECIPE, cache=cache, trainer=trainer)
    (path,) = tmp_path.glob("*.safetensors")
    path.write_bytes(path.read_bytes()[:100])
    cached_fine_tune(tiny["llama"], ROWS, RECIPE, cache=cache, trainer=trainer)
    assert trainer.calls == 2


def test_a_disk_that_takes_nothing_costs_the_cache_and_not_the_arm(
    tiny: dict[str, LanguageModel], tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    said: list[str] = []
    tuned = cached_fine_tune(tiny["llama"], ROWS, RECIPE, cache=ArmCache(blocked / "arms"), progress=_Saying(said))
    assert tuned.content_hash != tiny["llama"].content_hash
    assert "not kept for the next run" in said[0]


def test_the_arms_used_longest_ago_are_dropped(tiny: dict[str, LanguageModel], tmp_path: Path) -> None:
    import os

    one = ArmCache(tmp_path)
    cached_fine_tune(tiny["llama"], ROWS, RECIPE, cache=one)
    (first,) = tmp_path.glob("*.safetensors")
    os.utime(first, (1, 1))
    small = ArmCache(tmp_path, limit_bytes=int(first.stat().st_size * 1.5))
    cached_fine_tune(tiny["llama"], ROWS, RECIPE.model_copy(update={"seed": 2}), cache=small)
    assert not first.exists()
    assert len(list(tmp_path.iterdir())) == 1


class _Saying:
    def __init__(self, said: list[str]) -> None:
        self.said = said

    def start(self, task: str, total: float) -> None: ...

    def advance(self, task: str, by: float = 1) -> None: ...

    def done(self, task: str) -> None: ...

    def say(self, text: str) -> None:
        self.said.append(text)
