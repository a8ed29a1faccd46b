"""Points in the life of a process at which a fault can be injected, found and used by strace."""

import collections
import re
import shutil
import subprocess

# The calls that change what is on a disk, or make it durable.
MUTATING = ("write pwrite64 writev pwritev ftruncate truncate fallocate fsync fdatasync syncfs sync_file_range mkdir mkdirat "
            "rename renameat renameat2 unlink unlinkat rmdir symlink symlinkat link linkat chmod fchmod open openat creat")
# Between two of those, so that the moments after a call are met as well.
MARKERS = "close"
# Those that a failing disk can also refuse.
READING = "open openat read pread64 getdents64"

CREATING = re.compile(r"O_CREAT|O_WRONLY|O_RDWR|O_TRUNC")

Point = collections.namedtuple("Point", "call number")


def available():
    """Whether there is a strace that may trace; some containers forbid it."""
    return shutil.which("strace") is not None and subprocess.run(
        ["strace", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL).returncode == 0


def recording(path, calls):
    """Arguments that make strace write down these calls."""
    return ["-y", "-o", path, "-e", f"trace={known(calls)}"]


def injection(point, fault, path="/dev/null"):
    """Arguments that make a point, or from it on all calls of its kind, fail: `signal=SIGKILL`, `error=ENOSPC`.

    A fault that ends in `+` lasts.
    """
    when = f"{point.number}+" if fault.endswith("+") else point.number
    return ["-o", path, "-e", f"trace={point.call}", "-e", f"inject={point.call}:{fault.rstrip('+')}:when={when}"]


def known(calls):
    """Comma-separated; a name that this machine does not have is no error."""
    return ",".join(f"?{call}" for call in calls.split())


def errors(mutating, reading):
    """What can go wrong with a disk at these points, once and for good. A read fails once: a process to which every
    descriptor is deaf for good has no way to be told anything."""
    once = [(point, "error=ENOSPC") for point in mutating]
    once += [(point, "error=EIO") for point in dict.fromkeys(mutating + reading)]
    return once + [(point, f"{error}+") for point, error in once if point.call != "read"]


def points(path, folder, creating_only=True):
    """Every distinct point that a recording holds and that has to do with this folder, in the order in which they were
    reached.

    strace counts the calls of each kind by thread, so a point of one thread may be met by another as well.
    """
    counts = collections.Counter()
    found = {}
    with open(path) as file:
        for line in file:
            match = re.match(r"(?:(\d+) +)?(\w+)\((.*)", line)
            if not match:
                continue
            thread, call, arguments = match.groups()
            counts[thread, call] += 1
            if folder not in arguments:
                continue
            if creating_only and call in ("open", "openat") and not CREATING.search(arguments):
                continue
            found[Point(call, counts[thread, call])] = True
    return list(found)
