# SPDX-License-Identifier: Apache-2.0
"""Clients that write again and again until a write succeeds, whatever happens to the servers.

A writer belongs to one server. step() never waits: it sends what is due and reads what has come. They are more
impatient than any real client, so that what is measured is the servers' time and not a client's back-off.
"""

import base64
import json
import select
import socket
import struct
import time

from .servers import BenchError

CONNECT_SECONDS_MAX = 1.0
HANDSHAKE_SECONDS_MAX = 3.0
SESSION_TIMEOUT_MS = 10_000
VALUE = b"v" * 100
SUCCESS_SECONDS_MAX = 90
# How long nothing is done at most.
STEP_SECONDS = 0.001

_SET_DATA = 5
_CREATE = 1
_OPEN_ACL = struct.pack(">ii", 1, 31) + b"\0\0\0\5world\0\0\0\6anyone"


def _buffer(data):
    return struct.pack(">i", len(data)) + data


def _connect(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_SECONDS_MAX)
    connection.setblocking(False)
    return connection


class ZooKeeperWriter:
    """One session. It stays with its server, and comes back to it with the session when the connection is lost."""

    PATH = b"/failover"
    WRITE_EVERY_SECONDS = 0.001
    RETRY_AFTER_SECONDS = 0.01

    def __init__(self, member):
        self.port = member.port
        self.connection = None
        self.session, self.password = 0, bytes(16)
        self.is_ready = False
        self.received = b""
        self.xid = self.counted_from = 0
        self.next_at = 0.0
        self.handshake_until = 0.0

    def sockets(self):
        return [self.connection] if self.connection else []

    def mark(self):
        """Only writes that are sent from now on count, the first of them at once."""
        self.counted_from = self.xid
        self.next_at = 0.0

    def step(self, now):
        """Whether a write that counts has succeeded."""
        try:
            if self.connection is None:
                self._open(now)
                return False
            succeeded = self._receive()
            if self.is_ready and now >= self.next_at:
                self._write(now)
            if not self.is_ready and now > self.handshake_until:
                raise OSError("no session")
            return succeeded
        except OSError:
            self._lose(now)
            return False

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def _open(self, now):
        if now < self.next_at:
            return
        self.connection = _connect(self.port)
        self.handshake_until = now + HANDSHAKE_SECONDS_MAX
        fields = struct.pack(">iqiq", 0, 0, SESSION_TIMEOUT_MS, self.session)
        self.connection.sendall(_buffer(fields + _buffer(self.password) + b"\0"))

    def _lose(self, now):
        self.close()
        self.is_ready = False
        self.received = b""
        self.next_at = now + self.RETRY_AFTER_SECONDS

    def _write(self, now):
        self.next_at = now + self.WRITE_EVERY_SECONDS
        self._send(_SET_DATA, _buffer(self.PATH) + _buffer(VALUE) + struct.pack(">i", -1))

    def _send(self, operation, body):
        self.xid += 1
        self.connection.sendall(_buffer(struct.pack(">ii", self.xid, operation) + body))

    def _receive(self):
        try:
            data = self.connection.recv(65536)
        except BlockingIOError:
            return False
        if not data:
            raise OSError("closed")
        self.received += data
        succeeded = False
        while len(self.received) >= 4:
            (length,) = struct.unpack_from(">i", self.received)
            if len(self.received) < 4 + length:
                break
            frame, self.received = self.received[4 : 4 + length], self.received[4 + length :]
            succeeded = self._on_frame(frame) or succeeded
        return succeeded

    def _on_frame(self, frame):
        if not self.is_ready:
            self._on_handshake(frame)
            return False
        xid, _, error = struct.unpack_from(">iqi", frame)
        return error == 0 and xid > self.counted_from

    def _on_handshake(self, frame):
        _, timeout, session = struct.unpack_from(">iiq", frame)
        if timeout == 0:  # expired: the next one is new
            self.session, self.password = 0, bytes(16)
            raise OSError("the session has expired")
        is_new = self.session == 0
        self.session, self.password = session, frame[20:36]
        self.is_ready = True
        if is_new:
            self._send(_CREATE, _buffer(self.PATH) + _buffer(VALUE) + _OPEN_ACL + struct.pack(">i", 0))


class EtcdWriter:
    """Every write is a call of its own: one that waits for a leader that is gone does not hold up the next."""

    CALLS_MAX = 100
    WRITE_EVERY_SECONDS = 0.01

    def __init__(self, member):
        self.port = member.port
        self.calls = []
        self.next_at = 0.0
        key, value = (base64.b64encode(text).decode() for text in (b"/failover", VALUE))
        body = json.dumps({"key": key, "value": value})
        self.request = (
            "POST /v3/kv/put HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def sockets(self):
        return self.calls

    def mark(self):
        self.close()
        self.next_at = 0.0

    def step(self, now):
        """Whether a write that counts has succeeded."""
        if now >= self.next_at:
            self.next_at = now + self.WRITE_EVERY_SECONDS
            self._begin_call()
        return any([self._has_succeeded(call) for call in list(self.calls)])

    def close(self):
        for call in list(self.calls):
            self._end(call)

    def _begin_call(self):
        if len(self.calls) >= self.CALLS_MAX:
            self._end(self.calls[0])
        try:
            call = _connect(self.port)
            self.calls.append(call)
            call.sendall(self.request)
        except OSError:
            pass

    def _has_succeeded(self, call):
        try:
            data = call.recv(4096)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        self._end(call)
        return data.startswith(b"HTTP/1.1 200 ")

    def _end(self, call):
        call.close()
        self.calls.remove(call)


def make_writer(ensemble, member):
    return (EtcdWriter if ensemble.name == "etcd" else ZooKeeperWriter)(member)


def until_success(writers, what):
    """Steps all until one has succeeded; returns when that was."""
    deadline = time.monotonic() + SUCCESS_SECONDS_MAX
    while time.monotonic() < deadline:
        if any([writer.step(time.monotonic()) for writer in writers]):
            return time.monotonic()
        sockets = [each for writer in writers for each in writer.sockets()]
        select.select(sockets, [], [], STEP_SECONDS)
    raise BenchError(f"no write succeeded for {SUCCESS_SECONDS_MAX} s {what}")
