"""Where the programs are that are measured."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
KILN = pathlib.Path(os.environ.get("KILN", ROOT / ".build/release/kiln"))
PEERS = pathlib.Path(__file__).resolve().parent / "peers"


def python(framework):
    """The interpreter of the environment that `Benchmarks/setup` made for a framework; ends the program without one."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = pathlib.Path(os.environ.get("KILN_BENCHMARKS") or cache / "kiln-benchmarks")
    interpreter = folder / framework / "bin/python"
    if not interpreter.exists():
        raise SystemExit(f"{interpreter}: no such file; run Benchmarks/setup, or set KILN_BENCHMARKS to its folder")
    return interpreter
