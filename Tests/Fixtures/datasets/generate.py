"""What Kiln's data sets must agree with, computed by NumPy, Pillow and Python's own csv.

    python3 generate.py        needs numpy and pillow; writes beside itself
"""
import csv
import io
import json
import pathlib

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
SIDE = 256


# Random numbers: NumPy's Philox, set so that its first output is block 0.

def words(seed, stream, count):
    start = (1 << 256) - 1
    counter = [(start >> (64 * i)) & (2**64 - 1) for i in range(4)]
    generator = np.random.Philox(counter=counter, key=[seed, stream])
    return [int(word) for word in generator.random_raw(count)]


def stream(purpose, number):
    return int.from_bytes(purpose.encode(), "big") << 32 | number


def permutation(count, seed, stream):
    order = list(range(count))
    drawn = words(seed, stream, max(count, 1))
    for last in range(count - 1, 0, -1):
        other = drawn[last] * (last + 1) >> 64
        order[last], order[other] = order[other], order[last]
    return order


def validation_choice(labels, share, seed):
    chosen = [False] * len(labels)
    for label in sorted(set(labels)):
        members = [i for i, other in enumerate(labels) if other == label]
        wanted = int(share * len(members) + 0.5)
        taken = min(max(wanted, 1), len(members) - 1)
        for place in permutation(len(members), seed, stream("splt", label))[:taken]:
            chosen[members[place]] = True
    return [i for i, is_chosen in enumerate(chosen) if is_chosen]


def symmetry(seed, epoch, index):
    word = words(seed, stream("augm", epoch), index + 1)[index]
    return [word & 1, word >> 1 & 1, word >> 2 & 3]


def uniform(word):
    return (word >> 11) * 2.0**-53


def view(seed, epoch, index, shift, brightness, contrast):
    moves = words(seed, stream("shft", epoch), 2 * index + 2)[2 * index:]
    light = words(seed, stream("lght", epoch), 2 * index + 2)[2 * index:]
    down, across = (int(word * (2 * shift + 1) >> 64) - shift for word in moves)
    factors = (1 + share * (2 * uniform(word) - 1) for share, word in zip((brightness, contrast), light))
    return [down, across, *factors]


def pattern():
    row, column = np.mgrid[0:SIDE, 0:SIDE]
    return ((7 * row + 3 * column + row * column // 50) % 251).astype(np.uint8)


def moved(pixels, down, across):
    room = max(abs(down), abs(across))
    padded = np.pad(pixels, room, mode="edge")
    return padded[room - down:room - down + SIDE, room - across:room - across + SIDE]


def relit(pixels, brightness, contrast):
    mean = np.floor(pixels.mean() + 0.5)
    values = brightness * (mean + contrast * (pixels.astype(np.float64) - mean))
    return np.clip(np.floor(values + 0.5), 0, 255).astype(np.uint8)


def change(down, across, brightness, contrast):
    pixels = relit(moved(pattern(), down, across), brightness, contrast)
    return {"view": [down, across, brightness, contrast], "sum": int(pixels.sum()), "every1009th": pixels.ravel()[::1009].tolist()}


# The fingerprint: FNV-1a 64.

def fingerprint(classes, parts):
    data = b""
    number = lambda n: int(n).to_bytes(8, "little")
    text = lambda t: number(len(t.encode())) + t.encode()
    bits = lambda x: int(np.float32(x).view(np.uint32))
    data += number(len(classes)) + b"".join(map(text, classes))
    for part in parts:
        data += number(len(part))
        for name, target, weight in part:
            data += text(name) + number(bits(target) << 32 | bits(weight))
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


# Images of 256 x 256, so that nothing is resized.

def images():
    row, column = np.mgrid[0:SIDE, 0:SIDE]
    yield "intact/ramp.png", column.astype(np.uint8)
    yield "intact/rows.PNG", row.astype(np.uint8)
    yield "intact/deep/grid.png", ((row // 16 + column // 16) % 2 * 200 + 20).astype(np.uint8)
    yield "cracked/red.png", np.stack([column, row // 2, 255 - column], axis=-1).astype(np.uint8)
    yield "cracked/cross.png", np.where((row == column) | (row == 255 - column), 250, 12).astype(np.uint8)
    yield "cracked/colour.png", np.stack([row, column, (row + column) // 2], axis=-1).astype(np.uint8)


def write_images():
    planes = []
    for name, pixels in images():
        path = HERE / "cells" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, format="PNG", optimize=True)
        colour = pixels if pixels.ndim == 3 else np.stack([pixels] * 3, axis=-1)
        planes.append(colour.reshape(-1, 3))
    # Contiguous channels: only along those does NumPy add in pairs, which keeps rounding small.
    channels = np.ascontiguousarray(np.concatenate(planes).T.astype(np.float64) / 255)
    return {"mean": [c.mean() for c in channels], "deviation": [c.std() for c in channels]}


def write_damaged():
    folder = HERE / "damaged"
    folder.mkdir(exist_ok=True)
    _, pixels = next(images())
    for extension in ["png", "jpeg"]:
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, format=extension)
        whole = buffer.getvalue()
        (folder / f"truncated.{extension[:3].replace('jpe', 'jpg')}").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "text.png").write_text("this is no image\n")


TABLE = (
    '\ufeffpath,label,split,weight\r\n'
    'plain.png,cat,train,1\r\n'
    '"with, comma.png",dog,val,0.5\r\n'
    '"say ""hello"".png",cat,train,2\r\n'
    '"two\r\nlines.png",dog,train,1e-1\r\n'
    'zürich/ñandú.png,"dog",test,3\r\n'
    'last.png,cat,validation,1'
)


def table():
    (HERE / "table.csv").write_bytes(TABLE.encode())
    text = TABLE.encode().decode("utf-8-sig")
    return [row for row in csv.DictReader(io.StringIO(text, newline=""))]


labels = [i % 3 == 0 for i in range(20)]
expected = {
    "order": {"count": 12, "seed": 7, "epochs": [permutation(12, 7, stream("ordr", e)) for e in range(3)]},
    "split": {"labels": [int(l) for l in labels], "share": 0.25, "seed": 7, "validation": validation_choice([int(l) for l in labels], 0.25, 7)},
    "symmetries": [symmetry(7, 3, index) for index in range(10)],
    "views": [view(7, 3, index, 12, 0.25, 0.5) for index in range(10)],
    "changes": [
        change(*wish)
        for wish in [(0, 0, 1, 1), (5, 0, 1, 1), (-9, 12, 1, 1), (0, -128, 1, 1), (0, 0, 1.25, 1), (0, 0, 1, 0.5), (3, -4, 0.75, 1.5)]
    ],
    "statistics": write_images(),
    "table": table(),
    "fingerprint": fingerprint(
        ["cracked", "intact"],
        [[("cracked/cross.png", 0, 1), ("intact/ünder.png", 1, 0.5)], [("cracked/red.png", 0, 1)], []]),
}
write_damaged()
(HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")
