# SPDX-License-Identifier: Apache-2.0
"""What a run was made on, and how much of the machine others used meanwhile."""

import os
import resource
import time
from pathlib import Path


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown processor"


def description():
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} processors ({processor()}), {memory:.0f} GiB, Linux {os.uname().release}"


def _busy_seconds():
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _wait, irq, soft, steal = (int(field) for field in fields[:8])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def _own_seconds():
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        total += usage.ru_utime + usage.ru_stime
    return total


def cpu_seconds(pid):
    """User and system time of all threads of a process, exact where /proc counts ticks: its CPU clock."""
    return time.clock_gettime((~pid << 3) | 2)


def written_bytes(pid):
    """What a process has written to disks so far."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))


class Others:
    """The share of the machine that processes outside the run used; exact once all ours have ended."""

    def __init__(self):
        self.begin = (time.monotonic(), _busy_seconds(), _own_seconds())

    def share(self):
        elapsed, busy, own = (
            now - then for now, then in zip((time.monotonic(), _busy_seconds(), _own_seconds()), self.begin)
        )
        return max(0.0, (busy - own) / (elapsed * os.cpu_count()))
