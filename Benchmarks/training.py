#!/usr/bin/env python3
"""Kiln's training step against PyTorch's, in turns on the same machine.

    python3 -m venv .venv-bench && .venv-bench/bin/pip install torch
    swift build -c release --product kiln
    .venv-bench/bin/python Benchmarks/training.py [--rounds 5] [--threads 2] [--batch 32]

The same network, loss, optimizer, batch and number of threads; images are in memory on both sides. Each round measures
every program once; the table gives medians over the rounds, and the ratios are of those.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import time

import torch
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parent.parent


def homework():
    return nn.Sequential(
        nn.Conv2d(3, 10, 9), nn.ReLU(), nn.Conv2d(10, 20, 7, stride=2), nn.Conv2d(20, 40, 5), nn.ReLU(),
        nn.MaxPool2d(2), nn.Conv2d(40, 50, 3, stride=2), nn.Flatten(), nn.Linear(39200, 1))


class Torch:
    """A user's training loop."""

    def __init__(self, batch, layout):
        torch.manual_seed(1)
        self.network = homework().to(memory_format=layout)
        self.images = torch.rand(batch, 3, 256, 256).contiguous(memory_format=layout)
        self.labels = (torch.arange(batch) % 2).float().unsqueeze(1)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=1e-4, momentum=0.9, weight_decay=1e-4)
        self.loss = nn.BCEWithLogitsLoss()
        self.step()

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.network(self.images), self.labels).backward()
        self.optimizer.step()

    def images_per_second(self, steps=3):
        times = []
        for _ in range(steps):
            start = time.perf_counter()
            self.step()
            times.append(time.perf_counter() - start)
        return len(self.images) / statistics.median(times)


def kiln(batch, threads):
    command = [ROOT / ".build/release/kiln", "bench", "train", "--network", "homework", "--batch", str(batch),
               "--threads", str(threads), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["imagesPerSecond"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    plain = Torch(options.batch, torch.contiguous_format)
    channels_last = Torch(options.batch, torch.channels_last)
    programs = {
        "Kiln": lambda: kiln(options.batch, options.threads),
        f"PyTorch {torch.__version__}, channels_last": channels_last.images_per_second,
        f"PyTorch {torch.__version__}, as a user writes it": plain.images_per_second,
    }
    rates = {name: [] for name in programs}
    for _ in range(options.rounds):
        for name, measure in programs.items():
            rates[name].append(measure())
    medians = {name: statistics.median(values) for name, values in rates.items()}
    print(f"{'training, images/s':44}{'median':>9}{'least':>9}{'most':>9}{'Kiln is faster by':>20}")
    for name, values in rates.items():
        ratio = medians["Kiln"] / medians[name]
        print(f"{name:44}{medians[name]:9.1f}{min(values):9.1f}{max(values):9.1f}{ratio:20.2f}")


main()
