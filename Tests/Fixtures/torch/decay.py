"""Writes decay.json: five steps of every optimizer from given gradients, in float64, with the weight decay on a group of
weights alone; biases and the scale of a normalization are a second group without it.

    .venv/bin/python decay.py
"""
import torch

from generate import random, save_json

# keyword, settings as in a job file, torch's class, torch's settings, the weight decay of the weights
CASES = [
    ("sgd", {"learningRate": 0.1, "weightDecay": 0.3}, "SGD", {"lr": 0.1}, 0.3),
    ("sgd", {"learningRate": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 0.3}, "SGD",
     {"lr": 0.1, "momentum": 0.9, "nesterov": True}, 0.3),
    ("rmsprop", {"learningRate": 0.01, "momentum": 0.5, "weightDecay": 0.3}, "RMSprop", {"lr": 0.01, "momentum": 0.5}, 0.3),
    ("adagrad", {"learningRate": 0.05, "weightDecay": 0.3}, "Adagrad", {"lr": 0.05}, 0.3),
    ("adam", {"learningRate": 0.02, "weightDecay": 0.3}, "Adam", {"lr": 0.02}, 0.3),
    ("adamw", {"learningRate": 0.02, "weightDecay": 0.3}, "AdamW", {"lr": 0.02}, 0.3),
]
SLOTS = [("weight", 5), ("bias", 3), ("weight", 4), ("normalization", 2), ("normalization", 2), ("weight", 3), ("bias", 1)]
STEPS = 5


def main():
    torch.set_num_threads(1)
    start = [random(count) for _, count in SLOTS]
    gradients = [[random(count) for _, count in SLOTS] for _ in range(STEPS)]
    cases = []
    for keyword, settings, kind, options, decay in CASES:
        tensors = [value.clone().requires_grad_() for value in start]
        weights = [t for t, (slot, _) in zip(tensors, SLOTS) if slot == "weight"]
        others = [t for t, (slot, _) in zip(tensors, SLOTS) if slot != "weight"]
        optimizer = getattr(torch.optim, kind)(
            [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0}], **options)
        after = []
        for step in range(STEPS):
            for tensor, gradient in zip(tensors, gradients[step]):
                tensor.grad = gradient.clone()
            optimizer.step()
            after.append([t.tolist() for t in tensors])
        cases.append({"keyword": keyword, "settings": settings, "after": after})
    save_json("decay.json", {
        "slots": [slot for slot, _ in SLOTS], "start": [t.tolist() for t in start],
        "gradients": [[t.tolist() for t in step] for step in gradients], "cases": cases})


if __name__ == "__main__":
    main()
