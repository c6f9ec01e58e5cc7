# SPDX-License-Identifier: Apache-2.0
"""What a client notices of a neighbour that floods its server.

The client sends at a steady rate, one request at a time. Its latencies are measured alone, beside the flood, and
beside a flood of another server on the same machine: what the generators and the processors cost is in both of the
latter, and what the servers owe their clients is the difference.
"""

import time
from dataclasses import dataclass

from .report import median_of, number, ratio_of_rounds, table, times
from .measures import Figure

# Per second, of the client: what a busy disk still keeps up with.
RATES = {"get": 500, "set": 100}
NOTHING, ELSEWHERE, HERE = "alone", "flood of another server", "flood of its server"
# Whatever happens, a flood ends: after the client's time and a little more.
FLOOD_LEAD_SECONDS = 0.5
P99 = Figure("latency p99", "µs", None, better="less")


@dataclass(frozen=True)
class Flood:
    key: str
    title: str
    mix: str
    sessions: int
    pipeline: int

    def arguments(self, seconds):
        return [
            "run", "--mix", self.mix, "--sessions", str(self.sessions), "--pipeline", str(self.pipeline), "--keep",
            "--path", "/flood/key-{}", "--warm-up", "0", "--duration", str(seconds),
        ]  # fmt: skip


FLOODS = [
    Flood("reads", "reads, 1 × 1,000", "get", 1, 1000),
    Flood("writes", "writes, 1 × 1,000", "set", 1, 1000),
    Flood("many-reads", "reads, 16 × 1,000", "get", 16, 1000),
    Flood("many-writes", "writes, 16 × 1,000", "set", 16, 1000),
]


def client_arguments(mix, seconds):
    return [
        "run", "--mix", mix, "--sessions", "1", "--pipeline", "1", "--rate", str(RATES[mix]), "--keep",
        "--warm-up", "0.3", "--duration", str(seconds),
    ]  # fmt: skip


def latencies(generator, server, mix, flood, flooded, seconds):
    """One run of the client, in microseconds; `flooded`: the flood's server, if there is one."""
    process = None
    if flooded is not None:
        process = generator.start(flooded, flood.arguments(seconds + 2 * FLOOD_LEAD_SECONDS + 1))
        time.sleep(FLOOD_LEAD_SECONDS)
    try:
        result = generator.run(server, client_arguments(mix, seconds))
    finally:
        if process is not None:
            generator.end_early(process)
            generator.finish(flooded, process)
    return result["total"]["latency_us"]


def measure(server, other, generator, rounds, seconds, wanted, say):
    """{(flood key, client's mix): {situation: [latencies per round]}}"""
    samples = {}
    for flood in (flood for flood in FLOODS if wanted(flood.key)):
        for mix in RATES:
            kept = samples.setdefault((flood.key, mix), {NOTHING: [], ELSEWHERE: [], HERE: []})
            for number_of_round in range(rounds):
                say(f"{mix} beside {flood.title}, {number_of_round + 1} of {rounds}")
                for situation, flooded in ((NOTHING, None), (ELSEWHERE, other), (HERE, server)):
                    kept[situation].append(latencies(generator, server, mix, flood, flooded, seconds))
    return samples


def markdown(samples):
    titles = {flood.key: flood.title for flood in FLOODS}
    rows = []
    for (key, mix), kept in samples.items():
        p99 = {situation: [each["p99"] for each in runs] for situation, runs in kept.items()}
        p50 = {situation: [each["p50"] for each in runs] for situation, runs in kept.items()}
        slower = {than: ratio_of_rounds(P99, p99, than, HERE) for than in (NOTHING, ELSEWHERE)}
        rows.append([
            titles[key], mix,
            *(f"{number(median_of(p50, each))} / {number(median_of(p99, each))}" for each in p99),
            times(slower[NOTHING]), times(slower[ELSEWHERE]),
        ])  # fmt: skip
    header = ["flood", "the client's requests", *(f"{each}, p50 / p99 µs" for each in (NOTHING, ELSEWHERE, HERE)),
              "p99, times that alone", "times that beside the other flood"]  # fmt: skip
    return table(header, rows)
