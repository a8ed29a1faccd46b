#!/usr/bin/env python3
"""Shows that Kiln and PyTorch compute the same: from the checkpoint that Kiln wrote after its first step, PyTorch takes
the following ones on the same images, with the optimizer of the benchmarks.

    python3 Benchmarks/equality.py [--steps 5]

A batch is the whole set, 32 of the ELPV images, so that the order cannot matter.
"""

import argparse
import pathlib
import subprocess
import tempfile

from environments import KILN, PEERS, ROOT, python

JOB = """\
name: equality
network: homework
data: {{images: {data}, labels: {table}, validation: 0.0, normalize: none}}
training:
  epochs: {steps}
  batchSize: 32
  optimizer: {{sgd: {{learningRate: 0.001, momentum: 0.9, weightDecay: 1e-4}}}}
checkpoints: {{every: 1 epoch, keep: {steps}}}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "data/elpv")
    parser.add_argument("--steps", type=int, default=5)
    options = parser.parse_args()
    data = options.data.resolve()
    head, *rows = (data / "labels.csv").read_text().splitlines()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        table, job, run = folder / "labels.csv", folder / "job.yaml", folder / "run"
        table.write_text("\n".join([head, *rows[::len(rows) // 32][:32]]) + "\n")
        job.write_text(JOB.format(data=data, table=table, steps=options.steps))
        subprocess.run([KILN, "train", job, "--output", run], check=True, stdout=subprocess.DEVNULL)
        raise SystemExit(subprocess.run([python("torch"), PEERS / "torch_equality.py", data, table, run]).returncode)


main()
