"""Draws images, and compares what onnxruntime, PyTorch, NumPy and the official reader of safetensors make of Kiln's exports with
what Kiln said of the images. Called by ../interchange.py."""

import importlib.util
import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from PIL import Image
from safetensors.numpy import load_file, save_file

LIMIT = 1e-5
COUNT = 100


def drawing(dice, width, height, channels):
    """Waves and noise in 0...1."""
    y, x = np.mgrid[0:height, 0:width] / 100
    waves = [0.5 + 0.3 * np.sin(dice.uniform(1, 9) * x + dice.uniform(1, 9) * y + dice.uniform(0, 6)) for _ in range(channels)]
    return (np.stack(waves, 2) + dice.normal(0, 0.05, (height, width, channels))).clip(0, 1)


def draw(folder):
    folder.mkdir()
    dice = np.random.default_rng(1)
    names = []
    for number in range(COUNT):
        kind, turn = number % 5, number // 5
        if kind == 0:
            name, image = f"square-{turn}.png", Image.fromarray((drawing(dice, 256, 256, 3) * 255).astype(np.uint8))
        elif kind == 1:
            gray = drawing(dice, 300 + turn, 280, 1)[:, :, 0]
            wide = turn % 2 == 0
            name, image = f"gray-{turn}.png", Image.fromarray((gray * 65535).astype(np.uint16) if wide else (gray * 255).astype(np.uint8))
        elif kind == 2:
            name, image = f"clear-{turn}.png", Image.fromarray((drawing(dice, 200 + 9 * turn, 320, 4) * 255).astype(np.uint8))
        else:
            size = (1600 - 7 * turn, 1201) if kind == 3 else (420 + turn, 500)
            name, image = f"photo-{kind}-{turn}.jpg", Image.fromarray((drawing(dice, *size, 3) * 255).astype(np.uint8))
        options = {}
        if name.endswith("jpg"):
            exif = Image.Exif()
            exif[0x0112] = turn % 8 + 1
            options = {"quality": 92, "exif": exif}
        image.save(folder / name, **options)
        names.append(name)
    for table, classes in (("two", 2), ("three", 3)):
        rows = [f"{name},{'abc'[number % classes]}" for number, name in enumerate(names)]
        (folder.parent / f"{table}.csv").write_text("\n".join(["path,class"] + rows) + "\n")


