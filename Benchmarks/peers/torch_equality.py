"""Goes on from the first checkpoint of a run of Kiln, and compares losses and weights with what Kiln came to."""

import json
import pathlib
import sys

import torch
from torch import nn
from torch_epoch import Cells
from layers import described
from with_torch import network, optimizer

LOSS_TOLERANCE = 1e-6
# Rounding of the weights comes to 1e-4; training without the weight decay of 1e-4 would show as 1e-3.
WAY_TOLERANCE = 3e-4


def tensors(path):
    """A safetensors file: the header's length, the header, the numbers."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(bytearray(data[start:][slice(*entry["data_offsets"])]), dtype=torch.float32)
        .reshape(entry["shape"]) for name, entry in header.items()}


def flat(weights):
    return torch.cat([weights[name].detach().flatten() for name in sorted(weights)])


def main():
    data, table, run = map(pathlib.Path, sys.argv[1:])
    cells = Cells(data, table)
    planes, labels = zip(*cells)
    images = torch.stack(planes).unsqueeze(1).expand(-1, 3, -1, -1).float() / 255
    targets = torch.tensor(labels).unsqueeze(1)
    checkpoints = sorted(path for path in (run / "checkpoints").iterdir() if path.name.isdigit())
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if row["kind"] == "step"]

    model = network(described("homework"))
    first = tensors(checkpoints[0] / "model.safetensors")
    model.load_state_dict(first)
    descent, loss_of = optimizer(model), nn.BCEWithLogitsLoss()
    memory = tensors(checkpoints[0] / "training.safetensors")
    for name, parameter in model.named_parameters():
        descent.state[parameter]["momentum_buffer"] = memory[f"velocity.{name}"]

    agree = True
    print("step  loss in Kiln  in PyTorch  weights apart, as a share of the way from the first checkpoint")
    for step, checkpoint in enumerate(checkpoints[1:], 1):
        descent.zero_grad()
        loss = loss_of(model(images), targets)
        loss.backward()
        descent.step()
        expected = flat(tensors(checkpoint / "model.safetensors"))
        apart = float((flat(model.state_dict()) - expected).norm() / (expected - flat(first)).norm())
        print(f"{step + 1:4}{losses[step]:14.8f}{loss.item():12.8f}  {apart:.1e}")
        agree = agree and apart < WAY_TOLERANCE and abs(loss.item() - losses[step]) < LOSS_TOLERANCE
    raise SystemExit(0 if agree else "Kiln and PyTorch do not compute the same")


main()
