# SPDX-License-Identifier: Apache-2.0
"""Paddock's leader gets SIGTERM under load and hands over: what its clients notice.

Each run is made twice: with clients of the two that stay, and with clients of all three, whose connections to the
leader end with it. Samples are {clients: [{"silence_ms", "slowest_ms", "errors", "stood_still"}]}.
"""

import time

from .report import median_of_known, number, table
from .standstill import TITLE

RATE = 2000
WARM_UP_SECONDS = 0.5
DURATION_SECONDS = 4.0
# From the start of the generator.
SIGTERM_AFTER_SECONDS = 2.0
SETTLE_SECONDS = 1.0
ARGUMENTS = [
    "run", "--mix", "set", "--rate", str(RATE), "--sessions", "16", "--pipeline", "64", "--keep",
    "--warm-up", str(WARM_UP_SECONDS), "--duration", str(DURATION_SECONDS),
]  # fmt: skip
# What a client may meet when its connection ends.
ERRORS = ["ConnectionLoss", "OperationTimeout", "SessionExpired"]
CLIENTS = ["the other two", "all three"]


def _hand_over(bench, ensemble, clients):
    voters = ensemble.leader_first()
    leader = voters[0]
    target = ensemble.target(voters if clients == "all three" else voters[1:], charged=voters[1:])
    process = bench.generator.start(target, ARGUMENTS)
    try:
        time.sleep(SIGTERM_AFTER_SECONDS)
        leader.stop()
    finally:
        run = bench.generator.finish(target, process, allowed_errors=ERRORS)
    ensemble.start([leader])
    return {
        "silence_ms": run["figures"]["longest silence"],
        "slowest_ms": run["total"]["latency_us"]["max"] / 1000,
        "errors": run["errors"],
        "stood_still": bench.watch.during(run),
    }


def measure(bench):
    samples = {clients: [] for clients in CLIENTS}
    ensemble = bench.make("paddock", "transfer")
    try:
        ensemble.start()
        for run in range(bench.pace.transfers):
            bench.say(f"{ensemble.title}: leadership transfer {run + 1} of {bench.pace.transfers}")
            for clients in CLIENTS:
                time.sleep(SETTLE_SECONDS)
                samples[clients].append(_hand_over(bench, ensemble, clients))
    finally:
        ensemble.stop()
    return samples


FIGURES = {
    "silence_ms": "longest time without an answer, ms",
    "slowest_ms": "slowest write, ms",
    "errors": "errors",
    "stood_still": TITLE,
}


def _max_of_known(runs, key):
    return max((run[key] for run in runs if run[key] is not None), default=None)


def tables(samples):
    rows = [
        [clients, title, number(median_of_known(runs, key)), number(_max_of_known(runs, key))]
        for clients, runs in samples.items()
        for key, title in FIGURES.items()
    ]
    return [
        f"Paddock's leader ended with SIGTERM under {RATE:,} writes per second:",
        table(["clients of", "figure", "median", "max"], rows),
    ]
