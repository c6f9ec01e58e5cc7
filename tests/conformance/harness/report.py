# SPDX-License-Identifier: Apache-2.0
"""Collects the outcome of every check and prints the summary that a person and a program read."""

import sys
import threading
import time


class Report:
    """Any thread may add outcomes; failures are printed at once, passes only counted."""

    def __init__(self, verbose=False, member=None):
        self.place = f" on the {member}" if member else ""  # Several runs may print at a time.
        self.passed = 0
        self.failures = []
        self.left_out = 0
        self.verbose = verbose
        self.started = time.monotonic()
        self._lock = threading.Lock()

    def say(self, text):
        with self._lock:
            print(text, flush=True)

    def ok(self, name):
        with self._lock:
            self.passed += 1
            if self.verbose:
                print(f"ok    {name}", flush=True)

    def fail(self, name, text):
        with self._lock:
            name += self.place
            self.failures.append(name)
            indented = "\n".join("    " + line for line in str(text).rstrip().splitlines())
            print(f"FAIL  {name}\n{indented}", flush=True)

    def leave_out(self, name, reason):
        with self._lock:
            self.left_out += 1
            print(f"left out: {name}: {reason}", flush=True)

    def check(self, name, condition, text="the condition does not hold"):
        if condition:
            self.ok(name)
        else:
            self.fail(name, text)
        return condition

    def summary(self):
        seconds = time.monotonic() - self.started
        for name in self.failures:
            print(f"failed: {name}")
        left_out = f", {self.left_out} left out" if self.left_out else ""
        print(f"conformance: {self.passed} passed, {len(self.failures)} failed{left_out}{self.place} ({seconds:.0f} s)")
        sys.stdout.flush()
        return 0 if not self.failures else 1
