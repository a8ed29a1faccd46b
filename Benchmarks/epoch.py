#!/usr/bin/env python3
"""One epoch of the ELPV set from its PNG files to a saved network: Kiln against PyTorch with its DataLoader.

    scripts/fetch-elpv
    Benchmarks/setup
    swift build -c release --product kiln
    python3 Benchmarks/epoch.py [--only cold | warm] [--rounds 3] [--threads 2] [--workers 2]

cold: the files are evicted from the page cache, and Kiln's cache folder is empty. warm: a second job on the same data.
Every program is a fresh process. Kiln's time is that of the whole process; PyTorch's begins when it has been imported.
The same network, loss, optimizer, batch and resizing; no augmentation, pixel / 255.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

from environments import KILN, PEERS, ROOT, python

JOB = """\
name: epoch
network: homework
data: {{images: {data}, labels: labels.csv, validation: 0.0, normalize: {normalize}}}
training:
  epochs: 1
  seed: 7
  optimizer: {{sgd: {{learningRate: 0.001, momentum: 0.9, weightDecay: 1e-4}}}}
resources: {{threads: {threads}}}
"""


def kiln(options, folder):
    """Whole process, from the job file to the checkpoint; decoded images are kept in `folder`."""
    job, run = folder / "job.yaml", folder / "run"
    folder.mkdir(exist_ok=True)
    job.write_text(JOB.format(data=options.data, normalize=options.normalize, threads=options.threads))
    shutil.rmtree(run, ignore_errors=True)
    start = time.perf_counter()
    process = subprocess.Popen(
        [KILN, "train", job, "--output", run, "--cache", folder / "cache"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        raise SystemExit("kiln train failed")
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return {"seconds": seconds, "loss": rows[-1]["trainLoss"], "peakResidentBytes": 1024 * usage.ru_maxrss}


def pytorch(options, _):
    command = [
        python("torch"), PEERS / "torch_epoch.py", options.data, "--threads", str(options.threads),
        "--workers", str(options.workers)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def evict(data):
    """Has the kernel forget the images' pages; needs no privileges."""
    for path in data.rglob("*.png"):
        file = os.open(path, os.O_RDONLY)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


def measure(state, programs, options, folder):
    results = {label: [] for label in programs}
    if state == "warm":
        kiln(options, folder)
    for number in range(options.rounds):
        for label, program in programs.items():
            if state == "cold":
                evict(options.data)
            # Another folder rather than an emptied one: some file systems are slow where much was just removed.
            results[label].append(program(options, folder / f"cold-{number}" if state == "cold" else folder))
    return results


def print_table(state, results, images):
    title = {"cold": "one cold epoch", "warm": "a second job"}[state]
    medians = {label: statistics.median(run["seconds"] for run in runs) for label, runs in results.items()}
    print(f"{title:36}{'seconds':>10}{'images/s':>10}{'Kiln is':>10}{'loss':>8}{'peak MiB':>10}")
    for label, runs in results.items():
        peak = max(run["peakResidentBytes"] for run in runs) / 2**20
        print(f"{label:36}{medians[label]:10.2f}{images / medians[label]:10.1f}"
              f"{medians[label] / medians['Kiln']:9.2f}x{runs[0]['loss']:8.4f}{peak:10.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["cold", "warm"])
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "data/elpv")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2, help="processes of PyTorch's DataLoader")
    parser.add_argument("--normalize", default="none", choices=["none", "dataset"], help="Kiln's; dataset surveys first")
    options = parser.parse_args()
    options.data = options.data.resolve()
    images = len(list(options.data.rglob("*.png")))
    programs = {"Kiln": kiln, f"PyTorch, DataLoader of {options.workers}": pytorch}
    with tempfile.TemporaryDirectory() as folder:
        for state in [options.only] if options.only else ["cold", "warm"]:
            print_table(state, measure(state, programs, options, pathlib.Path(folder)), images)


main()
