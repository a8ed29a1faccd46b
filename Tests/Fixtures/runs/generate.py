"""Runs that an earlier Kiln began and did not end: what a newer one must go on with, to the same bytes.

    python3 generate.py KILN

KILN is the earlier program. Each job of `jobs` is trained twice on the images of ../initial: once to its end, whose model
becomes JOB.safetensors, and once until it is interrupted where the job's first line says, which becomes the folder JOB.
(`nearly` stands with a job whose arithmetic a later version has mended. `lonely` is of a later Kiln, which mended it.) Of
a job whose first line says `settings` only the metadata of the last checkpoint are kept, in settings.json.

`strace` sends the signal at one exact system call; it is tried call after call until the run stands where it should.
"""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
base = here.parent / "initial"
kiln = sys.argv[1]


def metadata(path):
    """The texts in the header of a safetensors file."""
    data = path.read_bytes()
    return json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])["__metadata__"]


def train(job, folder, trace=()):
    command = [kiln, "train", str(job), "--base", str(base), "--output", str(folder), "--threads", "1"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder) + ".cache"}
    done = subprocess.run([*trace, *command], env=environment, capture_output=True, text=True)
    shutil.rmtree(str(folder) + ".cache", ignore_errors=True)
    return done


def interrupted(job, folder, wish):
    """A run that stands where `wish` says: `STEP`, or `STEP validating`."""
    step, *phase = wish.split()
    for call in range(1, 400):
        shutil.rmtree(folder, ignore_errors=True)
        train(job, folder, ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat2",
                            "-e", f"inject=rename,renameat2:signal=KILL:when={call}"])
        if not (folder / "latest").exists():
            continue
        saved = metadata(folder / "latest" / "training.safetensors")
        if not (folder / "checkpoints" / f"{int(saved['step']):08d}").exists():
            continue
        state = json.loads(saved["kiln.state"])["state"]
        isInside = state.get("validation", {}).get("batch", 0) > 0
        if state["step"] == int(step) and isInside == (phase == ["validating"]) and not (
                phase == ["returned"] and not state.get("divergences")):
            return
    sys.exit(f"{job}: no place found")


def keep(folder, place):
    """What a run consists of, without what belongs to one machine."""
    shutil.rmtree(place, ignore_errors=True)
    for name in ["run.lock", "origin.json", "loss.svg"]:
        (folder / name).unlink(missing_ok=True)
    shutil.copytree(folder, place, symlinks=True, ignore=shutil.ignore_patterns(".*"))


settings = {}
with tempfile.TemporaryDirectory() as scratch:
    for job in sorted((here / "jobs").glob("*.yaml")):
        wish = job.read_text().splitlines()[0].removeprefix("# ")
        folder = pathlib.Path(scratch) / job.stem
        done = train(job, folder)
        if done.returncode:
            sys.exit(f"{job}: {done.stderr}")
        if wish == "settings":
            settings[job.stem] = metadata(folder / "latest" / "training.safetensors")
            del settings[job.stem]["kiln.state"]
            print(job.stem)
            continue
        shutil.copy(folder / "latest" / "model.safetensors", here / f"{job.stem}.safetensors")
        interrupted(job, folder, wish.removesuffix(" nearly"))
        keep(folder, here / job.stem)
        print(job.stem, wish)
(here / "settings.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
