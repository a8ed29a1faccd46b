"""Writes safetensors files with the Python package, and reads the one that Kiln wrote with it.

    python3 -m venv .venv && .venv/bin/pip install torch safetensors numpy
    .venv/bin/python generate.py

python.safetensors   F32 tensors of rank 0 to 4, an empty one, special values, metadata and a name in Unicode
float64.safetensors  one F64 tensor of values that single precision has too
kiln.safetensors     written by Kiln (SafetensorsTests names the content); read here, not written
"""
import math
import pathlib

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent


def write():
    random = torch.Generator().manual_seed(11)
    tensors = {
        "0.weight": torch.randn(2, 3, 2, 2, generator=random),
        "0.bias": torch.randn(2, generator=random) + 1000,
        "scalar": torch.tensor(0.1),
        "empty": torch.zeros(0, 3),
        "gewölbe/\"10\"": torch.arange(6, dtype=torch.float32).reshape(2, 3),
        "special": torch.tensor([math.nan, math.inf, -math.inf, -0.0, 1e-45, 3.4028234663852886e38]),
    }
    save_file(tensors, HERE / "python.safetensors", metadata={"step": "120", "note": "a \"quoted\"\ttab, ✓ 😀"})
    save_file({"w": torch.ones(2, dtype=torch.float64)}, HERE / "float64.safetensors")
    for name in ("python.safetensors", "float64.safetensors"):
        (HERE / name).chmod(0o644)


def check_ours():
    path = HERE / "kiln.safetensors"
    tensors = load_file(path)
    assert set(tensors) == {"0.weight", "0.bias", "8.weight", "empty", "scalar"}, set(tensors)
    expected = torch.arange(2 * 3 * 2 * 2, dtype=torch.float32).reshape(2, 3, 2, 2) / 4 - 1
    assert torch.equal(tensors["0.weight"], expected)
    assert tensors["0.bias"].tolist()[0] == -0.0 and math.isnan(tensors["0.bias"][1])
    assert tensors["8.weight"].shape == (1, 5) and tensors["empty"].shape == (0, 4) and tensors["scalar"].shape == ()
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    assert metadata["network"] == 'conv2d: "10@9"\nrelu ✓ \\', metadata
    assert metadata["step"] == "120"


if __name__ == "__main__":
    write()
    check_ours()
