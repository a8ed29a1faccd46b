"""Writes a file with a tensor of every element type of safetensors, and what NumPy and PyTorch read in it.

    .venv/bin/python element_types.py        # as generate.py

types.safetensors      a tensor for each type, named by it, and for those that PyTorch has some edge cases
types.json             type, shape and elements (as text: whole numbers, or a float that reads back as the same bits) of each;
                       no elements for types that Kiln does not read as numbers
half.safetensors, bfloat16.safetensors, double.safetensors
                       the weights of ../initial/plain.safetensors in other types; the last with values that single precision
                       does not have
statistics.json        NumPy's figures and histograms of tensors in statistics.safetensors: normal numbers around 1000, a constant,
                       one of two values, nothing but NaN, half of it zeros, whole numbers, and many with a piece's end inside
"""
import json
import math
import pathlib
import struct

import numpy as np
import safetensors
import torch
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent
BITS = {"BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
        "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
        "C64": 64, "F64": 64, "I64": 64, "U64": 64}
FLOATS = {"F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64}
WHOLES = {"U8": torch.uint8, "I8": torch.int8, "I16": torch.int16, "U16": torch.uint16, "I32": torch.int32,
          "U32": torch.uint32, "I64": torch.int64, "U64": torch.uint64}


def floats(dtype):
    info = torch.finfo(dtype)
    smallest = info.smallest_normal * info.eps
    return torch.tensor([0, -0.0, 1, -1.5, 1 / 3, math.pi, info.max, info.min, info.smallest_normal, smallest,
                         math.inf, -math.inf, math.nan, 0.1, -1e-3, 255], dtype=dtype).reshape(2, 8)


def wholes(dtype):
    info = np.iinfo(str(dtype).removeprefix("torch."))
    values = np.array([info.min, info.max, 0, 1, info.max // 3, info.min // 7], dtype=info.dtype)
    return torch.from_numpy(values).reshape(3, 2)


def types():
    tensors = {name: floats(dtype) for name, dtype in FLOATS.items()}
    tensors |= {name: wholes(dtype) for name, dtype in WHOLES.items()}
    tensors["BOOL"] = torch.tensor([True, False, True])
    entries, data, expected = {}, b"", {}
    for name, bits in BITS.items():
        if name in tensors:
            tensor = tensors[name]
            raw, shape = tensor.view(torch.uint8).numpy().tobytes(), list(tensor.shape)
            if name in FLOATS:
                values = [repr(float(value)) for value in tensor.double().numpy().ravel()]
            else:
                values = [str(int(value)) for value in tensor.numpy().ravel()]
        else:
            shape, values = [2, 4], None
            raw = bytes(range(1, bits + 1))
        entries[name] = {"dtype": name, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        expected[name] = {"bits": bits, "shape": shape, "values": values}
        data += raw
    header = json.dumps(entries, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    file = struct.pack("<Q", len(header)) + header + data
    assert {name for name, _ in safetensors.deserialize(file)} == set(BITS)
    (HERE / "types.safetensors").write_bytes(file)
    (HERE / "types.json").write_text(json.dumps(expected, indent=1) + "\n")


def weights():
    plain = load_file(HERE.parent / "initial" / "plain.safetensors")
    for name, dtype in {"half": torch.float16, "bfloat16": torch.bfloat16}.items():
        save_file({key: value.to(dtype) for key, value in plain.items()}, HERE / f"{name}.safetensors")
    save_file({key: value.double() * 1.1 for key, value in plain.items()}, HERE / "double.safetensors")


def statistics():
    random = np.random.default_rng(5)
    tensors = {
        "normal": random.normal(1000, 0.01, (7, 11)).astype(np.float32),
        "constant": np.full(5, -2.5, np.float32),
        "two": np.array([3, 3, 3, 4], np.float32),
        "nothing": np.array([np.nan, np.inf, -np.inf], np.float32),
        "zeros": np.where(np.arange(100) % 2, random.normal(0, 1, 100), 0).astype(np.float32),
        "whole": random.integers(-100, 100, 500).astype(np.int16),
        "bytes": random.integers(0, 2, 70).astype(np.uint8),
        "double": random.normal(0, 1e-20, 300),
        "edges": np.linspace(-1, 1, 65).astype(np.float32),
    }
    save_file({name: torch.from_numpy(values) for name, values in tensors.items()}, HERE / "statistics.safetensors")
    (HERE / "statistics.json").write_text(
        json.dumps({name: figures(values) for name, values in tensors.items()}, indent=1) + "\n")


def figures(values):
    values = values.astype(np.float64).ravel()
    finite = values[np.isfinite(values)]
    found = {"count": values.size, "nans": int(np.isnan(values).sum()), "infinities": int(np.isinf(values).sum()),
             "zeros": int((values == 0).sum())}
    if finite.size:
        bins = 64 if finite.max() > finite.min() else 1
        found |= {"minimum": finite.min(), "maximum": finite.max(), "mean": finite.mean(), "standardDeviation": finite.std(),
                  "norm": float(np.linalg.norm(finite)),
                  "histogram": np.histogram(finite, bins, (finite.min(), finite.max()))[0].tolist()}
    return found


if __name__ == "__main__":
    types()
    weights()
    statistics()
    for name in ("half", "bfloat16", "double", "statistics"):
        (HERE / f"{name}.safetensors").chmod(0o644)
