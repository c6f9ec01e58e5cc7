# SPDX-License-Identifier: Apache-2.0
"""What one case saw of one server: labelled records of everything that came over its connections.

Both servers run the same case; their transcripts must be equal once zxids, times and session ids are
replaced by names. A zxid becomes its rank among those that stats of this transcript show, so order and
equality are compared and not the numbers. The zxid of a header or event becomes the greatest of these
ranks that it covers: Apache also spends zxids on failed writes.
"""

import bisect
import time

from . import wire

OPCODE_NAMES = {
    value: name.lower() for name, value in vars(wire).items()
    if name in ("CREATE", "DELETE", "EXISTS", "GET_DATA", "SET_DATA", "GET_ACL", "SET_ACL",
                "GET_CHILDREN", "SYNC", "PING", "GET_CHILDREN2", "CHECK", "MULTI", "CREATE2",
                "RECONFIG", "CHECK_WATCHES", "REMOVE_WATCHES", "CREATE_CONTAINER",
                "DELETE_CONTAINER", "CREATE_TTL", "MULTI_READ", "AUTH", "SET_WATCHES", "SASL",
                "GET_EPHEMERALS", "GET_ALL_CHILDREN_NUMBER", "SET_WATCHES2", "ADD_WATCH",
                "WHO_AM_I", "CREATE_SESSION", "CLOSE_SESSION", "ERROR")
}
TIME_WINDOW_MS = 3_600_000


class Transcript:
    """One case on one server. `server` is a harness.servers.Server that is running."""

    def __init__(self, server, root):
        self.server = server
        self.root = root  # A path that no other case uses; cases create it themselves if they need it.
        self.records = {}
        self.connections = []
        self.session_names = {0: 0}

    def record(self, label, value):
        """A label given twice becomes `label`, `label#2`, …"""
        unique, count = label, 1
        while unique in self.records:
            count += 1
            unique = f"{label}#{count}"
        self.records[unique] = value
        return value

    def open(self, name="raw"):
        """A TCP connection without a handshake."""
        session = Session(self, name, wire.Connection(self.server.address))
        self.connections.append(session.connection)
        return session

    def connect(self, name="a", **handshake):
        """A connection whose handshake is done; its reply is recorded."""
        session = self.open(name)
        session.handshake(**handshake)
        return session

    def make_root(self, session=None):
        """Creates `root` without recording it."""
        session = session or self.quiet_session()
        session.quiet(wire.CREATE, wire.create(self.root))
        return self.root

    def quiet_session(self):
        """A session whose traffic is not part of the comparison: it prepares the ground."""
        session = self.open("quiet")
        session.connection.send_frame(wire.connect_request())
        session.connection.receive_frame()
        return session

    def super_session(self):
        session = self.quiet_session()
        session.connection.send_request(wire.AUTH, wire.auth("digest", "super:admin"), wire.XID_AUTH)
        session.connection.receive_frame()
        return session

    def finish(self):
        for connection in self.connections:
            connection.close()

    def normalised(self):
        ranks = sorted({int(v) for v in _leaves(self.records) if isinstance(v, wire.Zxid) and v > 0})
        now = time.time() * 1000

        def rename(value):
            if isinstance(value, dict):
                return {key: rename(item) for key, item in value.items()}
            if isinstance(value, (list, tuple)):
                return [rename(item) for item in value]
            if isinstance(value, wire.Zxid):
                return f"z{bisect.bisect_left(ranks, value) + 1}" if value > 0 else int(value)
            if isinstance(value, wire.HeaderZxid):
                return f"covers z{bisect.bisect_right(ranks, value)}" if value > 0 else int(value)
            if isinstance(value, wire.Time):
                return "now" if abs(now - value) < TIME_WINDOW_MS else int(value)
            if isinstance(value, wire.SessionId):
                return self.session_names.get(int(value), "unknown session")
            return value

        return rename(self.records)


