#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of what the benchmarks make of their samples: no server, no clock."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from suite import floor, loads  # noqa: E402


def row_of(text, title):
    """The cells of the first row of a Markdown table that begins with `title`."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == title:
            return cells[1:]
    raise AssertionError(f"no row '{title}' in\n{text}")


class Floor(unittest.TestCase):
    @staticmethod
    def sample(one, quorum):
        parts = {key: {"p50": 10.0} for key in ("sync_us", "second_sync_us", "round_trip_us")}
        return {**parts, "write_us": {"p50": one}, "quorum_write_us": {"p50": quorum}}

    def test_each_round_is_compared_with_its_own_floor(self):
        floors = [self.sample(100, 200), self.sample(200, 400), self.sample(1000, 2000)]
        runs = {"paddock": [{"p50_us": 300}, {"p50_us": 800}, {"p50_us": 5000}]}

        text = "\n".join(floor.tables(floors, runs))

        self.assertEqual(row_of(text, "one sync and two round trips"), ["200", "1×", "0.5×"])
        self.assertEqual(row_of(text, "the second of three syncs and two round trips"), ["400", "2×", "1×"])
        self.assertEqual(row_of(text, "Paddock"), ["800", "4×", "2×"])


class Loads(unittest.TestCase):
    def load(self, key):
        return next(load for load in loads.LOADS if load.key == key)

    def test_only_linearizable_reads_ask_for_them_and_apache_has_none(self):
        for load in loads.LOADS:
            is_linearizable = load.key == "read-linearizable"
            self.assertEqual("--linearizable" in load.arguments(), is_linearizable, load.key)
            self.assertEqual(load.is_known_to("apache"), not is_linearizable, load.key)
            self.assertTrue(load.is_known_to("paddock"), load.key)

    def test_a_server_without_samples_has_no_figure_and_no_ratio(self):
        run = {key: 10.0 for key in loads.FIGURES}
        text = "\n".join(loads.tables({"read-linearizable": {"paddock": [run], "etcd": [{**run, "per_second": 5.0}]}}))

        self.assertEqual(
            row_of(text, self.load("read-linearizable").title),
            ["throughput, 1/s", "–", "5", "10", "–", "2×"],
        )


if __name__ == "__main__":
    unittest.main()
