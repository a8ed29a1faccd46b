#!/usr/bin/env python3
"""Does to kiln and kilnd what crashes and failing disks do, and counts what they lose: nothing is promised.

Every part prints its counts. The exit status is 1 if anything was lost, done twice or came out otherwise; the folder
with the evidence is then kept. The parts about points need strace, `space` needs root.
"""

import argparse
import os
import random
import sys

import away
import data
import kills
import points
import power
import space
import supervision
import tracing
from job import Job
from workshop import ROOT, Workshop


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--long", action="store_true", help="every point instead of a sample, and 1000 random kills")
    parser.add_argument("--share", type=float, help="the share of the points that is tried")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random here")
    parser.add_argument("--workers", type=int, default=2 * (os.cpu_count() or 1), help="lives at a time")
    parser.add_argument("--programs", default=f"{ROOT}/.build/release", help="the folder of kiln and kilnd")
    parser.add_argument(
        "--without-syncs", action="store_true",
        help="power cuts as if kiln and kilnd synced nothing: shows that this harness would notice")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if options.share is None:
        options.share = 1 if options.long else 0.25

    workshop = Workshop(options.programs, options.workers)
    for name in options.parts or PARTS:
        PARTS[name](workshop, options, random.Random(f"{options.seed} {name}"))
    workshop.close()
    sys.exit(1 if workshop.failures else 0)


def traced(part):
    def run(workshop, options, dice):
        if not tracing.available():
            return print(f"{part.__module__}: skipped, there is no strace that may trace")
        part(workshop, Job(workshop), dice, options.share)
    return run


PARTS = {
    "random-kills": kills.kills,
    "space": space.space,
    "trainer-kills": traced(points.kills),
    "trainer-errors": traced(points.errors),
    "daemon-kills": traced(supervision.kills),
    "daemon-errors": traced(supervision.errors),
    "power": power.part,
    "data-errors": data.errors,
    "data-unmounted": away.unmounted,
    "data-memory": away.memory,
}

if __name__ == "__main__":
    main()
