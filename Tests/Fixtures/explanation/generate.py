"""The gradient of a network's output by its input, times the input, as PyTorch's autograd has it in evaluation mode.

Writes weights.safetensors (a network with batch normalization and dropout, with running statistics that are not those of
its beginning) and expected.json (sums over channels at some pixels, for each class). Needs torch, numpy and safetensors:

    python3 generate.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

here = Path(__file__).parent
mean, std = [0.4, 0.5, 0.6], [0.2, 0.25, 0.3]
pixels = [(0, 0), (3, 250), (17, 99), (100, 100), (101, 100), (128, 64), (200, 31), (255, 255)]


def image() -> np.ndarray:
    """[3][256][256] bytes, the same as in ExplainerTests."""
    channel, row, column = np.meshgrid(range(3), range(256), range(256), indexing="ij")
    return ((row * 7 + column * (3 + channel) + row * column // 64) % 256).astype(np.uint8)


def network(outputs: int) -> nn.Sequential:
    torch.manual_seed(outputs)
    net = nn.Sequential(
        nn.Conv2d(3, 4, 8, 4), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.5),
        nn.Conv2d(4, 6, 3, 2), nn.BatchNorm2d(6), nn.Tanh(), nn.AvgPool2d(3), nn.Flatten(), nn.Linear(150, outputs))
    with torch.no_grad():
        for layer in net:
            if isinstance(layer, nn.BatchNorm2d):
                layer.running_mean.uniform_(-0.5, 0.5)
                layer.running_var.uniform_(0.3, 2)
                layer.weight.uniform_(0.5, 1.5)
                layer.bias.uniform_(-0.3, 0.3)
    return net.eval()


expected = {"pixels": pixels, "mean": mean, "std": std}
weights = {}
for outputs in (1, 3):
    net = network(outputs).double()
    values = torch.tensor(image().astype(np.float64) / 255)
    values = (values - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)
    values = values.unsqueeze(0).requires_grad_(True)
    maps = []
    for label in range(max(outputs, 2)):
        if values.grad is not None:
            values.grad = None
        out = net(values)[0]
        target = (out[0] if label == 1 else -out[0]) if outputs == 1 else out[label]
        target.backward()
        product = (values.grad[0] * values.detach()[0]).sum(0)
        maps.append([product[row, column].item() for row, column in pixels])
    expected[f"outputs{outputs}"] = maps
    weights.update({f"{outputs}.{name}": tensor.float() for name, tensor in net.state_dict().items()
                    if "num_batches" not in name})
save_file(weights, here / "weights.safetensors")
(here / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
