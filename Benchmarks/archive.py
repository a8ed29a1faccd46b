#!/usr/bin/env python3
"""How long a daemon with many finished jobs takes to start, and `kiln status` to answer.

    python3 Benchmarks/archive.py [--jobs 100000] [--programs .build/release]

Makes a home whose `done/` holds so many jobs, each with the files that a short run leaves, and prints three figures in
seconds: from the start of `kilnd` to its word that it serves, `kiln status` and `kiln status --json` while it does.
The median and the greatest of several runs; the files were just made, so that the disk itself is not measured.
"""

import argparse
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

from environments import ROOT

ROW = (
    '{"attempt":%d,"checkpoint":%d,"crashes":0,"name":"small","priority":50,"reason":"%s","state":"%s",'
    '"time":"2026-01-01T00:00:00.000Z"%s}\n'
)
HISTORY = (
    ROW % (0, 0, "accepted", "queued", ',"dropped":"small.yaml"')
    + ROW % (1, 0, "attempt 1 begins", "running", "")
    + ROW % (1, 9, "trained", "done", "")
)
PROGRESS = (
    '{"epoch":1,"epochs":1,"imagesPerSecond":100,"loss":0.5,"secondsLeft":0,"state":"done","step":9,"steps":9}\n'
)
MANIFEST = "name: small\nnetwork: homework\ndata: {images: /data}\ntraining: {epochs: 1}\n"


def fill(home, count):
    for folder in ("done", "runs", "incoming", "requests"):
        (home / folder).mkdir(parents=True)
    for number in range(1, count + 1):
        name = f"{number:06}-small"
        (home / "done" / f"{name}.yaml").write_text(MANIFEST)
        run = home / "runs" / name
        run.mkdir()
        (run / "job.yaml").write_text(MANIFEST)
        (run / "history.jsonl").write_text(HISTORY)
        (run / "progress.json").write_text(PROGRESS)


def started(programs, home):
    """A daemon that serves, and the seconds until it said so."""
    begin = time.monotonic()
    command = [programs / "kilnd", "--home", home, "--kiln", programs / "kiln"]
    daemon = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in daemon.stderr:
        if "serving" in line:
            return daemon, time.monotonic() - begin
    raise SystemExit(f"kilnd ended with status {daemon.wait()}")


def seconds(command):
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def show(what, figures):
    print(f"{what:24} median {statistics.median(figures):7.3f} s   most {max(figures):7.3f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build" / "release")
    parser.add_argument("--home", type=pathlib.Path, help="a home that an earlier call has left, or where to leave one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kiln-archive-") as folder:
        home = options.home or pathlib.Path(folder) / "home"
        if not home.exists():
            fill(home, options.jobs)
        starts, texts, objects = [], [], []
        for _ in range(options.runs):
            daemon, start = started(options.programs, home)
            starts.append(start)
            status = [options.programs / "kiln", "status", "--home", home]
            texts.append(seconds(status))
            objects.append(seconds(status + ["--json"]))
            daemon.send_signal(signal.SIGTERM)
            daemon.communicate()
        show("kilnd serves", starts)
        show("kiln status", texts)
        show("kiln status --json", objects)


if __name__ == "__main__":
    main()
