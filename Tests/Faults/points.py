"""Faults at every point of a trainer's life: killed there, or refused by a disk that is full or fails."""

import collections

import tracing
from job import torn
from trainer import record, train

SUCCESS, REFUSED = 0, 74
KILLED = -9


def kills(workshop, job, dice, share):
    """SIGKILL on entering every mutating call; then the same command, itself killed at a random point; then again."""
    moments = tracing.moments(record(workshop, job), workshop.folder)
    chosen = sample(moments, share, dice)
    seconds = {point: dice.choice(moments) for point in chosen}

    def life(point):
        run = workshop.fresh("killed")
        ends = []
        for fault in (point, seconds[point]):
            ends.append(train(workshop, job, run, tracing.injection(fault, "signal=SIGKILL")))
            check_whole(workshop, job, run, f"after a kill at {fault}")
        finish(workshop, job, run, f"killed at {point}, then at {seconds[point]}")
        return ends

    ends = workshop.each(life, chosen)
    first = sum(end[0] == KILLED for end in ends)
    again = sum(end[1] == KILLED for end in ends)
    print(f"trainer, kill at each of {len(moments)} points: {len(chosen)} tried, {first} killed, {again} of them killed "
          "again while recovering")
    if first < len(chosen):
        workshop.fail(f"{len(chosen) - first} points were not reached", "trainer kills")


def errors(workshop, job, dice, share):
    """ENOSPC and EIO from every mutating call, EIO from every reading one, once and for good."""
    recorded = record(workshop, job)
    mutating, reading = tracing.mutations(recorded, workshop.folder), tracing.readings(recorded, workshop.folder)
    chosen = sample(tracing.errors(mutating, reading), share, dice)

    def life(fault):
        point, error = fault
        run = workshop.fresh("refused")
        end = train(workshop, job, run, tracing.injection(point, error))
        words = f"{error} at {point}"
        if end not in (SUCCESS, REFUSED):
            workshop.fail(f"{words}: exit status {end}", run)
        check_whole(workshop, job, run, f"after {words}")
        finish(workshop, job, run, words)
        return end

    ends = collections.Counter(workshop.each(life, chosen))
    print(f"trainer, ENOSPC and EIO at each of {len(mutating)} mutating and {len(reading)} reading points, once and for "
          f"good: {len(chosen)} tried, {ends[REFUSED]} ended with status {REFUSED}, {ends[SUCCESS]} did without the call")


def check_whole(workshop, job, run, words):
    for fault in torn(run):
        workshop.fail(f"{words}: {fault}", run)


def finish(workshop, job, run, words):
    """The same command without a fault ends with the bytes of the uninterrupted run."""
    end = train(workshop, job, run)
    differences = [f"exit status {end}"] if end else job.differences(run)
    for difference in differences:
        workshop.fail(f"{words}: {difference}", run)
    if not differences:
        workshop.discard(run)


def sample(items, share, dice):
    if share >= 1:
        return items
    return sorted(dice.sample(items, max(1, round(share * len(items)))), key=items.index)
