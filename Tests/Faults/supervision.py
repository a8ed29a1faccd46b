"""Faults at every point of a daemon's life: killed there, or refused by a disk that is full or fails.

The daemon alone is traced, not its children. Its life is: start on a home in which a job waits, take the job in, train
it, finish it, stop.
"""

import collections
import itertools

import tracing
from daemon import Home
from points import sample


# sysexits.h: no such program, the system failed, input or output failed.
REFUSALS = (66, 71, 74)
# Seconds for a life in which something fails; a good one takes a tenth of it.
FAULTY_PATIENCE = 3
# Lives that are recorded, and lives in which a point is looked for.
RECORDINGS = 3
TRIES = 3


def record(workshop, job):
    """A recording of an undisturbed life."""
    recorded = workshop.fresh("recorded")
    home = Home(workshop, "recorded")
    home.drop("small.yaml", job)
    home.start(tracing.recording(recorded))
    home.wait(lambda: home.unfinished() == 0)
    status = home.stop()
    if status or home.unfinished():
        raise SystemExit(f"the recorded life ended with status {status}, see {home.log}")
    return recorded


def kills(workshop, job, dice, share):
    """SIGKILL on entering every mutating call; then the same at a random point of the recovery; then a life in peace."""
    # Its threads meet otherwise in every life: only what several have in common is certain to be reached again.
    lives = [tracing.moments(record(workshop, job), workshop.folder) for _ in range(RECORDINGS)]
    moments = tracing.distinct(itertools.chain(*lives))
    chosen = sample(moments, share, dice)
    seconds = {point: dice.choice(moments) for point in chosen}

    def life(point):
        ends = []
        for _ in range(TRIES):
            ends = interrupted(workshop, job, [(at, "signal=SIGKILL") for at in (point, seconds[point])])
            if ends[0] < 0:
                break
        return ends

    ends = workshop.each(life, chosen)
    missed = [point for point, (first, _) in zip(chosen, ends) if first >= 0]
    again = sum(second < 0 for _, second in ends)
    print(f"daemon, kill at each of {len(moments)} points: {len(chosen)} tried, {len(chosen) - len(missed)} killed, {again} of "
          "them killed again while recovering")
    for point in missed:
        if all(point in each for each in lives):
            workshop.fail(f"{point} is in every recorded life, and was not reached in {TRIES}", "daemon kills")


def errors(workshop, job, dice, share):
    """ENOSPC and EIO from every mutating call, EIO from every reading one, once and for good."""
    recorded = record(workshop, job)
    mutating, reading = tracing.mutations(recorded, workshop.folder), tracing.readings(recorded, workshop.folder)
    chosen = sample(tracing.errors(mutating, reading), share, dice)
    ends = collections.Counter(
        itertools.chain(*workshop.each(lambda fault: interrupted(workshop, job, [fault]), chosen)))
    print(f"daemon, ENOSPC and EIO at each of {len(mutating)} mutating and {len(reading)} reading points, once and for "
          f"good: {len(chosen)} tried; statuses {dict(sorted(ends.items()))}")


def interrupted(workshop, job, faults):
    """Lives with faults, each on what the last one left, and then one in peace; returns their exit statuses."""
    home = Home(workshop, "faulty")
    home.drop("small.yaml", job)
    before = len(workshop.failures)
    words = " then ".join(f"{fault} at {point}" for point, fault in faults)
    ends = []
    for point, fault in faults:
        home.start(tracing.injection(point, fault))
        home.wait(lambda: home.unfinished() == 0, FAULTY_PATIENCE)
        ends.append(home.stop())
        if ends[-1] > 0 and ends[-1] not in REFUSALS or ends[-1] < 0 and "SIGKILL" not in fault:
            workshop.fail(f"{words}: the daemon ended with status {ends[-1]}", home.path)
    home.start()
    home.wait(lambda: home.unfinished() == 0)
    if home.stop():
        workshop.fail(f"{words}: the daemon in peace ended with an error", home.path)
    home.check(words)
    if len(workshop.failures) == before:
        workshop.discard(home.path)
    return ends
