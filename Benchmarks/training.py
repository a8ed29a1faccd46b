#!/usr/bin/env python3
"""Kiln's training step, or with --infer its inference, against TensorFlow's and PyTorch's on the same machine.

    Benchmarks/setup
    swift build -c release --product kiln
    python3 Benchmarks/training.py [--infer] [--rounds 5] [--threads 2] [--batch 32]

The same network, loss, optimizer, batch and number of threads; images are in memory everywhere. Every program is a
process of its own, so that its peak memory is too. They are measured in turns: each round asks every one of them
once, while the others wait. The table gives medians over the rounds, and the ratios are of those.
"""

import argparse
import json
import math
import statistics
import subprocess
import tempfile

from environments import KILN, PEERS, python

VARIANTS = [
    ("TensorFlow, compiled function", "tensorflow", "function"),
    ("PyTorch, channels_last", "torch", "channels_last"),
    ("PyTorch, channels_last, compiled", "torch", "compiled"),
    ("PyTorch, as a user writes it", "torch", "contiguous"),
    ("PyTorch, channels_last, bf16 (half precision)", "torch", "bf16"),
]


class Kiln:
    """`kiln bench`, which measures for itself: a process for each turn."""

    label = "Kiln"

    def __init__(self, options):
        self.command = [
            KILN, "bench", "infer" if options.infer else "train", "--network", "homework",
            "--batch", str(options.batch), "--threads", str(options.threads), "--json"]
        self.parameters = self.turn()["parameters"]

    def turn(self):
        return json.loads(subprocess.run(self.command, check=True, capture_output=True, text=True).stdout)


class Peer:
    """A process that waits for its turns; see peers/turns.py."""

    def __init__(self, label, framework, variant, options):
        command = [
            python(framework), PEERS / f"with_{framework}.py", "--variant", variant,
            "--batch", str(options.batch), "--threads", str(options.threads), *(["--infer"] if options.infer else [])]
        self.complaints = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.complaints, text=True)
        ready = self.answer(label)
        self.parameters, self.first = ready["parameters"], ready["first"]
        self.is_half = variant == "bf16"
        self.label = label.replace(",", f" {ready['version'].split('+')[0]},", 1)

    def turn(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer(self.label)

    def answer(self, label):
        line = self.process.stdout.readline()
        if not line:
            self.complaints.seek(0)
            raise SystemExit(f"{label} ended:\n{self.complaints.read()[-2000:]}")
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def require_equality(kiln, peers):
    """The same number of parameters, and between the frameworks the same first losses (or logits)."""
    first = peers[0].first
    for peer in peers:
        assert peer.parameters == kiln.parameters, f"{peer.label} has {peer.parameters} parameters"
        tolerance = 1e-2 if peer.is_half else 1e-5
        agrees = all(math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) for a, b in zip(peer.first, first))
        assert agrees, f"{peer.label} begins with {peer.first}, {peers[0].label} with {first}"
    print(f"{kiln.parameters} parameters everywhere; the peers' first values agree: "
          + ", ".join(f"{value:.6f}" for value in first))


def print_table(title, turns):
    rates = {label: [turn["imagesPerSecond"] for turn in results] for label, results in turns.items()}
    memory = {label: max(turn["peakResidentBytes"] for turn in results) for label, results in turns.items()}
    kiln = statistics.median(rates["Kiln"])
    print(f"{title:52}{'median':>8}{'least':>8}{'most':>8}{'Kiln is':>10}{'peak MiB':>10}{'Kiln has':>10}")
    for label, values in rates.items():
        median = statistics.median(values)
        print(f"{label:52}{median:8.1f}{min(values):8.1f}{max(values):8.1f}{kiln / median:9.2f}x"
              f"{memory[label] / 2**20:10.0f}{memory['Kiln'] / memory[label]:9.2f}x")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--infer", action="store_true", help="forward only")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    options = parser.parse_args()
    kiln = Kiln(options)
    peers = [Peer(*variant, options) for variant in VARIANTS]
    require_equality(kiln, peers)
    turns = {program.label: [] for program in [kiln, *peers]}
    for _ in range(options.rounds):
        for program in [kiln, *peers]:
            turns[program.label].append(program.turn())
    print_table("inference, images/s" if options.infer else "training, images/s", turns)
    for peer in peers:
        peer.end()


main()
