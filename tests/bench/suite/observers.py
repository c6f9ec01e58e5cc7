# SPDX-License-Identifier: Apache-2.0
"""What observers cost Paddock's leader: its processor time per write.

As fast as writes are answered, and at a rate that all can: thirteen servers that share the processors of one machine
answer less than three, so batches are smaller, and what a batch costs is spread over fewer writes. How many writes the
leader syncs at a time says how large they were. Samples are {observers: {pace: [result]}}.
"""

from .report import median_of_known, number, table
from .servers import BenchError
from .standstill import TITLE

COUNTS = [0, 2, 10]
# About a third of what the leader of ten observers does on two processors.
RATE = 15_000
PACES = {"full": [], "fixed": ["--rate", str(RATE)]}
WARM_UP_SECONDS = 3


def writes_per_sync(before, after):
    """Of two answers to mntr."""
    done = {key: int(after[key]) - int(before[key]) for key in ("zk_proposal_count", "zk_cnt_fsynctime")}
    return done["zk_proposal_count"] / done["zk_cnt_fsynctime"]


def _run(bench, ensemble, pace, warm_up, duration):
    leader = ensemble.leader()
    arguments = [
        "run", "--mix", "set", "--sessions", "64", "--pipeline", "16", "--keep",
        "--warm-up", str(warm_up), "--duration", str(duration), *PACES[pace],
    ]  # fmt: skip
    before = leader.counts()
    run = bench.generator.run(ensemble.target(ensemble.leader_first(), charged=[leader]), arguments)
    after = leader.counts()
    if ensemble.leader() is not leader:
        raise BenchError(f"{ensemble.title}: another one led at the end")
    return {
        "per_second": run["total"]["per_second"],
        "leader_cpu_us": run["server_cpu_us_per_answer"],
        "writes_per_sync": writes_per_sync(before, after),
        "stood_still": bench.watch.during(run),
    }


def _measure_one(bench, count):
    ensemble = bench.make("paddock", f"observers-{count}", observers=count)
    for member in ensemble.members:
        member.options["4lw.commands.whitelist"] = "srvr,mntr"
    samples = {pace: [] for pace in PACES}
    try:
        ensemble.start()
        _run(bench, ensemble, "full", 0, WARM_UP_SECONDS)
        for _ in range(bench.pace.rounds):
            for pace, runs in samples.items():
                runs.append(_run(bench, ensemble, pace, bench.pace.warm_up, bench.pace.duration))
        return samples
    finally:
        ensemble.stop()


def measure(bench):
    samples = {}
    for count in COUNTS:
        bench.say(f"Paddock with {count} observers")
        samples[count] = _measure_one(bench, count)
    return samples


FIGURES = {
    "per_second": "throughput, 1/s",
    "leader_cpu_us": "CPU of the leader per write, µs",
    "writes_per_sync": "writes per sync of the leader",
    "stood_still": TITLE,
}


def tables(samples):
    titles = {"full": "as fast as they are answered", "fixed": f"{RATE:,} per second"}
    rows = [
        [title, str(count), *(number(median_of_known(samples[count][pace], key)) for key in FIGURES)]
        for pace, title in titles.items()
        for count in samples
    ]
    return [
        "Paddock's leader beside observers, writes, 64 sessions × 16 pipelined over the three that vote:",
        table(["writes", "observers", *FIGURES.values()], rows),
    ]
