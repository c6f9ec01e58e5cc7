# SPDX-License-Identifier: Apache-2.0
"""What limits of clients cost that are configured and not reached: two servers that differ in nothing else, in turn."""

from .measures import Figure
from .report import median_of, number, ratio_of_rounds, table

FAR = 10**12
KEYS = ("requestsPerSecond", "bytesPerSecond", "connections", "watches", "sessions", "ephemerals")
LIMITS = {"paddock.limit.here.match": "ip:127.0.0.0/8", **{f"paddock.limit.here.{what}": FAR for what in KEYS}}
WITH_A_PATH = {
    **LIMITS,
    "paddock.limit.part.match": "path:/bench",
    **{f"paddock.limit.part.{what}": FAR for what in ("requestsPerSecond", "bytesPerSecond")},
}
WITHOUT = "no limits"
CONFIGURATIONS = {WITHOUT: {}, "limits of an address": LIMITS, "of an address and of a path": WITH_A_PATH}
CPU = Figure("server CPU", "µs", None, better="less")


def measure(servers, generator, rounds, seconds, say):
    """`servers`: by configuration. {mix: {configuration: [server CPU per answer, in µs]}}"""
    samples = {mix: {name: [] for name in servers} for mix in ("get", "set")}
    for number_of_round in range(rounds):
        for mix, kept in samples.items():
            say(f"cost of limits: {mix}, {number_of_round + 1} of {rounds}")
            # The order changes, so that none is always the first.
            names = list(servers)[:: 1 if number_of_round % 2 == 0 else -1]
            for name in names:
                result = generator.run(servers[name], [
                    "run", "--mix", mix, "--sessions", "64", "--pipeline", "16", "--keep",
                    "--warm-up", "0.3", "--duration", str(seconds),
                ])  # fmt: skip
                kept[name].append(result["server_cpu_us_per_answer"])
    return samples


def markdown(samples):
    rows = []
    for mix, kept in samples.items():
        for name, values in kept.items():
            ratio = 1 / ratio_of_rounds(CPU, kept, name, WITHOUT)
            rows.append([mix, name, number(median_of(kept, name)), f"{ratio - 1:+.1%}",
                         f"{min(values):.3g} to {max(values):.3g}"])  # fmt: skip
    return table(["64 × 16 pipelined", "configured", "server CPU per answer, µs", "median of the rounds", "range"], rows)
