# SPDX-License-Identifier: Apache-2.0
"""What observers cost Paddock's leader: its processor time per write. Samples are {observers: [result]}."""

from .report import number, median_of, table
from .servers import BenchError

COUNTS = [0, 2, 10]
WARM_UP_SECONDS = 3


def _run(bench, ensemble, warm_up, duration):
    leader = ensemble.leader()
    arguments = [
        "run", "--mix", "set", "--sessions", "64", "--pipeline", "16", "--keep",
        "--warm-up", str(warm_up), "--duration", str(duration),
    ]  # fmt: skip
    run = bench.generator.run(ensemble.target(ensemble.leader_first(), charged=[leader]), arguments)
    if ensemble.leader() is not leader:
        raise BenchError(f"{ensemble.title}: another one led at the end")
    return {"per_second": run["total"]["per_second"], "leader_cpu_us": run["server_cpu_us_per_answer"]}


def _measure_one(bench, count):
    ensemble = bench.make("paddock", f"observers-{count}", observers=count)
    try:
        ensemble.start()
        _run(bench, ensemble, 0, WARM_UP_SECONDS)
        return [_run(bench, ensemble, bench.pace.warm_up, bench.pace.duration) for _ in range(bench.pace.rounds)]
    finally:
        ensemble.stop()


def measure(bench):
    samples = {}
    for count in COUNTS:
        bench.say(f"Paddock with {count} observers")
        samples[count] = _measure_one(bench, count)
    return samples


def tables(samples):
    rows = []
    for count, runs in samples.items():
        values = {key: [run[key] for run in runs] for key in ("per_second", "leader_cpu_us")}
        rows.append([str(count), *(number(median_of(values, key)) for key in values)])
    return [
        "Paddock's leader beside observers, writes, 64 sessions × 16 pipelined over the three that vote:",
        table(["observers", "throughput, 1/s", "CPU of the leader per write, µs"], rows),
    ]
