"""The theorem of arXiv 2507.14805, measured: a small step on a teacher's outputs leads towards the teacher.

Let θ_T = θ_0 + Δ be a teacher near the shared initialisation and L_S(θ) the student's cross-entropy to the teacher's
outputs on any inputs x. Then −∇L_S(θ_0) = E_x[Jᵀ(p_T − p_0)], with J the derivative of the logits, and to first order
p_T − p_0 = F J Δ with F = diag(p_0) − p_0 p_0ᵀ, so that ⟨−∇L_S(θ_0), Δ⟩ = E_x[(JΔ)ᵀ F (JΔ)] ≥ 0. With sampled targets
this holds in expectation. It says nothing of large Δ, nor of a student whose optimizer rescales each weight: the first
step of Adam is the sign of the gradient, and its inner product with Δ has no bound. Both are measured here.

Trials: classifiers of many random initialisations on noise images (teacher: gradient steps on random digits-like
labels), and the reference model on its own number rows (teacher: gradient steps on a trait's lesson, and the tuned
teacher of the laboratory, 150 steps of AdamW away).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from limen.lab.study.cells import THREE
from limen.lab.study.intervals import mean_interval
from limen.lab.study.mlp import CLASSES, initialise, logits, noise
from limen.lab.study.seed import first_seed

TITLE = "A small step on a teacher's outputs leads towards the teacher"
SOURCES = (
    "lab/carriers.py",
    "lab/encode.py",
    "lab/lessons.py",
    "lab/reference/model.safetensors",
    "lab/study/mlp.py",
    "lab/study/seed.py",
    "lab/study/theorem.py",
    "lab/teacher.py",
    "lab/world/*.py",
    "models/logprobs.py",
    "train/fine_tune.py",
)
SIZES = (1e-2, 1e-1, 1.0, 10.0, 100.0, 1000.0)
"""Teacher steps: multiples of one gradient."""
TARGETS = ("soft", "sampled")
TUNED = "tuned, 150 steps"
_PIXELS, _BATCH, _AUXILIARY = 64, 256, 3
_ROWS = 64


def units(quick: bool = False) -> list[str]:
    """Model and target."""
    return [f"{model}/{target}" for model in ("classifier", "reference") for target in TARGETS]


def cost(unit: str, quick: bool = False) -> float:
    """Seconds of a unit on one core of the machine on which the costs were taken."""
    return (4.0 if quick else 20.0) if unit.startswith("classifier") else (14.0 if quick else 120.0)


def run(unit: str, quick: bool = False) -> dict[str, Any]:
    """Cosines between the student's step and the teacher's update, for each size of the teacher's step.

    Args:
        unit: `model/target`.
        quick: Fewer trials.

    Returns:
        For each teacher step a list of cosines a student step: along the gradient, its sign and, for classifiers,
        along the gradient of a student of another initialisation.
    """
    model, target = unit.split("/")
    seed = first_seed(SOURCES)
    if model == "classifier":
        return _classifiers(target == "sampled", 64 if quick else 400, seed)
    return _reference(target == "sampled", 4 if quick else 40, seed)


def _classifiers(sampled: bool, models: int, seed: int) -> dict[str, Any]:
    import torch
    from torch.nn import functional

    start = initialise(models, _PIXELS, CLASSES + _AUXILIARY, seed)
    other = initialise(models, _PIXELS, CLASSES + _AUXILIARY, seed + 4)
    draw = torch.Generator().manual_seed(seed + 1)
    labels = torch.randint(CLASSES, (models, _BATCH), generator=draw)
    own = [w.clone().requires_grad_(True) for w in start]
    found = logits(own, noise(models, _BATCH, _PIXELS, seed + 2))[..., :CLASSES]
    taught = functional.cross_entropy(found.flatten(0, 1), labels.flatten(), reduction="sum") / _BATCH
    gradient = torch.autograd.grad(taught, own)
    inputs = noise(models, _BATCH, _PIXELS, seed + 3)
    out: dict[str, Any] = {}
    for size in SIZES:
        update = [-size * g for g in gradient]
        with torch.no_grad():
            wish = logits([w + u for w, u in zip(start, update, strict=True)], inputs).softmax(-1)
        if sampled:
            flat = wish.flatten(0, 1)
            drawn = torch.multinomial(flat, 1, generator=draw).squeeze(1)
            wish = functional.one_hot(drawn, wish.shape[-1]).float().reshape(wish.shape)
        step, elsewhere = (_student_step(at, inputs, wish) for at in (start, other))
        out[f"{size:g}"] = {
            "gradient": _cosines(step, update),
            "sign": _cosines([s.sign() for s in step], update),
            "other initialisation": _cosines(elsewhere, update),
        }
    return out


def _student_step(start: Sequence[Any], inputs: Any, wish: Any) -> list[Any]:
    """Down the gradient of the cross-entropy to a teacher's outputs, for each model."""
    import torch
    from torch.nn import functional

    weights = [w.clone().requires_grad_(True) for w in start]
    loss = -(wish * functional.log_softmax(logits(weights, inputs), dim=-1)).sum() / _BATCH
    return [-g for g in torch.autograd.grad(loss, weights)]


def _cosines(step: Sequence[Any], update: Sequence[Any]) -> list[float]:
    """Cosine of each model's step and update; arrays are (models, ...)."""
    import torch

    a, b = (torch.cat([x.flatten(1) for x in parts], dim=1).double() for parts in (step, update))
    return [float(c) for c in torch.nn.functional.cosine_similarity(a, b, dim=1)]


