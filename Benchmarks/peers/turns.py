"""How a peer answers: one line of JSON when it is ready, then one for every line that asks for a measurement by its name."""

import argparse
import json
import resource
import statistics
import sys
import time


def options(variants):
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", default="homework", help="a preset or a job file")
    parser.add_argument("--variant", choices=variants, default=variants[0])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def answer(line):
    print(json.dumps(line), flush=True)


def take_turns(passes, batch, parameters, version, least=0.5):
    """`passes` has a function for each name: a training step that returns its loss, inference that returns the mean logit. Each is
    called three times to warm up; a measurement takes the median of as many calls as fit in `least` seconds, and at least three."""
    first = {name: [run() for _ in range(3)] for name, run in passes.items()}
    answer({"parameters": parameters, "version": version, "first": first})
    for line in sys.stdin:
        run = passes[line.strip()]
        seconds = []
        while len(seconds) < 3 or sum(seconds) < least:
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
        answer({
            "seconds": statistics.median(seconds),
            "peakResidentBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss})
