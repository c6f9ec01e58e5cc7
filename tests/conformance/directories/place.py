# SPDX-License-Identifier: Apache-2.0
"""A server on a data directory of which something is wrong, and what must be true of it then.

Refused means: the process ends by itself with code 1, its last words say what is wrong and what to do,
and no file was touched. Whole means: everything that was ever acknowledged there is served.
"""

import os
import re
import shutil
import subprocess
import time

from harness import wire
from harness.servers import PaddockServer

REFUSED_SECONDS = 20
WAIT_SECONDS = 20
NODES = 400
VALUE_BYTES = 400


def value_of(index):
    return f"value {index} ".ljust(VALUE_BYTES, "x")


class Client:
    """One session that creates nodes in a pipelined way and reads them back."""

    def __init__(self, server):
        self.connection = wire.Connection(server.address)
        self.connection.send_frame(wire.connect_request())
        self.connection.receive_frame()

    def call(self, opcode, body):
        self.connection.send_request(opcode, body)
        return wire.decode_reply(opcode, self.connection.receive_frame())

    def create(self, indexes):
        """The error code of each creation, in order; ends early if the server goes away."""
        for index in indexes:
            self.connection.send_request(wire.CREATE, wire.create(f"/n{index}", value_of(index)))
        errors = []
        try:
            for _ in indexes:
                errors.append(wire.decode_reply(wire.CREATE, self.connection.receive_frame())["err"])
        except (wire.Closed, OSError):
            pass
        return errors

    def missing(self, indexes):
        """Which of the nodes are not there with their values."""
        for index in indexes:
            self.connection.send_request(wire.GET_DATA, wire.path_watch(f"/n{index}"))
        replies = [wire.decode_reply(wire.GET_DATA, self.connection.receive_frame()) for _ in indexes]
        return [index for index, reply in zip(indexes, replies) if reply.get("data") != value_of(index)]

    def close(self):
        self.connection.close()


class Place(PaddockServer):
    """A server whose data directory and log directory are copies of those of `used`, if any."""

    def __init__(self, faults, used=None, config=None):
        super().__init__({
            "preAllocSize": "64", "snapCount": "60", "paddock.reserveFileSizeInMb": "0",
            "paddock.minFreeSpaceInMb": "0", **(config or {})})
        self.faults = faults
        self.user = None
        self.rules_path = os.path.join(self.directory, "faults")
        self.config["dataLogDir"] = os.path.join(self.directory, "logs")
        self.known = list(range(NODES)) if used else []
        self.next = len(self.known)
        for key in ("dataDir", "dataLogDir"):
            if used:
                shutil.rmtree(self.config[key], ignore_errors=True)
                shutil.copytree(used.config[key], self.config[key])
            else:
                os.makedirs(self.config[key], exist_ok=True)

    # --- Where things are.

    @property
    def home(self):
        return os.path.join(self.config["dataDir"], "paddock")

    @property
    def log_home(self):
        return os.path.join(self.config["dataLogDir"], "paddock", "log")

    def snapshots(self):
        return sorted(os.path.join(self.home, name) for name in os.listdir(self.home)
                      if name.startswith("snapshot."))

    def segments(self):
        return sorted(os.path.join(self.log_home, name) for name in os.listdir(self.log_home)
                      if re.fullmatch("segment[.][0-9a-f]{16}", name))

    def live_segments(self):
        """Segments that were written to under the number that they have: a recycled one has an old header."""
        return [path for path in self.segments() if sequence_in(path) == int(path.rpartition(".")[2], 16)]

    # --- The process.

    def fail_calls(self, *rules):
        """From now on, also in a running server: see faults.c."""
        with open(self.rules_path + ".new", "w", encoding="utf-8") as out:
            out.write("".join(rule + "\n" for rule in rules))
        os.replace(self.rules_path + ".new", self.rules_path)

    def launch(self):
        command = self.command()
        if self.user:
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command]
        environment = {**os.environ, "LD_PRELOAD": self.faults, "PADDOCK_FAULTS": self.rules_path}
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL, cwd=self.directory, env=environment)

    def log_text(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait_for_log(self, text, times=1):
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            if self.log_text().count(text) >= times:
                return
            time.sleep(0.02)
        raise AssertionError(f"the log does not say '{text}':\n{self.log_text()}")

    def wait_until_ended(self):
        """The exit code of a server that is to end by itself."""
        try:
            code = self.process.wait(REFUSED_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the server goes on:\n{self.log_text()}") from None
        self.process = None
        return code

    # --- What must be true.

    def expect_ended(self, *texts, code=1):
        found = self.wait_until_ended()
        text = self.log_text()
        assert found == code, f"ended with {found} instead of {code}:\n{text}"
        for wanted in texts:
            assert wanted in text, f"does not say '{wanted}':\n{text}"

    def expect_refused(self, *texts):
        before = fingerprint(self.config["dataDir"], self.config["dataLogDir"])
        self.launch()
        self.expect_ended(*texts)
        after = fingerprint(self.config["dataDir"], self.config["dataLogDir"])
        changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        assert not changed, f"a refused start has touched {', '.join(changed)}"

    def expect_ended_at_start(self, *texts):
        self.launch()
        self.expect_ended(*texts)

    def expect_whole(self, *texts):
        """The server starts, says these texts, has everything and takes more."""
        self.start()
        for wanted in texts:
            assert wanted in self.log_text(), f"does not say '{wanted}':\n{self.log_text()}"
        client = Client(self)
        missing = client.missing(self.known)
        assert not missing, f"nodes {missing[:5]} … are missing ({len(missing)})"
        self.write(client, 5)
        client.close()

    def write(self, client, count):
        """Adds nodes; all must be acknowledged."""
        errors = self.try_to_write(client, count)
        assert errors == [0] * count, f"writes were answered {errors}"

    def try_to_write(self, client, count):
        """Adds nodes and notes those that were acknowledged; returns the error codes."""
        first = self.next
        self.next += count
        indexes = list(range(first, first + count))
        errors = client.create(indexes)
        self.known += [index for index, error in zip(indexes, errors) if error == 0]
        return errors


def read(path):
    with open(path, "rb") as file:
        return file.read()


def sequence_in(path):
    """The number in a segment's header (storage/log_format.cpp); none if the server has just renamed the file."""
    try:
        return int.from_bytes(read(path)[32:40], "little")
    except FileNotFoundError:
        return None


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def rot(path, offset):
    """Flips one bit."""
    content = bytearray(read(path))
    content[offset] ^= 0x10
    write(path, content)


def fingerprint(*roots):
    """All files below, apart from lock files and those whose making a kill has ended: they hold nothing."""
    found = {}
    for root in roots:
        for directory, _, names in os.walk(root):
            found[directory] = None
            for name in names:
                path = os.path.join(directory, name)
                if name != "lock" and not name.endswith(".tmp"):
                    found[path] = read(path)
    return found
