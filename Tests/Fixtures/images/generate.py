#!/usr/bin/env python3
"""Writes the images of this folder, expected.json and alpha.json, what Pillow and pypng make of them (see README.md).

    pip install pillow==13.0.0 numpy pypng
    python generate.py CORPUS     # a folder with PngSuite in pngsuite/ and libjpeg-turbo-testimages/
"""

import bz2
import gzip
import io
import json
import lzma
import shutil
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy
import png
from PIL import Image, ImageOps, PngImagePlugin

HERE = Path(__file__).parent
SIGNATURE = b"\x89PNG\r\n\x1a\n"
expected = []


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


# What files are expected to give


def decoded(name, rgb, upright=None):
    """`rgb` is height x width x 3, as stored; `upright` the same after EXIF's orientation."""
    shown = Image.fromarray(rgb if upright is None else upright)
    planes = numpy.asarray(shown.resize((256, 256), Image.BILINEAR)).transpose(2, 0, 1)
    height, width = rgb.shape[:2]
    expected.append(
        {"file": name, "width": width, "height": height, "rgb": fnv1a(rgb.tobytes()), "planes": fnv1a(planes.tobytes())}
    )


def refused(name, error):
    expected.append({"file": name, "error": error})


def by_pillow(name):
    with Image.open(HERE / name) as image:
        stored = numpy.asarray(image.convert("RGB"))
        decoded(name, stored, numpy.asarray(ImageOps.exif_transpose(image).convert("RGB")))


def by_pypng(name):
    """For 16 bits a sample, of which Pillow drops some: v / 257, rounded."""
    width, height, rows, info = png.Reader(bytes=(HERE / name).read_bytes()).read()
    samples = numpy.array([list(row) for row in rows], dtype=numpy.float64).reshape(height, width, info["planes"])
    colours = samples[..., :3] if info["planes"] >= 3 else numpy.repeat(samples[..., :1], 3, axis=2)
    decoded(name, numpy.floor(colours / 257 + 0.5).astype(numpy.uint8))


def write(name, data):
    path = HERE / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return name


# Files from others

PNG_SUITE = """basi0g01 basi0g02 basi0g04 basi0g08 basi0g16 basi2c08 basi2c16 basi3p01 basi3p02 basi3p04 basi3p08
    basi4a08 basi4a16 basi6a08 basi6a16 basn0g01 basn0g02 basn0g04 basn0g08 basn0g16 basn2c08 basn2c16 basn3p01
    basn3p02 basn3p04 basn3p08 basn4a08 basn4a16 basn6a08 basn6a16 f00n0g08 f01n0g08 f02n0g08 f03n0g08 f04n0g08
    g25n2c08 oi9n2c16 s01i3p01 s33n3p04 tbbn0g04 tbbn2c16 tbbn3p08 tp1n3p08 z09n2c08""".split()
PNG_SUITE_BROKEN = """xc1n0g08 xc9n2c08 xcsn0g01 xd0n2c08 xd3n2c08 xd9n2c08 xdtn0g01 xhdn0g08 xs1n0g01
    xs2n0g01 xs4n0g01 xs7n0g01 xcrn0g04 xlfn0g04""".split()
JPEG_TURBO = ["testorig.jpg", "testimgint.jpg", "testimgari.jpg"]


def copy_corpus(corpus):
    for name in PNG_SUITE + PNG_SUITE_BROKEN:
        data = (corpus / "pngsuite" / f"pngsuite_{name}.png").read_bytes()
        copy = write(f"pngsuite/{name}.png", data)
        if name in PNG_SUITE_BROKEN:
            # Those without the first four bytes of the signature are no PNG to anyone.
            refused(copy, "unsupported" if name in ("xs1n0g01", "xs2n0g01", "xs4n0g01") else "corrupt")
        else:
            (by_pypng if data[24] == 16 else by_pillow)(copy)
    for name in JPEG_TURBO:
        by_pillow(write(f"libjpeg-turbo/{name}", (corpus / "libjpeg-turbo-testimages" / name).read_bytes()))


