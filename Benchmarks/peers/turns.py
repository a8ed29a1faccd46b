"""How a peer answers: one line of JSON when it is ready, then one for every line that asks for a measurement."""

import argparse
import json
import resource
import statistics
import sys
import time


def options(variants):
    parser = argparse.ArgumentParser()
    parser.add_argument("--variant", choices=variants, default=variants[0])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--infer", action="store_true")
    return parser.parse_args()


def answer(line):
    print(json.dumps(line), flush=True)


def take_turns(run, batch, parameters, version, steps=3):
    """`run()` takes a step and returns its loss, or infers and returns the mean logit. The first three warm up."""
    answer({"parameters": parameters, "version": version, "first": [float(run()) for _ in range(3)]})
    for _ in sys.stdin:
        seconds = []
        for _ in range(steps):
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
        answer({
            "imagesPerSecond": batch / statistics.median(seconds),
            "peakResidentBytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss})
