"""A small training job, what it leaves when nothing happens to it, and how to tell whether another run left the same."""

import json
import os
import struct
import subprocess

JOB = """\
name: small
network:
  - conv2d: {{channels: 2, kernel: 16, stride: 16}}
  - relu
  - flatten
  - linear: {{outputs: 1}}
data: {{{data}, validation: 0.25, augment: {{flip: both}}, cache: {cache}}}
training: {{epochs: {epochs}, batchSize: 3, seed: {seed}, optimizer: {{sgd: {{learningRate: 0.001, momentum: 0.9}}}}}}
checkpoints: {{every: {every} steps, everySeconds: 0, keep: 2}}
resources: {{threads: 1}}
"""

# A file of a run that the clock decides about, or that the daemon writes.
# What a row says of the clock.
TIMES = {
    "imagesPerSecond", "seconds", "waitSeconds", "waitShare", "idleSeconds", "busySeconds", "readSeconds", "decodeSeconds",
    "cacheSeconds", "augmentSeconds",
}
LOGS = {"run.lock", "progress.json", "train.log", "history.jsonl", "origin.json", "error.txt", "job.yaml"}


class Job:
    """One job and the result of its uninterrupted run."""

    def __init__(self, workshop, seed=1, epochs=2, every=2, cache=False, data="images: images"):
        self.text = JOB.format(seed=seed, epochs=epochs, every=every, cache=str(cache).lower(), data=data)
        self.data = workshop.data
        run = os.path.join(workshop.folder, f"reference-{seed}-{epochs}-{every}")
        subprocess.run(
            [workshop.kiln, "train", "-", "--output", run, "--base", self.data],
            input=self.text.encode(), stdout=subprocess.DEVNULL, check=True)
        self.expected = outcome(run)
        faults = torn(run)
        if faults:
            raise SystemExit(f"the uninterrupted run is not whole: {faults}")

    def differences(self, run):
        """What a finished run has otherwise than the uninterrupted one, in words."""
        found = outcome(run)
        words = [f"{name} differs" for name in sorted(found.keys() | self.expected.keys())
                 if found.get(name) != self.expected.get(name)]
        return words + torn(run)


def outcome(run):
    """Everything in a run's folder that may not depend on what happened to it, by name."""
    found = {}
    for name in sorted(os.listdir(run)):
        path = os.path.join(run, name)
        if name == "metrics.jsonl":
            found[name] = [timeless(line) for line in read(path).splitlines()]
        elif name in ("latest", "best"):
            found[name] = os.readlink(path)
            for file in os.listdir(path):
                found[f"{name}/{file}"] = read(os.path.join(path, file))
        elif name == "loss.svg":
            found[name] = True
        elif name not in LOGS and name != "checkpoints":
            found[name] = read(path)
    return found


def timeless(line):
    row = json.loads(line)
    return {key: value for key, value in row.items() if key not in TIMES}


def torn(run):
    """What in a run's folder is not whole, whatever has happened to the run. Unfinished files have hidden names."""
    words = []
    checkpoints = os.path.join(run, "checkpoints")
    for name in os.listdir(checkpoints) if os.path.isdir(checkpoints) else []:
        if name.isdigit():
            for file in ("model.safetensors", "training.safetensors"):
                words += torn_tensors(os.path.join(checkpoints, name, file))
    for name, check in (("progress.json", json.loads), ("loss.svg", drawing), ("error.txt", sentence)):
        path = os.path.join(run, name)
        try:
            if os.path.lexists(path):
                check(read(path).decode())
        except ValueError as error:
            words.append(f"{name} is torn: {error}")
    return words


def torn_tensors(path):
    try:
        content = read(path)
        length = struct.unpack("<Q", content[:8])[0]
        header = json.loads(content[8:8 + length])
        end = max(entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__")
        return [] if len(content) == 8 + length + end else [f"{path} has {len(content)} bytes"]
    except (OSError, ValueError, struct.error) as error:
        return [f"{path} is torn: {error}"]


def drawing(text):
    if not (text.startswith("<svg") and text.rstrip().endswith("</svg>")):
        raise ValueError("no whole drawing")


def sentence(text):
    if not text.endswith("\n"):
        raise ValueError("no whole line")


def read(path):
    with open(path, "rb") as file:
        return file.read()
