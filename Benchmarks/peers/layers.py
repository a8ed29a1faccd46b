"""A network as `kiln describe --json` has it, its first weights, the optimizer's figures and batches of noise: the same for every
framework."""

import json
import pathlib
import subprocess
import sys

import numpy

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from environments import KILN  # noqa: E402

RATE, MOMENTUM, WEIGHT_DECAY = 1e-3, 0.9, 1e-4
PARAMETERS = {"conv1d", "conv2d", "linear"}


def described(network):
    """The layers of a preset or of a job file."""
    return json.loads(subprocess.run(
        [KILN, "describe", network, "--json"], check=True, capture_output=True, text=True).stdout)["layers"]


def weights(layers):
    """Weight and bias (or None) of each layer that has them, by its number: uniform within 1 / sqrt(inputs of a neuron), as PyTorch
    draws them. Batch normalization begins with ones and zeros everywhere."""
    random = numpy.random.default_rng(1)
    drawn = {}
    for number, layer in enumerate(layers):
        if layer["kind"] in PARAMETERS:
            shape = (layer["channels"], layer["input"][0], *layer.get("kernel", []))
            limit = 1 / numpy.sqrt(numpy.prod(shape[1:]))
            bias = random.uniform(-limit, limit, shape[:1]).astype("float32") if layer["biases"] else None
            drawn[number] = random.uniform(-limit, limit, shape).astype("float32"), bias
    return drawn


def batch(count):
    """Images, count x 3 x 256 x 256 in 0...1, and labels, count x 1."""
    images = numpy.random.default_rng(2).random((count, 3, 256, 256), dtype="float32")
    return images, (numpy.arange(count) % 2).astype("float32").reshape(count, 1)
