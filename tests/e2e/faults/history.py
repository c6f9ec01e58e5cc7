# SPDX-License-Identifier: Apache-2.0
"""What clients asked, when, and what they were told."""

import dataclasses
import time

# Outcomes. What is unknown may have happened, at any time after it was asked for; what failed has not.
OK, NO_NODE, NODE_EXISTS, BAD_VERSION, UNKNOWN, FAILED = "ok", "no node", "node exists", "bad version", "unknown", "failed"


@dataclasses.dataclass(eq=False)
class Operation:
    """One request about one key: kind is create, set, cas, delete or read (behind a sync)."""

    client: str
    kind: str
    key: str
    value: str = None  # what it writes, and what a read has found
    expected: int = None  # the version that a cas asks for
    invoked: float = 0.0
    responded: float = float("inf")
    outcome: str = UNKNOWN
    version: int = None  # of the node behind it, as the server said
    zxid: int = None  # of the change that was made or read
    server: int = None

    def __str__(self):
        argument = {"create": self.value, "set": self.value, "cas": f"{self.value} if {self.expected}"}.get(self.kind, "")
        found = "" if self.version is None else f" version {self.version}"
        if self.kind == "read" and self.outcome == OK:
            found = f" {self.value}{found}"
        zxid = "" if self.zxid is None else f" (zxid {self.zxid:x})"
        responded = "     ..." if self.responded == float("inf") else f"{self.responded:8.4f}"
        return (f"{self.invoked:8.4f} {responded}  {self.client:<12} at {self.server}  "
                f"{self.kind} {self.key} {argument} -> {self.outcome}{found}{zxid}")


class History:
    """Operations in the order in which they were asked for; times count from the beginning."""

    def __init__(self):
        self.operations = []
        self.acknowledged = 0  # changes
        self.start()

    def start(self):
        """Sets the clock to 0."""
        self.started = time.monotonic()

    def now(self):
        return time.monotonic() - self.started

    def invoke(self, client, server, kind, key, value=None, expected=None):
        """Records a request; to be called before a byte of it is sent."""
        operation = Operation(client, kind, key, value, expected, self.now(), server=server)
        self.operations.append(operation)
        return operation

    def respond(self, operation, outcome, value=None, version=None, zxid=None):
        """Records an answer; to be called when all of it has been read."""
        operation.outcome, operation.version, operation.zxid = outcome, version, zxid
        if value is not None:
            operation.value = value
        if outcome != UNKNOWN:
            operation.responded = self.now()
        if outcome == OK and operation.kind != "read":
            self.acknowledged += 1

    def of_key(self, key):
        return [operation for operation in self.operations if operation.key == key]

    def longest_pause(self):
        """The longest time without an acknowledged change."""
        times = sorted(o.responded for o in self.operations if o.outcome == OK and o.kind != "read")
        return max((b - a for a, b in zip(times, times[1:])), default=0.0)