class Session:
    """A connection of a transcript, named; after a handshake also a session."""

    def __init__(self, transcript, name, connection):
        self.transcript = transcript
        self.name = name
        self.connection = connection
        self.session_id = 0
        self.password = bytes(16)
        self.last_zxid = 0

    def handshake(self, label="connect", **request):
        """Sends a ConnectRequest and records the answer, or that there was none."""
        self.connection.send_frame(wire.connect_request(**request))
        return self.receive_handshake(label)

    def receive_handshake(self, label="connect"):
        def decode():
            frame = self.connection.receive_frame()
            reader = wire.Reader(frame)
            answer = {"bytes": len(frame), "version": reader.int32(), "timeout": reader.int32()}
            self.session_id = reader.int64()
            self.password = reader.buffer()
            if self.session_id not in self.transcript.session_names:
                self.transcript.session_names[self.session_id] = self.name
            answer["session"] = wire.SessionId(self.session_id)
            answer["password"] = self._describe_password()
            rest = reader.finish()
            answer["readOnly"] = rest
            return answer
        return self._observe(label, decode)

    def _describe_password(self):
        if self.password == bytes(16):
            return "zeros"
        return "derived" if self.password == wire.session_password(self.session_id) else "other"

    def send(self, opcode, body=b"", xid=None):
        return self.connection.send_request(opcode, body, xid)

    def receive(self, opcode, label=None, seconds=wire.REPLY_SECONDS):
        """Records what comes up to the next reply: events before it, then the reply or the close."""
        label = label or OPCODE_NAMES.get(opcode, f"op {opcode}")
        events = []

        def decode():
            while True:
                frame = self.connection.receive_frame(seconds)
                if frame[:4] == b"\xff\xff\xff\xff":
                    events.append(_decode_event(frame))
                    continue
                reply = wire.decode_reply(opcode, frame)
                self.last_zxid = max(self.last_zxid, reply["zxid"])
                return reply
        return self._observe(label, decode, events)

    def call(self, opcode, body=b"", label=None, xid=None, seconds=wire.REPLY_SECONDS):
        """One request and its reply."""
        self.send(opcode, body, xid)
        return self.receive(opcode, label, seconds)

    def quiet(self, opcode, body=b"", xid=None):
        """One request and its reply, not recorded; it must succeed."""
        self.send(opcode, body, xid)
        while True:
            frame = self.connection.receive_frame()
            if frame[:4] != b"\xff\xff\xff\xff":
                reply = wire.decode_reply(opcode, frame)
                if reply["err"] != 0:
                    raise AssertionError(f"preparing request {opcode} {body!r} answered {reply}")
                self.last_zxid = max(self.last_zxid, reply["zxid"])
                return reply

    def auth(self, scheme, credential, label=None):
        return self.call(wire.AUTH, wire.auth(scheme, credential), label, wire.XID_AUTH)

    def ping(self, label="ping"):
        """A barrier: all events of what was answered before have arrived with it."""
        return self.call(wire.PING, b"", label, wire.XID_PING)

    def expect_close(self, label="then", seconds=wire.REPLY_SECONDS):
        """Records the bytes up to the close of the connection, or that it stays open."""
        def decode():
            return {"bytes": self.connection.receive_until_closed(seconds).hex()}
        return self._observe(label, decode)

    def still_open(self, label="still open"):
        """Records that the connection still serves."""
        return self.ping(label)

    def close(self):
        """Drops the TCP connection; the session lives on."""
        self.connection.close()

    def reattach(self, name=None, **request):
        """A new connection with the same session."""
        again = self.transcript.open(name or self.name)
        request = {"session": self.session_id, "password": self.password,
                   "last_zxid": self.last_zxid} | request
        again.handshake("reattach", **request)
        again.last_zxid = self.last_zxid
        return again

    def _observe(self, label, decode, events=None):
        try:
            seen = decode()
        except wire.Closed:
            seen = {"closed": True}
        except wire.TimedOut:
            seen = {"no answer": True}
        except (ValueError, OSError) as error:
            seen = {"undecodable": str(error)}
        if events:
            seen = {"events": events, **seen}
        return self.transcript.record(f"{self.name} {label}", seen)


def _decode_event(frame):
    event = wire.decode_event(frame)
    event["zxid"] = wire.HeaderZxid(event["zxid"])
    return event


def _leaves(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
