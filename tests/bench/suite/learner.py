# SPDX-License-Identifier: Apache-2.0
"""An observer with an empty disk joins an ensemble that holds many znodes: how long, and at whose expense.

It is in sync when it answers a read of one of the znodes over a new session. The time counts from the start of its
process, Java's included. The same load is measured beside nothing, beside the learner, and beside processes that use as
much of processors and disk and serve nobody. What is unanswered when the load is ended early is no error. Samples are
{ensemble name: {figure key: [value]}}.
"""

import shutil
import time

from . import machine, stand_in, standstill
from .ensembles import SHORT_TITLES
from .phases import FIRST_ZNODE, SNAPSHOT_NEVER
from .report import number, median_of, table

RATE = 1000
WARM_UP_SECONDS = 1.0
CALM_SECONDS = 5.0
# Ended early, when the learner is in sync.
JOIN_SECONDS_MAX = 200
NAMES = ["apache", "paddock"]

FIGURES = {
    "join": "until in sync, s",
    "cpu": "processor time that it used until then, s",
    "written": "written by it until then, MB",
    "stand-in": "until processes that are no servers have used as much, s",
}
# Beside what the load of others is measured.
PHASES = {
    "calm": "before",
    "join": "while it joins",
    "stand-in": "while processes that are no servers use as much",
}
FIGURES_OF_PHASE = {"p50": "p50, ms", "p99": "p99, ms", "max": "longest, ms", "stood-still": standstill.TITLE}


def _arguments(duration):
    return [
        "run", "--mix", "set", "--rate", str(RATE), "--sessions", "8", "--pipeline", "64", "--keep",
        "--warm-up", str(WARM_UP_SECONDS), "--duration", str(duration),
    ]  # fmt: skip


def _keep(bench, values, phase, run):
    for key in ("p50", "p99", "max"):
        values[f"{phase}-{key}"].append(run["total"]["latency_us"][key] / 1000)
    values[f"{phase}-stood-still"].append(bench.watch.during(run))


def _beside(bench, target, values, phase, what):
    """The load is measured from about when `what` starts until it returns; keeps what it returns and how long it took."""
    process = bench.generator.start(target, _arguments(JOIN_SECONDS_MAX))
    try:
        time.sleep(WARM_UP_SECONDS)
        begin = time.monotonic()
        result = what()
        values[phase].append(time.monotonic() - begin)
    finally:
        bench.generator.end_early(process)
        run = bench.generator.finish(target, process, allowed_errors=["OperationTimeout"])
    _keep(bench, values, phase, run)
    return result


def _join(learner):
    """Until it is in sync; what it used."""
    shutil.rmtree(learner.folder / "data", ignore_errors=True)
    seconds = learner.start(FIRST_ZNODE)
    pid = learner.process.pid
    return {"seconds": seconds, "cpu": machine.cpu_seconds(pid), "bytes": machine.written_bytes(pid)}


def _measure_join(bench, target, learner, values):
    _keep(bench, values, "calm", bench.generator.run(target, _arguments(CALM_SECONDS)))
    use = _beside(bench, target, values, "join", lambda: _join(learner))
    values["cpu"].append(use["cpu"])
    values["written"].append(use["bytes"] / 1e6)
    learner.stop()
    _beside(bench, target, values, "stand-in", lambda: stand_in.run(bench.work, use))


def _measure_one(bench, name):
    values = {key: [] for key in [*FIGURES, *(f"{phase}-{key}" for phase in PHASES for key in FIGURES_OF_PHASE)]}
    ensemble = bench.make(name, "learner", observers=1)
    learner = ensemble.members[-1]
    for member in ensemble.members:
        member.options["snapCount"] = SNAPSHOT_NEVER
    try:
        ensemble.start(ensemble.voters)
        target = ensemble.target(ensemble.leader_first(), charged=ensemble.voters)
        bench.say(f"{ensemble.title}: creating {bench.pace.znodes:,} znodes")
        bench.generator.run(target, ["fill", "--znodes", str(bench.pace.znodes)])
        for number_of_join in range(bench.pace.joins):
            _measure_join(bench, target, learner, values)
            bench.say(f"{ensemble.title}: join {number_of_join + 1} of {bench.pace.joins}: {values['join'][-1]:.2f} s")
    finally:
        ensemble.stop()
    return values


def measure(bench):
    return {name: _measure_one(bench, name) for name in NAMES if name in bench.names}


def tables(samples):
    known = {name: {key: [v for v in of if v is not None] for key, of in samples[name].items()} for name in samples}
    figures = [
        [title, *(number(median_of(known.get(name, {}), key)) for name in NAMES)] for key, title in FIGURES.items()
    ]
    phases = [
        [title, SHORT_TITLES[name], *(number(median_of(known[name], f"{phase}-{key}")) for key in FIGURES_OF_PHASE)]
        for phase, title in PHASES.items()
        for name in known
    ]
    return [
        f"An observer with an empty disk joins, while others write {RATE:,} times per second:",
        table(["figure", *(SHORT_TITLES[name] for name in NAMES)], figures),
        table(["writes of others", "", *FIGURES_OF_PHASE.values()], phases),
    ]
