#!/usr/bin/env python3
"""Draws images like photographs, to measure how near a JPEG that is decoded at a smaller scale is to the whole (docs/0025).

    python3 Benchmarks/photographs.py FOLDER [--count 500] [--from PHOTOGRAPH…]

Each has clouds whose contrast falls with their frequency as it does in nature, things with sharp edges before them, fine
texture and a sensor's noise. Half of them are parts of the photographs that are named, if any are. Sizes, qualities and
subsampling vary; the same arguments give the same files. Needs numpy and Pillow.
"""

import argparse
from pathlib import Path

import numpy
from PIL import Image, ImageDraw


SIDE = 1024


def clouds(dice, height, width):
    """Amplitude 1/f, three channels that agree for the most part."""
    y = numpy.fft.fftfreq(SIDE)[:, None]
    x = numpy.fft.rfftfreq(SIDE)[None, :]
    fall = 1 / numpy.maximum(numpy.hypot(y, x), 1 / SIDE) ** dice.uniform(1, 1.4)
    layers = []
    for _ in range(4):
        layer = numpy.fft.irfft2(fall * numpy.exp(2j * numpy.pi * dice.random(fall.shape)), (SIDE, SIDE))
        layers.append((layer - layer.mean()) / layer.std())
    shared = layers.pop()
    pixels = numpy.clip(numpy.dstack([128 + 45 * shared + 15 * layer for layer in layers]), 0, 255)
    return Image.fromarray(pixels.astype(numpy.uint8)).resize((width, height), Image.BICUBIC)


def things(dice, image):
    """Discs, bars and polygons with sharp edges, from some pixels to half the image."""
    width, height = image.size
    draw = ImageDraw.Draw(image)
    for _ in range(dice.integers(20, 120)):
        colour = tuple(int(c) for c in dice.integers(0, 256, 3))
        size = min(width, height) * dice.uniform(0.05, 0.7) ** 2
        x, y = dice.uniform(0, width), dice.uniform(0, height)
        kind = dice.integers(0, 3)
        if kind == 0:
            draw.ellipse((x - size, y - size * 0.7, x + size, y + size * 0.7), fill=colour)
        elif kind == 1:
            draw.line((x, y, *(dice.uniform(0, 1, 2) * (width, height))), fill=colour, width=int(1 + size / 20))
        else:
            angles = numpy.sort(dice.uniform(0, 2 * numpy.pi, 5))
            draw.polygon([(x + size * numpy.cos(a), y + size * numpy.sin(a)) for a in angles], fill=colour)


def grain(dice, height, width):
    """A sensor's noise and a texture, the same in every square."""
    y, x = numpy.mgrid[0:SIDE, 0:SIDE].astype(numpy.float32)
    texture = 6 * numpy.sin(x * dice.uniform(0.05, 1.5) + y * dice.uniform(0.05, 1.5))
    noise = dice.normal(0, dice.uniform(0.5, 4), (SIDE, SIDE, 3)) + texture[..., None]
    tiles = numpy.tile(numpy.rint(noise).astype(numpy.int16), (height // SIDE + 1, width // SIDE + 1, 1))
    return tiles[:height, :width]


def drawn(dice, height, width):
    image = clouds(dice, height, width)
    things(dice, image)
    return Image.fromarray(numpy.clip(numpy.asarray(image) + grain(dice, height, width), 0, 255).astype(numpy.uint8))


def part(dice, photograph, height, width):
    photograph = photograph.convert("RGB")
    width, height = min(width, photograph.width), min(height, photograph.height)
    x, y = dice.integers(0, photograph.width - width + 1), dice.integers(0, photograph.height - height + 1)
    return photograph.crop((x, y, x + width, y + height))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--from", dest="photographs", nargs="*", default=[])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for index in range(options.count):
        dice = numpy.random.default_rng(index)
        width, height = (int(side) for side in numpy.exp(dice.uniform(numpy.log(576), numpy.log(2600), 2)))
        if options.photographs and index % 2:
            image = part(dice, Image.open(options.photographs[index // 2 % len(options.photographs)]), height, width)
        else:
            image = drawn(dice, height, width)
        name = options.folder / f"{index:03}.jpg"
        image.save(name, quality=int(dice.integers(60, 97)), subsampling=int(dice.choice([0, 1, 2, 2, 2])))


main()
