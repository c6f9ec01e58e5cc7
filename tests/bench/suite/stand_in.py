#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Processes that use as much of the machine as a learner did, and serve nobody.

What others suffer beside them is the machine's; what they suffer more beside a learner is due to the servers. Two write
and sync a file each, as two threads of Paddock's learner do, at an even pace, and spin for what the learner used of the
processors besides writing.

    suite/stand_in.py FOLDER BYTES CPU_SECONDS SECONDS
"""

import os
import subprocess
import sys
import time
from pathlib import Path

WORKERS = 2
# As Paddock's learner does.
SYNC_BYTES = 2 << 20
PAUSE_SECONDS = 0.002


def shares(total):
    """How much is done after each step, as a part of all: one step for each sync."""
    return [min(1.0, done / total) for done in range(SYNC_BYTES, total + SYNC_BYTES, SYNC_BYTES)]


def _work(folder, written_bytes, cpu, begin, seconds):
    file = os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    block = os.urandom(SYNC_BYTES)
    for share in shares(written_bytes):
        os.write(file, block)
        os.fdatasync(file)
        while time.process_time() < cpu * share:
            pass
        while time.monotonic() - begin < seconds * share:
            time.sleep(PAUSE_SECONDS)


def main(folder, written_bytes, cpu, seconds):
    begin = time.monotonic()
    for _ in range(WORKERS):
        if os.fork() == 0:
            _work(folder, written_bytes // WORKERS, cpu / WORKERS, begin, seconds)
            os._exit(0)
    for _ in range(WORKERS):
        if os.wait()[1] != 0:
            sys.exit("a part of the stand-in has failed")


def run(folder, use):
    """Returns when it has ended. `use` has bytes, cpu and seconds."""
    arguments = [str(folder), str(use["bytes"]), str(use["cpu"]), str(use["seconds"])]
    subprocess.run([sys.executable, str(Path(__file__).resolve()), *arguments], check=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
