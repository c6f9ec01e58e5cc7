# SPDX-License-Identifier: Apache-2.0
"""Paddock's leader gets SIGTERM under load and hands over: what its clients notice.

Each run is made twice: with clients of the two that stay, and with clients of all three, whose connections to the
leader end with it. Samples are {clients: [{"silence_ms", "slowest_ms", "errors"}]}.
"""

import time

from .report import number, median_of, table

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


def tables(samples):
    rows = []
    for clients, runs in samples.items():
        values = {key: [run[key] for run in runs] for key in ("silence_ms", "slowest_ms", "errors")}
        for key, title in (("silence_ms", "longest time without an answer"), ("slowest_ms", "slowest write")):
            rows.append([clients, f"{title}, ms", number(median_of(values, key)), number(max(values[key]))])
        rows.append([clients, "errors", number(median_of(values, "errors")), number(max(values["errors"]))])
    return [
        f"Paddock's leader ended with SIGTERM under {RATE:,} writes per second:",
        table(["clients of", "figure", "median", "max"], rows),
    ]
