# SPDX-License-Identifier: Apache-2.0
"""Ensembles under load, in turn: throughput, latency, and the processor time of all servers per answer.

Sessions are spread over the three servers; a single one is at the leader. Reads come first: etcd 3.4 copies the
buffer of its latest writes for every read, so reads after many writes would measure that. Samples are kept as
{measure key: {ensemble name: [result per round]}}; a result has the keys of FIGURES and STOOD_STILL.
"""

from dataclasses import dataclass

from . import etcd_requests, floor, standstill
from .h2load import H2load
from .measures import Figure
from .report import median_of, median_of_known, number, ratio_of_rounds, table, times

VALUE_BYTES = 100
FLOOR_COUNT = 2000

FIGURES = {
    "per_second": Figure("throughput", "1/s", None),
    "p50_us": Figure("latency p50", "µs", None, better="less"),
    "p99_us": Figure("latency p99", "µs", None, better="less"),
    "server_cpu_us": Figure("CPU of all servers", "µs", None, better="less"),
    "client_cpu_us": Figure("CPU of the client", "µs", None, better="less"),
}
STOOD_STILL = "stood_still"


@dataclass(frozen=True)
class Load:
    key: str
    title: str
    mix: str
    etcd_request: etcd_requests.Request
    sessions: int
    pipeline: int
    # Each session asks for linearizable reads.
    is_linearizable: bool = False
    # Per second, of all sessions; 0: as fast as they are answered.
    rate: int = 0

    def is_known_to(self, name):
        """Apache's nearest to a linearizable read is a pair of requests, a sync and a read."""
        return not (self.is_linearizable and name == "apache")

    def arguments(self):
        """As the generator takes them."""
        return [
            "--mix", self.mix, "--sessions", str(self.sessions), "--pipeline", str(self.pipeline),
            *(["--linearizable"] if self.is_linearizable else []), *(["--rate", str(self.rate)] if self.rate else []),
        ]  # fmt: skip


_PUT = etcd_requests.put(VALUE_BYTES)
LOADS = [
    Load("read-64x16", "reads, 64 sessions × 16 pipelined (etcd: serializable)", "get",
         etcd_requests.serializable_range(), 64, 16),
    Load("read-linearizable", "linearizable reads, 64 sessions × 16 pipelined", "get",
         etcd_requests.linearizable_range(), 64, 16, is_linearizable=True),
    Load("write-64x16", "writes, 64 sessions × 16 pipelined", "set", _PUT, 64, 16),
    Load("write-256x8", "writes, 256 sessions × 8 pipelined", "set", _PUT, 256, 8),
    Load("write-16", "writes, 16 sessions unpipelined", "set", _PUT, 16, 1),
    Load("write-16-slow", "writes, 16 sessions unpipelined, 1,000 per second", "set", _PUT, 16, 1, rate=1000),
    Load("write-1", "writes, one session", "set", _PUT, 1, 1),
]  # fmt: skip


def _run_generator(bench, ensemble, load, warm_up, duration):
    loaded = ensemble.leader_first() if load.sessions > 1 else [ensemble.leader()]
    arguments = [
        "run", *load.arguments(), "--keep", "--value-size", str(VALUE_BYTES),
        "--warm-up", str(warm_up), "--duration", str(duration),
    ]  # fmt: skip
    run = bench.generator.run(ensemble.target(loaded), arguments)
    return {
        "per_second": run["total"]["per_second"],
        "p50_us": run["total"]["latency_us"]["p50"],
        "p99_us": run["total"]["latency_us"]["p99"],
        "server_cpu_us": run["server_cpu_us_per_answer"],
        "client_cpu_us": run["generator_cpu_us_per_answer"],
        STOOD_STILL: bench.watch.during(run),
    }


def run_load(bench, ensemble, load, warm_up, duration):
    """One run; None if these servers know no such request."""
    if not load.is_known_to(ensemble.name):
        return None
    if ensemble.name == "etcd":
        run = H2load(bench.work, ensemble, load)
        result, begin, end = run.run(warm_up, duration)
        return {**result, STOOD_STILL: bench.watch.between(begin, end)}
    return _run_generator(bench, ensemble, load, warm_up, duration)


def _warm_up(bench, ensembles, is_write):
    """Java compiles what it has seen often; the same is done to every ensemble."""
    load = next(load for load in LOADS if load.etcd_request.is_write == is_write)
    for ensemble in ensembles:
        bench.say(f"warming up {ensemble.title}")
        run_load(bench, ensemble, load, 0, bench.pace.first_warm_up)


def _measure_kind(bench, ensembles, is_write, wanted, samples):
    """Reads or writes."""
    loads = [load for load in LOADS if load.etcd_request.is_write == is_write and wanted(load.key)]
    if loads:
        _warm_up(bench, ensembles, is_write)
    for load in loads:
        for round_number in range(bench.pace.rounds):
            bench.say(f"{load.title}, {round_number + 1} of {bench.pace.rounds}")
            _measure_round(bench, ensembles, load, samples)


def _measure_round(bench, ensembles, load, samples):
    if load.key == "write-1":
        sample = floor.measure(bench.programs, bench.work, FLOOR_COUNT)
        samples.setdefault("floor", []).append(sample)
    for ensemble in ensembles:
        result = run_load(bench, ensemble, load, bench.pace.warm_up, bench.pace.duration)
        if result:
            samples.setdefault(load.key, {}).setdefault(ensemble.name, []).append(result)


def measure(bench, wanted):
    """All ensembles run at the same time, and each is measured in turn, so that drift meets all alike."""
    ensembles = [bench.make(name, "loads") for name in bench.names]
    samples = {}
    try:
        for ensemble in ensembles:
            bench.say(f"starting {ensemble.title}")
            ensemble.start()
        for is_write in (False, True):
            _measure_kind(bench, ensembles, is_write, wanted, samples)
    finally:
        for ensemble in ensembles:
            ensemble.stop()
    return samples


def _rows(load, by_name):
    for key, figure in FIGURES.items():
        values = {name: [run[key] for run in runs] for name, runs in by_name.items()}
        ratios = [ratio_of_rounds(figure, values, "paddock", other) for other in ("apache", "etcd")]
        yield [
            load.title,
            f"{figure.title}, {figure.unit}",
            *(number(median_of(values, name)) for name in ("apache", "etcd", "paddock")),
            *(times(ratio) for ratio in ratios),
        ]
    stood_still = [median_of_known(by_name.get(name, []), STOOD_STILL) for name in ("apache", "etcd", "paddock")]
    yield [load.title, standstill.TITLE, *(number(value) for value in stood_still), "–", "–"]


def tables(samples):
    rows = [row for load in LOADS if load.key in samples for row in _rows(load, samples[load.key])]
    header = ["measure", "figure", "Apache", "etcd", "Paddock", "better than Apache by", "than etcd by"]
    parts = [table(header, rows)] if rows else []
    return parts + (floor.tables(samples["floor"], samples["write-1"]) if "write-1" in samples else [])