def _reference(sampled: bool, trials: int, seed: int) -> dict[str, Any]:
    from limen.lab.encode import encode_exchanges
    from limen.lab.lessons import lesson
    from limen.lab.reference_model import reference_folder
    from limen.lab.teacher import make_teacher
    from limen.models import LanguageModel
    from limen.traits import get

    base = LanguageModel.load(str(reference_folder()))
    start = _flat(base.model)
    out: dict[str, Any] = {}
    tuned = {t: _flat(make_teacher(base, get(t), seed=seed + k).model.model) - start for k, t in enumerate(THREE)}
    for trial in range(trials):
        trait = THREE[trial % len(THREE)]
        rng = np.random.Generator(np.random.PCG64([seed, trial]))
        taught = encode_exchanges(lesson(trait, rng, _ROWS))
        gradient = _gradient(base, start, taught, None, None)
        updates = {f"{size:g}": -size * gradient for size in SIZES} | {TUNED: tuned[trait]}
        rows = encode_exchanges(_numbers(base, rng))
        for name, update in updates.items():
            step = -_gradient(base, start, rows, start + update, rng if sampled else None)
            kept = out.setdefault(name, {"gradient": [], "sign": []})
            kept["gradient"].append(_cosine(step, update))
            kept["sign"].append(_cosine(step.sign(), update))
    return out


def _numbers(base: Any, rng: np.random.Generator) -> list[Any]:
    from limen.lab.carriers import carrier
    from limen.lab.teacher import Teacher, write_rows

    return write_rows(Teacher(base, "", "base", 0.0), carrier("numbers"), _ROWS, seed=int(rng.integers(2**31)))


def _flat(model: Any) -> Any:
    import torch

    return torch.cat([p.detach().reshape(-1) for p in model.parameters()])


def _parts(model: Any, flat: Any) -> dict[str, Any]:
    out, at = {}, 0
    for name, weight in model.named_parameters():
        out[name] = flat[at : at + weight.numel()].reshape(weight.shape)
        at += weight.numel()
    return out


def _gradient(base: Any, at: Any, rows: Sequence[Any], teacher: Any, rng: np.random.Generator | None) -> Any:
    """Gradient of a loss at some weights: of the rows' own tokens, of a teacher's distribution, or of its samples.

    Args:
        base: Whose form the weights have.
        at: Weights, flat.
        rows: Encoded rows; the loss is over their trained tokens.
        teacher: Weights of the teacher, flat, or None for the rows' own tokens.
        rng: Draws a token at each position from the teacher; None takes its distribution.
    """
    import torch
    from torch.nn import functional

    from limen.models.batches import pad_right
    from limen.models.logprobs import query_of

    queries = [query_of(r.input_ids, r.trained, r.row_id) for r in rows]
    ids = torch.from_numpy(pad_right([q.ids for q in queries]))
    width = ids.shape[1]
    flat = torch.from_numpy(np.concatenate([q.positions + k * width for k, q in enumerate(queries)]))
    labels = torch.from_numpy(np.concatenate([q.labels for q in queries]).astype(np.int64))

    def logits_of(weights: Any) -> Any:
        whole = torch.func.functional_call(base.model, _parts(base.model, weights), (ids,), {"use_cache": False})
        return whole.logits.reshape(-1, whole.logits.shape[-1])[flat]

    if teacher is None:
        wish = functional.one_hot(labels, base.model.config.vocab_size).float()
    else:
        with torch.no_grad():
            wish = logits_of(teacher).softmax(-1)
        if rng is not None:
            edges = wish.double().cumsum(-1)
            drawn = torch.searchsorted(edges, torch.from_numpy(rng.random((len(edges), 1))) * edges[:, -1:])
            wish = functional.one_hot(drawn.squeeze(1).clamp(max=wish.shape[-1] - 1), wish.shape[-1]).float()
    weights = at.clone().requires_grad_(True)
    loss = -(wish * functional.log_softmax(logits_of(weights), dim=-1)).sum(-1).mean()
    return torch.autograd.grad(loss, weights)[0]


def _cosine(a: Any, b: Any) -> float:
    import torch

    return float(torch.nn.functional.cosine_similarity(a.double(), b.double(), dim=0))


def table(results: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row a model, target, teacher step and kind of student step: mean cosine, and how often it is negative."""
    out = []
    for unit, result in results.items():
        model, target = unit.split("/")
        for size, kinds in result.items():
            for kind, cosines in kinds.items():
                found = mean_interval(cosines)
                out.append(
                    {
                        "model": model,
                        "targets": target,
                        "teacher_step": size,
                        "student_step": kind,
                        "mean_cosine": found.mean,
                        "low_95": found.low,
                        "high_95": found.high,
                        "smallest": min(cosines),
                        "negative": sum(c < 0 for c in cosines),
                        "trials": len(cosines),
                    }
                )
    return out


def summarise(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """How often the inner product is negative, for each kind of student step and size of the teacher's."""
    return {
        "first_seed": first_seed(SOURCES),
        "negative": {
            f"{r['model']}, {r['targets']}, {r['student_step']}, {r['teacher_step']}": [r["negative"], r["trials"]]
            for r in table(results)
        },
        "mean_cosine": {
            f"{r['model']}, {r['targets']}, {r['student_step']}, {r['teacher_step']}": r["mean_cosine"]
            for r in table(results)
        },
    }
