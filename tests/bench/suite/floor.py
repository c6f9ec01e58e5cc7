# SPDX-License-Identifier: Apache-2.0
"""What a replicated write waits for at least: a sync and two loopback round trips, on the servers' disk.

With a disk for each server that is one sync. Three servers that sync on one disk at the same time wait for the second of
three. A sample has p50 and p99 in microseconds of each part and of both sums.
"""

import json
import subprocess
from statistics import median

from .ensembles import SHORT_TITLES
from .report import number, table, times
from .servers import BenchError

SECONDS_MAX = 120
LEAST = {
    "write_us": "one sync and two round trips",
    "quorum_write_us": "the second of three syncs and two round trips",
}


def measure(programs, folder, count):
    command = [str(programs / "paddock-bench-floor"), str(folder), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if done.returncode != 0:
        raise BenchError(done.stderr.strip())
    return json.loads(done.stdout)


def _row(title, values, floors):
    """`values` are of the same rounds as `floors`."""
    ratios = [median(value / floor[key]["p50"] for value, floor in zip(values, floors)) for key in LEAST]
    return [title, number(median(values)), *(times(ratio) for ratio in ratios)]


def tables(floors, runs_by_name):
    """One session's writes of each ensemble beside what they wait for at least."""
    part = lambda key: number(median(floor[key]["p50"] for floor in floors))  # noqa: E731
    rows = [_row(title, [floor[key]["p50"] for floor in floors], floors) for key, title in LEAST.items()]
    for name, runs in runs_by_name.items():
        rows.append(_row(SHORT_TITLES[name], [run["p50_us"] for run in runs], floors))
    return [
        "One session's write beside what it waits for at least. A sync alone takes "
        f"{part('sync_us')} µs, the second of three at the same time {part('second_sync_us')} µs, "
        f"a round trip {part('round_trip_us')} µs:",
        table(["", "latency p50, µs", *(f"of {title}" for title in LEAST.values())], rows),
    ]
