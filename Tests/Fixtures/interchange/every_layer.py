# Written by `kiln export --format torch`: a network that Kiln trained.

"""Classifies images:

    python FILE.py IMAGE...

The weights are in the safetensors file of the same name beside this one. Needs torch, safetensors, numpy and Pillow 10.1.
From 3 x 256 x 256 to 3 values, 1571 parameters.
"""

import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file
from torch import nn

CLASSES = ["Zelle \"a\"", "büro", "c\\d"]
# Of pixel / 255, by channel: red, green, blue.
MEAN = [0.5, 0.4, 0.3]
STD = [0.25, 0.5, 0.125]
SIZE = 256
# The outputs are divided by it before they become probabilities.
TEMPERATURE = 1.0


def network():
    return nn.Sequential(OrderedDict([
        ("0", nn.AvgPool2d(4)),
        ("1", nn.Conv2d(3, 6, (3, 5), stride=(1, 2), padding=(2, 1), bias=False)),
        ("2", nn.BatchNorm2d(6, eps=0.001)),
        ("3", nn.LeakyReLU(0.2)),
        ("4", nn.MaxPool2d(3, stride=2)),
        ("5", nn.Conv2d(6, 4, 3)),
        ("6", nn.Tanh()),
        ("7", nn.AvgPool2d((4, 2), stride=(3, 1))),
        ("8", nn.Flatten(1, 2)),
        ("9", nn.Conv1d(36, 8, 3, padding=1)),
        ("10", nn.BatchNorm1d(8)),
        ("11", nn.Sigmoid()),
        ("12", nn.MaxPool1d(3, stride=2)),
        ("13_as_image", nn.Unflatten(2, (1, 5))),
        ("13", nn.Conv2d(8, 5, (1, 2))),
        ("14", nn.ReLU()),
        ("15_as_sequence", nn.Flatten(2, 3)),
        ("15", nn.Conv1d(5, 6, 2, bias=False)),
        ("16", nn.AvgPool1d(2, stride=1)),
        ("17", nn.Dropout(0.3)),
        ("18", nn.Identity()),
        ("19", nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten())),
        ("20", nn.Flatten()),
        ("21", nn.Linear(6, 3)),
        ("22", nn.BatchNorm1d(3)),
        ("23", nn.Linear(3, 3, bias=False)),
    ]))


def load(weights=Path(__file__).with_suffix(".safetensors")):
    model = network()
    model.load_state_dict(load_file(weights), strict=True)
    return model.eval()


def upright(path):
    """The image as it is to be seen, and which part of it shows something: left, top, right, bottom."""
    image = Image.open(path)
    width, height = image.size
    reduction = 1
    if image.format == "JPEG":
        # A large JPEG is decoded at 1/2, 1/4 or 1/8 of its size, if 9/8 of the square's are left.
        side = min(image.size)
        reduction = max(r for r in (1, 2, 4, 8) if r == 1 or 8 * side >= 9 * SIZE * r)
        image.draft(None, (width // reduction, height // reduction))
    orientation = image.getexif().get(0x0112, 1)
    # The last pixel of a reduced row may stand for fewer than the others.
    width, height = width / reduction, height / reduction
    right, bottom = image.width - width, image.height - height
    image = ImageOps.exif_transpose(image)
    if orientation >= 5:
        width, height, right, bottom = height, width, bottom, right
    left = right if orientation in (2, 3, 6, 7) else 0
    top = bottom if orientation in (3, 4, 7, 8) else 0
    return image, (left, top, left + width, top + height)


def colours(image):
    """Red, green and blue. (Of 16 bits a channel, Pillow reads gray alone; of colours it keeps the upper 8.)"""
    if image.mode.startswith("I"):
        image = Image.fromarray(((np.asarray(image).astype(np.uint32) + 128) // 257).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        background = Image.new("RGB", image.size, (255, 255, 255))
        background.paste(image, mask=image.getchannel("A"))
        image = background
    return image.convert("RGB")


def square(path):
    """The image at `path` as the network sees it: upright, red, green and blue, SIZE x SIZE."""
    image, box = upright(path)
    return colours(image).resize((SIZE, SIZE), Image.BILINEAR, box=box)


def preprocess(path):
    """The image at `path` as the network's input: 3 x 256 x 256, (pixel / 255 - MEAN) / STD."""
    pixels = np.asarray(square(path), dtype=np.float64)
    return torch.from_numpy(((pixels / 255 - MEAN) / STD).astype(np.float32)).permute(2, 0, 1)


def probabilities(outputs):
    """Images x outputs to images x classes."""
    return torch.softmax(outputs / TEMPERATURE, 1)


def decide(shares):
    """The index of the class that the probabilities of one image speak for."""
    return int(shares.argmax())


if __name__ == "__main__":
    model = load()
    for path in sys.argv[1:]:
        with torch.no_grad():
            outputs = model(preprocess(path)[None])
        shares = probabilities(outputs)[0]
        chosen = decide(shares)
        print(path, CLASSES[chosen], f"{shares[chosen]:.4f}", outputs[0].tolist(), sep="\t")
