"""The homework network in PyTorch, in the ways that its users know to make it fast."""

import contextlib

import homework
import torch
import turns
from torch import nn

VARIANTS = ["contiguous", "channels_last", "compiled", "bf16"]


def network():
    layers = nn.Sequential(
        nn.Conv2d(3, 10, 9), nn.ReLU(), nn.Conv2d(10, 20, 7, stride=2), nn.Conv2d(20, 40, 5), nn.ReLU(),
        nn.MaxPool2d(2), nn.Conv2d(40, 50, 3, stride=2), nn.Flatten(), nn.Linear(39200, 1))
    first = {}
    for layer, (weight, bias) in homework.weights().items():
        first[f"{layer}.weight"], first[f"{layer}.bias"] = torch.from_numpy(weight), torch.from_numpy(bias)
    layers.load_state_dict(first)
    return layers


def optimizer(model):
    return torch.optim.SGD(
        model.parameters(), lr=homework.RATE, momentum=homework.MOMENTUM, weight_decay=homework.WEIGHT_DECAY)


def main():
    options = turns.options(VARIANTS)
    torch.set_num_threads(options.threads)
    layout = torch.contiguous_format if options.variant == "contiguous" else torch.channels_last
    half = torch.autocast("cpu", dtype=torch.bfloat16) if options.variant == "bf16" else contextlib.nullcontext()
    model = network().to(memory_format=layout)
    images, labels = (torch.from_numpy(array) for array in homework.batch(options.batch))
    images = images.contiguous(memory_format=layout)
    parameters = sum(tensor.numel() for tensor in model.parameters())
    descent, loss_of = optimizer(model), nn.BCEWithLogitsLoss()
    forward = torch.compile(model) if options.variant == "compiled" else model

    def step():
        descent.zero_grad(set_to_none=True)
        with half:
            loss = loss_of(forward(images), labels)
        loss.backward()
        descent.step()
        return loss.detach()

    @torch.inference_mode()
    def infer():
        with half:
            return forward(images).mean()

    turns.take_turns(infer if options.infer else step, options.batch, parameters, torch.__version__)


if __name__ == "__main__":
    main()
