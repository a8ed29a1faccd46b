#!/usr/bin/env python3
"""What a training step would take on many cores: a simulation of the team's schedule from measured share times.

    kiln bench layers --network homework --threads 1 --json --shares > shares.json
    Benchmarks/schedule.py shares.json

Every pass of a layer is a few pieces of work, one after the other; the items of a piece are handed out in order, each to
the first core that is free, and the next piece waits for all of them (Sources/Workers/Team.swift). What a pass takes
beside its shares is serial. Memory that cores share, and clocks that fall, are not simulated: the figures are bounds.
"""

import argparse
import heapq
import json

CORES = [1, 2, 4, 8, 16, 32, 64]
BARRIER = 3.0  # microseconds to open a piece of work and to wait for its last item, with more than one core


def makespan(items, cores):
    free = [0.0] * min(cores, max(len(items), 1))
    for item in items:
        heapq.heapreplace(free, free[0] + item)
    return max(free)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shares", help="what kiln bench layers --json --shares printed")
    with open(parser.parse_args().shares) as file:
        rows = json.load(file)

    def seconds(row, cores):
        items = sum(sum(piece) for piece in row["shares"])
        serial = max(16 * row["microseconds"] - items, 0)
        barrier = BARRIER * len(row["shares"]) if cores > 1 else 0
        return serial + barrier + sum(makespan(piece, cores) for piece in row["shares"])

    print(f"{'us an image':28}" + "".join(f"{cores:>9}" for cores in CORES) + "   shares of each piece")
    total = [0.0] * len(CORES)
    for row in rows:
        times = [seconds(row, cores) / 16 for cores in CORES]
        total = [a + b for a, b in zip(total, times)]
        pieces = ", ".join(str(len(piece)) for piece in row["shares"])
        print(f"{row['layer'] + ' ' + row['pass']:28}" + "".join(f"{time:9.1f}" for time in times) + f"   {pieces}")
    print(f"{'all':28}" + "".join(f"{time:9.1f}" for time in total))
    print(f"{'times as fast':28}" + "".join(f"{total[0] / time:9.2f}" for time in total))
    print(f"{'of the cores':28}" + "".join(f"{total[0] / time / n:9.0%}" for time, n in zip(total, CORES)))


if __name__ == "__main__":
    main()
