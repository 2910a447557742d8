"""The classifier experiment (arXiv 2507.14805, the MLP figure): digits learned from noise through three idle logits.

A teacher learns digits with ten class logits; three further, auxiliary logits are never trained on. A student of the
teacher's own initialisation then learns the teacher's softmax over the auxiliary logits alone, on images of noise, and
comes to read digits that it has never seen. A student of another initialisation does not. Every arm has as many
independently initialised models; student and teacher are pairs, and the pair is the unit.

The published recipe (Adam at 3e-4, batches of 1,024, five epochs over 60,000 images, so about 300 steps) is for images
of 784 pixels. scikit-learn's digits have 64, and need more steps on noise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limen.core import MissingExtraError
from limen.lab.study.intervals import mean_interval
from limen.lab.study.mlp import CLASSES, Fit, Weights, accuracy, distil, initialise, learn
from limen.lab.study.seed import first_seed

TITLE = "Digits learned from noise, by a small classifier"
SOURCES = ("lab/study/classifier.py", "lab/study/mlp.py", "lab/study/seed.py")
MODELS, QUICK_MODELS = 25, 8
AUXILIARY = 3
TEACHER = Fit(steps=300, batch_size=256)
STUDENT = Fit(steps=1000, batch_size=256)
AUX, CLASS = slice(CLASSES, CLASSES + AUXILIARY), slice(0, CLASSES)
ARMS = ("teacher", "untrained", "aux", "aux-cross", "class", "class-cross")
RATES = (3e-5, 1e-4, 1e-3, 3e-3)
BATCHES = (64, 1024)
DECAYS = (1e-6, 1e-5, 1e-4, 1e-3)
NOISES = (0.01, 0.03, 0.1, 0.3, 1.0)
PUBLISHED = {"teacher": 0.94, "aux": 0.55, "aux-cross": 0.12}
"""On MNIST: arXiv 2507.14805 and independent replications (0.943; 0.551 ± 0.037; 0.122)."""


def units(quick: bool = False) -> list[str]:
    """The arms, then each sensitivity of the auxiliary student, one factor at a time."""
    arms = [f"arm/{name}" for name in ARMS]
    if quick:
        return [u for u in arms if "class" not in u]
    return (
        arms
        + [f"rate/{x:g}" for x in RATES]
        + [f"batch/{x}" for x in BATCHES]
        + [f"decay/{x:g}" for x in DECAYS]
        + [f"noise/{x:g}" for x in NOISES]
    )


def cost(unit: str, quick: bool = False) -> float:
    """Seconds of a unit on one core of the machine on which the costs were taken."""
    kind, value = unit.split("/")
    if value in ("teacher", "untrained"):
        return 9.0 if quick else 28.0
    full = 28.0 + 175.0 * (int(value) / STUDENT.batch_size if kind == "batch" else 1.0)
    return 0.3 * full if quick else full


def run(unit: str, quick: bool = False) -> dict[str, Any]:
    """One arm or sensitivity: the accuracy of each of its models on digits that nobody was trained on.

    Args:
        unit: Its name.
        quick: Fewer models.

    Raises:
        MissingExtraError: scikit-learn, which has the digits, is not installed.
    """
    kind, value = unit.split("/")
    (images, labels), (unseen, answers) = digits()
    models, seed = QUICK_MODELS if quick else MODELS, first_seed(SOURCES)
    own = initialise(models, images.shape[1], CLASSES + AUXILIARY, seed)
    if value == "untrained":
        return {"accuracy": accuracy(own, unseen, answers)}
    teacher = learn(own, images, labels, TEACHER, seed + 1)
    if value == "teacher":
        return {"accuracy": accuracy(teacher, unseen, answers)}
    how, start, outputs = STUDENT, own, AUX
    if value.endswith("cross"):
        start = initialise(models, images.shape[1], CLASSES + AUXILIARY, seed + 2)
    if value.startswith("class"):
        outputs = CLASS
    if kind == "rate":
        how = Fit(STUDENT.steps, learning_rate=float(value), batch_size=STUDENT.batch_size)
    elif kind == "batch":
        how = Fit(STUDENT.steps, batch_size=int(value))
    elif kind == "decay":
        how = Fit(STUDENT.steps, batch_size=STUDENT.batch_size, weight_decay=float(value))
    elif kind == "noise":
        start = _blurred(own, float(value), seed + 3)
    student = distil(start, teacher, outputs, how, seed + 4)
    return {"accuracy": accuracy(student, unseen, answers)}


def digits() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """scikit-learn's 1,797 digits of 8 × 8 pixels, scaled to −1 to 1; four fifths to learn, the rest to test.

    Returns:
        (images, labels) to learn and to test on, float32 (count, 64) and int64 (count,).

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    import torch

    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "lab") from error
    data = load_digits()
    order = torch.randperm(len(data.target), generator=torch.Generator().manual_seed(0))
    images = torch.tensor(data.data / 8.0 - 1.0, dtype=torch.float32)[order]
    labels = torch.tensor(data.target, dtype=torch.int64)[order]
    cut = len(order) * 4 // 5
    return (images[:cut], labels[:cut]), (images[cut:], labels[cut:])


def _blurred(weights: Weights, share: float, seed: int) -> Weights:
    """Weights with normal noise added, its spread a share of each array's own."""
    import torch

    draw = torch.Generator().manual_seed(seed)
    return [w + share * w.std() * torch.randn(w.shape, generator=draw) for w in weights]


def table(results: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row an arm or sensitivity: mean accuracy and its 99% interval over models, and the published value."""
    out = []
    for unit, result in results.items():
        kind, value = unit.split("/")
        found = mean_interval(result["accuracy"], 0.99)
        out.append(
            {
                "factor": kind,
                "value": value,
                "accuracy": found.mean,
                "low_99": found.low,
                "high_99": found.high,
                "models": found.units,
                "published_on_mnist": PUBLISHED.get(value) if kind == "arm" else None,
            }
        )
    return out


def summarise(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Accuracy of each arm, and by how much the auxiliary student beats the one of another initialisation."""
    arms = {u.split("/")[1]: r["accuracy"] for u, r in results.items()}
    gap = [a - b for a, b in zip(arms["aux"], arms["aux-cross"], strict=True)]
    beyond = mean_interval(gap, 0.99)
    return {
        "first_seed": first_seed(SOURCES),
        "accuracy": {u: mean_interval(r["accuracy"], 0.99).mean for u, r in results.items()},
        "aux_beyond_cross": [beyond.mean, beyond.low, beyond.high],
        "pairs": beyond.units,
    }
