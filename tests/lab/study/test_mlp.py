from __future__ import annotations

import pytest
import torch

from limen.lab.study.mlp import Fit, accuracy, distil, fit, initialise, learn, logits, noise


def test_models_side_by_side_train_as_each_would_alone():
    start = initialise(3, 8, 5, seed=1)
    images = noise(3, 16, 8, seed=2)
    target = torch.tensor([1, 0, 2])

    def loss(which):
        def one(weights, _step):
            found = logits(weights, images[which])
            return sum(
                torch.nn.functional.cross_entropy(f, torch.full((16,), int(t)))
                for f, t in zip(found, target[which], strict=True)
            )

        return one

    together = fit(start, Fit(steps=5, learning_rate=1e-2), loss(slice(0, 3)))
    alone = fit([w[1:2] for w in start], Fit(steps=5, learning_rate=1e-2), loss(slice(1, 2)))
    for a, b in zip(together, alone, strict=True):
        torch.testing.assert_close(a[1:2], b)


def test_training_leaves_the_start_as_it_is():
    start = initialise(2, 8, 5, seed=1)
    kept = [w.clone() for w in start]
    fit(start, Fit(steps=2), lambda weights, _: sum((w**2).sum() for w in weights))
    assert all(torch.equal(a, b) for a, b in zip(start, kept, strict=True))


def test_a_student_with_all_logits_comes_to_say_what_its_teacher_says():
    draw = torch.Generator().manual_seed(0)
    images = torch.rand((256, 8), generator=draw) * 2 - 1
    labels = (images[:, 0] > 0).long()
    start = initialise(2, 8, 12, seed=3)
    teacher = learn(start, images, labels, Fit(steps=200, learning_rate=1e-2, batch_size=64), seed=4)
    assert min(accuracy(teacher, images, labels)) > 0.9
    student = distil(start, teacher, slice(0, 12), Fit(steps=200, learning_rate=1e-2, batch_size=64), seed=5)
    assert min(accuracy(student, images, labels)) > 0.85


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_gives_the_same_models(seed):
    first, second = initialise(2, 4, 3, seed), initialise(2, 4, 3, seed)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert not torch.equal(first[0], initialise(2, 4, 3, seed + 2)[0])
