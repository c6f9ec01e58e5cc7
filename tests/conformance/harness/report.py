# SPDX-License-Identifier: Apache-2.0
"""Collects the outcome of every check and prints the summary that a person and a program read."""

import sys
import threading
import time


class Report:
    """Any thread may add outcomes; failures are printed at once, passes only counted."""

    def __init__(self, verbose=False):
        self.passed = 0
        self.failures = []
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
            self.failures.append(name)
            indented = "\n".join("    " + line for line in str(text).rstrip().splitlines())
            print(f"FAIL  {name}\n{indented}", flush=True)

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
        print(f"conformance: {self.passed} passed, {len(self.failures)} failed ({seconds:.0f} s)")
        sys.stdout.flush()
        return 0 if not self.failures else 1
