#!/usr/bin/env python3
"""Writes scaled/, turned/, costly/ and scaling.json: large JPEGs, and what Pillow makes of them at a smaller scale.

    pip install pillow==13.0.0 numpy
    python scaling.py             # cjpeg of libjpeg-turbo for costly/

Each line of scaling.json has the FNV-1a 64 of the 3 x 256 x 256 planes as `Image.draft` and `Image.resize` with the part
of the last pixels that is covered give them ("planes"), by which reduction, and of those of the whole image ("whole").
"""

import json
import shutil
import subprocess
from pathlib import Path

import numpy
from PIL import Image, ImageOps

HERE = Path(__file__).parent
cases = []


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def hills(height, width, channels):
    """Smooth, with edges here and there: small as a JPEG, and no two parts are alike."""
    y, x = numpy.mgrid[0:height, 0:width].astype(numpy.float64)
    layers = []
    for k in range(channels):
        wave = numpy.sin(x * (k + 2) / 97 + k) + numpy.cos(y * (3 - k) / 61 + x / 211)
        step = 50 * (((x - width / 3) ** 2 + (y - height / (k + 2)) ** 2) < (min(width, height) / 4) ** 2)
        layers.append(numpy.clip(110 + 40 * wave + step, 0, 255))
    array = numpy.dstack(layers).astype(numpy.uint8)
    return Image.fromarray(array[..., 0] if channels == 1 else array)


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def hashed(image, box=None):
    square = image.convert("RGB").resize((256, 256), Image.BILINEAR, box=box)
    return fnv1a(numpy.asarray(square).transpose(2, 0, 1).tobytes())


def turned_box(width, height, columns, rows, orientation):
    """Where the covered part lies in the upright image; `width` x `height` are the pixels, of which so much is covered."""
    left = width - columns if orientation in (2, 3, 7, 8) else 0
    top = height - rows if orientation in (3, 4, 6, 7) else 0
    if orientation in (5, 6, 7, 8):
        return (top, left, top + rows, left + columns)
    return (left, top, left + columns, top + rows)


def case(name, reduction):
    with Image.open(HERE / name) as image:
        width, height = image.size
        orientation = image.getexif().get(0x0112, 1)
        whole = hashed(ImageOps.exif_transpose(image))
    with Image.open(HERE / name) as image:
        if reduction > 1:
            image.draft(None, (width // reduction, height // reduction))
        size = (-(-width // reduction), -(-height // reduction))
        assert image.size == size, (name, image.size, size)
        box = turned_box(*size, width / reduction, height / reduction, orientation)
        planes = hashed(ImageOps.exif_transpose(image), box)
    cases.append({"file": name, "reduction": reduction, "planes": planes, "whole": whole})


def save(name, image, **options):
    path = HERE / name
    path.parent.mkdir(exist_ok=True)
    image.save(path, **options)
    return name


def scaled():
    case(save("scaled/575x700.jpg", hills(700, 575, 3), quality=15), 1)
    case(save("scaled/576x577.jpg", hills(577, 576, 3), quality=15), 2)
    case(save("scaled/579x3001.jpg", hills(3001, 579, 3), quality=8), 2)
    case(save("scaled/3001x579-444.jpg", hills(579, 3001, 3), quality=8, subsampling=0), 2)
    case(save("scaled/701x613-422.jpg", hills(613, 701, 3), quality=15, subsampling=1), 2)
    case(save("scaled/1151x1400.jpg", hills(1400, 1151, 3), quality=8), 2)
    case(save("scaled/1153x1155-444.jpg", hills(1155, 1153, 3), quality=8, subsampling=0), 4)
    case(save("scaled/1157x1201-gray.jpg", hills(1201, 1157, 1), quality=8), 4)
    case(save("scaled/1201x1153-progressive.jpg", hills(1153, 1201, 3), quality=8, progressive=True), 4)
    case(save("scaled/1163x1301-cmyk.jpg", hills(1301, 1163, 3).convert("CMYK"), quality=8), 4)
    case(save("scaled/2305x2311.jpg", hills(2311, 2305, 3), quality=5), 8)
    for orientation in range(1, 9):
        image = hills(641, 579, 3)
        case(save(f"scaled/turned-{orientation}.jpg", image, quality=12, exif=exif(orientation)), 2)


def turned():
    """Each way to turn an image, with sides whose weights are no mirror image of themselves, and where columns go first."""
    for width, height in ((301, 257), (263, 907)):
        tile = numpy.asarray(hills(29, 31, 3))
        image = Image.fromarray(numpy.tile(tile, (height // 29 + 1, width // 31 + 1, 1))[:height, :width])
        for orientation in range(1, 9):
            name = f"turned/{width}x{height}-{orientation}.png"
            case(save(name, image, exif=exif(orientation), optimize=True), 1)


def costly():
    """Arithmetic coding makes nearly nothing of 179 million gray pixels."""
    side = 13376
    (HERE / "costly").mkdir(exist_ok=True)
    for name, options in (("sequential", []), ("progressive", ["-progressive"])):
        command = ["cjpeg", "-arithmetic", "-sample", "1x1", "-quality", "50", "-maxmemory", "4000000", *options]
        with open(HERE / f"costly/arithmetic-{name}.jpg", "wb") as out:
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out) as process:
                process.stdin.write(b"P6\n%d %d\n255\n" % (side, side))
                row = bytes([128]) * (3 * side)
                for _ in range(side):
                    process.stdin.write(row)
                process.stdin.close()
                assert process.wait() == 0


def main():
    for folder in ("scaled", "turned", "costly"):
        shutil.rmtree(HERE / folder, ignore_errors=True)
    scaled()
    turned()
    costly()
    lines = ",\n".join(json.dumps(case) for case in cases)
    (HERE / "scaling.json").write_text(f"[\n{lines}\n]\n")


main()
