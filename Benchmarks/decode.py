#!/usr/bin/env python3
"""From a file to a square of 256 x 256: Kiln, Pillow and torchvision on the same files, in turns, on one core.

    python3 Benchmarks/decode.py FOLDER [--rounds 5] [--torchvision IMAGE.SO]

All files of FOLDER that end in .png or .jpg, sorted. What counts is the processor time of a round over all of them, files
read from memory that the kernel keeps: it depends less on what else the machine does than the time on the clock. Pillow
decodes the whole JPEG, and as `draft` has it the smallest that is no smaller than the square. torchvision is its decoder,
`torch.ops.image.decode_image`, and the antialiased `interpolate` of PyTorch that its `resize` calls; it is left out where
it cannot be imported. --torchvision names the decoder's library, for a PyTorch without CUDA whose torchvision has it.
KILN names another binary than .build/release/kiln. Needs Pillow.
"""

import argparse
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path


def kiln(paths):
    binary = os.environ.get("KILN", ".build/release/kiln")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Everything is loaded once before the rounds. So many that the program's start does not count.
    command = [binary, "bench", "decode", "--rounds", "9", "--json", *paths]
    result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert result["unusable"] == 0, result
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) / 10


def python(loader):
    """Another process, so that a library's threads and memory are its own."""

    def run(paths):
        command = [sys.executable, __file__, "--loader", loader, "--", *paths]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)

    return run


def pillow(path, is_draft):
    from PIL import Image

    with Image.open(path) as image:
        if is_draft:
            image.draft("RGB", (256, 256))
        mode = "L" if image.mode == "L" else "RGB"
        return image.convert(mode).resize((256, 256), Image.BILINEAR).tobytes()


def torchvision(path):
    import torch

    file = torch.from_file(path, dtype=torch.uint8, size=os.path.getsize(path))
    image = torch.ops.image.decode_image(file, 0, False)
    return torch.nn.functional.interpolate(image[None], (256, 256), mode="bilinear", antialias=True)


def load_all(name, paths):
    if name == "torchvision":
        import torch

        torch.set_num_threads(1)
        library = os.environ.get("TORCHVISION_IMAGE")
        if library:
            torch.ops.load_library(library)
        else:
            importlib.import_module("torchvision.io")
    loaders = {"draft": lambda p: pillow(p, True), "whole": lambda p: pillow(p, False), "torchvision": torchvision}
    load = loaders[name]
    for path in paths[:3]:
        load(path)
    start = time.process_time()
    for path in paths:
        load(path)
    print(time.process_time() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="*")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--torchvision", default="")
    parser.add_argument("--loader", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.loader:
        return load_all(options.loader, options.folder)
    folder = Path(options.folder[0])
    paths = sorted(str(path) for path in folder.iterdir() if path.suffix in (".png", ".jpg"))
    if options.torchvision:
        os.environ["TORCHVISION_IMAGE"] = options.torchvision
    runs = {"Kiln": kiln, "torchvision": python("torchvision"), "Pillow, draft": python("draft"), "Pillow": python("whole")}
    if all(path.endswith(".png") for path in paths):
        del runs["Pillow, draft"]
    times = {name: [] for name in runs}
    for _ in range(options.rounds):
        for name, run in list(runs.items()):
            try:
                times[name].append(run(paths))
            except subprocess.CalledProcessError as error:
                if name == "Kiln":
                    sys.exit(error.stderr.decode())
                print(f"{name} is left out: {str(error.stderr).strip().splitlines()[-1]}", file=sys.stderr)
                del runs[name]
    least = statistics.median(times["Kiln"])
    print(f"{len(paths)} files; images for each second of one core's time, the median of {options.rounds} rounds")
    for name in runs:
        median = statistics.median(times[name])
        print(f"{name:14} {len(paths) / median:8.1f}   Kiln is {median / least:5.2f} times as fast")


main()
