"""The programs under test, and a folder in which things are done to them."""

import concurrent.futures
import glob
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Workshop:
    """Gone with everything in it when all went well, kept and named otherwise."""

    def __init__(self, programs, workers):
        self.kiln = os.path.join(programs, "kiln")
        self.kilnd = os.path.join(programs, "kilnd")
        self.workers = workers
        self.folder = tempfile.mkdtemp(prefix="kiln-faults-")
        self.data = os.path.join(self.folder, "data")
        self.failures = []
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()
        subprocess.run(
            [sys.executable, f"{ROOT}/scripts/make-images", f"{self.data}/images", "--count", "6", "--side", "12"],
            stdout=subprocess.DEVNULL, check=True)

    def fresh(self, name):
        """A path at which nothing is yet."""
        return os.path.join(self.folder, f"{name}-{next(self.numbers)}")

    def fail(self, what, where):
        with self.lock:
            self.failures.append(f"{what} ({where})")
            print(f"FAILED: {what} ({where})", flush=True)

    def each(self, work, items):
        """Does something to every item, several at a time; returns the results in the order of the items."""
        with concurrent.futures.ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(work, items))

    def discard(self, path):
        """Removes what went well, so that the folder does not grow."""
        for name in (path, *glob.glob(f"{glob.escape(path)}.*")):
            if os.path.isdir(name):
                shutil.rmtree(name)
            elif os.path.exists(name):
                os.remove(name)

    def close(self):
        if self.failures:
            print(f"{len(self.failures)} failures; everything is kept in {self.folder}")
        else:
            shutil.rmtree(self.folder)


class Bench:
    """A place in the workshop for one life: its failures are kept apart, and kiln may be another program."""

    def __init__(self, workshop, kiln=None, data=None):
        self.workshop = workshop
        self.kiln = kiln or workshop.kiln
        self.kilnd = workshop.kilnd
        self.data = data or workshop.data
        self.failures = []

    def fresh(self, name):
        return self.workshop.fresh(name)

    def fail(self, what, where):
        self.failures.append((what, where))

    def report(self, words=""):
        """Hands the failures to the workshop; returns whether there were any."""
        for what, where in self.failures:
            self.workshop.fail(words + what, where)
        return bool(self.failures)
