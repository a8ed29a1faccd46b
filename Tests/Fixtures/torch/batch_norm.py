"""Writes batchNorm.safetensors: two training passes and an inference of a network with three batch normalizations.

    .venv/bin/python batch_norm.py

The passes have 20 and 17 images, so that a second pack of sixteen is partly filled. Computed in float64 and rounded once.
"""
import torch
from torch import nn

from generate import random, save_tensors


def network():
    return nn.Sequential(
        nn.Conv2d(2, 3, 2), nn.BatchNorm2d(3, eps=1e-3, momentum=0.2), nn.ReLU(),
        nn.Conv2d(3, 2, 2), nn.BatchNorm2d(2), nn.Flatten(), nn.BatchNorm1d(24), nn.Linear(24, 2)).double()


def main():
    torch.set_num_threads(1)
    model = network()
    tensors = {}
    for name, parameter in model.named_parameters():
        # The mean of what the first normalization gets is far from zero, as a careless one would not survive.
        parameter.data = random(*parameter.shape) + (9 if name == "0.bias" else 1 if name in ("1.weight", "4.weight") else 0)
        tensors[f"initial.{name}"] = parameter.data.clone()
    for number, images in enumerate((20, 17)):
        model.zero_grad()
        inputs, upstream = random(images, 2, 6, 5), random(images, 2)
        outputs = model(inputs)
        outputs.backward(upstream)
        tensors |= {f"{number}.input": inputs, f"{number}.upstream": upstream, f"{number}.output": outputs}
        tensors |= {f"{number}.gradient.{name}": p.grad.clone() for name, p in model.named_parameters()}
        tensors |= {
            f"{number}.statistic.{name}": b.clone() for name, b in model.named_buffers() if "num_batches" not in name}
    model.eval()
    tensors["inference"] = model(tensors["1.input"])
    save_tensors("batchNorm.safetensors", tensors)


if __name__ == "__main__":
    main()
