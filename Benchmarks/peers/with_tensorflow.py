"""A network in TensorFlow: Keras layers, one compiled function a step. (XLA is three times slower here.)"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import layers  # noqa: E402
import tensorflow as tf  # noqa: E402
import turns  # noqa: E402
from tensorflow import keras  # noqa: E402

VARIANTS = ["function"]


def module(layer):
    """One layer of `kiln describe --json`, channels last; padding stands in front of a convolution as a layer of its own."""
    kind, bias = layer["kind"], layer["biases"] > 0
    sizes = {"strides": layer.get("stride")}
    if kind in ("conv1d", "conv2d"):
        of = keras.layers.Conv1D if kind == "conv1d" else keras.layers.Conv2D
        return padded(layer, of(layer["channels"], layer["kernel"], use_bias=bias, **sizes))
    pools = {
        "maxPool1d": keras.layers.MaxPool1D, "maxPool2d": keras.layers.MaxPool2D, "avgPool1d": keras.layers.AvgPool1D,
        "avgPool2d": keras.layers.AvgPool2D}
    if kind in pools:
        if any(layer["padding"]):
            raise SystemExit(f"{kind}: padding of a pooling is not compared")
        return [pools[kind](layer["kernel"], **sizes)]
    return {
        "batchNorm": lambda: [keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)],
        "relu": lambda: [keras.layers.ReLU()],
        "rows": lambda: [keras.layers.Permute((2, 3, 1)), keras.layers.Reshape((layer["output"][2], layer["output"][0]))],
        "flatten": lambda: [keras.layers.Flatten()], "globalAvgPool": lambda: [keras.layers.GlobalAveragePooling2D()],
        "dropout": lambda: [keras.layers.Dropout(0.3)],
        "linear": lambda: [keras.layers.Dense(layer["channels"], use_bias=bias)]}[kind]()


def padded(layer, convolution):
    """Where Keras's word `same` means the same padding, it is used: it is faster than a layer of zeros."""
    if not any(layer["padding"]):
        return [convolution]
    if all(2 * padding == size - 1 for padding, size in zip(layer["padding"], layer["kernel"])) and set(layer["stride"]) == {1}:
        convolution.padding = "same"
        return [convolution]
    if layer["kind"] == "conv1d":
        return [keras.layers.ZeroPadding1D(layer["padding"][0]), convolution]
    return [keras.layers.ZeroPadding2D(tuple(layer["padding"])), convolution]


def network(description):
    model = keras.Sequential([keras.layers.Input((256, 256, 3))])
    drawn = layers.weights(description)
    flattened = None
    for number, layer in enumerate(description):
        added = module(layer)
        for part in added:
            model.add(part)
        if layer["kind"] == "flatten":
            flattened = layer["input"]
        if number in drawn:
            weight, bias = drawn[number]
            if layer["kind"] == "linear" and flattened:  # flattened as [row][column][channel]
                weight, flattened = weight.reshape(-1, *flattened).transpose(0, 2, 3, 1).reshape(len(weight), -1), None
            # [output][input][row][column] to [row][column][input][output]
            weight = weight.transpose(*range(2, weight.ndim), 1, 0)
            added[-1].set_weights([weight] if bias is None else [weight, bias])
    return model


def main():
    options = turns.options(VARIANTS)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    model = network(layers.described(options.network))
    images, labels = layers.batch(options.batch)
    images, labels = tf.constant(images.transpose(0, 2, 3, 1)), tf.constant(labels)
    one = images[:1]
    descent = keras.optimizers.SGD(layers.RATE, momentum=layers.MOMENTUM)
    descent.build(model.trainable_variables)
    loss_of = keras.losses.BinaryCrossentropy(from_logits=True)

    @tf.function
    def train():
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(images, training=True))
        variables = model.trainable_variables
        gradients = tape.gradient(loss, variables)
        # Weight decay as PyTorch has it; Keras's own is apart from the momentum.
        decayed = [gradient + layers.WEIGHT_DECAY * variable for gradient, variable in zip(gradients, variables)]
        descent.apply_gradients(zip(decayed, variables))
        return loss

    @tf.function
    def infer(images):
        return tf.reduce_mean(model(images, training=False))

    turns.take_turns(
        {"one image": lambda: float(infer(one)), "inference": lambda: float(infer(images)), "training": lambda: float(train())},
        options.batch, sum(int(tf.size(variable)) for variable in model.trainable_variables), tf.__version__)


main()
