# SPDX-License-Identifier: Apache-2.0
"""What is measured, and what each figure must reach.

A figure is read out of a run's result; `better` says which way is better, and `target` how many times
better than Apache ZooKeeper it must be (`limit`: the value that it must not exceed).
"""

from dataclasses import dataclass, field
from typing import Callable, Optional


@dataclass(frozen=True)
class Figure:
    title: str
    unit: str
    read: Callable
    better: str = "more"
    target: Optional[float] = None
    limit: Optional[float] = None

    def ratio(self, ours, theirs):
        """How many times better than `theirs` `ours` is."""
        if self.better == "more":
            return ours / theirs if theirs else float("inf")
        return theirs / ours if ours else float("inf")


@dataclass(frozen=True)
class Measure:
    """A run of the generator against every server, repeated in turn."""

    key: str
    title: str
    arguments: Callable
    figures: list = field(default_factory=list)


def throughput(target=None):
    return Figure("throughput", "1/s", lambda run: run["total"]["per_second"], target=target)


def cpu(target=None):
    return Figure(
        "server CPU", "µs", lambda run: run["server_cpu_us_per_answer"], better="less", target=target
    )


def latency(name, target=None):
    return Figure(
        f"latency {name}", "µs", lambda run: run["total"]["latency_us"][name], better="less", target=target
    )


def load(mix, sessions, pipeline):
    def arguments(pace):
        return [
            "run", "--mix", mix, "--sessions", str(sessions), "--pipeline", str(pipeline), "--keep",
            "--warm-up", str(pace.warm_up), "--duration", str(pace.duration),
        ]  # fmt: skip

    return arguments


def storm(*flags):
    return lambda pace: ["sessions", "--sessions", str(pace.sessions), *flags]


MEASURES = [
    Measure("read-pipelined", "reads, 64 sessions × 16 pipelined", load("get", 64, 16),
            [throughput(8), cpu(10)]),
    Measure("read-16", "reads, 16 sessions unpipelined", load("get", 16, 1),
            [throughput(4), latency("p99"), cpu()]),
    Measure("read-1", "reads, one session", load("get", 1, 1),
            [latency("p50", 2), latency("p99"), cpu()]),
    Measure("write-pipelined", "writes, 64 sessions × 16 pipelined", load("set", 64, 16),
            [throughput(5), cpu(8)]),
    Measure("write-16", "writes, 16 sessions unpipelined", load("set", 16, 1),
            [throughput(1.7), latency("p99", 3), cpu()]),
    Measure("write-1", "writes, one session", load("set", 1, 1),
            [throughput(2), latency("p50"), cpu()]),
    Measure("session-new", "new sessions", storm(), [throughput(5), cpu()]),
    Measure("session-reattach", "re-attached sessions", storm("--reattach"), [throughput(10), cpu()]),
    Measure("fanout", "1,000 watchers on one node, until the last is told",
            lambda pace: ["fanout", "--watchers", "1000", "--rounds", str(pace.fanout_rounds)],
            [Figure("time p50", "ms", lambda run: run["rows"]["last"]["latency_us"]["p50"] / 1000,
                    better="less", target=4)]),
]  # fmt: skip

# Of a server that holds 1,000,000 znodes: absolute limits, not ratios.
BIG_FIGURES = {
    "fill": Figure("creating them, 200 to a multi", "1/s", None),
    "memory": Figure("resident size per znode, after creating them", "B", None, better="less", limit=300),
    "memory-restarted": Figure("resident size per znode, after a restart", "B", None, better="less"),
    "restart": Figure("restart until the first answer", "s", None, better="less", limit=1),
    "stall-read": Figure("longest read while a snapshot is taken", "ms", None, better="less", limit=10),
    "stall-write": Figure("longest write while a snapshot is taken", "ms", None, better="less", limit=10),
    "calm-read": Figure("longest read without a snapshot", "ms", None, better="less"),
    "calm-write": Figure("longest write without a snapshot", "ms", None, better="less"),
}  # fmt: skip


@dataclass(frozen=True)
class Pace:
    """How long things take: --quick or full."""

    rounds: int
    warm_up: float
    duration: float
    sessions: int
    fanout_rounds: int
    # Once per server at the start, so that Java's compiler has seen every path.
    first_warm_up: float
    znodes: int
    restarts: int
    stall_runs: int
    stall_seconds: float


QUICK = Pace(rounds=2, warm_up=0.3, duration=1, sessions=2000, fanout_rounds=8, first_warm_up=5,
             znodes=1_000_000, restarts=1, stall_runs=1, stall_seconds=8)  # fmt: skip
FULL = Pace(rounds=5, warm_up=0.5, duration=3, sessions=5000, fanout_rounds=20, first_warm_up=10,
            znodes=1_000_000, restarts=3, stall_runs=3, stall_seconds=12)  # fmt: skip
