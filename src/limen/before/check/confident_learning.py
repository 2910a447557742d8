"""Confident learning: rows whose label a classifier that has not seen them contradicts (Northcutt, Jiang, Chuang 2021).

p(j|x) is the probability of class j that a classifier trained on other rows gives x. The threshold of class j is the
mean of p(j|x) over the rows labelled j. A row is counted for the class of highest p(j|x) among those whose threshold it
reaches; counted for another class than its label, it lies off the diagonal of the confident joint. Of these are left
out, as by cleanlab, rows for whose label p is the highest after all.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from limen.before.check._minhash import words_of
from limen.core import MissingExtraError

FOLDS = 5
MOST_FEATURES = 20_000
STRENGTH = 10.0
"""Inverse strength of the ridge penalty."""

Z = 1.96
_CLOSE = 1e-9

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def out_of_sample(texts: Sequence[str], classes: Ints, groups: Ints) -> Floats:
    """The probability of each class for each text, by a classifier that saw no text of its group, shape (texts, k).

    Logistic regression on TF-IDF of words and pairs of words, with classes weighed alike. Words and their weights are
    those of all texts, which tells nothing of labels.

    Args:
        texts: The texts.
        classes: Class of each from 0 to k − 1, shape (texts,).
        groups: Texts of one group go to the same fold, shape (texts,); the number of a group tells the fold.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtraError("scikit-learn", "labels") from error
    k = int(classes.max()) + 1
    told = np.full((len(texts), k), 1 / k)
    if not any(map(words_of, texts)):
        return told
    weigh = TfidfVectorizer(analyzer=_terms, sublinear_tf=True, max_features=MOST_FEATURES)
    vectors = weigh.fit_transform(texts)
    folds = groups % FOLDS
    for fold in np.unique(folds):
        left = folds == fold
        if len(np.unique(classes[~left])) < 2:
            continue
        model = LogisticRegression(C=STRENGTH, max_iter=200, class_weight="balanced")
        with warnings.catch_warnings():
            # Told after 200 steps as well as it is told: how well is measured on rows that it has not seen
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(vectors[~left], classes[~left])
        one = np.zeros((int(left.sum()), k))
        one[:, model.classes_] = model.predict_proba(vectors[left])
        told[left] = one
    return told


def _terms(text: str) -> list[str]:
    words = words_of(text)
    return [*words, *(f"{one} {after}" for one, after in pairwise(words))]


def contradicted(probabilities: Floats, classes: Ints) -> Ints:
    """The class that each row is counted for in the confident joint; its own where that is not contradicted.

    Args:
        probabilities: Out-of-sample probabilities, shape (rows, k).
        classes: Label of each row, shape (rows,); each of the k classes is the label of some.
    """
    k = probabilities.shape[1]
    thresholds = np.array([probabilities[classes == j, j].mean() for j in range(k)])
    reached = probabilities >= thresholds - _CLOSE
    counted = np.where(reached, probabilities, -1.0).argmax(axis=1)
    keeps = ~reached.any(axis=1) | (probabilities.argmax(axis=1) == classes)
    return np.where(keeps, classes, counted)


def balanced_accuracy(probabilities: Floats, classes: Ints, groups: Ints) -> tuple[float, float, float]:
    """The mean over classes of the share of their rows that is given its own class, with its 95% interval by group.

    Args:
        probabilities: Out-of-sample probabilities, shape (rows, k).
        classes: Label of each row, shape (rows,); each of the k classes is the label of some.
        groups: Rows of one group are no independent evidence, shape (rows,).
    """
    k = probabilities.shape[1]
    right = (probabilities.argmax(axis=1) == classes).astype(np.float64)
    sizes = np.bincount(classes, minlength=k)
    recalls = np.bincount(classes, right, k) / sizes
    _, group = np.unique(groups, return_inverse=True)
    pulls = np.bincount(group, (right - recalls[classes]) / (k * sizes[classes]))
    estimate, error = float(recalls.mean()), float(np.sqrt((pulls**2).sum()))
    return estimate, max(estimate - Z * error, 0.0), min(estimate + Z * error, 1.0)
