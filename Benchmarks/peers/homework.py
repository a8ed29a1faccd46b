"""The homework network's first weights, its optimizer's figures and a batch of noise, the same for every framework."""

import numpy

RATE, MOMENTUM, WEIGHT_DECAY = 1e-3, 0.9, 1e-4

# Layer, (outputs, inputs, kernel height, kernel width) or (outputs, inputs).
SHAPES = {
    "0": (10, 3, 9, 9), "2": (20, 10, 7, 7), "3": (40, 20, 5, 5), "6": (50, 40, 3, 3), "8": (1, 39200)}


def weights():
    """Weight and bias by layer, uniform within 1 / sqrt(inputs of a neuron), as PyTorch draws them."""
    random = numpy.random.default_rng(1)
    drawn = {}
    for layer, shape in SHAPES.items():
        limit = 1 / numpy.sqrt(numpy.prod(shape[1:]))
        drawn[layer] = [random.uniform(-limit, limit, size).astype("float32") for size in (shape, shape[:1])]
    return drawn


def batch(count):
    """Images, count x 3 x 256 x 256 in 0...1, and labels, count x 1."""
    images = numpy.random.default_rng(2).random((count, 3, 256, 256), dtype="float32")
    return images, (numpy.arange(count) % 2).astype("float32").reshape(count, 1)
