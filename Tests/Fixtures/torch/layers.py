"""Writes layers.json and layers.safetensors: layers alone and a few together, forward and backward.

    .venv/bin/python layers.py

Each case is layers as a job file writes them, and PyTorch's module for them. Input, parameters and the gradient of the
output are computed by both sides (formula.py); the files hold PyTorch's output and gradients, computed in float64 and
rounded once. `steps` is what the input's values are rounded to: 1 makes most of them equal to their neighbours.
"""
import json

import torch
from torch import nn

from formula import formula
from generate import save_json, save_tensors


class Rows(nn.Module):
    """C x H x W to (C * H) x 1 x W."""

    def forward(self, image):
        return image.flatten(1, 2).unsqueeze(2)


class Sequence(nn.Module):
    """A one-dimensional module on C x 1 x L."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, sequence):
        return self.module(sequence.squeeze(2)).unsqueeze(2)


def global_average():
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())


# layer or layers, module, shape of an image (channels, height, width), images, steps
CASES = [
    ({"conv2d": {"channels": 4, "kernel": [3, 2], "stride": [2, 1], "padding": [1, 0], "bias": False}},
     nn.Conv2d(3, 4, (3, 2), (2, 1), (1, 0), bias=False), (3, 7, 6), 17, None),
    ({"conv2d": {"channels": 11, "kernel": 5}}, nn.Conv2d(2, 11, 5), (2, 12, 9), 3, None),
    ({"conv1d": {"channels": 1, "kernel": 2}}, Sequence(nn.Conv1d(1, 1, 2)), (1, 1, 5), 17, None),
    ({"conv1d": {"channels": 3, "kernel": 4}}, Sequence(nn.Conv1d(2, 3, 4)), (2, 1, 4), 3, None),
    ({"conv1d": {"channels": 5, "kernel": 3, "stride": 2, "padding": 1}},
     Sequence(nn.Conv1d(4, 5, 3, 2, 1)), (4, 1, 13), 17, None),
    ({"conv1d": {"channels": 12, "kernel": 7, "stride": 3, "padding": 6, "bias": False}},
     Sequence(nn.Conv1d(3, 12, 7, 3, 6, bias=False)), (3, 1, 18), 3, None),
    ({"conv1d": {"channels": 2, "kernel": 1, "stride": 2}}, Sequence(nn.Conv1d(23, 2, 1, 2)), (23, 1, 9), 3, None),
    ({"conv1d": {"channels": 3, "kernel": 5}}, Sequence(nn.Conv1d(2, 3, 5)), (2, 1, 90), 3, None),
    ({"maxPool2d": {"kernel": [2, 3], "stride": [3, 1]}}, nn.MaxPool2d((2, 3), (3, 1)), (3, 8, 7), 17, None),
    ({"maxPool1d": {"kernel": 2}}, Sequence(nn.MaxPool1d(2)), (3, 1, 9), 17, None),
    ({"maxPool1d": {"kernel": 3, "stride": 2}}, Sequence(nn.MaxPool1d(3, 2)), (2, 1, 12), 3, None),
    ({"maxPool1d": {"kernel": 3, "stride": 1}}, Sequence(nn.MaxPool1d(3, 1)), (2, 1, 14), 3, 1),
    ({"maxPool1d": {"kernel": 2, "stride": 5}}, Sequence(nn.MaxPool1d(2, 5)), (2, 1, 14), 3, 1),
    ({"avgPool2d": {"kernel": 2}}, nn.AvgPool2d(2), (3, 7, 6), 17, None),
    ({"avgPool2d": {"kernel": 3, "stride": 2}}, nn.AvgPool2d(3, 2), (2, 8, 9), 3, None),
    ({"avgPool2d": {"kernel": [2, 3], "stride": [3, 1]}}, nn.AvgPool2d((2, 3), (3, 1)), (3, 9, 7), 3, None),
    ({"avgPool2d": {"kernel": [1, 5], "stride": [2, 4]}}, nn.AvgPool2d((1, 5), (2, 4)), (1, 4, 11), 3, None),
    ({"avgPool1d": {"kernel": 2}}, Sequence(nn.AvgPool1d(2)), (3, 1, 9), 17, None),
    ({"avgPool1d": {"kernel": 4, "stride": 3}}, Sequence(nn.AvgPool1d(4, 3)), (2, 1, 15), 3, None),
    ({"avgPool1d": {"kernel": 2, "stride": 3}}, Sequence(nn.AvgPool1d(2, 3)), (2, 1, 15), 3, None),
    ("globalAvgPool", global_average(), (5, 6, 7), 17, None),
    ("globalAvgPool", global_average(), (4, 1, 9), 3, None),
    ("rows", Rows(), (3, 4, 5), 17, None),
    ("relu", nn.ReLU(), (2, 3, 5), 3, 1),
    ({"leakyRelu": {"slope": 0.2}}, nn.LeakyReLU(0.2), (2, 3, 5), 17, None),
    ("leakyRelu", nn.LeakyReLU(), (2, 3, 5), 3, 1),
    ("sigmoid", nn.Sigmoid(), (2, 5, 7), 17, None),
    ("tanh", nn.Tanh(), (2, 5, 7), 17, None),
    (["flatten", {"linear": {"outputs": 3, "bias": False}}],
     nn.Sequential(nn.Flatten(), nn.Linear(7, 3, bias=False)), (7, 1, 1), 17, None),
    (["rows", {"conv1d": {"channels": 4, "kernel": 3}}, "tanh", {"maxPool1d": {"kernel": 2}},
      {"conv1d": {"channels": 3, "kernel": 2, "padding": 1}}, {"leakyRelu": {"slope": 0.1}},
      {"avgPool1d": {"kernel": 3, "stride": 2}}, "flatten", {"linear": {"outputs": 2}}],
     nn.Sequential(
         Rows(), Sequence(nn.Conv1d(10, 4, 3)), nn.Tanh(), Sequence(nn.MaxPool1d(2)),
         Sequence(nn.Conv1d(4, 3, 2, 1, 1)), nn.LeakyReLU(0.1), Sequence(nn.AvgPool1d(3, 2)), nn.Flatten(),
         nn.Linear(9, 2)),
     (2, 5, 14), 17, None),
    ([{"conv2d": {"channels": 3, "kernel": 2}}, "relu", {"avgPool2d": {"kernel": 2}}, "sigmoid", "globalAvgPool",
      {"linear": {"outputs": 1}}],
     nn.Sequential(
         nn.Conv2d(2, 3, 2), nn.ReLU(), nn.AvgPool2d(2), nn.Sigmoid(), global_average(), nn.Linear(3, 1)),
     (2, 8, 7), 17, None),
    ([{"conv2d": {"channels": 3, "kernel": 2}}, "relu", {"avgPool2d": {"kernel": 3, "stride": 1}},
      {"conv2d": {"channels": 2, "kernel": 2}}, "relu", "globalAvgPool"],
     nn.Sequential(
         nn.Conv2d(2, 3, 2), nn.ReLU(), nn.AvgPool2d(3, 1), nn.Conv2d(3, 2, 2), nn.ReLU(), global_average()),
     (2, 8, 7), 3, None),
]


def main():
    torch.set_num_threads(1)
    cases, tensors = [], {}
    for index, (layers, module, shape, images, steps) in enumerate(CASES):
        layers = layers if isinstance(layers, list) else [layers]
        bound = 12.0 if layers in (["sigmoid"], ["tanh"]) else 1.0
        salt = 100 * (index + 1)
        image = formula(salt, (images, *shape), bound).double()
        if steps:
            image = (image * steps).round() / steps
        image.requires_grad_()
        module = module.double()
        parameters = list(module.parameters())
        for number, parameter in enumerate(parameters):
            parameter.data = formula(salt + 1 + number, parameter.shape, 0.5).double()
        output = module(image)
        output.backward(formula(salt + 50, output.shape, 1.0).double())
        tensors |= {f"{index}.output": output, f"{index}.inputGradient": image.grad}
        tensors |= {f"{index}.gradient.{number}": p.grad for number, p in enumerate(parameters)}
        cases.append({
            "layers": json.dumps(layers), "input": shape, "images": images, "bound": bound, "steps": steps,
            "output": list(output.shape[1:]), "parameters": [list(p.shape) for p in parameters]})
    save_tensors("layers.safetensors", tensors)
    save_json("layers.json", cases)


if __name__ == "__main__":
    main()