class Exported:
    """One network: its exports, and what Kiln said of the images."""

    def __init__(self, folder):
        place = importlib.util.spec_from_file_location(folder.name.replace("-", "_"), folder / "exported.py")
        self.program = importlib.util.module_from_spec(place)
        place.loader.exec_module(self.program)
        self.folder = folder
        lines = [json.loads(line) for line in (folder / "said.jsonl").read_text().splitlines()]
        said = {pathlib.Path(line["path"]).name: line for line in lines}
        self.names = sorted(said)
        assert len(self.names) == COUNT, f"{folder.name}: Kiln answered for {len(self.names)} images"
        self.logits = np.array([said[name]["logits"] for name in self.names])
        self.probabilities = np.array([said[name]["probability"] for name in self.names])
        self.labels = [said[name]["label"] for name in self.names]

    def run(self, name, inputs):
        """What onnxruntime makes of a file, in batches of 1, 7 and the rest: their size is free."""
        onnx.checker.check_model(onnx.load(self.folder / name), full_check=True)
        session = onnxruntime.InferenceSession(self.folder / name)
        (slot,) = session.get_inputs()
        answers = [session.run(None, {slot.name: part}) for part in np.split(inputs, [1, 8])]
        return [np.concatenate(parts) for parts in zip(*answers)]

    def check(self, images):
        paths = [images / name for name in self.names]
        squares = np.stack([np.asarray(self.program.square(path)) for path in paths]).transpose(0, 3, 1, 2)
        inputs = torch.stack([self.program.preprocess(path) for path in paths])
        with torch.no_grad():
            outputs = self.program.load()(inputs)
            shares = self.program.probabilities(outputs).numpy()
        onnx_logits, = self.run("plain.onnx", inputs.numpy())
        whole_logits, whole_shares = self.run("whole.onnx", squares)
        chosen = [self.program.CLASSES[self.program.decide(torch.from_numpy(share))] for share in shares]
        assert chosen == self.labels, "labels"
        if whole_shares.shape[1] == 1:
            whole_shares = np.concatenate([1 - whole_shares, whole_shares], 1)
        own = shares[np.arange(COUNT), [self.program.CLASSES.index(label) for label in self.labels]]
        whole = whole_shares[np.arange(COUNT), [self.program.CLASSES.index(label) for label in self.labels]]
        given = np.array([name.startswith("square") for name in self.names])
        return {
            "onnx": self.worst(onnx_logits), "onnx, bytes": self.worst(whole_logits), "torch": self.worst(outputs.numpy()),
            "torch, given": np.abs(outputs.numpy() - self.logits)[given].max(),
            "probabilities": max(np.abs(own - self.probabilities).max(), np.abs(whole - self.probabilities).max()),
        }

    def worst(self, found):
        differences = np.abs(found - self.logits)
        place = differences.max(1).argmax()
        if differences.max() >= LIMIT:
            print(f"  {self.names[place]}: {found[place]} where Kiln has {self.logits[place]}")
        return differences.max()

    def check_files(self):
        """The official reader loads every checkpoint; every export holds the same tensors."""
        for path in sorted(self.folder.glob("run/checkpoints/*/*.safetensors")):
            load_file(path)
        newest = load_file(sorted(self.folder.glob("run/checkpoints/*/model.safetensors"))[-1])
        arrays = np.load(self.folder / "arrays.npz")
        others = load_file(self.folder / "exported.safetensors")
        held = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(self.folder / "plain.onnx").graph.initializer}
        assert set(newest) == set(others) <= set(held) and set(arrays.files) == set(newest) | {"mean", "std", "classes"}
        for name, tensor in newest.items():
            for other in (arrays[name], others[name], held[name]):
                assert (tensor == other).all() and tensor.shape == other.shape, name
        assert arrays["classes"].tolist() == self.program.CLASSES

    def check_import(self, images, kiln):
        """PyTorch's own first weights, in both files that Kiln takes."""
        torch.manual_seed(5)
        model = self.program.network().eval()
        state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
        save_file(state, self.folder / "own.safetensors")
        np.savez(self.folder / "own.npz", **state)
        paths = [images / name for name in self.names[::10]]
        with torch.no_grad():
            wanted = model(torch.stack([self.program.preprocess(path) for path in paths])).numpy()
        worst = 0
        for kind in ("safetensors", "npz"):
            numbers = [",".join(str(value) for value in values) for values in (self.program.MEAN, self.program.STD)]
            made = self.folder / f"imported-{kind}"
            subprocess.run(
                [kiln, "import", self.folder / f"own.{kind}", "--network", self.folder / "job.yaml", "--classes",
                 ",".join(self.program.CLASSES), "--mean", numbers[0], "--std", numbers[1], "--output", made],
                check=True, stdout=subprocess.DEVNULL)
            for file in ("model", "training"):
                load_file(made / f"{file}.safetensors")
            said = subprocess.run([kiln, "predict", made, *paths, "--json"], check=True, capture_output=True, text=True).stdout
            found = [json.loads(line)["logits"] for line in said.splitlines()]
            worst = max(worst, np.abs(np.array(found) - wanted).max())
        return worst


def compare(folder, names, kiln):
    head = ["onnx", "onnx, bytes", "torch", "torch, given", "probabilities", "import"]
    print(f"greatest difference from Kiln's logits over {COUNT} images; onnx {onnx.__version__}, onnxruntime "
          f"{onnxruntime.__version__}, torch {torch.__version__}")
    print(f"{'':20}" + "".join(f"{word:>15}" for word in head) + f"{'greatest logit':>17}")
    isFine = True
    for name in names:
        network = Exported(folder / name)
        network.check_files()
        found = network.check(folder / "images")
        found["import"] = network.check_import(folder / "images", kiln)
        isFine = isFine and all(value < LIMIT for value in found.values())
        print(f"{name:20}" + "".join(f"{found[word]:15.1e}" for word in head) + f"{np.abs(network.logits).max():17.2f}", flush=True)
    sys.exit(0 if isFine else 1)


if sys.argv[1] == "draw":
    draw(pathlib.Path(sys.argv[2]))
else:
    compare(pathlib.Path(sys.argv[2]), json.loads(sys.argv[3]), sys.argv[4])
