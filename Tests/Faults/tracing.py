"""Points in the life of a process at which a fault can be injected, found and used by strace."""

import collections
import itertools
import re
import shutil
import subprocess

# The calls that change what is on a disk, or make it durable.
MUTATING = set(
    "write pwrite64 writev pwritev ftruncate truncate fallocate fsync fdatasync syncfs sync_file_range mkdir mkdirat "
    "rename renameat renameat2 unlink unlinkat rmdir symlink symlinkat link linkat chmod fchmod utimensat open openat "
    "creat".split())
# Between two of those, so that the moments after a call are met as well; and what makes and ends processes.
MARKERS = set("close clone clone3 vfork kill".split())
# Those that a failing disk can also refuse.
READING = set("open openat read pread64 getdents64".split())

# Follows all threads of a process, and its children only until they become another program.
THREADS = ("-f", "-b", "execve")

CALL = re.compile(r"(?:(\d+) +)?(\w+)\((.*)")
CREATING = re.compile(r"O_CREAT|O_WRONLY|O_RDWR|O_TRUNC")

Point = collections.namedtuple("Point", "call number")


def available():
    """Whether there is a strace that may trace; some containers forbid it."""
    return shutil.which("strace") is not None and subprocess.run(
        ["strace", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL).returncode == 0


def recording(path):
    """Arguments that make strace write down every call that counts here, with the paths of descriptors."""
    # A name that this machine does not have is no error.
    calls = ",".join(f"?{call}" for call in sorted(MUTATING | MARKERS | READING))
    return ["-y", "-o", path, "-e", f"trace={calls}"]


def attach(process, arguments):
    """Traces a process that runs; returns the tracer when it does."""
    tracer = subprocess.Popen(["strace", *THREADS, "-p", str(process.pid), *arguments], stderr=subprocess.PIPE)
    while b"attached" not in (line := tracer.stderr.readline()):
        if not line:
            raise SystemExit("strace cannot attach to a process here (is ptrace forbidden?)")
    return tracer


def ended(tracer):
    """Waits for a tracer whose process has ended."""
    tracer.wait(timeout=60)
    tracer.stderr.close()


def injection(point, fault, path="/dev/null"):
    """Arguments that make a point, or from it on all calls of its kind, fail: `signal=SIGKILL`, `error=ENOSPC`.

    A fault that ends in `+` lasts.
    """
    when = f"{point.number}+" if fault.endswith("+") else point.number
    injected = f"inject={point.call}:{fault.rstrip('+')}:when={when}"
    return ["-o", path, "-e", f"trace={point.call}", "-e", injected]


def errors(mutating, reading):
    """What can go wrong with a disk at these points, once and for good. A read fails once: a process to which every
    descriptor is deaf for good has no way to be told anything."""
    once = [(point, "error=ENOSPC") for point in mutating]
    once += [(point, "error=EIO") for point in dict.fromkeys(mutating + reading)]
    return once + [(point, f"{error}+") for point, error in once if point.call != "read"]


def moments(recorded, folder):
    """Where to kill: every distinct mutating call and marker, from the first on that has to do with the folder. What
    comes before is the loading of the program."""
    own = itertools.dropwhile(lambda call: folder not in call[1], calls(recorded))
    return distinct(point for point, arguments in own if point.call in MARKERS or mutates(point, arguments))


def mutations(recorded, folder):
    """Every distinct mutating call that has to do with the folder."""
    return distinct(
        point for point, arguments in calls(recorded) if folder in arguments and mutates(point, arguments))


def readings(recorded, folder):
    """Every distinct reading call that has to do with the folder."""
    return distinct(
        point for point, arguments in calls(recorded) if folder in arguments and point.call in READING)


def mutates(point, arguments):
    opens = point.call in ("open", "openat")
    return point.call in MUTATING and (not opens or CREATING.search(arguments) is not None)


def distinct(points):
    return list(dict.fromkeys(points))


def calls(recorded):
    """The points of a recording and their arguments, in the order in which they were reached.

    strace counts the calls of each kind by thread, so a point of one thread may be met by another as well.
    """
    counts = collections.Counter()
    with open(recorded) as file:
        for line in file:
            if match := CALL.match(line):
                thread, call, arguments = match.groups()
                counts[thread, call] += 1
                yield Point(call, counts[thread, call]), arguments
