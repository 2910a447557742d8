"""Workers of Ray give the numbers of this process, and what they have done is not done again; without Ray itself."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from limen.before.forecast.first_order import Change, change_of, score_first_order
from limen.before.ray_cluster import look_for_ray
from limen.before.weigh_on_ray import RayScore
from limen.before.weigh_on_ray.weigher import Weigher
from limen.core import MissingExtraError, RowError, UsageError
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel
from limen.train import fine_tune
from tests.before.forecast.test_first_order import LORA, near, rows
from tests.before.weigh_on_ray.fake_ray import FakeRayData
from tests.tiny_models import make_tiny, random_rows


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRayData:
    return FakeRayData().install(monkeypatch)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    return LanguageModel.load(str(make_tiny("llama", tmp_path_factory.mktemp("tiny") / "llama")))


@pytest.fixture(scope="module")
def changes(tiny: LanguageModel) -> list[Change]:
    return changes_from(tiny)


def changes_from(base: LanguageModel) -> list[Change]:
    """A whole one and an adapter's."""
    taught = random_rows(8, vocab_size=base.model.config.vocab_size)
    found = [change_of(base, near(base, 1e-2)), change_of(base, fine_tune(base, taught, LORA))]
    return [c for c in found if c]


FILES = [rows(), rows(20, seed=1), rows(9, seed=2), []]


@pytest.mark.parametrize("made", ["llama", "gpt2", "reference"])
def test_the_numbers_are_those_of_this_process(made: str, ray: FakeRayData, tmp_path: Path) -> None:
    reference = made == "reference"
    base = LanguageModel.load(str(reference_folder() if reference else make_tiny(made, tmp_path / made)))
    most = base.model.config.vocab_size
    files = [random_rows(40, shortest=6, longest=30, vocab_size=most, seed=s) for s in range(3)]
    changes = changes_from(base)
    # Long rows are not alike in all blocks, and no row is left out
    with RayScore(tmp_path / "out", block=200) as score:
        found, losses = score(files, base, changes)
    here, losses_here = score_first_order(files, base, changes)
    np.testing.assert_allclose(found, here, rtol=1e-5)
    np.testing.assert_allclose(losses, losses_here, rtol=1e-6)
    assert np.abs(here).min() > 0
    assert ray.weighed > 2 * len(files)


def test_blocks_that_are_kept_are_not_weighed_again(
    ray: FakeRayData, tiny: LanguageModel, changes: list[Change], tmp_path: Path
) -> None:
    ray.breaking = (4, ray.exceptions.RayError("The worker died.\nIts log ends so:"))
    with (
        pytest.raises(UsageError, match=r"a Ray worker failed: The worker died\. Run it again"),
        RayScore(tmp_path, block=200) as score,
    ):
        score(FILES, tiny, changes)
    assert (ray.weighed, ray.starts, ray.stops) == (4, 1, 1)
    assert len(list((tmp_path / "weighed").glob("*.parquet"))) == 4
    ray.breaking = None
    with RayScore(tmp_path, block=200) as score:
        found, losses = score(FILES, tiny, changes)
    blocks = len(list((tmp_path / "weighed").glob("*.parquet")))
    assert ray.weighed == blocks > 6
    here, losses_here = score_first_order(FILES, tiny, changes)
    np.testing.assert_allclose(found, here, rtol=1e-5)
    np.testing.assert_allclose(losses, losses_here, rtol=1e-6)
    # Nothing is ahead, so no Ray is started
    with RayScore(tmp_path, block=200) as score:
        again, _ = score(FILES, tiny, changes)
    np.testing.assert_array_equal(again, found)
    assert (ray.weighed, ray.starts) == (blocks, 2)
    # Half of a file, or another's
    next((tmp_path / "weighed").glob("*.parquet")).write_bytes(b"PAR1")
    with RayScore(tmp_path, block=200) as score:
        score(FILES, tiny, changes)
    assert ray.weighed == blocks + 1


def test_other_rows_bases_and_changes_are_other_blocks(
    ray: FakeRayData, tiny: LanguageModel, changes: list[Change], tmp_path: Path
) -> None:
    def weighed(rows_: list, base: LanguageModel, changes_: list[Change]) -> int:
        before = ray.weighed
        with RayScore(tmp_path) as score:
            score([rows_], base, changes_)
        return ray.weighed - before

    assert weighed(rows(), tiny, changes) == 1
    assert weighed(rows(), tiny, changes) == 0
    assert weighed(rows(seed=1), tiny, changes) == 1
    assert weighed(rows(), near(tiny, 1e-4), changes) == 1
    assert weighed(rows(), tiny, changes[::-1]) == 1
    assert weighed(rows(), tiny, changes[:1]) == 1


def test_what_is_handed_over_is_handed_over_once(
    ray: FakeRayData, tiny: LanguageModel, changes: list[Change], tmp_path: Path
) -> None:
    with RayScore(tmp_path) as score:
        score([rows()], tiny, changes)
        score([rows(seed=1)], tiny, changes)
        assert (ray.put_objects, ray.starts, ray.stops) == (1, 1, 0)
        score([rows()], tiny, changes[:1])
    assert (ray.put_objects, ray.starts, ray.stops) == (2, 1, 1)
    assert ray.options["num_gpus"] == 0
    assert ray.options["object_store_memory"] > sum(4 * w.numel() for w in tiny.model.parameters())


def test_a_worker_takes_no_memory_that_is_not_free(
    ray: FakeRayData, tiny: LanguageModel, changes: list[Change], tmp_path: Path
) -> None:
    with RayScore(tmp_path, block=200) as score:
        score(FILES, tiny, changes)
        assert (ray.asked["compute"], ray.asked["num_cpus"], ray.asked["max_restarts"]) == (2, 1, 0)
        assert ray.asked["compute"] * ray.asked["memory"] < ray.resources["memory"]
        ray.resources = {"CPU": 2.0, "memory": float(1 << 29)}
        with pytest.raises(UsageError, match=r"the freest machine has 0\.5 GiB.* Free memory"):
            score([rows(seed=5)], tiny, changes)


def test_what_a_worker_raises_is_raised_here(
    ray: FakeRayData, tiny: LanguageModel, changes: list[Change], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = random_rows(1, shortest=600, longest=600)
    with RayScore(tmp_path) as score, pytest.raises(RowError, match="row0"):
        score([long], tiny, changes)
    monkeypatch.setattr("limen.__version__", "0.0.1")
    taken = Weigher(ray.put(None), "0.0.2", 1, False)
    monkeypatch.setattr("limen.before.weigh_on_ray.ray_score.Weigher", lambda *_: taken)
    with RayScore(tmp_path) as score, pytest.raises(UsageError, match=r"0\.0\.2 here and 0\.0\.1 on the Ray worker"):
        score([rows(seed=3)], tiny, changes)


def test_without_ray_or_its_data_part_the_extra_is_named(
    ray: FakeRayData, tiny: LanguageModel, changes: list[Change], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray.data", None)
    with RayScore(tmp_path) as score, pytest.raises(MissingExtraError, match=r"pip install 'limen\[ray\]'"):
        score([rows()], tiny, changes)
    assert ray.stops == 1
    monkeypatch.setattr("limen.before.ray_cluster.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'limen\[ray\]'"):
        look_for_ray()
