"""Writes losses.json: every loss and its gradient by the outputs, per sample, in float64.

    .venv/bin/python losses.py
"""
import torch
import torch.nn.functional as F

from generate import random, save_json


def case(keyword, settings, outputs, targets, function):
    leaf = outputs.clone().requires_grad_()
    losses = function(leaf)
    losses.sum().backward()
    return {"keyword": keyword, "settings": settings, "outputs": outputs.tolist(), "targets": targets,
            "losses": losses.tolist(), "gradients": leaf.grad.tolist()}


def main():
    one = torch.cat([10 * random(9, 1), torch.tensor([[0.0], [40.0], [-40.0]], dtype=torch.float64)])
    soft = [0, 1, 0.25, 0.75, 1 / 3, 1, 0, 0.5, 1, 1, 0, 1]
    three, classes = 5 * random(8, 3), [0, 1, 2, 0, 1, 2, 2, 1]
    column = torch.tensor(soft, dtype=torch.float64)[:, None]
    index = torch.tensor(classes)
    pair = torch.cat([1 - column, column], 1)
    two = 4 * random(12, 2)

    def binary(weight):
        return lambda z: F.binary_cross_entropy_with_logits(
            z, column, pos_weight=torch.tensor([weight], dtype=torch.float64), reduction="none")[:, 0]

    save_json("losses.json", [
        case("binaryCrossEntropy", "{}", one, soft, binary(1.0)),
        case("binaryCrossEntropy", "{positiveWeight: 2.5}", one, soft, binary(2.5)),
        case("softmaxCrossEntropy", "{}", three, classes, lambda z: F.cross_entropy(z, index, reduction="none")),
        case("softmaxCrossEntropy", "{labelSmoothing: 0.1}", three, classes,
             lambda z: F.cross_entropy(z, index, reduction="none", label_smoothing=0.1)),
        case("softmaxCrossEntropy", "{labelSmoothing: 0.2}", two, soft,
             lambda z: F.cross_entropy(z, pair, reduction="none", label_smoothing=0.2)),
        case("meanSquaredError", "{}", one, soft, lambda z: F.mse_loss(z, column, reduction="none")[:, 0]),
        case("meanSquaredError", "{}", three, classes,
             lambda z: F.mse_loss(z, F.one_hot(index, 3).double(), reduction="none").mean(1)),
    ])


if __name__ == "__main__":
    main()