# Sizes and orientations


def waves(height, width, channels):
    """Smooth, different in every channel, with edges; few grays, so that it compresses."""
    y, x = numpy.mgrid[0:height, 0:width]
    layers = [numpy.sin(x / (5 + 3 * k)) * 60 + numpy.cos(y / (9 - 2 * k)) * 50 + x * 3 % 64 for k in range(3)]
    image = numpy.clip(numpy.stack(layers[:channels], -1) + 90, 0, 255).astype(numpy.uint8) & 0xE0
    return Image.fromarray(image[..., 0] if channels == 1 else image)


def save(name, image, **options):
    stream = io.BytesIO()
    image.save(stream, name.split(".")[-1].replace("jpg", "jpeg"), **options)
    return write(name, stream.getvalue())


def sizes():
    shapes = [(1, 1, 3), (2, 3, 1), (1, 90, 3), (90, 1, 3), (255, 257, 1), (257, 255, 1), (256, 100, 1), (97, 256, 3)]
    shapes += [(256, 256, 3), (300, 300, 1), (33, 47, 3), (131, 400, 1), (411, 37, 3), (512, 256, 1), (256, 512, 1)]
    # On both sides of the size at which the columns are resampled first: height - 256 > 2 (width - 256).
    shapes += [(344, 300, 1), (345, 300, 1), (700, 301, 1), (260, 1031, 1)]
    for height, width, channels in shapes:
        image = waves(height, width, channels)
        by_pillow(save(f"sizes/{width}x{height}x{channels}.png", image, optimize=True))


