# SPDX-License-Identifier: Apache-2.0
"""Starts on bad directories and failing disks, with the real program."""

import concurrent.futures
import fnmatch
import os
import pathlib
import subprocess
import tempfile

from . import cases
from .place import NODES, Client, Place

HERE = pathlib.Path(__file__).resolve().parent
SNAPSHOTS = 5


class Bench:
    """Makes the servers of one case and removes them after it."""

    def __init__(self, faults, template, other):
        self._faults, self._template, self._other = faults, template, other
        self._made = []

    def _keep(self, place):
        self._made.append(place)
        return place

    def used(self, config=None):
        return self._keep(Place(self._faults, self._template, config))

    def other(self):
        """The same of another server."""
        return self._keep(Place(self._faults, self._other))

    def fresh(self, config=None):
        return self._keep(Place(self._faults, None, config))

    def stop(self):
        for place in self._made:
            place.stop()


def make_used(faults):
    """Data with several snapshots and a log that begins behind the first, killed in its work."""
    place = Place(faults)
    place.start()
    client = Client(place)
    for count in range(1, SNAPSHOTS + 1):
        place.write(client, NODES // SNAPSHOTS)
        place.wait_for_log("snapshot at zxid", count + 1)  # The first tells of the start.
    place.kill()
    assert len(place.snapshots()) >= 3, place.snapshots()
    assert not place.segments()[0].endswith("0001"), place.segments()
    return place


def run(report, pattern=""):
    with tempfile.TemporaryDirectory(prefix="directories-") as built:
        os.chmod(built, 0o755)
        faults = os.path.join(built, "faults.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-o", faults,
                        str(HERE / "faults.c"), "-ldl"], check=True)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            template, other = pool.map(make_used, [faults] * 2)
        for case in cases.CASES:
            if pattern and not fnmatch.fnmatch(case.__name__, pattern):
                continue
            bench = Bench(faults, template, other)
            name = f"directories/{case.__name__}"
            try:
                case(bench)
                report.ok(name)
            except Exception as error:
                report.fail(name, f"{case.__doc__}\n{type(error).__name__}: {error}")
            finally:
                bench.stop()
        template.stop()
        other.stop()
