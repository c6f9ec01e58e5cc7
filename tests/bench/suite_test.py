#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of what the benchmarks make of their samples: no server, no clock."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from suite import floor, h2load, learner, loads, observers, stand_in, standstill, transfer  # noqa: E402


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


class Standstill(unittest.TestCase):
    @staticmethod
    def lates(*rows):
        return [standstill.Late(*row) for row in rows]

    def test_the_machine_stands_still_while_all_processors_do(self):
        lates = self.lates((0, 1.000, 1.020), (1, 1.010, 1.030), (2, 0.900, 1.018))

        self.assertEqual(standstill.standstills(lates, [0, 1, 2]), [(1.010, 1.018)])
        self.assertEqual(standstill.standstills(lates, [0, 1, 2, 3]), [])
        self.assertEqual(standstill.standstills(lates, [2]), [(0.900, 1.018)])

    def test_one_late_wake_up_may_belong_to_several_standstills(self):
        lates = self.lates((0, 1.000, 1.100), (1, 1.000, 1.010), (1, 1.050, 1.060))

        self.assertEqual(standstill.standstills(lates, [0, 1]), [(1.000, 1.010), (1.050, 1.060)])

    def test_what_processors_have_in_common_for_a_moment_is_none(self):
        lates = self.lates((0, 1.000, 1.020), (1, 1.018, 1.038))

        self.assertEqual(standstill.standstills(lates, [0, 1]), [])

    def test_only_the_measured_time_counts(self):
        lates = self.lates(*((processor, at, at + 0.010) for processor in (0, 1) for at in (0.995, 1.5, 2.995, 4.0)))

        self.assertAlmostEqual(standstill.ms_per_second(lates, [0, 1], 1.0, 3.0), (5 + 10 + 5) / 2)
        self.assertEqual(standstill.ms_per_second(lates, [0, 1], 2.0, 2.5), 0)


class Observers(unittest.TestCase):
    def test_batches_are_what_was_proposed_between_two_syncs(self):
        before = {"zk_proposal_count": "100", "zk_cnt_fsynctime": "10"}
        after = {"zk_proposal_count": "400", "zk_cnt_fsynctime": "25", "zk_version": "x"}

        self.assertEqual(observers.writes_per_sync(before, after), 20)

    def test_each_pace_has_a_row_for_each_number_of_observers(self):
        run = {"per_second": 1.0, "leader_cpu_us": 2.0, "writes_per_sync": 3.0, "stood_still": None}
        samples = {0: {"full": [run], "fixed": []}, 10: {"full": [], "fixed": [run, {**run, "stood_still": 4.0}]}}

        text = observers.tables(samples)[1]

        self.assertIn("| as fast as they are answered | 0 | 1 | 2 | 3 | – |", text)
        self.assertIn("| 15,000 per second | 10 | 1 | 2 | 3 | 4 |", text)


class Transfer(unittest.TestCase):
    def test_the_worst_of_all_runs_stands_beside_the_median(self):
        runs = [
            {"silence_ms": value, "slowest_ms": 2 * value, "errors": 0, "stood_still": None} for value in (1.0, 2.0, 9.0)
        ]

        text = transfer.tables({"all three": runs})[1]

        self.assertIn("| all three | slowest write, ms | 4 | 18 |", text)
        self.assertIn("| all three | errors | 0 | 0 |", text)
        self.assertIn(f"| all three | {standstill.TITLE} | – | – |", text)


class Learner(unittest.TestCase):
    def test_each_phase_has_a_row_for_each_server(self):
        figures = {key: [7.0] for key in learner.FIGURES}
        phases = {f"{phase}-{key}": [1.0, 3.0] for phase in learner.PHASES for key in learner.FIGURES_OF_PHASE}

        _, of_learner, of_others = learner.tables({"paddock": {**figures, **phases, "stand-in-stood-still": [None]}})

        self.assertEqual(row_of(of_learner, "until in sync, s"), ["–", "7"])
        self.assertEqual(row_of(of_others, "before"), ["Paddock", "2", "2", "2", "2"])
        self.assertEqual(row_of(of_others, learner.PHASES["stand-in"]), ["Paddock", "2", "2", "2", "–"])

    def test_the_stand_in_has_done_all_after_its_last_step(self):
        self.assertEqual(stand_in.shares(4 * stand_in.SYNC_BYTES), [0.25, 0.5, 0.75, 1.0])
        self.assertEqual(stand_in.shares(stand_in.SYNC_BYTES + 1)[-1], 1.0)
        self.assertEqual(len(stand_in.shares(stand_in.SYNC_BYTES + 1)), 2)


class Loads(unittest.TestCase):
    def load(self, key):
        return next(load for load in loads.LOADS if load.key == key)

    def test_only_linearizable_reads_ask_for_them_and_apache_has_none(self):
        for load in loads.LOADS:
            is_linearizable = load.key == "read-linearizable"
            self.assertEqual("--linearizable" in load.arguments(), is_linearizable, load.key)
            self.assertEqual(load.is_known_to("apache"), not is_linearizable, load.key)
            self.assertTrue(load.is_known_to("paddock"), load.key)

    def test_with_a_rate_each_session_of_etcd_has_a_process(self):
        shares = lambda key: h2load.shares(["a", "b", "c"], self.load(key))  # noqa: E731

        self.assertEqual(shares("write-64x16"), [("a", 22), ("b", 21), ("c", 21)])
        self.assertEqual(shares("write-1"), [("a", 1)])
        slow = shares("write-16-slow")
        self.assertEqual((len(slow), slow.count(("a", 1)), slow.count(("c", 1))), (16, 6, 5))

    def test_only_slow_loads_have_a_rate(self):
        rates = {load.key: load.arguments()[load.arguments().index("--rate") + 1] for load in loads.LOADS if load.rate}

        self.assertEqual(rates, {"write-16-slow": "1000"})

    def test_a_server_without_samples_has_no_figure_and_no_ratio(self):
        run = {**{key: 10.0 for key in loads.FIGURES}, loads.STOOD_STILL: None}
        text = "\n".join(loads.tables({"read-linearizable": {"paddock": [run], "etcd": [{**run, "per_second": 5.0}]}}))

        self.assertEqual(
            row_of(text, self.load("read-linearizable").title),
            ["throughput, 1/s", "–", "5", "10", "–", "2×"],
        )


if __name__ == "__main__":
    unittest.main()
