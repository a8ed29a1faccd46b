"""A small disk that somebody else fills while jobs run, and that has space again later."""

import collections
import contextlib
import errno
import os
import subprocess
import threading
import time

from daemon import Home
from job import Job, torn
from points import REFUSED, SUCCESS, finish
from trainer import train

PAGE = 4096
DISK = 4 << 20


def space(workshop, options, dice):
    if os.geteuid() != 0:
        return print("space: skipped, only root can mount a small disk")
    job = Job(workshop, seed=5, epochs=60, every=3)
    leaving = range(0, 40, 1 if options.long else 8)
    ends = collections.Counter(under_a_trainer(workshop, job, pages) for pages in leaving)
    print(f"trainer, disk filled up to 0...{leaving[-1]} pages under it: {len(leaving)} tried, {ends[REFUSED]} ended with "
          f"status {REFUSED}, {ends[SUCCESS]} were done before")
    under_a_daemon(workshop, [Job(workshop, seed, epochs=60, every=3) for seed in (5, 6, 7)])


def under_a_trainer(workshop, job, pages):
    """Fills the disk up to so many pages while a job is trained: the last write is then a short one."""
    with small_disk(workshop) as disk:
        run = f"{disk.path}/run"
        filler = threading.Thread(target=lambda: disk.fill_when(f"{run}/latest", pages * PAGE))
        filler.start()
        end = train(workshop, job, run, log=f"{disk.path}.log")
        filler.join()
        words = f"the disk filled up to {pages} pages"
        if end not in (SUCCESS, REFUSED):
            workshop.fail(f"{words}: exit status {end}", run)
        for fault in torn(run):
            workshop.fail(f"{words}: {fault}", run)
        disk.clear()
        finish(workshop, job, run, words)
        return end


def under_a_daemon(workshop, jobs):
    """Fills the home's disk for a while. The jobs wait, and go on."""
    with small_disk(workshop) as disk:
        home = Home(workshop, "space", beneath=disk.path)
        home.start()
        for number, job in enumerate(jobs):
            home.drop(f"job-{number}.yaml", job)
        disk.fill_when(f"{home.path}/runs/000001-small/latest", 0)
        time.sleep(2)
        waiting = home.unfinished()
        if home.names("failed") or home.daemon.poll() is not None:
            workshop.fail(f"full disk: failed {home.names('failed')}, daemon {home.daemon.poll()}", home.path)
        disk.clear()
        home.wait(lambda: home.unfinished() == 0)
        status = home.stop()
        lost, twice, different = home.check("full disk")
        print(f"daemon, disk filled under it: {waiting} of {len(jobs)} jobs waited, {lost} lost, {twice} run twice, "
              f"{different} different, status {status}")
        if not waiting:
            workshop.fail("the disk was filled too late", home.path)


class SmallDisk:
    def __init__(self, path):
        self.path = path
        self.ballast = f"{path}/ballast"

    def fill_when(self, path, leaving):
        """Waits for a file and then takes all space but so much."""
        end = time.monotonic() + 5
        while not os.path.lexists(path) and time.monotonic() < end:
            time.sleep(0.001)
        with open(self.ballast, "ab", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * PAGE)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
            file.truncate(max(0, file.tell() - leaving))

    def clear(self):
        if os.path.exists(self.ballast):
            os.remove(self.ballast)


@contextlib.contextmanager
def small_disk(workshop):
    path = workshop.fresh("disk")
    os.mkdir(path)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", path], check=True)
    try:
        yield SmallDisk(path)
    finally:
        if workshop.failures:
            subprocess.run(["cp", "-a", path, f"{path}.kept"], check=False)
        subprocess.run(["umount", path], check=True)
