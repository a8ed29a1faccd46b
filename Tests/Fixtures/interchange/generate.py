"""Writes the fixtures of InterchangeTests: what onnxruntime, PyTorch and NumPy make of a network with every layer.

    .venv/bin/python generate.py --kiln ../../../.build/release/kiln

The network is written here once more, by hand, for PyTorch in double precision; its weights are random. The official
packages write them (every-layer.safetensors, every-layer.npz), `kiln import` makes a checkpoint of them, and `kiln export` the
files of every format, which are checked here against the network by hand, and kept. Needs torch, numpy, onnx, onnxruntime,
safetensors and Pillow.
"""
import argparse
import importlib.util
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx
import onnxruntime
import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = pathlib.Path(__file__).resolve().parent
CLASSES = ['Zelle "a"', "büro", "c\\d"]
MEAN, STD = [0.5, 0.4, 0.3], [0.25, 0.5, 0.125]


class Sequence(nn.Module):
    """A module that reads N x C x L as N x C x 1 x L, or the other way round. It has the names of the module."""

    def __init__(self, before, module):
        super().__init__()
        self.before = before
        self._modules |= module._modules
        self._parameters = module._parameters
        self.__dict__["module"] = module

    def forward(self, values):
        return self.module(self.before(values))


def network():
    return nn.Sequential(
        nn.AvgPool2d(4),
        nn.Conv2d(3, 6, (3, 5), stride=(1, 2), padding=(2, 1), bias=False),
        nn.BatchNorm2d(6, eps=1e-3),
        nn.LeakyReLU(0.2),
        nn.MaxPool2d(3, 2),
        nn.Conv2d(6, 4, 3),
        nn.Tanh(),
        nn.AvgPool2d((4, 2), stride=(3, 1)),
        nn.Flatten(1, 2),
        nn.Conv1d(36, 8, 3, padding=1),
        nn.BatchNorm1d(8),
        nn.Sigmoid(),
        nn.MaxPool1d(3, 2),
        Sequence(lambda values: values[:, :, None], nn.Conv2d(8, 5, (1, 2))),
        nn.ReLU(),
        Sequence(lambda values: values[:, :, 0], nn.Conv1d(5, 6, 2, bias=False)),
        nn.AvgPool1d(2, stride=1),
        nn.Dropout(0.3),
        nn.Identity(),
        nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten()),
        nn.Flatten(),
        nn.Linear(6, 3),
        nn.BatchNorm1d(3),
        nn.Linear(3, 3, bias=False),
    )


def weights(model, inputs):
    """Random ones, and the statistics of these inputs: so the answers differ from image to image."""
    torch.manual_seed(3)
    for module in model.modules():
        for name, parameter in module._parameters.items():
            if parameter is not None:
                isScale = isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)) and name == "weight"
                spread = 0.3 if parameter.dim() < 2 else 2 / parameter[0].numel() ** 0.5
                parameter.data = torch.randn(parameter.shape).double() * spread + isScale
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.momentum = 1
    with torch.no_grad():
        model.train()(torch.from_numpy(inputs))
    return {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in model.state_dict().items()}


def image(number):
    """Planes of bytes, 3 x 256 x 256."""
    channel, y, x = np.ogrid[0:3, 0:256, 0:256]
    return ((x * (number + 1) + y * 3 + channel * 50 + x * y // 64) % 256).astype(np.uint8)


def close(found, wanted, what):
    difference = np.abs(np.asarray(found) - np.asarray(wanted)).max()
    assert difference < 1e-5, (what, difference)
    print(f"{what}: {difference:.1e}")


def check_onnx(pixels, inputs, logits, shares):
    for name, fed in (("every-layer.onnx", {"input": inputs.astype(np.float32)}), ("every-layer-whole.onnx", {"pixels": pixels})):
        onnx.checker.check_model(onnx.load(FOLDER / name), full_check=True)
        answers = onnxruntime.InferenceSession(FOLDER / name).run(None, fed)
        close(answers[0], logits, name)
        if len(answers) == 2:
            close(answers[1], shares, f"{name}, probabilities")


def check_torch(inputs, logits):
    place = importlib.util.spec_from_file_location("exported", FOLDER / "every_layer.py")
    exported = importlib.util.module_from_spec(place)
    place.loader.exec_module(exported)
    assert exported.CLASSES == CLASSES and exported.MEAN == MEAN and exported.STD == STD
    with torch.no_grad():
        close(exported.load()(torch.from_numpy(inputs.astype(np.float32))), logits, "every_layer.py")


def check_npz(tensors):
    archive = np.load(FOLDER / "every-layer-export.npz")
    assert archive["classes"].tolist() == CLASSES and archive["mean"].tolist() == MEAN and archive["std"].tolist() == STD
    kept = {name: tensor for name, tensor in tensors.items() if not name.endswith("num_batches_tracked")}
    assert set(archive.files) == set(kept) | {"classes", "mean", "std"}
    assert all((archive[name] == tensor.numpy()).all() for name, tensor in kept.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kiln", required=True)
    kiln = parser.parse_args().kiln
    pixels = np.stack([image(number) for number in range(5)])
    inputs = (pixels / 255 - np.reshape(MEAN, (3, 1, 1))) / np.reshape(STD, (3, 1, 1))
    model = network().double()
    tensors = weights(model, inputs)
    model.load_state_dict(tensors)
    model.eval()
    save_file(tensors, FOLDER / "every-layer.safetensors")
    np.savez(FOLDER / "every-layer.npz", **{name: tensor.numpy() for name, tensor in tensors.items()})
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = f"{folder}/checkpoint"
        subprocess.run(
            [kiln, "import", FOLDER / "every-layer.safetensors", "--network", FOLDER / "every-layer.yaml", "--classes",
             ",".join(CLASSES), "--output", checkpoint], check=True)
        for name, words in (
            ("every-layer.onnx", ["onnx"]), ("every-layer-whole.onnx", ["onnx", "--with-preprocessing", "--with-probabilities"]),
            ("every-layer-export.npz", ["npz"]), ("every_layer.py", ["torch"])):
            subprocess.run([kiln, "export", checkpoint, "--output", FOLDER / name, "--format", *words], check=True)
    with torch.no_grad():
        logits = model(torch.from_numpy(inputs)).numpy()
    shares = torch.softmax(torch.from_numpy(logits), 1).numpy()
    check_onnx(pixels, inputs, logits, shares)
    check_torch(inputs, logits)
    check_npz(tensors)
    (FOLDER / "every-layer.json").write_text(json.dumps({"logits": logits.tolist()}, indent=1) + "\n")


main()
