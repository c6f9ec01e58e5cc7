# SPDX-License-Identifier: Apache-2.0
"""The leader is killed with SIGKILL: the time until a write at one of the others succeeds.

All have their default settings. A killed process closes its connections, so servers that mind that learn of it at
once; a machine that vanishes would be noticed by a timeout only. Samples are {ensemble name: [seconds]}.
"""

import time
from statistics import median, quantiles

from .ensembles import SHORT_TITLES
from .report import number, table
from .writers import make_writer, until_success

# After all answer again, until the next leader is killed.
SETTLE_SECONDS = 1.0


def _kill_leader(ensemble, leader):
    others = [member for member in ensemble.voters if member is not leader]
    writers = [make_writer(ensemble, member) for member in others]
    try:
        for writer in writers:
            until_success([writer], f"before the leader of {ensemble.title} was killed")
        begin = time.monotonic()
        leader.kill()
        for writer in writers:
            writer.mark()
        return until_success(writers, f"after the leader of {ensemble.title} was killed") - begin
    finally:
        for writer in writers:
            writer.close()


def _measure_one(bench, name):
    ensemble = bench.make(name, "failover")
    values = []
    try:
        ensemble.start()
        for run in range(bench.pace.failovers):
            time.sleep(SETTLE_SECONDS)
            leader = ensemble.leader()
            values.append(_kill_leader(ensemble, leader))
            bench.say(f"{ensemble.title}: failover {run + 1} of {bench.pace.failovers}: {values[-1]:.3f} s")
            ensemble.start([leader])
    finally:
        ensemble.stop()
    return values


def measure(bench):
    return {name: _measure_one(bench, name) for name in bench.names}


def _percentile_90(values):
    return quantiles(values, n=10, method="inclusive")[8] if len(values) > 1 else values[0]


def tables(samples):
    rows = []
    for name, values in samples.items():
        shown = [min(values), median(values), _percentile_90(values), max(values)]
        rows.append([SHORT_TITLES[name], str(len(values)), *(number(value * 1000) for value in shown)])
    return [
        "From the kill of the leader to the next write that succeeds, ms:",
        table(["", "runs", "min", "median", "p90", "max"], rows),
    ]
