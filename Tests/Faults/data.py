"""Trouble with the data folder: what an image or a table is read through fails for a while, as on a network file system,
without a descriptor or memory left, or not mounted.

Nothing of that is an image's fault. The daemon has to try again, and the job has to end with the undisturbed bytes.
The trouble is in the first attempt of a trainer, or of the validation of a job; the next attempts are in peace.
"""

import collections
import itertools
import os
import stat
import subprocess

import tracing
from daemon import Home
from job import Job
from points import sample
from workshop import Bench

ERRORS = ("EIO", "ESTALE", "ETIMEDOUT", "EMFILE", "ENOMEM")
# What a path is looked up, opened and read by. A close that fails has nothing to say about a file that was read.
CALLS = ("openat open read pread64 readv preadv getdents64 stat lstat fstat newfstatat statx readlink readlinkat access "
         "faccessat faccessat2 lseek mmap fadvise64 openat2").split()
# Seconds for a job to be done in spite of everything.
PATIENCE = 20


class TableJob(Job):
    """The small job, but a table says which images there are."""

    def __init__(self, workshop):
        folder = f"{workshop.data}/table"
        subprocess.run(["cp", "-r", f"{workshop.data}/images", folder], check=True)
        with open(f"{folder}/labels.csv", "w", encoding="utf-8") as table:
            table.write("path,label\n")
            for kind in ("discs", "stripes"):
                for name in sorted(os.listdir(f"{folder}/{kind}")):
                    table.write(f"{kind}/{name},{kind}\n")
        super().__init__(workshop, seed=11, data="images: table, labels: labels.csv")


def errors(workshop, options, dice):
    if not tracing.available():
        return print("data errors: skipped, there is no strace that may trace")
    for job, folder in ((Job(workshop, 9), "images"), (TableJob(workshop), "table")):
        points = record(workshop, job, f"{workshop.data}/{folder}")
        lives = [(point, error) for point in points for error in ERRORS]
        chosen = sample(lives, options.share / 5 if options.share < 1 else 1, dice)
        ends = collections.Counter(workshop.each(lambda life: refused(workshop, job, *life), chosen))
        print(f"data folder ({folder}), {', '.join(ERRORS)} at each of {len(points)} points: {len(chosen)} tried, "
              f"{ends['met']} met the error, {ends['failed']} failed", flush=True)


Touch = collections.namedtuple("Touch", "command path call number")


def record(workshop, job, folder):
    """Every call of the trainer and of the validation that touches the data folder or something in it."""
    paths = [workshop.data, folder] + [
        os.path.join(place, name) for place, folders, files in os.walk(folder) for name in sorted(folders + files)]
    touches = []
    for command in ("validate", "train"):
        wrapper = Wrapper(workshop, command, [
            "-f", "-y", "-e", "trace=" + ",".join(f"?{call}" for call in CALLS),
            *itertools.chain(*(("-P", path) for path in paths))])
        home = lived(Bench(workshop, kiln=wrapper.path), job)
        if not home.names("done"):
            raise SystemExit(f"the recorded life did not end well, see {home.log}")
        touches += [Touch(command, *touch) for touch in touched(wrapper.log, paths)]
        wrapper.discard()
        workshop.discard(home.path)
    return tracing.distinct(touches)


def touched(log, paths):
    """The path, the call and its number, which strace counts by thread and by path if it is told of one path alone."""
    longest = sorted(paths, key=len, reverse=True)
    counts = collections.Counter()
    with open(log, encoding="utf-8") as file:
        for line in file:
            if match := tracing.CALL.match(line):
                thread, call, arguments = match.groups()
                if path := next((path for path in longest if path in arguments), None):
                    counts[thread, path, call] += 1
                    yield path, call, counts[thread, path, call]


def refused(workshop, job, touch, error):
    """A life whose first attempt meets an error at one call."""
    wrapper = Wrapper(workshop, touch.command, [
        "-f", "-P", touch.path, "-e", f"inject={touch.call}:error={error}:when={touch.number}"])
    words = f"{error} at {touch.call} {touch.number} of {os.path.relpath(touch.path, workshop.data)} in {touch.command}"
    return judged(workshop, job, wrapper, words)


def judged(workshop, job, wrapper, words, settings=()):
    bench = Bench(workshop, kiln=wrapper.path)
    home = lived(bench, job, settings)
    home.check(words)
    if bench.report():
        return "failed"
    met = wrapper.met()
    workshop.discard(home.path)
    wrapper.discard()
    return "met" if met else "missed"


def lived(bench, job, settings=()):
    home = Home(bench, "data")
    home.options = list(settings)
    home.drop("small.yaml", job)
    home.start()
    home.wait(lambda: home.unfinished() == 0 or home.names("rejected"), PATIENCE)
    if home.stop():
        bench.fail("the daemon ended with an error", home.path)
    return home


class Wrapper:
    """A program in the place of kiln: the first time that a command is asked for, it runs it with something around it."""

    def __init__(self, workshop, command, strace=(), before=""):
        self.workshop = workshop
        self.path = workshop.fresh("kiln")
        self.log = f"{self.path}.strace"
        # With -D the tracer is the grandchild, and the daemon's child is kiln itself.
        around = " ".join(f"'{each}'" for each in ("strace", "-D", "-qq", "-o", self.log, *strace)) if strace else ""
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(f"""#!/bin/sh
if [ "$1" = {command} ] && mkdir '{self.path}.used' 2>/dev/null; then
  {before}
  exec {around} '{workshop.kiln}' "$@"
fi
exec '{workshop.kiln}' "$@"
""")
        os.chmod(self.path, stat.S_IRWXU)

    def met(self):
        """Whether the error was met; there is none to meet without a recording."""
        if not os.path.exists(self.log):
            return True
        with open(self.log, encoding="utf-8") as file:
            return "(INJECTED)" in file.read()

    def discard(self):
        for name in (self.path, f"{self.path}.used", self.log):
            self.workshop.discard(name)
