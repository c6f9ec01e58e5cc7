# SPDX-License-Identifier: Apache-2.0
"""The two halves of a run: small state under load, and a million znodes.

Samples are kept as {figure key: {server name: [value per round]}}.
"""

import threading

from .measures import BIG_FIGURES, MEASURES
from .servers import BenchError

FIRST_ZNODE = "/fill/d0000/n0000000"
# Far more than a run writes, and a few seconds' worth of the stall's writes.
SNAPSHOT_NEVER = 100_000_000
SNAPSHOT_OFTEN = 4000


def figure_key(measure, figure):
    return f"{measure.key}/{figure.title}"


def warm_up(servers, generator, pace, say):
    """Java compiles what it has seen often; the same is done to every server."""
    for server in servers:
        say(f"warming up {server.title}")
        for mix in ("get", "get=1,set=1"):
            generator.run(server, ["run", "--mix", mix, "--sessions", "64", "--pipeline", "16", "--keep",
                                   "--warm-up", "0", "--duration", str(pace.first_warm_up / 2)])  # fmt: skip


def measure_small(servers, generator, pace, wanted, say):
    """Every measure on every server in turn, `pace.rounds` times, so that drift meets all alike."""
    samples, raw = {}, []
    for measure in (m for m in MEASURES if wanted(m.key)):
        for round_number in range(pace.rounds):
            for server in servers:
                say(f"{measure.title}: {server.title}, {round_number + 1} of {pace.rounds}")
                result = generator.run(server, measure.arguments(pace))
                raw.append({"measure": measure.key, "server": server.name, "result": result})
                for figure in measure.figures:
                    by_server = samples.setdefault(figure_key(measure, figure), {})
                    by_server.setdefault(server.name, []).append(figure.read(result))
    return samples, raw


class SnapshotWatch:
    """Notices whether a snapshot file appeared or grew while it existed."""

    def __init__(self, server):
        self.before = server.snapshots()
        self.server = server
        self.changed = False
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.changed and not self.stopped.wait(0.2):
            self.changed = self.server.snapshots() != self.before

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


def stall(server, generator, pace, keep):
    """Steady reads and writes; the longest of each, in milliseconds."""
    with SnapshotWatch(server) as watch:
        result = generator.run(server, ["stall", "--duration", str(pace.stall_seconds), "--keep"])
    rows = result["rows"]
    keep("read", rows["get"]["latency_us"]["max"] / 1000)
    keep("write", rows["set"]["latency_us"]["max"] / 1000)
    return watch.changed


def measure_big(server, generator, pace, say):
    """One server with its own fresh data: fill, size, stalls, restarts."""
    values = {key: [] for key in BIG_FIGURES}

    def keeper(prefix):
        return lambda kind, value: values[f"{prefix}-{kind}"].append(value)

    try:
        server.options["snapCount"] = SNAPSHOT_NEVER
        server.start()
        say(f"{server.title}: creating {pace.znodes:,} znodes")
        filled = generator.run(server, ["fill", "--znodes", str(pace.znodes)])
        values["fill"].append(filled["figures"]["znodes per second"])
        values["memory"].append(server.resident_bytes() / pace.znodes)
        for _ in range(pace.stall_runs):
            say(f"{server.title}: steady load without a snapshot")
            stall(server, generator, pace, keeper("calm"))

        server.stop()
        server.options["snapCount"] = SNAPSHOT_OFTEN
        server.start(FIRST_ZNODE)
        for _ in range(pace.stall_runs):
            say(f"{server.title}: steady load while snapshots are taken")
            if not stall(server, generator, pace, keeper("stall")):
                raise BenchError(f"{server.title} took no snapshot in {pace.stall_seconds} s")

        for _ in range(pace.restarts):
            say(f"{server.title}: restart")
            server.stop()
            values["restart"].append(server.start(FIRST_ZNODE))
        values["memory-restarted"].append(server.resident_bytes() / pace.znodes)
    finally:
        server.stop()
    return values


def measure_etcd(server, pace, say):
    """Size and restart only."""
    values = {}
    try:
        server.start()
        say(f"{server.title}: creating {pace.znodes:,} keys")
        server.fill(pace.znodes, 100)
        values["memory"] = [server.resident_bytes() / pace.znodes]
        say(f"{server.title}: restart")
        values["restart"] = []
        for _ in range(pace.restarts):
            server.stop()
            values["restart"].append(server.start(FIRST_ZNODE))
        values["memory-restarted"] = [server.resident_bytes() / pace.znodes]
    finally:
        server.stop()
    return values
