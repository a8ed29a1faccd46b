"""The homework network in TensorFlow: Keras layers, one compiled function a step. (XLA is three times slower here.)"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import homework
import tensorflow as tf
import turns
from tensorflow.keras import layers

VARIANTS = ["function"]


def network():
    model = tf.keras.Sequential([
        layers.Input((256, 256, 3)),
        layers.Conv2D(10, 9, activation="relu"), layers.Conv2D(20, 7, strides=2),
        layers.Conv2D(40, 5, activation="relu"), layers.MaxPool2D(2), layers.Conv2D(50, 3, strides=2),
        layers.Flatten(), layers.Dense(1)])
    first = []
    for weight, bias in homework.weights().values():
        if weight.ndim == 4:  # [output][input][row][column] to [row][column][input][output]
            first += [weight.transpose(2, 3, 1, 0), bias]
        else:  # flattened as [row][column][channel]
            first += [weight.reshape(50, 28, 28).transpose(1, 2, 0).reshape(-1, 1), bias]
    model.set_weights(first)
    return model


def main():
    options = turns.options(VARIANTS)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    model = network()
    images, labels = homework.batch(options.batch)
    images, labels = tf.constant(images.transpose(0, 2, 3, 1)), tf.constant(labels)
    descent = tf.keras.optimizers.SGD(homework.RATE, momentum=homework.MOMENTUM)
    descent.build(model.trainable_variables)
    loss_of = tf.keras.losses.BinaryCrossentropy(from_logits=True)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(images, training=True))
        variables = model.trainable_variables
        gradients = tape.gradient(loss, variables)
        # Weight decay as PyTorch has it; Keras's own is apart from the momentum.
        decayed = [gradient + homework.WEIGHT_DECAY * variable for gradient, variable in zip(gradients, variables)]
        descent.apply_gradients(zip(decayed, variables))
        return loss

    @tf.function
    def infer():
        return tf.reduce_mean(model(images, training=False))

    run = infer if options.infer else step
    turns.take_turns(lambda: run().numpy(), options.batch, model.count_params(), tf.__version__)


main()
