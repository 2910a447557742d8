"""MNIST where it can be reached: here images made on the spot, under scikit-learn's own call."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.error import URLError

import numpy as np
import pytest

from limen.core import DataError
from limen.lab.study import mnist, reproduce


@pytest.fixture(autouse=True)
def forget():
    mnist.mnist.cache_clear()
    yield
    mnist.mnist.cache_clear()


@pytest.fixture
def images(monkeypatch):
    """Seven hundred pictures whose class is where they are bright."""
    rng = np.random.default_rng(0)
    labels = rng.integers(10, size=700)
    pixels = rng.integers(0, 60, size=(700, 784))
    for k, label in enumerate(labels):
        pixels[k, 78 * label : 78 * label + 60] = 255
    asked = []

    def fetch(name, **how):
        asked.append((name, how["version"]))
        return SimpleNamespace(data=pixels.astype(float), target=labels.astype(str))

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch)
    return asked


def test_images_are_scaled_and_the_last_seventh_is_kept_to_test_on(images):
    (learn, labels), (unseen, answers) = mnist.mnist()
    assert images == [("mnist_784", 1)]
    assert learn.shape == (600, 784)
    assert unseen.shape == (100, 784)
    assert float(learn.min()) >= -1
    assert float(learn.max()) == 1.0
    assert set(labels.tolist()) | set(answers.tolist()) <= set(range(10))


def test_the_study_has_it_when_asked_for_by_name(images, monkeypatch, tmp_path):
    monkeypatch.setattr(mnist, "QUICK_FIT", mnist.Fit(steps=20, batch_size=64, learning_rate=1e-3))
    monkeypatch.setattr(mnist, "QUICK_MODELS", 3)
    path = reproduce.reproduce(tmp_path, names=("mnist",), quick=True)
    text = path.read_text(encoding="utf-8")
    assert "Accuracy on MNIST, 28 × 28" in text
    assert (tmp_path / "mnist.svg").is_file()
    assert len((tmp_path / "mnist.csv").read_text().splitlines()) == 1 + len(mnist.ARMS)
    assert np.mean(mnist.run("arm/teacher", quick=True)["accuracy"]) > 0.9


def test_where_it_cannot_be_reached_it_says_what_to_do(monkeypatch, tmp_path):
    def fetch(*_, **__):
        raise URLError("no route to host")

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch)
    with pytest.raises(DataError, match="no route to host") as caught:
        reproduce.reproduce(tmp_path, names=("mnist",), quick=True)
    assert "leave out the experiment mnist" in str(caught.value.remedy)
