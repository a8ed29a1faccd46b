"""Figures that help to decide, for deciding.json: `pip install scikit-learn scipy statsmodels`.

Thresholds and areas are scikit-learn's (1.9), Wilson's intervals SciPy's (1.17) and statsmodels' (0.15), quantiles NumPy's.
The samples of the bootstrap are drawn by NumPy's Philox, whose words are those of Tensors' CounterRandom. Temperatures are
SciPy's minima of the mean of scikit-learn's log loss.
"""
import json
import pathlib

import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

random = np.random.default_rng(12)
SEED, STREAM, SAMPLES = 9, 4, 2000


def words(first, count):
    """CounterRandom(seed, stream).word(at:) from a position that is a multiple of four on: NumPy counts from 1."""
    counter = (first // 4 - 1) % 2 ** 256
    generator = np.random.Philox(counter=counter, key=SEED + (STREAM << 64))
    return [int(word) for word in generator.random_raw(count)]


def counts(labels, answers):
    (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, answers, labels=[0, 1])
    return [int(n) for n in (tp, fp, fn, tn)]


def point(scores, labels, threshold):
    answers = (scores >= threshold).astype(int)
    undefined = np.nan
    shares = {
        "precision": metrics.precision_score(labels, answers, zero_division=undefined),
        "recall": metrics.recall_score(labels, answers, zero_division=undefined),
        "f1": metrics.f1_score(labels, answers, zero_division=undefined),
        "specificity": metrics.recall_score(labels, answers, pos_label=0, zero_division=undefined)}
    return {
        "threshold": float(threshold), "counts": counts(labels, answers),
        "shares": {name: None if np.isnan(value) else float(value) for name, value in shares.items()}}


def best(scores, labels, aim, wanted):
    if len(set(labels)) < 2:
        return None
    precision, recall, thresholds = metrics.precision_recall_curve(labels, scores)
    precision, recall = precision[:-1], recall[:-1]
    with np.errstate(invalid="ignore"):
        f1 = 2 * precision * recall / (precision + recall)
    rows = [
        {"recall": (p, r), "precision": (r, p), "f1": (f, r)}[aim] + (t,)
        for p, r, f, t in zip(precision, recall, f1, thresholds)
        if {"recall": r, "precision": p, "f1": 1}[aim] >= (wanted or 0) and not np.isnan(f)]
    return float(max(rows)[-1]) if rows else None


def thresholds(scores, labels):
    scores, labels = np.array(scores, dtype=float), np.array(labels)
    aims = [("recall", 0.5), ("recall", 0.9), ("recall", 1.0), ("precision", 0.8), ("precision", 1.0), ("f1", None)]
    return {
        "scores": scores.tolist(), "labels": labels.tolist(),
        "points": [point(scores, labels, t / 20) for t in range(1, 20)] + [point(scores, labels, 1.5)],
        "best": [{"aim": a, "wanted": w, "threshold": best(scores, labels, a, w)} for a, w in aims]}


def scored(count, distinct, skill=0.3):
    labels = random.integers(0, 2, count)
    scores = np.clip(np.round((random.random(count) * (1 - skill) + skill * labels) * distinct) / distinct, 0, 1)
    return scores, labels


def wilson(part, whole):
    interval = stats.binomtest(part, whole).proportion_ci(method="wilson")
    other = proportion_confint(part, whole, method="wilson")
    assert np.allclose(interval, other, atol=1e-12)
    return {"part": part, "whole": whole, "lower": float(interval.low), "upper": float(interval.high)}


def figures(probabilities, labels, losses):
    classes = probabilities.shape[1]
    answers = probabilities.argmax(axis=1)
    binary = classes == 2
    scores = probabilities[:, 1] if binary else probabilities
    one_hot = labels if binary else np.eye(classes, dtype=int)[labels]
    return {
        "rocAuc": metrics.roc_auc_score(labels, scores, multi_class="ovr"),
        "prAuc": metrics.average_precision_score(one_hot, scores),
        "f1": metrics.f1_score(labels, answers, average="binary" if binary else "macro", zero_division=0),
        "macroRecall": metrics.recall_score(labels, answers, average="macro", zero_division=0),
        "balancedAccuracy": metrics.balanced_accuracy_score(labels, answers), "loss": losses.mean()}


def bootstrap(count, classes):
    labels = np.sort(random.integers(0, classes, count))
    random.shuffle(labels)
    shares = random.dirichlet(np.ones(classes), count) + 0.5 * np.eye(classes)[labels]
    cuts = np.round(np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1) * 64) / 64
    probabilities = np.diff(cuts, prepend=0, axis=1)
    losses = random.random(count)
    strata = [np.flatnonzero(labels == c) for c in range(classes)]
    assert count % 4 == 0
    samples = []
    for sample in range(SAMPLES):
        drawn = iter(words(sample * count, count))
        chosen = np.array([s[next(drawn) * len(s) >> 64] for s in strata for _ in s])
        samples.append(figures(probabilities[chosen], labels[chosen], losses[chosen]))
    return {
        "seed": SEED, "stream": STREAM, "probabilities": probabilities.tolist(), "labels": labels.tolist(),
        "losses": losses.tolist(),
        "intervals": {
            name: [float(q) for q in np.quantile([s[name] for s in samples], [0.025, 0.975])] for name in samples[0]}}


def temperature(outputs, labels):
    outputs = np.array(outputs, dtype=float)
    logits = np.hstack([np.zeros_like(outputs), outputs]) if outputs.shape[1] == 1 else outputs

    def loss(logarithm):
        shares = special.softmax(logits / np.exp(logarithm), axis=1)
        return metrics.log_loss(labels, shares, labels=range(logits.shape[1]))

    found = optimize.minimize_scalar(loss, bounds=(-5, 5), method="bounded", options={"xatol": 1e-12})
    return {
        "outputs": outputs.tolist(), "labels": [int(c) for c in labels], "temperature": float(np.exp(found.x)),
        "before": float(loss(0)), "after": float(found.fun)}


def confident(count, classes, factor):
    labels = random.integers(0, classes, count)
    outputs = factor * (random.normal(size=(count, classes)) + 1.2 * np.eye(classes)[labels])
    return (outputs[:, 1:] - outputs[:, :1], labels) if classes == 2 else (outputs, labels)


result = {
    "thresholds": [
        thresholds(*scored(60, 64)), thresholds(*scored(40, 4)), thresholds(*scored(30, 20)),
        thresholds([0.5] * 8, [0, 1] * 4), thresholds([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]),
        thresholds([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1]), thresholds([0.3, 0.6, 0.9], [1, 1, 1]),
        thresholds([0.3, 0.6, 0.9], [0, 0, 0]), thresholds([0.4], [1])],
    "wilson": [wilson(*pair) for pair in [
        (0, 1), (1, 1), (0, 12), (12, 12), (5, 10), (9, 10), (27, 30), (1, 1000), (512, 656), (999999, 1000000)]],
    "bootstrap": [bootstrap(40, 2), bootstrap(36, 3)],
    "temperature": [
        temperature(*confident(80, 2, 3)), temperature(*confident(80, 2, 0.4)), temperature(*confident(60, 4, 2.5))]}
pathlib.Path(__file__).with_name("deciding.json").write_text(json.dumps(result) + "\n")
