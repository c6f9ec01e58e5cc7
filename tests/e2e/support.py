# SPDX-License-Identifier: Apache-2.0
"""What the cases share: a server that is started as a case wants it, a client with a session, looks from outside."""

import os
import re
import resource
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from kazoo.exceptions import NoAuthError

from harness import wire
from harness.servers import PaddockServer, four_letter_word, free_port

# A small disk and no waiting: every case has a server of its own.
SMALL = {"preAllocSize": "1024", "paddock.reserveFileSizeInMb": "0", "paddock.minFreeSpaceInMb": "0"}
DEADLINE_SECONDS = 15


class Server(PaddockServer):
    """A server with keys of zoo.cfg (None leaves one out), environment, descriptor limit and further arguments."""

    def __init__(self, config=None, environment=None, descriptors=None, arguments=()):
        super().__init__({**SMALL, **(config or {})})
        self.environment = {**os.environ, **(environment or {})}
        self.descriptors = descriptors
        self.arguments = list(arguments)

    def launch(self):
        limits = [(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))] if self.descriptors else []
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command() + self.arguments, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                cwd=self.directory, env=self.environment,
                preexec_fn=lambda: [resource.setrlimit(*limit) for limit in limits])

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()

    def word(self, word):
        return four_letter_word(self.address, word).decode()

    def mntr(self):
        return dict(line.split("\t", 1) for line in self.word("mntr").splitlines())

    def gauge(self, name):
        return int(float(self.mntr()[f"zk_{name}"]))

    def resident_mb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1]) / 1024

    def descriptor_count(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class AdminServer(Server):
    """With its admin port on loopback."""

    def __init__(self, config=None, **more):
        self.admin_port = free_port()
        super().__init__({"admin.enableServer": "true", "admin.serverAddress": "127.0.0.1",
                          "admin.serverPort": str(self.admin_port), **(config or {})}, **more)

    def http(self, path, method="GET", body=None):
        return http(self.admin_port, path, method, body)


class Session(wire.Connection):
    """A connection with a session."""

    def __init__(self, server, timeout=30000, session=0, password=bytes(16)):
        super().__init__(server.address)
        self.events = []
        self.send_frame(wire.connect_request(session, password, timeout))
        reader = wire.Reader(self.receive_frame())
        _, self.timeout, self.session = reader.int32(), reader.int32(), reader.int64()
        self.password = reader.buffer()

    def reply(self, opcode):
        while True:
            frame = self.receive_frame()
            if wire.Reader(frame).int32() != wire.XID_EVENT:
                return wire.decode_reply(opcode, frame)
            self.events.append(wire.decode_event(frame))

    def call(self, opcode, body=b""):
        self.send_request(opcode, body)
        return self.reply(opcode)

    def authenticate(self, scheme, credential):
        self.send_request(wire.AUTH, wire.auth(scheme, credential), wire.XID_AUTH)
        return self.reply(wire.AUTH)["err"]


def http(port, path, method="GET", body=None):
    """Status, headers and text of an answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method, data=body)
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def until(condition, what, seconds=DEADLINE_SECONDS):
    """Waits until `condition()` is true; the bound only ends a run that has failed."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"did not happen within {seconds} s: {what}"
        time.sleep(0.02)


def is_denied(function, *arguments):
    """Whether kazoo's call is refused for want of a permission."""
    try:
        function(*arguments)
        return False
    except NoAuthError:
        return True


def is_closed(connection, seconds=DEADLINE_SECONDS):
    """Whether the server ends the connection."""
    try:
        connection.receive_until_closed(seconds)
        return True
    except wire.TimedOut:
        return False


def run_program(*arguments, environment=None, program="paddock-server", seconds=DEADLINE_SECONDS):
    """Runs a program to its end: exit code, output, error output."""
    path = os.path.join(PaddockServer.bin_directory, program)
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("ZOO", "JVMFLAGS", "SERVER_JVMFLAGS"))}
    done = subprocess.run([path, *arguments], capture_output=True, text=True, errors="replace",
                          env={**clean, **(environment or {})}, timeout=seconds, check=False)
    return done.returncode, done.stdout, done.stderr


def directory():
    """A folder that goes when the case lets go of it."""
    return tempfile.TemporaryDirectory(prefix="paddock-e2e-")


def serves(server, resident_mb=None):
    """The server answers a word, a new session, a write and a read, and is no larger than it may be."""
    assert server.word("ruok") == "imok"
    session = Session(server)
    path = f"/alive-{time.monotonic_ns()}"
    assert session.call(wire.CREATE, wire.create(path, "x"))["err"] == 0
    assert session.call(wire.GET_DATA, wire.path_watch(path))["data"] == "x"
    session.close()
    if resident_mb is not None:
        found = server.resident_mb()
        assert found < resident_mb, f"{found:.0f} MB resident, more than {resident_mb}"
