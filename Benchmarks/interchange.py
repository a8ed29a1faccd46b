#!/usr/bin/env python3
"""Shows that onnxruntime and PyTorch compute what Kiln computes, from the files that `kiln export` writes, and that Kiln computes
what PyTorch does, from weights that `kiln import` takes.

    python3 Benchmarks/interchange.py [--keep FOLDER]

For every preset, a network of one-dimensional layers and one with every layer of the catalogue: Kiln trains it for a few steps on
100 drawn images (bytes that are used as they are, gray and transparent PNGs, PNGs of 16 bits, large JPEGs in every orientation),
predicts, and exports. Ends with 1 unless all logits agree within 1e-5. Needs `Benchmarks/setup`.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from environments import KILN, PEERS, ROOT, python

EVERY_LAYER = ROOT / "Tests/Fixtures/interchange/every-layer.yaml"

ONE_DIMENSIONAL = """
  - avgPool2d: {kernel: 2}
  - rows
  - conv1d: {channels: 24, kernel: 7, stride: 2, padding: 3}
  - batchNorm
  - leakyRelu
  - avgPool1d: {kernel: 3, stride: 2}
  - conv1d: {channels: 16, kernel: 5, bias: false}
  - tanh
  - maxPool1d: {kernel: 2}
  - flatten
  - dropout
  - linear: {outputs: 2}"""

# Name, the network in a job file, the table of labels, what else stands under `data`, the loss.
NETWORKS = [
    ("homework", "homework", "two", "", "binaryCrossEntropy"),
    ("homework-relu", "homework-relu", "two", ", resize: crop", "binaryCrossEntropy"),
    ("homework-batchnorm", "homework-batchnorm", "two", ", resize: fit, alpha: black", "binaryCrossEntropy"),
    ("homework-avgpool", "homework-avgpool", "two", ", jpegScaling: false, alpha: drop", "meanSquaredError"),
    ("homework-conv1d", "homework-conv1d", "two", ", normalize: none", "binaryCrossEntropy"),
    ("one-dimensional", ONE_DIMENSIONAL, "two", ", resize: fit, alpha: [51, 102, 153]", "softmaxCrossEntropy"),
    ("every-layer", None, "three", "", "softmaxCrossEntropy"),
]

JOB = """\
name: {name}
network: {network}
data: {{images: {images}, labels: {images}/../{table}.csv, validation: 0, cache: false{data}}}
training: {{epochs: 3, batchSize: 25, loss: {loss}, clipNorm: 1, optimizer: {{sgd: {{learningRate: 0.003}}}}}}
"""


def kiln(*arguments):
    return subprocess.run([KILN, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def prepare(folder, images, name, network, table, data, loss):
    """Trains a network, and leaves in its folder what Kiln says of the images and the exports."""
    if network is None:
        network = "\n" + EVERY_LAYER.read_text().split("network:\n")[1].split("data:")[0].rstrip()
    place = folder / name
    place.mkdir()
    (place / "job.yaml").write_text(JOB.format(name=name, network=network, images=images, table=table, data=data, loss=loss))
    kiln("train", place / "job.yaml", "--output", place / "run")
    (place / "said.jsonl").write_text(kiln("predict", place / "run", images, "--json"))
    for name, words in (
        ("plain.onnx", ["onnx"]), ("whole.onnx", ["onnx", "--with-preprocessing", "--with-probabilities"]), ("arrays.npz", ["npz"]),
        ("exported.py", ["torch"]),
    ):
        files = [place / name] + ([place / "exported.safetensors"] if name == "exported.py" else [])
        kiln("export", place / "run", "--output", place / name, "--format", *words)
        first = [file.read_bytes() for file in files]
        kiln("export", place / "run", "--output", place / name, "--format", *words)
        assert first == [file.read_bytes() for file in files], f"{name}: other bytes the second time"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", metavar="NAME", help="these networks alone")
    parser.add_argument("--keep", type=pathlib.Path, help="a new folder for all files, which stay")
    options = parser.parse_args()
    interpreter, peer = python("onnxruntime"), PEERS / "interchange.py"
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.keep or pathlib.Path(temporary)).resolve()
        folder.mkdir(exist_ok=True)
        subprocess.run([interpreter, peer, "draw", folder / "images"], check=True)
        chosen = [network for network in NETWORKS if options.only is None or network[0] in options.only]
        for network in chosen:
            prepare(folder, folder / "images", *network)
        names = json.dumps([name for name, *_ in chosen])
        status = subprocess.run([interpreter, peer, "compare", folder, names, KILN]).returncode
    sys.exit(status)


main()