def exif(orientation, order="<"):
    """A TIFF block with Make, Orientation and Software."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = [(0x010F, 2, 4, b"abc\0"), (0x0112, 3, 1, struct.pack(order + "HH", orientation, 0)), (0x0131, 2, 4, b"xyz\0")]
    block = mark + struct.pack(order + "IH", 8, len(entries))
    for tag, kind, count, value in entries:
        block += struct.pack(order + "HHI", tag, kind, count) + value
    return b"Exif\0\0" + block + struct.pack(order + "I", 0)


def orientations():
    image = waves(20, 30, 3)
    for value in range(0, 10):
        by_pillow(save(f"exif/{value}.jpg", image, exif=exif(value), quality=90))
    by_pillow(save("exif/big-endian-6.jpg", image, exif=exif(6, ">"), quality=90))
    by_pillow(save("exif/gray-8.jpg", waves(20, 30, 1), exif=exif(8), quality=90))
    by_pillow(save("exif/6.png", image, exif=exif(6)))
    # Lengths and offsets that lead out of the block: shown as stored.
    whole = exif(6)
    nothing = {
        "offset": whole[:10] + struct.pack("<I", 0xFFFFFFF0) + whole[14:],
        "count": whole[:14] + struct.pack("<H", 0xFFFF) + whole[16:28] + struct.pack("<H", 0x0113) + whole[30:],
        "cut": whole[:30],
        "text": whole[:30] + struct.pack("<H", 2) + whole[32:],
    }
    for key, block in nothing.items():
        stored = numpy.asarray(Image.open(io.BytesIO((HERE / "exif/1.jpg").read_bytes())).convert("RGB"))
        decoded(save(f"exif/bad-{key}.jpg", image, exif=block, quality=90), stored)


def packet(orientation):
    return f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:tiff="http://ns.adobe.com/tiff/1.0/" {orientation}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def xmp_orientations():
    image = waves(20, 30, 3)
    attribute = lambda value: packet(f'tiff:Orientation="{value}"/>')
    element = lambda value: packet(f"><tiff:Orientation>{value}</tiff:Orientation></rdf:Description>")

    def jpeg(name, text, **options):
        by_pillow(save(f"exif/{name}.jpg", image, quality=90, xmp=text.encode(), **options))

    def in_png(name, text, compressed=False):
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt("XML:com.adobe.xmp", text, zip=compressed)
        return save(f"exif/{name}.png", image, pnginfo=chunks)

    for value in (1, 3, 6, 8):
        jpeg(f"xmp-{value}", attribute(value))
    jpeg("xmp-element-5", element(5))
    jpeg("xmp-none", packet('tiff:Make="6"/>'))
    # EXIF says something, and it counts; or it has no orientation, and XMP counts.
    jpeg("xmp-6-exif-3", attribute(6), exif=exif(3))
    jpeg("xmp-6-exif-without", attribute(6), exif=exif(3)[:16] + exif(3)[16:].replace(b"\x12\x01", b"\x13\x01"))
    by_pillow(in_png("xmp-7", attribute(7)))
    by_pillow(in_png("xmp-element-2", element(2)))
    stored = numpy.asarray(image)
    # XMP must not be compressed in a PNG, and is not looked for there.
    decoded(in_png("xmp-compressed", attribute(6), True), stored)
    for key, text in {"cut": "tiff:Orientation=\"", "text": "tiff:Orientation=\"x\"", "long": "tiff:Orientation=\"66\""}.items():
        decoded(in_png(f"xmp-bad-{key}", text), stored)


# PNG, chunk by chunk


def chunk(kind, data, crc=None):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc)


def header(width, height, depth=8, colour=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def pngs():
    gray = numpy.arange(48, dtype=numpy.uint8).reshape(6, 8) * 5
    raw = b"".join(b"\0" + row.tobytes() for row in gray)
    body, packed = chunk(b"IDAT", zlib.compress(raw)), zlib.compress(raw)
    start, end = SIGNATURE + header(8, 6), chunk(b"IEND", b"")
    wide = numpy.repeat(gray[..., None], 3, axis=2)

    def good(name, data, rgb=wide):
        decoded(write(f"png/{name}.png", data), rgb)

    def bad(name, data, error="corrupt"):
        refused(write(f"png/{name}.png", data), error)

    good("plain", start + body + end)
    good("trailing-garbage", start + body + end + b"garbage" * 9)
    good("idat-one-byte-each", start + b"".join(chunk(b"IDAT", packed[i : i + 1]) for i in range(len(packed))) + end)
    good("idat-too-long", start + chunk(b"IDAT", zlib.compress(raw + b"\0" * 9)) + end)
    good("idat-and-more", start + chunk(b"IDAT", packed + b"more") + end)
    good("text-crc", start + chunk(b"tEXt", b"Title\0x", crc=1) + body + end)
    good("text-bomb", start + chunk(b"zTXt", b"Title\0\0" + zlib.compress(bytes(9 << 20), 9)) + body + end)
    good("profile-broken", start + chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile")) + body + end)
    good("gamma", start + chunk(b"gAMA", struct.pack(">I", 100000)) + body + end)
    good("transparent-gray", start + chunk(b"tRNS", b"\0\5") + body + end)
    animation = chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"fcTL", bytes(26))
    good("animated", start + animation + body + chunk(b"fdAT", b"\0\0\0\1" + packed) + end)
    good("text-after-pixels", start + body + chunk(b"tEXt", b"Title\0x") + end)

    red, green = b"\xff\0\0", b"\0\xff\0"
    few = SIGNATURE + header(2, 1, 8, 3)
    indices = chunk(b"IDAT", zlib.compress(b"\0\1\7"))
    palette = numpy.array([[[0, 255, 0], [0, 0, 0]]], dtype=numpy.uint8)
    good("palette-index-beyond", few + chunk(b"PLTE", red + green) + indices + end, palette)
    bad("palette-missing", few + indices + end)

    bad("header-crc", start[:-1] + b"?" + body + end)
    bad("idat-crc", start + chunk(b"IDAT", packed, crc=1) + end)
    bad("idat-adler", start + chunk(b"IDAT", packed[:-1] + bytes([packed[-1] ^ 1])) + end)
    bad("idat-too-short", start + chunk(b"IDAT", zlib.compress(raw[:-9])) + end)
    bad("idat-cut", start + chunk(b"IDAT", packed[: len(packed) // 2]) + end)
    bad("idat-no-adler", start + chunk(b"IDAT", packed[:-4]) + end)
    bad("idat-missing", start + end)
    bad("idat-not-zlib", start + chunk(b"IDAT", b"not compressed at all") + end)
    bad("filter-unknown", start + chunk(b"IDAT", zlib.compress(b"\7" + raw[1:])) + end)
    bad("critical-unknown", start + chunk(b"ABCD", b"") + body + end, "unsupported")
    bad("end-missing", start + body, "truncated")
    bad("header-missing", SIGNATURE + body + end)
    bad("iphone", SIGNATURE + chunk(b"CgBI", b"\x50\0\x20\6") + header(8, 6) + body + end, "unsupported")
    bad("width-zero", SIGNATURE + header(0, 6) + body + end)
    bad("depth-3", SIGNATURE + header(8, 6, 3) + body + end)
    bad("huge", SIGNATURE + header(60000, 60000, 8, 2) + body + end, "tooLarge")
    bad("wide", SIGNATURE + header(2**31 - 1, 1) + body + end, "tooLarge")
    bad("chunk-huge", start + struct.pack(">I", 0x7FFFFFFF) + b"tEXt" + b"x" * 40, "truncated")
    bad("empty", b"", "truncated")
    bad("signature-alone", SIGNATURE, "truncated")
    bad("text", b"This is no image.\n", "otherKind")


# JPEG


def patched(data, marker, offset, value):
    """Overwrites what stands `offset` bytes after a marker."""
    at = data.index(marker) + offset
    return data[:at] + value + data[at + len(value) :]


def three_scans():
    """Three gray images as the components of one, each with a scan of its own."""
    layers = [waves(16, 24, 3).getchannel(k) for k in range(3)]
    streams = []
    for layer in layers:
        stream = io.BytesIO()
        layer.save(stream, "jpeg", quality=90)
        streams.append(stream.getvalue())
    frame = streams[0].index(b"\xff\xc0")
    before, after = streams[0][:frame], streams[0][frame + 13 : streams[0].index(b"\xff\xda")]
    components = b"".join(bytes([k + 1, 0x11, 0]) for k in range(3))
    sof = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, 16, 24, 3) + components
    scans = []
    for k, stream in enumerate(streams):
        entropy = stream[stream.index(b"\xff\xda") + 10 : -2]
        scans.append(b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, k + 1, 0, 0, 63, 0) + entropy)
    return before + sof + after, scans, b"\xff\xd9"


def two_components(before, scans):
    """The same without the third."""
    frame = before.index(b"\xff\xc0")
    sof = b"\xff\xc0" + struct.pack(">HBHHB", 14, 8, 16, 24, 2) + before[frame + 10 : frame + 16]
    return before[:frame] + sof + before[frame + 19 :] + b"".join(scans[:2])


def jpegs():
    image = waves(37, 53, 3)
    whole = (HERE / save("jpeg/plain.jpg", image, quality=85)).read_bytes()
    by_pillow("jpeg/plain.jpg")
    by_pillow(save("jpeg/quality-100-444.jpg", image, quality=100, subsampling=0))
    by_pillow(save("jpeg/422.jpg", image, subsampling=1))
    by_pillow(save("jpeg/progressive.jpg", image, progressive=True))
    by_pillow(save("jpeg/gray.jpg", waves(37, 53, 1)))
    by_pillow(save("jpeg/rgb.jpg", image, keep_rgb=True))
    by_pillow(save("jpeg/cmyk-adobe.jpg", image.convert("CMYK")))
    restarts = (HERE / save("jpeg/restarts.jpg", image, restart_marker_blocks=2)).read_bytes()
    by_pillow("jpeg/restarts.jpg")
    by_pillow(write("jpeg/trailing-garbage.jpg", whole + b"garbage" * 9))
    by_pillow(write("jpeg/named.png", whole))
    cmyk = (HERE / "jpeg/cmyk-adobe.jpg").read_bytes()
    adobe = cmyk.index(b"\xff\xee")
    by_pillow(write("jpeg/cmyk-plain.jpg", cmyk[:adobe] + cmyk[adobe + 16 :]))
    by_pillow(write("jpeg/ycck.jpg", cmyk[: adobe + 15] + b"\2" + cmyk[adobe + 16 :]))
    by_pillow(save("jpeg/cmyk-progressive.jpg", image.convert("CMYK"), progressive=True, subsampling=2))

    before, scans, end = three_scans()
    by_pillow(write("jpeg/three-scans.jpg", before + b"".join(scans) + end))
    refused(write("jpeg/two-of-three-scans.jpg", before + b"".join(scans[:2]) + end), "corrupt")

    def bad(name, data, error):
        refused(write(f"jpeg/{name}.jpg", data), error)

    bad("two-components", two_components(before, scans) + end, "unsupported")
    bad("12-bit", patched(whole, b"\xff\xc0", 4, b"\x0c"), "unsupported")
    bad("lossless", patched(whole, b"\xff\xc0", 0, b"\xff\xc3"), "unsupported")
    bad("height-zero", patched(whole, b"\xff\xc0", 5, b"\0\0"), "unsupported")
    bad("huge", patched(whole, b"\xff\xc0", 5, b"\xea\x60\xea\x60"), "tooLarge")
    bad("taller-than-its-data", patched(whole, b"\xff\xc0", 5, b"\0\xff"), "corrupt")
    bad("cut-by-one", whole[:-1], "truncated")
    bad("end-missing", whole[:-2], "truncated")
    bad("half", whole[: len(whole) // 2], "truncated")
    bad("restart-lost", restarts.replace(b"\xff\xd1", b"", 1), "corrupt")
    bad("restart-swapped", patched(restarts, b"\xff\xd1", 0, b"\xff\xd5"), "corrupt")
    bad("start-alone", whole[:2], "truncated")


# Transparency, over several backgrounds: alpha.json

BACKGROUNDS = {"white": (255, 255, 255), "black": (0, 0, 0), "gray": (77, 77, 77), "blue": (30, 60, 201)}
composed = []


def compose(name, pixels, samples):
    """`pixels(background)` is height x width x 3 of bytes; `samples` are those of alpha, `opaque` its greatest."""
    alpha, opaque = samples
    for background, colour in BACKGROUNDS.items():
        case = {"file": name, "background": list(colour), "rgb": fnv1a(pixels(colour).tobytes())}
        composed.append(case | {"isTransparent": bool((alpha < opaque).any())})


def composed_by_pillow(name):
    with Image.open(HERE / name) as image:
        image = image.convert("RGBA")

    def over(colour):
        ground = Image.new("RGBA", image.size, colour + (255,))
        return numpy.asarray(Image.alpha_composite(ground, image).convert("RGB"))

    compose(name, over, (numpy.asarray(image)[..., 3], 255))


def composed_exactly(name):
    """16 bits, of which Pillow drops some: exact, and rounded once."""
    width, height, rows, info = png.Reader(bytes=(HERE / name).read_bytes()).asRGBA()
    assert info["bitdepth"] == 16
    samples = numpy.array([list(row) for row in rows], dtype=object).reshape(height, width, 4)
    alpha = samples[..., 3:]

    def over(colour):
        sums = samples[..., :3] * alpha + numpy.array(colour, dtype=object) * 257 * (65535 - alpha)
        return ((2 * sums + 257 * 65535) // (2 * 257 * 65535)).astype(numpy.uint8)

    compose(name, over, (alpha, 65535))


def with_alpha(name, width, height, alpha, **options):
    """Noise, so that every sample counts; every third pixel is opaque, and every fifth not to be seen at all."""
    dice = numpy.random.default_rng(width * 100 + height)
    top = 2 ** options.get("bitdepth", 8)
    planes = (1 if options["greyscale"] else 3) + (1 if alpha else 0)
    samples = dice.integers(0, top, (height, width, planes))
    if alpha:
        flat = samples.reshape(-1, planes)
        flat[::3, -1], flat[::5, -1] = top - 1, 0
    stream = io.BytesIO()
    png.Writer(width, height, alpha=alpha, **options).write(stream, samples.reshape(height, -1).tolist())
    write(name, stream.getvalue())
    (composed_exactly if top > 256 else composed_by_pillow)(name)


def alphas():
    for name in "basi4a08 basi6a08 basn4a08 basn6a08 tbbn2c16 tbbn3p08 tp1n3p08".split():
        (composed_exactly if name.endswith("16") else composed_by_pillow)(f"pngsuite/{name}.png")
    for name in "basi4a16 basi6a16 basn4a16 basn6a16".split():
        composed_exactly(f"pngsuite/{name}.png")
    for gray in (True, False):
        for depth in (8, 16):
            kind = f"{'gray' if gray else 'colour'}-{depth}"
            for size, interlaced in ((19, False), (19, True), *((side, True) for side in range(1, 10))):
                height = 23 if size == 19 else 10 - size
                name = f"alpha/{kind}-{size}x{height}{'-passes' if interlaced else ''}.png"
                with_alpha(name, size, height, True, greyscale=gray, bitdepth=depth, interlace=interlaced)
    with_alpha("alpha/key-gray.png", 31, 33, False, greyscale=True, transparent=17)
    with_alpha("alpha/key-gray-16.png", 31, 33, False, greyscale=True, bitdepth=16, transparent=int(
        numpy.random.default_rng(3133).integers(0, 65536, (33, 31, 1))[4, 5, 0]))
    with_alpha("alpha/opaque.png", 20, 20, False, greyscale=False)
    palette = [(i * 16, 255 - i * 9, i, 255 if i % 4 == 0 else i * 15) for i in range(16)]
    for interlaced in (False, True):
        stream = io.BytesIO()
        rows = [[(x * y + x) % 16 for x in range(21)] for y in range(18)]
        png.Writer(21, 18, palette=palette, bitdepth=4, interlace=interlaced).write(stream, rows)
        composed_by_pillow(write(f"alpha/palette{'-passes' if interlaced else ''}.png", stream.getvalue()))
    opaque = Image.fromarray(numpy.dstack([numpy.asarray(waves(20, 20, 3)), numpy.full((20, 20), 255, numpy.uint8)]))
    composed_by_pillow(save("alpha/opaque-alpha.png", opaque))


# Files that are neither, for their first bytes alone


def others():
    image = waves(8, 8, 3)
    for ending in "webp gif bmp tiff avif jp2 j2k ico ppm pdf eps dds png jpg".split():
        stream = io.BytesIO()
        options = {"no_jp2": True} if ending == "j2k" else {}
        if ending == "pdf":
            options = {"creationDate": None, "modDate": None}
        image.save(stream, Image.registered_extensions()[f".{ending}"], **options)
        write(f"other/sample.{ending}", stream.getvalue())
    array = io.BytesIO()
    numpy.save(array, numpy.asarray(image))
    write("other/sample.npy", array.getvalue())
    text = b"some text\n" * 3
    write("other/sample.gz", gzip.compress(text, mtime=0))
    write("other/sample.bz2", bz2.compress(text))
    write("other/sample.xz", lzma.compress(text))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("a.txt"), text)
    write("other/sample.zip", archive.getvalue())
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as file:
        entry = tarfile.TarInfo("a.txt")
        entry.size = len(text)
        file.addfile(entry, io.BytesIO(text))
    write("other/sample.tar", archive.getvalue())


def main():
    corpus = Path(sys.argv[1])
    for folder in ("pngsuite", "libjpeg-turbo", "sizes", "exif", "png", "jpeg", "alpha", "other"):
        shutil.rmtree(HERE / folder, ignore_errors=True)
    copy_corpus(corpus)
    sizes()
    orientations()
    xmp_orientations()
    pngs()
    jpegs()
    alphas()
    others()
    for name, cases in (("expected", expected), ("alpha", composed)):
        lines = ",\n".join(json.dumps(case) for case in cases)
        (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")


main()
