"""What Kiln's changes to training images must agree with, computed by NumPy and Python's own statistics and math.

    python3 views.py        needs numpy and pillow; writes views.json beside itself
"""
import json
import math
import pathlib
import statistics

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
SIDE = 256
NORMAL = statistics.NormalDist()


def stream(purpose, number):
    return int.from_bytes(purpose.encode(), "big") << 32 | number


def block(seed, stream, low, high=0, count=1):
    """Blocks of four words from counter (low, high) on. NumPy adds one to the counter before each."""
    start = (low + (high << 64) - 1) % 2**256
    counter = [(start >> (64 * i)) & (2**64 - 1) for i in range(4)]
    key = np.array([seed, stream], np.uint64)
    return np.random.Philox(counter=np.array(counter, np.uint64), key=key).random_raw(4 * count)


def word(seed, stream, position):
    return int(block(seed, stream, position // 4)[position % 4])


def uniform(seed, stream, position):
    return (word(seed, stream, position) >> 11) * 2.0**-53


def turn(seed, epoch, index, angle, scale):
    key = stream("turn", epoch)
    return [
        angle * (2 * uniform(seed, key, 2 * index) - 1),
        1 + scale * (2 * uniform(seed, key, 2 * index + 1) - 1),
    ]


def erased(seed, epoch, index, probability, area):
    key = stream("eras", epoch)
    first = 5 * index
    if uniform(seed, key, first) >= probability:
        return None
    share = 0.02 + (area - 0.02) * uniform(seed, key, first + 1)
    ratio = math.exp(math.log(3.3) * (2 * uniform(seed, key, first + 2) - 1))
    height, width = (min(max(int(SIDE * math.sqrt(x) + 0.5), 1), SIDE) for x in (share * ratio, share / ratio))
    top = word(seed, key, first + 3) * (SIDE - height + 1) >> 64
    left = word(seed, key, first + 4) * (SIDE - width + 1) >> 64
    return [top, top + height, left, left + width]


def share(seed, epoch, index, parameter):
    for draw in range(100):
        words = block(seed, stream("mixt", epoch), index, draw)
        first, second = (math.log(((int(w) >> 11) + 0.5) * 2.0**-53) / parameter for w in words[:2])
        if math.exp(first) + math.exp(second) <= 1:
            return 1 / (1 + math.exp(-abs(first - second)))


def mean_share(parameter):
    """Of max(x, 1 - x) for x of the beta distribution; the integral over x = 1/2...1, whose end is a pole, by x = 1 - t^k."""
    power = 8 / parameter
    t = (np.arange(200_000) + 0.5) / 200_000 * 0.5 ** (1 / power)
    x = 1 - t**power
    density = (x * t**power) ** (parameter - 1) * power * t ** (power - 1)
    return float((density * x).sum() / density.sum())


def pattern():
    row, column = np.mgrid[0:SIDE, 0:SIDE]
    return ((7 * row + 3 * column + row * column // 50) % 251).astype(np.uint8)


def places(angle, zoom, down, across):
    """Where the pixels come from: row and column of the source, in pixels."""
    row, column = np.mgrid[0:SIDE, 0:SIDE].astype(np.float64)
    c, s = math.cos(math.radians(angle)) / zoom, math.sin(math.radians(angle)) / zoom
    x, y = column + 0.5 - SIDE / 2 - across, row + 0.5 - SIDE / 2 - down
    return s * x + c * y + SIDE / 2 - 0.5, c * x - s * y + SIDE / 2 - 0.5


def bilinear(pixels, angle, zoom, down, across):
    """In double precision, the edge repeated."""
    y, x = (np.clip(place, 0, SIDE - 1) for place in places(angle, zoom, down, across))
    top, left = (np.minimum(np.floor(place), SIDE - 2).astype(int) for place in (y, x))
    below, right = y - top, x - left
    p = pixels.astype(np.float64)
    upper = p[top, left] * (1 - right) + p[top, left + 1] * right
    lower = p[top + 1, left] * (1 - right) + p[top + 1, left + 1] * right
    return upper * (1 - below) + lower * below


def warped(pixels, angle, zoom, down, across):
    """As Kiln does it: places with 16 fractional bits, weights with 11."""
    c, s = math.cos(math.radians(angle)) / zoom, math.sin(math.radians(angle)) / zoom
    fixed = lambda number: int(math.floor(abs(number) * 65536 + 0.5)) * (1 if number >= 0 else -1)
    x0, y0 = 0.5 - SIDE / 2 - across, 0.5 - SIDE / 2 - down
    row, column = np.mgrid[0:SIDE, 0:SIDE].astype(np.int64)
    x = fixed(c * x0 - s * y0 + SIDE / 2 - 0.5) + column * fixed(c) + row * fixed(-s)
    y = fixed(s * x0 + c * y0 + SIDE / 2 - 0.5) + column * fixed(s) + row * fixed(c)
    x, y = np.clip(x, 0, (SIDE - 1) << 16), np.clip(y, 0, (SIDE - 1) << 16)
    left, top = np.minimum(x >> 16, SIDE - 2), np.minimum(y >> 16, SIDE - 2)
    right, below = (x - (left << 16)) >> 5, (y - (top << 16)) >> 5
    p = pixels.astype(np.int64)
    upper = p[top, left] * (2048 - right) + p[top, left + 1] * right
    lower = p[top + 1, left] * (2048 - right) + p[top + 1, left + 1] * right
    return ((upper * (2048 - below) + lower * below + (1 << 21)) >> 22).astype(np.uint8)


def noisy(planes, seed, epoch, index, deviation):
    table = np.array([math.floor(4096 * NORMAL.inv_cdf((k + 0.5) / 65536) + 0.5) for k in range(65536)])
    drawn = block(seed, stream("nois", epoch), 0, index, planes.size // 16).astype("<u8").view("<u2")
    noise = (table[drawn] * math.floor(deviation * 255 * 256 + 0.5) + (1 << 19)) >> 20
    return np.clip(planes.ravel().astype(np.int64) + noise, 0, 255).astype(np.uint8)


def with_hole(planes, top, bottom, left, right):
    result = planes.copy()
    for plane in result:
        plane[top:bottom, left:right] = int(math.floor(plane.mean() + 0.5))
    return result


def look(pixels):
    return {"pixels": {"sum": int(pixels.sum()), "every1009th": pixels.ravel()[::1009].tolist()}}


def pillow_agrees(angle):
    """Pillow's own rotation, where it does not reach beyond the image, is the double precision one to within a step."""
    turned = np.asarray(Image.fromarray(pattern()).rotate(angle, Image.BILINEAR)).astype(float)
    middle = slice(60, SIDE - 60)
    return float(np.abs(turned - bilinear(pattern(), angle, 1, 0, 0))[middle, middle].max()) <= 1


gray = pattern()[None]
colour = np.stack([pattern(), 255 - pattern(), pattern().T])
WARPS = [(10, 1, 0, 0), (-33, 1, 0, 0), (0, 1.25, 0, 0), (0, 0.75, 0, 0), (7.5, 0.9, 12, -30), (180, 0.5, 0, 0), (-90, 1.5, -3, 128)]
assert all(pillow_agrees(angle) for angle in (10, -33, 90))
expected = {
    "turns": [turn(7, 3, index, 15, 0.2) for index in range(10)],
    "erased": [erased(7, 3, index, 0.5, 0.33) for index in range(30)],
    "shares": [share(7, 3, index, 0.4) for index in range(20)],
    "meanShares": [[p, mean_share(p)] for p in (0.2, 1, 2)],
    "warps": [
        {"view": list(w), "near": bilinear(pattern(), *w).ravel()[::1009].round(4).tolist(), **look(warped(pattern(), *w))}
        for w in WARPS
    ],
    "noise": [
        {"deviation": 0.05, "colour": False, **look(noisy(gray, 7, 3, 11, 0.05))},
        {"deviation": 0.5, "colour": True, **look(noisy(colour, 7, 3, 12, 0.5))},
    ],
    "holes": [
        {"rectangle": [3, 90, 200, 256], "colour": False, **look(with_hole(gray, 3, 90, 200, 256))},
        {"rectangle": [0, 256, 17, 18], "colour": True, **look(with_hole(colour, 0, 256, 17, 18))},
    ],
    "mixed": [
        {"share": s, **look(np.floor(s * gray + (1 - s) * gray.transpose(0, 2, 1) + 0.5).astype(np.uint8))}
        for s in (0.5, 0.75, 0.9375, 1)
    ],
}
(HERE / "views.json").write_text(json.dumps(expected) + "\n")
