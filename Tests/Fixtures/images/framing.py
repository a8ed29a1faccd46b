"""The squares that `resize: crop` and `resize: fit` make of the images here, by Pillow: ImageOps.fit and ImageOps.pad.

    python3 framing.py      needs numpy and pillow (13); writes framing.json and framing/ beside itself
"""
import json
import pathlib

import numpy
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
SIDE = 256
BACKGROUNDS = {"white": (255, 255, 255), "black": (0, 0, 0), "colour": (200, 30, 90)}


def lines():
    """A side of 256 or less of a fraction of a pixel, which Pillow makes nothing of."""
    folder = HERE / "framing"
    folder.mkdir(exist_ok=True)
    values = (numpy.arange(1000) * 37 % 256).astype(numpy.uint8)
    Image.fromarray(values[:, None]).save(folder / "1x1000x1.png", optimize=True)
    Image.fromarray(values[None, :]).save(folder / "1000x1x1.png", optimize=True)
    colour = numpy.stack([values, values[::-1], values // 2], -1)
    Image.fromarray(colour[None, :]).save(folder / "1000x1x3.png", optimize=True)


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def planes(image):
    return fnv1a(numpy.asarray(image).transpose(2, 0, 1).tobytes())


def pad(image, colour):
    if min(image.size) * SIDE / max(image.size) > 0.5:
        return ImageOps.pad(image, (SIDE, SIDE), Image.BILINEAR, colour)
    wide = image.width > image.height
    line = image.resize((SIDE, 1) if wide else (1, SIDE), Image.BILINEAR)
    square = Image.new("RGB", (SIDE, SIDE), colour)
    # As ImageOps.pad places it: round half to even.
    start = round((SIDE - 1) * 0.5)
    square.paste(line, (0, start) if wide else (start, 0))
    return square


lines()
expected = []
files = sorted(p for folder in ("sizes", "framing", "exif") for p in (HERE / folder).iterdir())
for path in files:
    if path.stem.startswith("bad") or path.stem in "09":
        continue
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    record = {"file": str(path.relative_to(HERE)), "crop": planes(ImageOps.fit(image, (SIDE, SIDE), Image.BILINEAR))}
    for name, colour in BACKGROUNDS.items():
        record[name] = planes(pad(image, colour))
    expected.append(record)
(HERE / "framing.json").write_text("[\n" + ",\n".join(json.dumps(r) for r in expected) + "\n]\n")
