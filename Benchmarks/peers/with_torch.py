"""A network in PyTorch, in the ways that its users know to make it fast."""

import contextlib

import layers
import torch
import turns
from torch import nn

VARIANTS = ["contiguous", "channels_last", "compiled", "bf16"]


def module(layer):
    """One layer of `kiln describe --json`."""
    kind, channels, bias = layer["kind"], layer["input"][0], layer["biases"] > 0
    window = {name: layer.get(name) for name in ("kernel", "stride", "padding")}
    if kind in ("conv1d", "conv2d"):
        of = nn.Conv1d if kind == "conv1d" else nn.Conv2d
        return of(channels, layer["channels"], window["kernel"], window["stride"], window["padding"], bias=bias)
    pools = {"maxPool1d": nn.MaxPool1d, "maxPool2d": nn.MaxPool2d, "avgPool1d": nn.AvgPool1d, "avgPool2d": nn.AvgPool2d}
    if kind in pools:
        return pools[kind](*(size if len(size) > 1 else size[0] for size in window.values()))
    return {
        "batchNorm": lambda: nn.BatchNorm2d(channels), "relu": nn.ReLU, "rows": lambda: nn.Flatten(1, 2),
        "flatten": nn.Flatten, "globalAvgPool": lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        "dropout": lambda: nn.Dropout(0.3), "linear": lambda: nn.Linear(channels, layer["channels"], bias=bias)}[kind]()


def network(description):
    model = nn.Sequential(*(module(layer) for layer in description))
    for number, (weight, bias) in layers.weights(description).items():
        model[number].weight.data = torch.from_numpy(weight).reshape(model[number].weight.shape)
        if bias is not None:
            model[number].bias.data = torch.from_numpy(bias)
    return model


def optimizer(model):
    return torch.optim.SGD(
        model.parameters(), lr=layers.RATE, momentum=layers.MOMENTUM, weight_decay=layers.WEIGHT_DECAY)


def main():
    options = turns.options(VARIANTS)
    torch.set_num_threads(options.threads)
    layout = torch.contiguous_format if options.variant == "contiguous" else torch.channels_last
    half = torch.autocast("cpu", dtype=torch.bfloat16) if options.variant == "bf16" else contextlib.nullcontext()
    model = network(layers.described(options.network)).to(memory_format=layout)
    images, labels = (torch.from_numpy(array) for array in layers.batch(options.batch))
    images = images.contiguous(memory_format=layout)
    one = images[:1].contiguous(memory_format=layout)
    descent, loss_of = optimizer(model), nn.BCEWithLogitsLoss()
    forward = torch.compile(model, dynamic=False) if options.variant == "compiled" else model

    def train():
        model.train()
        descent.zero_grad(set_to_none=True)
        with half:
            loss = loss_of(forward(images), labels)
        loss.backward()
        descent.step()
        return float(loss.detach())

    @torch.inference_mode()
    def infer(images):
        model.eval()
        with half:
            return float(forward(images).float().mean())

    turns.take_turns(
        {"one image": lambda: infer(one), "inference": lambda: infer(images), "training": train}, options.batch,
        sum(tensor.numel() for tensor in model.parameters()), torch.__version__)


if __name__ == "__main__":
    main()
