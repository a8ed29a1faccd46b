"""Figures of made-up probabilities by scikit-learn 1.9, for figures.json: `pip install scikit-learn`.

Scores are multiples of 1/64, so that many are equal. The calibration error, which scikit-learn has not, is by NumPy.
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics
from sklearn.exceptions import UndefinedMetricWarning

warnings.simplefilter("ignore", UndefinedMetricWarning)
random = np.random.default_rng(5)


def calibration_error(probabilities, labels, bins=15):
    confidence, decision = probabilities.max(axis=1), probabilities.argmax(axis=1)
    edges = np.arange(1, bins) / bins
    places = np.searchsorted(edges, confidence, side="left")
    return sum(
        abs((decision == labels)[places == bin].mean() - confidence[places == bin].mean()) * (places == bin).mean()
        for bin in np.unique(places))


def figures(probabilities, labels):
    classes = probabilities.shape[1]
    decision = probabilities.argmax(axis=1)
    every = len(np.unique(labels)) == classes
    found = labels.any() if classes == 2 else every
    binary = classes == 2
    scores = probabilities[:, 1] if binary else probabilities
    one_hot = labels if binary else np.eye(classes, dtype=int)[labels]

    def of(score, average):
        return float(score(labels, decision, average=average, zero_division=0))

    average = "binary" if binary else "macro"
    return {
        "accuracy": metrics.accuracy_score(labels, decision),
        "balancedAccuracy": float(np.mean([(decision[labels == c] == c).mean() for c in np.unique(labels)])),
        "precision": of(metrics.precision_score, average), "recall": of(metrics.recall_score, average),
        "f1": of(metrics.f1_score, average),
        "macroPrecision": of(metrics.precision_score, "macro"), "macroRecall": of(metrics.recall_score, "macro"),
        "macroF1": of(metrics.f1_score, "macro"),
        "rocAuc": metrics.roc_auc_score(labels, scores, multi_class="ovr") if every else None,
        "prAuc": float(metrics.average_precision_score(one_hot, scores)) if found else None,
        "calibrationError": float(calibration_error(probabilities, labels))}


def case(count, classes, labels=None, distinct=64):
    labels = random.integers(0, classes, count) if labels is None else np.array(labels)
    if classes == 2:
        positive = np.clip(np.round((random.random(count) * 0.7 + 0.3 * labels) * distinct) / distinct, 0, 1)
        probabilities = np.stack([1 - positive, positive], axis=1)
    else:
        shares = random.dirichlet(np.ones(classes), count) + 0.4 * np.eye(classes)[labels]
        cuts = np.round(np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1) * distinct) / distinct
        probabilities = np.diff(cuts, prepend=0, axis=1)
    decision = probabilities.argmax(axis=1)
    result = figures(probabilities, labels)
    assert abs(result["balancedAccuracy"] - metrics.balanced_accuracy_score(labels, decision)) < 1e-12
    return {
        "probabilities": probabilities.tolist(), "labels": labels.tolist(), "figures": result,
        "confusion": metrics.confusion_matrix(labels, decision, labels=range(classes)).tolist()}


cases = [
    case(60, 2), case(40, 2, distinct=4), case(9, 2, distinct=1), case(12, 2, labels=[0] * 12),
    case(12, 2, labels=[1] * 12), case(2, 2, labels=[0, 1]), case(50, 3), case(40, 5, distinct=8),
    case(30, 4, labels=[0, 1, 3] * 10)]
pathlib.Path(__file__).with_name("figures.json").write_text(json.dumps(cases) + "\n")
