"""Power cuts: at every point of a job's life what a file system may leave is rebuilt, and a daemon started on it.

A life is recorded as its file operations. After each of them, by each of the models of `disk`, there is a state of the
home; those that are equal count once. In every state the daemon has to finish the job once with the undisturbed bytes,
unless nobody had been told yet that the job was accepted.
"""

import collections
import os
import subprocess
import sys
import time

import syscalls
import tracing
from daemon import STATES, Home
from disk import MODELS, Disk, digest, rebuild
from job import Job
from lives import ACCEPTED, LIVES, RETURNED
from points import sample
from replay import Replay
from workshop import Bench

# Files that are replaced without a sync, because they are written again every few seconds or can be drawn again:
# docs/promises.md says that a power cut may lose what they say.
UNPROMISED = ("progress.json", "loss.svg", "skipped.tsv")
# Something that the daemon may leave in the state in which it is for so many seconds has been left.
PATIENCE = 20
# How often a life is recorded until a recording can be replayed.
RECORDINGS = 3

State = collections.namedtuple("State", "remains words promised")


def part(workshop, options, dice):
    if not tracing.available():
        return print("power cuts: skipped, there is no strace that may trace")
    for name in LIVES:
        # The job that is paused has to be long enough for it.
        job = Job(workshop, 8, epochs=12, every=6, cache=True) if name == "paused" else Job(workshop, 8)
        states = list(cuts(workshop, name, job, syncs=not options.without_syncs).values())
        share = options.share if options.share >= 1 else options.share * 0.4
        chosen = [states[number] for number in sample(range(len(states)), share, dice)]
        ends = collections.Counter(workshop.each(lambda state: revived(workshop, name, job, state), chosen))
        print(f"power cuts, the life {name}: {len(states)} states, {len(chosen)} tried, {ends['done']} done with the "
              f"undisturbed bytes, {ends['gone']} gone before they were accepted, {ends['failed']} failed", flush=True)


def cuts(workshop, name, job, syncs):
    """Every distinct state that a power cut may leave of a life, by digest."""
    for _ in range(RECORDINGS):
        home, recorded, disk = record(workshop, name, job)
        try:
            replay = Replay(disk, syscalls.calls(recorded), workshop.folder, syncs)
            states = distinct(replay, name, home)
            compare(replay.disk, home)
            return states
        except KeyError as error:
            # strace tells of the calls of two threads in the order in which it hears of them. Rarely that is not the order
            # in which they took effect, and matters.
            print(f"the recording of the life {name} contradicts itself and is made again: {error}", flush=True)
    raise SystemExit(f"no recording of the life {name} can be replayed")


def distinct(replay, name, home):
    states = {}
    promised, number = False, 0
    for call, changed in replay.points():
        promised = promised or tells(call, home)
        if not changed and not promised:
            continue
        number += 1
        for model in MODELS:
            remains = replay.disk.remains(model)
            key = digest(remains)
            if key not in states or promised and not states[key].promised:
                words = f"{name}, model {model}, after change {number}, {call.name} of {call.thread}"
                states[key] = State(remains, words, promised)
    return states


def record(workshop, name, job):
    """A life under strace; returns the home it was lived in, the recording, and the disk it began with."""
    home = workshop.fresh(f"life-{name}")
    os.makedirs(f"{home}/incoming")
    disk = Disk(home)
    disk.take()
    text = f"{workshop.data}/small.yaml"
    with open(text, "w", encoding="utf-8") as file:
        file.write(job.text)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lives.py")
    programs = os.path.dirname(workshop.kiln)
    ended = subprocess.run(
        [*syscalls.recording(f"{home}.strace"), sys.executable, script, name, programs, workshop.data, home, text],
        cwd=workshop.folder, check=False)
    if ended.returncode:
        raise SystemExit(f"the life {name} could not be recorded, see {home}.log")
    return home, f"{home}.strace", disk


def tells(call, home):
    """Whether with this call somebody learns that the job is accepted."""
    if call.name == "write":
        return ACCEPTED in call.data()
    return call.name == "openat" and call.path(1) == os.fsencode(home + RETURNED)


def compare(disk, home):
    """The replay has to end with what is really there, or the recording lacks something."""
    real = Disk(home)
    real.take()
    ours, theirs = ({path: (kind, content) for path, kind, content, _ in each.remains("all")} for each in (disk, real))
    for path in ours.keys() | theirs.keys():
        if ours.get(path) != theirs.get(path):
            raise KeyError(f"the replay ends with another {path!r} than {home} has")


def revived(workshop, name, job, state):
    """Starts a daemon on what is left; returns what became of the job."""
    path = workshop.fresh(f"power-{name}")
    rebuild(state.remains, path)
    bench = Bench(workshop)
    home = Home(bench, "power", path=path)
    home.dropped["small.yaml"] = job
    home.start()
    home.wait(lambda: home.names("done") or not state.promised and settled(home), PATIENCE)
    status = home.stop()
    if status:
        bench.fail(f"the daemon ended with status {status}", path)
    there = any(home.names(each) for each in STATES)
    if state.promised or there:
        home.check("power cut")
    bench.failures = [failure for failure in bench.failures if not excused(failure[0])]
    if bench.report(f"{state.words}: "):
        rebuild(state.remains, f"{path}.before")
        return "failed"
    workshop.discard(path)
    return "done" if there else "gone"


def excused(words):
    # An origin without its manifest is litter: it goes with no other, and nobody waits for it.
    if words.endswith(".yaml.origin'] left in incoming/") and "," not in words:
        return True
    # The other half of a rename that was kept whole on one side alone: set aside, and named.
    if ": found-in-" in words:
        return True
    return any(f": {name} " in words for name in UNPROMISED)


def settled(home):
    """Whether the daemon has nothing more to do: nothing waits anywhere, and a moment later still nothing."""
    for _ in range(2):
        waiting = [name for name in home.names("incoming") if not name.endswith(".origin")]
        if not home.serves() or waiting or any(home.names(state) for state in ("queued", "running", "deferred")):
            return False
        time.sleep(0.02)
    return True
