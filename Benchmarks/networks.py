#!/usr/bin/env python3
"""Kiln against TensorFlow and PyTorch on the same machine: training steps, inference, and one image alone, network by network.

    Benchmarks/setup
    swift build -c release --product kiln
    python3 Benchmarks/networks.py [NETWORK…] [--rounds 5] [--threads 2] [--batch 32] [--passes training,inference,one image]

NETWORK is a preset or a job file; seven of them if none is named. The same layers (from `kiln describe`), first weights, loss,
optimizer, batch and number of threads; images are noise in memory everywhere. Every program is a process of its own, so that its
peak memory is too. They are measured in turns: each round asks every one of them once for every pass, while the others wait. The
table gives medians over the rounds, and how many times as fast as each peer Kiln is.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import tempfile

from environments import KILN, PEERS, ROOT, python

NETWORKS = [
    "homework", "homework-batchnorm", "homework-avgpool", ROOT / "jobs/solar-cells-best.yaml",
    ROOT / "Benchmarks/networks/four-convolutions.yaml", ROOT / "Benchmarks/networks/lenet.yaml", "homework-conv1d"]
PASSES = ["training", "inference", "one image"]
VARIANTS = [
    ("TensorFlow, compiled function", "tensorflow", "function"),
    ("PyTorch, channels_last", "torch", "channels_last"),
    ("PyTorch, channels_last, compiled", "torch", "compiled"),
    ("PyTorch, as a user writes it", "torch", "contiguous"),
    ("PyTorch, bf16 (half precision)", "torch", "bf16"),
]


class Kiln:
    """`kiln bench`, which measures for itself: a process for each turn."""

    label = "Kiln"
    is_half = False

    def __init__(self, network, options):
        self.network, self.options = network, options
        self.parameters = self.bench("infer", "--calls", "1")["parameters"]

    def bench(self, kind, *more):
        command = [KILN, "bench", kind, "--network", self.network, "--threads", str(self.options.threads), "--json", *more]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def turn(self, name):
        batch = str(self.options.batch)
        if name == "training":
            said = self.bench("train", "--batch", batch)
            return said["millisecondsPerStep"] / 1000, said["peakResidentBytes"]
        said = self.bench("infer", "--batch", batch)
        seconds = self.options.batch / said["imagesPerSecond"] if name == "inference" else said["singleImageMilliseconds"] / 1000
        return seconds, said["peakResidentBytes"]

    def end(self):
        pass


class Peer:
    """A process that waits for its turns; see peers/turns.py."""

    def __init__(self, network, label, framework, variant, options):
        command = [
            python(framework), PEERS / f"with_{framework}.py", "--network", network, "--variant", variant,
            "--batch", str(options.batch), "--threads", str(options.threads)]
        self.complaints = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.complaints, text=True)
        self.label = label
        ready = self.answer()
        self.parameters, self.first = ready["parameters"], ready["first"]
        self.is_half = variant == "bf16"
        self.label = label.replace(",", f" {ready['version'].split('+')[0]},", 1)

    def turn(self, name):
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        said = self.answer()
        return said["seconds"], said["peakResidentBytes"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.complaints.seek(0)
            raise SystemExit(f"{self.label} ended:\n{self.complaints.read()[-2000:]}")
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def require_equality(kiln, peers, has_dropout):
    """The same number of parameters, and between the peers the same first logits and losses: with dropout, whose choices nobody
    can compare, the logits alone."""
    for peer in peers:
        assert peer.parameters == kiln.parameters, f"{peer.label} has {peer.parameters} parameters, Kiln {kiln.parameters}"
        tolerance = 3e-2 if peer.is_half else 1e-4
        for name, values in peers[0].first.items():
            agrees = all(math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) for a, b in zip(peer.first[name], values))
            assert agrees or has_dropout and name == "training", (
                f"{name}: {peer.label} begins with {peer.first[name]}, {peers[0].label} with {values}")
    return ", ".join(f"{value:.5f}" for value in peers[0].first["training"])


def print_table(name, programs, seconds, memory, options):
    titles = {"training": "training, images/s", "inference": "inference, images/s", "one image": "one image, ms"}
    kiln = statistics.median(seconds["Kiln"])
    print(f"  {titles[name]:46}{'median':>9}{'least':>9}{'most':>9}{'Kiln is':>10}{'peak MiB':>10}{'Kiln has':>10}")
    for program in programs:
        times = seconds[program.label]
        shown = [1000 * time for time in times] if name == "one image" else [options.batch / time for time in times]
        peak = max(memory[program.label])
        # Processes take their turns at all passes, so that the peak of a pass is that of the largest before it.
        held = f"{peak / 2**20:10.0f}{max(memory['Kiln']) / peak:9.2f}x" if name == "training" else ""
        print(f"  {program.label:46}{statistics.median(shown):9.2f}{min(shown):9.2f}{max(shown):9.2f}"
              f"{statistics.median(times) / kiln:9.2f}x{held}")
    peers = [statistics.median(seconds[program.label]) for program in programs[1:] if not program.is_half]
    print(f"  Kiln is {min(peers) / kiln:.2f} times as fast as the fastest in single precision\n", flush=True)


def variants():
    """All that this processor has instructions for: bf16 is a hundred times slower without."""
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    return [variant for variant in VARIANTS if variant[2] != "bf16" or "avx512_bf16" in flags or "amx_bf16" in flags]


def measure(network, options):
    kiln = Kiln(network, options)
    peers = [Peer(network, *variant, options) for variant in variants()]
    programs = [kiln, *peers]
    described = json.loads(subprocess.run([KILN, "describe", network, "--json"], check=True, capture_output=True).stdout)
    has_dropout = any(layer["kind"] == "dropout" for layer in described["layers"])
    first = require_equality(kiln, peers, has_dropout)
    print(f"{pathlib.Path(network).stem}: {kiln.parameters} parameters everywhere; the peers agree, first losses {first}")
    seconds = {name: {program.label: [] for program in programs} for name in options.passes}
    memory = {name: {program.label: [] for program in programs} for name in options.passes}
    for _ in range(options.rounds):
        for name in options.passes:
            for program in programs:
                time, peak = program.turn(name)
                seconds[name][program.label].append(time)
                memory[name][program.label].append(peak)
    for peer in peers:
        peer.end()
    for name in options.passes:
        print_table(name, programs, seconds[name], memory[name], options)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", default=NETWORKS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--passes", type=lambda text: text.split(","), default=PASSES, help="separated by commas")
    options = parser.parse_args()
    if unknown := set(options.passes) - set(PASSES):
        parser.error(f"there is no pass {', '.join(sorted(unknown))}; there are {', '.join(PASSES)}")
    if len(variants()) < len(VARIANTS):
        print("left out: bf16, for which this processor has no instructions")
    for network in options.networks:
        measure(network, options)


main()
