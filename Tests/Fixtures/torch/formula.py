"""Tensors that both sides can compute, without a file and without a mathematical library.

value(salt, i) = bound * (h / 2**23 - 1), computed in float64 and rounded to float32, where
h = fmix32(i + salt * 0x9E3779B9 mod 2**32) >> 8 and fmix32 is the last mixing step of MurmurHash3:
    x ^= x >> 16; x *= 0x85EBCA6B; x ^= x >> 13; x *= 0xC2B2AE35; x ^= x >> 16      (mod 2**32)
i is the flat index, row-major, in the shape as PyTorch stores it (OIHW, NCHW).

The homework network takes salts 1...10 in the order of its parameters, and 11 for the input.
Bounds are exact in binary and near He's sqrt(6 / fan-in), so that the logits are of order one.
"""
import numpy as np
import torch
from torch import nn

PARAMETERS = [  # name, bound; the salt is the position, from 1
    ("0.weight", 5 / 32), ("0.bias", 1 / 16),
    ("2.weight", 7 / 64), ("2.bias", 1 / 16),
    ("3.weight", 7 / 64), ("3.bias", 1 / 16),
    ("6.weight", 1 / 8), ("6.bias", 1 / 16),
    ("8.weight", 3 / 256), ("8.bias", 1 / 16),
]
INPUT_SALT, INPUT_BOUND = 11, 1.0


def formula(salt, shape, bound):
    count = int(np.prod(shape))
    x = (np.arange(count, dtype=np.uint64) + salt * 0x9E3779B9) & 0xFFFFFFFF
    x ^= x >> 16
    x = (x * 0x85EBCA6B) & 0xFFFFFFFF
    x ^= x >> 13
    x = (x * 0xC2B2AE35) & 0xFFFFFFFF
    x ^= x >> 16
    values = bound * ((x >> 8).astype(np.float64) / 2**23 - 1)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def homework_network():
    """The homework's network; 89,551 parameters."""
    return nn.Sequential(
        nn.Conv2d(3, 10, 9), nn.ReLU(),
        nn.Conv2d(10, 20, 7, stride=2),
        nn.Conv2d(20, 40, 5), nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(40, 50, 3, stride=2), nn.Flatten(),
        nn.Linear(39200, 1))


def homework_by_formula():
    network = homework_network()
    state = network.state_dict()
    assert [name for name, _ in PARAMETERS] == list(state)
    network.load_state_dict({
        name: formula(salt, state[name].shape, bound)
        for salt, (name, bound) in enumerate(PARAMETERS, start=1)})
    return network


def input_by_formula(images=3):
    return formula(INPUT_SALT, (images, 3, 256, 256), INPUT_BOUND)
