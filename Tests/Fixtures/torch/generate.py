"""Writes what PyTorch computes for Kiln's layers, loss and optimizer: the tests' independent witness.

    python3 -m venv .venv && .venv/bin/pip install torch safetensors numpy
    .venv/bin/python generate.py

Inputs are exact in float32. Results are computed in float64 and rounded once to float32 where they
lie in a safetensors file; JSON holds them in full. README.md says what each file contains.
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from formula import homework_by_formula, input_by_formula

HERE = pathlib.Path(__file__).parent
RANDOM = torch.Generator().manual_seed(20240607)


def random(*shape):
    """Normal values that float32 holds exactly, as float64."""
    return torch.randn(*shape, generator=RANDOM, dtype=torch.float32).double()


def save_tensors(name, tensors):
    save_file({key: value.detach().float().contiguous() for key, value in tensors.items()}, HERE / name)


def save_json(name, content):
    (HERE / name).write_text(json.dumps(content, indent=1) + "\n")


def gradients(function, inputs):
    """The function's value for the inputs, a random upstream gradient, and the inputs' gradients."""
    leaves = [value.clone().requires_grad_() for value in inputs]
    output = function(*leaves)
    upstream = random(*output.shape)
    output.backward(upstream)
    return output, upstream, [leaf.grad for leaf in leaves]


# in channels, out channels, [height, width] of the image, kernel, stride, padding
CONVOLUTIONS = [
    (1, 1, [5, 5], [1, 1], [1, 1], [0, 0]),
    (1, 2, [7, 11], [2, 2], [1, 1], [0, 0]),
    (3, 10, [13, 17], [9, 9], [1, 1], [0, 0]),
    (10, 5, [15, 13], [7, 7], [2, 2], [0, 0]),
    (20, 3, [9, 7], [5, 5], [1, 1], [0, 0]),
    (5, 20, [7, 9], [3, 3], [2, 2], [0, 0]),
    (4, 6, [8, 8], [3, 3], [1, 1], [1, 1]),
    (3, 4, [7, 11], [5, 5], [2, 2], [2, 2]),
    (2, 7, [10, 11], [4, 4], [3, 3], [1, 1]),
    (3, 5, [7, 11], [1, 3], [1, 1], [0, 1]),
    (3, 5, [11, 7], [5, 2], [2, 1], [2, 0]),
    (6, 3, [9, 16], [2, 5], [1, 3], [1, 2]),
    (17, 19, [3, 3], [3, 3], [1, 1], [0, 0]),
    (2, 3, [12, 12], [8, 6], [3, 2], [0, 2]),
    (7, 11, [6, 5], [1, 1], [2, 2], [0, 0]),
]


def conv2d():
    cases, tensors = [], {}
    for index, (inputs, outputs, size, kernel, stride, padding) in enumerate(CONVOLUTIONS):
        operands = [random(3, inputs, *size), random(outputs, inputs, *kernel), random(outputs)]
        output, upstream, (by_input, by_weight, by_bias) = gradients(
            lambda x, w, b: F.conv2d(x, w, b, stride=stride, padding=padding), operands)
        tensors |= dict(zip(
            [f"{index}.{role}" for role in (
                "input", "weight", "bias", "output", "upstream", "inputGradient", "weightGradient", "biasGradient")],
            operands + [output, upstream, by_input, by_weight, by_bias]))
        cases.append({
            "case": index, "batch": 3, "inputChannels": inputs, "outputChannels": outputs, "inputSize": size,
            "kernel": kernel, "stride": stride, "padding": padding, "outputSize": list(output.shape[2:])})
    save_tensors("conv2d.safetensors", tensors)
    save_json("conv2d.json", cases)


# channels, [height, width], kernel, stride, with ties
POOLS = [
    (1, [4, 4], [2, 2], [2, 2], False),
    (3, [7, 11], [2, 2], [2, 2], False),
    (5, [9, 9], [3, 3], [3, 3], False),
    (2, [8, 7], [3, 3], [2, 2], False),
    (4, [6, 9], [2, 2], [1, 1], False),
    (3, [8, 11], [2, 3], [3, 1], False),
    (2, [8, 8], [2, 2], [2, 2], True),
    (2, [9, 10], [3, 3], [1, 1], True),
]


def max_pool2d():
    """With ties the inputs are only 0 and 1; PyTorch lets the first in row-major order win."""
    tied = torch.ones(1, 1, 2, 2, dtype=torch.float64, requires_grad=True)
    F.max_pool2d(tied, 2).sum().backward()
    assert tied.grad.flatten().tolist() == [1, 0, 0, 0]
    cases, tensors = [], {}
    for index, (channels, size, kernel, stride, ties) in enumerate(POOLS):
        image = random(3, channels, *size)
        if ties:
            image = (image > 0.5).double()
        output, upstream, (by_input,) = gradients(
            lambda x: F.max_pool2d(x, kernel, stride=stride), [image])
        tensors |= {
            f"{index}.input": image, f"{index}.output": output,
            f"{index}.upstream": upstream, f"{index}.inputGradient": by_input}
        cases.append({
            "case": index, "batch": 3, "channels": channels, "inputSize": size, "kernel": kernel,
            "stride": stride, "ties": ties, "outputSize": list(output.shape[2:])})
    save_tensors("maxPool2d.safetensors", tensors)
    save_json("maxPool2d.json", cases)


def relu_and_linear():
    image = random(3, 2, 5, 7)
    image.flatten()[:4] = torch.tensor([0.0, -0.0, 1e-38, -1e-38]).float().double()
    output, upstream, (by_input,) = gradients(F.relu, [image])
    tensors = {
        "relu.input": image, "relu.output": output, "relu.upstream": upstream, "relu.inputGradient": by_input}
    for inputs, outputs in [(1, 1), (37, 1), (50, 7), (16, 16)]:
        operands = [random(3, inputs), random(outputs, inputs), random(outputs)]
        output, upstream, (by_input, by_weight, by_bias) = gradients(F.linear, operands)
        tensors |= dict(zip(
            [f"linear{inputs}x{outputs}.{role}" for role in (
                "input", "weight", "bias", "output", "upstream", "inputGradient", "weightGradient", "biasGradient")],
            operands + [output, upstream, by_input, by_weight, by_bias]))
    save_tensors("reluLinear.safetensors", tensors)


def binary_cross_entropy():
    """Weighted: loss = sum of weight * loss over the batch, divided by the number of samples."""
    logits = torch.tensor([-100, -30, -5, -1, -2**-20, 0, 0.5, 2, 10, 40, 100, 100, -100, 0.25], dtype=torch.float64)
    labels = torch.tensor([0, 1, 0.25, 0, 0.5, 1, 0.75, 1, 0, 1, 1, 0, 1, 0.125], dtype=torch.float64)
    weights = torch.tensor([1, 0.5, 2, 1, 3, 1, 0.25, 1, 1, 4, 1, 1, 0, 1.5], dtype=torch.float64)
    cases = []
    for chosen in (None, weights):
        leaf = logits.clone().requires_grad_()
        losses = F.binary_cross_entropy_with_logits(leaf, labels, weight=chosen, reduction="none")
        loss = F.binary_cross_entropy_with_logits(leaf, labels, weight=chosen, reduction="mean")
        loss.backward()
        cases.append({
            "weights": (torch.ones_like(logits) if chosen is None else chosen).tolist(), "logits": logits.tolist(),
            "labels": labels.tolist(), "losses": losses.tolist(), "loss": loss.item(), "gradient": leaf.grad.tolist()})
    save_json("binaryCrossEntropy.json", cases)


def sgd():
    cases = []
    start, pushes = random(6), [random(6) for _ in range(5)]
    for momentum, nesterov, decay in [(0, False, 0), (0.9, False, 0), (0, False, 0.1), (0.9, False, 1e-4),
                                      (0.9, False, 0.1), (0.9, True, 0.1)]:
        parameter = nn.Parameter(start.clone())
        optimizer = torch.optim.SGD(
            [parameter], lr=0.05, momentum=momentum, nesterov=nesterov, weight_decay=decay)
        after = []
        for push in pushes:
            parameter.grad = push.clone()
            optimizer.step()
            after.append(parameter.tolist())
        cases.append({
            "learningRate": 0.05, "momentum": momentum, "nesterov": nesterov, "weightDecay": decay,
            "start": start.tolist(), "gradients": [push.tolist() for push in pushes], "after": after})
    save_json("sgd.json", cases)


def small_network():
    return nn.Sequential(
        nn.Conv2d(3, 4, 5), nn.ReLU(), nn.Conv2d(4, 6, 3, stride=2), nn.Conv2d(6, 5, 3), nn.ReLU(),
        nn.MaxPool2d(2), nn.Conv2d(5, 7, 2), nn.Flatten(), nn.Linear(7 * 2 * 2, 1))


def small():
    network = small_network()
    initial = {
        name: (random(*value.shape) * (1.5 / max(1, value[0].numel())) ** 0.5).float()
        for name, value in network.state_dict().items()}
    images, labels = random(5, 3, 24, 24), torch.tensor([1, 0, 0.25, 0.75, 1], dtype=torch.float64)
    tensors = {f"initial.{name}": value for name, value in initial.items()} | {"input": images, "labels": labels}
    summary = {"labels": labels.tolist(), "learningRate": 0.01, "momentum": 0.9, "weightDecay": 1e-4, "steps": 3}
    for precision in ("float64", "float32"):
        kind = getattr(torch, precision)
        network = small_network().to(kind)
        network.load_state_dict(initial)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
        losses, logits = [], []
        for step in range(3):
            optimizer.zero_grad()
            outputs = network(images.to(kind)).flatten()
            loss = F.binary_cross_entropy_with_logits(outputs, labels.to(kind))
            loss.backward()
            losses.append(loss.item())
            logits.append(outputs.tolist())
            if step == 0:
                tensors |= {f"{precision}.gradient.{name}": p.grad.clone() for name, p in network.named_parameters()}
            optimizer.step()
        tensors |= {f"{precision}.after3.{name}": p.clone() for name, p in network.named_parameters()}
        summary[precision] = {"losses": losses, "logits": logits}
    save_tensors("small.safetensors", tensors)
    save_json("small.json", summary)


def sampled(tensor):
    """Sixteen entries, evenly spread from the first to the last: index k * (count - 1) / 15, rounded down."""
    flat = tensor.detach().flatten()
    return [flat[k * (flat.numel() - 1) // 15].item() for k in range(16)]


def homework():
    network, images = homework_by_formula().double(), input_by_formula().double()
    labels = torch.tensor([0, 1, 0.25], dtype=torch.float64)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    logits = network(images).flatten()
    loss = F.binary_cross_entropy_with_logits(logits, labels)
    loss.backward()
    optimizer.step()
    save_json("homework.json", {
        "images": 3, "labels": labels.tolist(), "learningRate": 0.01, "momentum": 0.9, "weightDecay": 1e-4,
        "inputStart": images.flatten()[:8].tolist(), "logits": logits.tolist(), "loss": loss.item(),
        "parameters": [{
            "name": name, "shape": list(p.shape), "gradientSum": p.grad.sum().item(),
            "gradientSquares": p.grad.square().sum().item(), "gradientSamples": sampled(p.grad),
            "steppedSamples": sampled(p)} for name, p in network.named_parameters()]})


if __name__ == "__main__":
    torch.set_num_threads(1)
    for write in (conv2d, max_pool2d, relu_and_linear, binary_cross_entropy, sgd, small, homework):
        write()
