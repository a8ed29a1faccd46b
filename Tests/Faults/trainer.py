"""`kiln train` with something happening to it."""

import os
import subprocess
import time

import tracing


def train(workshop, job, run, trace=None, log=None):
    """Trains a job in a folder; returns the exit status, negative for a signal.

    The trainer waits for its job on standard input, and strace is attached while it waits: so its calls are counted
    from the first that has to do with the job.
    """
    with open(log or f"{run}.log", "ab") as output:
        process = subprocess.Popen(
            [workshop.kiln, "train", "-", "--output", run, "--base", job.data, "--supervised"],
            stdin=subprocess.PIPE, stdout=output, stderr=output)
        while trace and not waits_for_input(process.pid):
            time.sleep(0.001)
        tracer = tracing.attach(process, trace) if trace else None
        try:
            process.communicate(job.text.encode(), timeout=60)
        except BrokenPipeError:
            process.wait(timeout=60)
        if tracer:
            tracing.ended(tracer)
    return process.returncode


def waits_for_input(process):
    """Whether some thread is in read(0, ...)."""
    folder = f"/proc/{process}/task"
    for thread in os.listdir(folder):
        try:
            with open(f"{folder}/{thread}/syscall") as file:
                if file.read().split()[:2] == ["0", "0x0"]:
                    return True
        except OSError:
            continue
    return False


def record(workshop, job):
    """A recording of an undisturbed run."""
    run = workshop.fresh("recorded")
    if train(workshop, job, run, tracing.recording(f"{run}.strace")) != 0:
        raise SystemExit(f"the recorded run failed, see {run}.log")
    return f"{run}.strace"
