# SPDX-License-Identifier: Apache-2.0
"""An observer with an empty disk joins an ensemble that holds many znodes: how long, and at whose expense.

It is in sync when it answers a read of one of the znodes over a new session. The time counts from the start of its
process, Java's included. What is unanswered when the load is ended early is no error. Samples are
{ensemble name: {figure key: [value]}}.
"""

import shutil
import time

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
    "calm-p50": "writes of others before, p50, ms",
    "calm-p99": "writes of others before, p99, ms",
    "calm-max": "writes of others before, longest, ms",
    "join-p50": "writes of others meanwhile, p50, ms",
    "join-p99": "writes of others meanwhile, p99, ms",
    "join-max": "writes of others meanwhile, longest, ms",
}


def _arguments(duration):
    return [
        "run", "--mix", "set", "--rate", str(RATE), "--sessions", "8", "--pipeline", "64", "--keep",
        "--warm-up", str(WARM_UP_SECONDS), "--duration", str(duration),
    ]  # fmt: skip


def _keep(values, prefix, run):
    for key in ("p50", "p99", "max"):
        values[f"{prefix}-{key}"].append(run["total"]["latency_us"][key] / 1000)


def _join(bench, target, learner, values):
    """The load is measured from about when the learner starts until it is in sync."""
    shutil.rmtree(learner.folder / "data", ignore_errors=True)
    process = bench.generator.start(target, _arguments(JOIN_SECONDS_MAX))
    try:
        time.sleep(WARM_UP_SECONDS)
        values["join"].append(learner.start(FIRST_ZNODE))
    finally:
        bench.generator.end_early(process)
        run = bench.generator.finish(target, process, allowed_errors=["OperationTimeout"])
    _keep(values, "join", run)


def _measure_one(bench, name):
    values = {key: [] for key in FIGURES}
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
            _keep(values, "calm", bench.generator.run(target, _arguments(CALM_SECONDS)))
            _join(bench, target, learner, values)
            bench.say(f"{ensemble.title}: join {number_of_join + 1} of {bench.pace.joins}: {values['join'][-1]:.2f} s")
            learner.stop()
    finally:
        ensemble.stop()
    return values


def measure(bench):
    return {name: _measure_one(bench, name) for name in NAMES if name in bench.names}


def tables(samples):
    rows = []
    for key, title in FIGURES.items():
        by_name = {name: values[key] for name, values in samples.items()}
        rows.append([title, *(number(median_of(by_name, name)) for name in NAMES)])
    return [
        f"An observer with an empty disk joins, while others write {RATE:,} times per second:",
        table(["figure", *(SHORT_TITLES[name] for name in NAMES)], rows),
    ]
