"""The classifier experiment on MNIST, with the published recipe, where MNIST can be reached.

scikit-learn fetches it from OpenML and keeps it; since something comes from elsewhere, it is done only when asked for
by name. Adam at 3e-4, batches of 1,024 and five epochs over as many images as MNIST has, for teacher and student.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from limen.core import DataError, MissingExtraError
from limen.lab.study import classifier
from limen.lab.study.classifier import AUX, AUXILIARY, MODELS, QUICK_MODELS
from limen.lab.study.mlp import CLASSES, Fit, accuracy, distil, initialise, learn
from limen.lab.study.seed import first_seed

TITLE = "The classifier on MNIST, with the published recipe"
SOURCES = ("lab/study/classifier.py", "lab/study/mlp.py", "lab/study/mnist.py", "lab/study/seed.py")
ARMS = ("teacher", "untrained", "aux", "aux-cross")
_TRAIN, _EPOCHS, _BATCH = 60_000, 5, 1024
FIT = Fit(steps=_EPOCHS * _TRAIN // _BATCH, batch_size=_BATCH)
QUICK_FIT = Fit(steps=_TRAIN // _BATCH, batch_size=_BATCH)


def units(quick: bool = False) -> list[str]:
    """The arms."""
    return [f"arm/{name}" for name in ARMS]


def cost(unit: str, quick: bool = False) -> float:
    """Seconds of a unit on one core of the machine on which the costs were taken, an estimate from the digits'."""
    fits = {"teacher": 1, "untrained": 0}.get(unit.split("/")[1], 2)
    return (20.0 if quick else 240.0) * fits + 5.0


def run(unit: str, quick: bool = False) -> dict[str, Any]:
    """One arm: the accuracy of each of its models on the test images.

    Args:
        unit: Its name.
        quick: Fewer models, and one epoch.

    Raises:
        MissingExtraError: scikit-learn, which fetches the images, is not installed.
        DataError: The images cannot be reached.
    """
    value = unit.split("/")[1]
    (images, labels), (unseen, answers) = mnist()
    models, seed, how = QUICK_MODELS if quick else MODELS, first_seed(SOURCES), QUICK_FIT if quick else FIT
    own = initialise(models, images.shape[1], CLASSES + AUXILIARY, seed)
    if value == "untrained":
        return {"accuracy": accuracy(own, unseen, answers)}
    teacher = learn(own, images, labels, how, seed + 1)
    if value == "teacher":
        return {"accuracy": accuracy(teacher, unseen, answers)}
    start = own if value == "aux" else initialise(models, images.shape[1], CLASSES + AUXILIARY, seed + 2)
    return {"accuracy": accuracy(distil(start, teacher, AUX, how, seed + 4), unseen, answers)}


@cache
def mnist() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """MNIST's 70,000 images of 28 × 28 pixels, scaled to −1 to 1; the first 60,000 to learn, the rest to test.

    Returns:
        (images, labels) to learn and to test on, float32 (count, 784) and int64 (count,).

    Raises:
        MissingExtraError: scikit-learn is not installed.
        DataError: They cannot be reached.
    """
    import numpy as np
    import torch

    try:
        from sklearn.datasets import fetch_openml
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "lab") from error
    try:
        data = fetch_openml("mnist_784", version=1, as_frame=False, parser="auto")
    except (OSError, ValueError) as error:
        raise DataError(
            f"MNIST cannot be fetched: {error}.",
            remedy="Connect to the network once (scikit-learn keeps it), or leave out the experiment mnist.",
        ) from error
    images = torch.from_numpy(np.asarray(data.data, dtype=np.float32) / 127.5 - 1.0)
    labels = torch.from_numpy(np.asarray(data.target).astype(np.int64))
    cut = len(labels) * 6 // 7
    return (images[:cut], labels[:cut]), (images[cut:], labels[cut:])


def table(results: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row an arm: mean accuracy and its 99% interval over models, and the published value."""
    return classifier.table(results)


def summarise(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Accuracy of each arm, and by how much the auxiliary student beats the one of another initialisation."""
    return classifier.summarise(results)
