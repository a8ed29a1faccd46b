"""A network that begins in PyTorch: its weights, twelve images, and the losses of five steps in double precision.

images/CLASS/N.png are gray, 256 x 256; plain.safetensors and normalized.safetensors are `save_file(network.state_dict())` of
two networks, the second with batch normalization that has seen two batches; losses.json has the mean loss of all images
before each step of SGD, rate 0.05 and momentum 0.9, and for the second what it answers without any step.
"""
import json
import pathlib
import struct
import zlib

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

torch.manual_seed(8)
here = pathlib.Path(__file__).parent
CLASSES = ["falling", "rising"]


def png(rows):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    data = b"".join(b"\0" + bytes(row) for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))


images, labels = [], []
for label, name in enumerate(CLASSES):
    (here / "images" / name).mkdir(parents=True, exist_ok=True)
    for number in range(6):
        slope = [(3 + number) * (row if label else 255 - row) // 9 + 5 * number for row in range(256)]
        rows = [[value if column // 32 % 2 else value // 2 for column in range(256)] for value in slope]
        (here / "images" / name / f"{number}.png").write_bytes(png(rows))
        images.append(torch.tensor(rows, dtype=torch.float64).expand(3, 256, 256) / 255)
        labels.append(float(label))
inputs, targets = torch.stack(images), torch.tensor(labels, dtype=torch.float64)


def network(normalized):
    middle = [nn.BatchNorm2d(4)] if normalized else []
    return nn.Sequential(
        nn.Conv2d(3, 4, 8, stride=8), *middle, nn.ReLU(), nn.MaxPool2d(4), nn.Conv2d(4, 5, 3, stride=2), nn.ReLU(),
        nn.Flatten(), nn.Linear(45, 1))


def loss_of(model):
    return F.binary_cross_entropy_with_logits(model(inputs)[:, 0], targets)


def five_steps(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


plain = network(False)
save_file(plain.state_dict(), here / "plain.safetensors")
normalized = network(True)
for _ in range(2):
    normalized(inputs.float())
save_file(normalized.state_dict(), here / "normalized.safetensors")
normalized.double().eval()
answer = loss_of(normalized).item()
normalized.train()
(here / "losses.json").write_text(json.dumps({
    "plain": five_steps(plain.double()), "inference": answer, "normalized": five_steps(normalized)}) + "\n")
