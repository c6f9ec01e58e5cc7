# SPDX-License-Identifier: Apache-2.0
"""How long the machine stood still while something was measured: all of its processors at the same time.

A virtual machine does when its host gives it no processor, for instance because its processors and what the host
does for its disk use more than their share. Nothing in it can answer meanwhile, so that is part of every latency.
"""

import subprocess
import threading
from dataclasses import dataclass

# Shorter ones are no standstill: a processor may be busy in the kernel for so long.
SECONDS_MIN = 0.003
TITLE = "the machine stood still, ms of each second"


@dataclass(frozen=True)
class Late:
    """A wake-up of one processor that came too late: nothing was done there in between."""

    processor: int
    due: float
    came: float


def _common(ones, others):
    for begin, end in ones:
        for other_begin, other_end in others:
            if begin < other_end and other_begin < end:
                yield max(begin, other_begin), min(end, other_end)


def standstills(lates, processors):
    """Times, as (begin, end), in which all `processors` of them were late."""
    of = lambda processor: [(late.due, late.came) for late in lates if late.processor == processor]  # noqa: E731
    found = of(processors[0])
    for processor in processors[1:]:
        found = list(_common(found, of(processor)))
    return [(begin, end) for begin, end in found if end - begin >= SECONDS_MIN]


def ms_per_second(lates, processors, begin, end):
    """How much of the time from `begin` to `end` the machine stood still."""
    near = [late for late in lates if late.due < end and late.came > begin]
    within = (min(late_end, end) - max(late_begin, begin) for late_begin, late_end in standstills(near, processors))
    return 1000 * sum(max(0.0, seconds) for seconds in within) / (end - begin)


class Watch:
    """Runs beside everything that is measured, until stop(). Times are those of time.monotonic()."""

    def __init__(self, program, say):
        self.process = subprocess.Popen(
            [str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.lates = []
        self.processors = [int(word) for word in self.process.stdout.readline().split()]
        if not self.processors:
            say(f"not measured is whether the machine stood still: {self.process.stderr.read().strip()}")
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            processor, due, came = line.split()
            self.lates.append(Late(int(processor), float(due), float(came)))

    def between(self, begin, end):
        """In milliseconds of each second; None if it cannot be told."""
        return ms_per_second(self.lates, self.processors, begin, end) if self.processors else None

    def during(self, run):
        """The same of a run of the generator."""
        begin = run["measured_from_s"]
        return self.between(begin, begin + run["elapsed_s"])

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.reader.join()
