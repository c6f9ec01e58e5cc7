# SPDX-License-Identifier: Apache-2.0
"""What a replicated write waits for at least: one sync and two loopback round trips, on the servers' disk."""

import json
import subprocess

from .servers import BenchError

SECONDS_MAX = 120


def measure(programs, folder, count):
    """p50 and p99 in microseconds of `sync_us`, `round_trip_us` and, one and two of them, `write_us`."""
    command = [str(programs / "paddock-bench-floor"), str(folder), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if done.returncode != 0:
        raise BenchError(done.stderr.strip())
    return json.loads(done.stdout)
