"""A data root that is not mounted, and a trainer that gets no memory."""

import collections
import contextlib
import importlib.machinery
import importlib.util
import os
import random
import signal
import subprocess

import tracing
from daemon import Home, signal_process
from data import Wrapper, judged
from job import Job
from workshop import ROOT, Bench

# Seconds in which the daemon meets the empty mount point.
ABSENCE = 1.5


def unmounted(workshop, options, dice):
    if os.geteuid() != 0:
        return print("unmounted data: skipped, only root can mount")
    job = Job(workshop, 12)
    lives = ["before the drop", "before the training"]
    if tracing.available():
        lives += [f"after image {number} of discs was opened" for number in range(0, 6, 1 if options.long else 3)]
    failed = sum(not absent(workshop, job, life) for life in lives)
    print(f"data root unmounted for a while: {len(lives)} tried, {failed} failed", flush=True)


def absent(workshop, job, life):
    """Takes the data away at a moment of the job's life, and brings it back."""
    with mounted(workshop) as root:
        number = next((word for word in life.split() if word.isdigit()), None)
        strace = ["-f", "-P", f"{root.path}/images/discs/000{number}.png", "-e", "inject=openat:signal=SIGSTOP:when=1"]
        wrapper = Wrapper(workshop, "train", strace if number else ())
        bench = Bench(workshop, wrapper.path, root.path)
        home = Home(bench, "absent")
        if life == "before the drop":
            root.leave()
        home.drop("small.yaml", job)
        home.start()
        if number:
            home.wait(lambda: "stopped by SIGSTOP" in text(wrapper.log))
        elif life == "before the training":
            home.wait(lambda: any(home.names(state) for state in ("queued", "running", "deferred")))
        root.leave()
        for process in home.trainers() if number else []:
            signal_process(process, signal.SIGCONT)
        home.wait(lambda: home.names("done") or home.names("failed") or home.names("rejected"), ABSENCE)
        root.come()
        home.wait(lambda: home.unfinished() == 0 or home.names("rejected"), 30)
        home.stop()
        home.check(f"data root unmounted {life}")
        if bench.report():
            return False
        wrapper.discard()
        workshop.discard(home.path)
        return True


class Root:
    """A folder that is a mount point, with the images in it, or empty."""

    def __init__(self, path, store):
        self.path, self.store, self.there = path, store, False

    def come(self):
        if not self.there:
            subprocess.run(["mount", "--bind", self.store, self.path], check=True)
            self.there = True

    def leave(self):
        if self.there:
            subprocess.run(["umount", "-l", self.path], check=True)
            self.there = False


@contextlib.contextmanager
def mounted(workshop):
    root = Root(workshop.fresh("root"), workshop.data)
    os.mkdir(root.path)
    root.come()
    try:
        yield root
    finally:
        root.leave()


def text(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def memory(workshop, options, dice):
    """`ulimit -v` for the first attempt: from too little for anything to enough, in images that are large."""
    job = LargeImages(workshop)
    enough = job.peak(workshop)
    shares = range(5, 101, 5) if options.long else (30, 60, 80, 90, 95)
    limits = [enough * share // 100 for share in shares]
    ends = collections.Counter()
    for limit in limits:
        wrapper = Wrapper(workshop, "train", before=f"ulimit -v {limit}")
        # With too little for a second thread a trainer may not come to anything, and is ended as one that hangs.
        ends[judged(workshop, job, wrapper, f"ulimit -v {limit}", ["--stall", "4", "--grace", "1"])] += 1
    print(f"little memory for the first attempt: {len(limits)} limits up to {enough} KiB tried, {ends['failed']} failed",
          flush=True)


class LargeImages(Job):
    """Images of sixteen megapixels: what they take while they are decoded is most of what the trainer takes."""

    def __init__(self, workshop):
        loader = importlib.machinery.SourceFileLoader("make_images", f"{ROOT}/scripts/make-images")
        make = importlib.util.module_from_spec(importlib.util.spec_from_loader("make_images", loader))
        loader.exec_module(make)
        dice = random.Random(1)
        for kind in ("light", "dark"):
            os.makedirs(f"{workshop.data}/large/{kind}", exist_ok=True)
            for number in range(4):
                rows = [dice.randbytes(16) * 250] * 4000
                with open(f"{workshop.data}/large/{kind}/{number}.png", "wb") as file:
                    file.write(make.png(rows))
        super().__init__(workshop, seed=13, data="images: large")

    def peak(self, workshop):
        """The address space of an undisturbed run, in KiB, as the least `ulimit -v` that it ends well with."""
        low, high = 0, 64 << 20
        while high - low > high // 50:
            middle = (low + high) // 2
            run = workshop.fresh("peak")
            end = subprocess.run(
                ["sh", "-c", f'ulimit -v {middle}; exec "$@"', "sh", workshop.kiln, "train", "-", "--output", run,
                 "--base", workshop.data], input=self.text.encode(), capture_output=True, check=False)
            low, high = (low, middle) if end.returncode == 0 else (middle, high)
        return high
