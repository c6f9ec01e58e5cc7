# SPDX-License-Identifier: Apache-2.0
"""A raw client of the ZooKeeper protocol: encoders, decoders and a connection that hides nothing.

It exists for cases that no real client sends. Values that differ between two servers by nature are
returned as Zxid, Time and SessionId, so that a transcript can name them instead of printing them.
"""

import socket
import struct
import time

# Opcodes.
CREATE, DELETE, EXISTS, GET_DATA, SET_DATA, GET_ACL, SET_ACL, GET_CHILDREN, SYNC = range(1, 10)
PING, GET_CHILDREN2, CHECK, MULTI, CREATE2, RECONFIG, CHECK_WATCHES, REMOVE_WATCHES = range(11, 19)
CREATE_CONTAINER, DELETE_CONTAINER, CREATE_TTL, MULTI_READ = range(19, 23)
AUTH, SET_WATCHES, SASL, GET_EPHEMERALS, GET_ALL_CHILDREN_NUMBER = range(100, 105)
SET_WATCHES2, ADD_WATCH, WHO_AM_I = range(105, 108)
CREATE_SESSION, CLOSE_SESSION, ERROR = -10, -11, -1

# Reserved xids.
XID_EVENT, XID_PING, XID_AUTH, XID_SET_WATCHES = -1, -2, -4, -8

READ, WRITE, CREATE_PERM, DELETE_PERM, ADMIN, ALL = 1, 2, 4, 8, 16, 31
OPEN_ACL = [(ALL, "world", "anyone")]

PERSISTENT, EPHEMERAL, SEQUENTIAL, EPHEMERAL_SEQUENTIAL, CONTAINER, TTL, TTL_SEQUENTIAL = range(7)

REPLY_SECONDS = 15


class Zxid(int):
    """A transaction id of one server."""


class HeaderZxid(int):
    """The zxid of a reply header: the last one the server processed."""


class Time(int):
    """Milliseconds since the epoch by the server's clock."""


class SessionId(int):
    """A session id of one server; 0 means none."""


def int32(value):
    return struct.pack(">i", value)


def int64(value):
    return struct.pack(">q", value)


def boolean(value):
    return b"\1" if value else b"\0"


def buffer(value):
    """A ustring or buffer: str, bytes or None for null."""
    if value is None:
        return int32(-1)
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    return int32(len(value)) + value


def vector(values, encode=buffer):
    if values is None:
        return int32(-1)
    return int32(len(values)) + b"".join(encode(value) for value in values)


def acl_entry(entry):
    perms, scheme, identity = entry
    return int32(perms) + buffer(scheme) + buffer(identity)


def acls(entries):
    return vector(entries, acl_entry)


def create(path, data=b"", acl=OPEN_ACL, flags=PERSISTENT):
    return buffer(path) + buffer(data) + acls(acl) + int32(flags)


def create_ttl(path, ttl, data=b"", acl=OPEN_ACL, flags=TTL):
    return create(path, data, acl, flags) + int64(ttl)


def path_version(path, version=-1):
    return buffer(path) + int32(version)


def path_watch(path, watch=False):
    return buffer(path) + boolean(watch)


def set_data(path, data, version=-1):
    return buffer(path) + buffer(data) + int32(version)


def set_acl(path, acl, version=-1):
    return buffer(path) + acls(acl) + int32(version)


def auth(scheme, credential, kind=0):
    return int32(kind) + buffer(scheme) + buffer(credential)


def set_watches(relative_zxid, data=(), exist=(), child=()):
    return int64(relative_zxid) + vector(data) + vector(exist) + vector(child)


def set_watches2(relative_zxid, data=(), exist=(), child=(), persistent=(), recursive=()):
    return set_watches(relative_zxid, data, exist, child) + vector(persistent) + vector(recursive)


def reconfig(joining=None, leaving=None, members=None, version=-1):
    return buffer(joining) + buffer(leaving) + buffer(members) + int64(version)


def multi_header(kind, done=False, err=-1):
    return int32(kind) + boolean(done) + int32(err)


def multi(*operations, end=True):
    """Operations are (opcode, encoded record) pairs."""
    body = b"".join(multi_header(kind) + record for kind, record in operations)
    return body + (multi_header(-1, True) if end else b"")


def connect_request(session=0, password=bytes(16), timeout=30000, last_zxid=0, version=0,
                    read_only=False):
    """`read_only=None` gives the short form without that byte."""
    body = int32(version) + int64(last_zxid) + int32(timeout) + int64(session) + buffer(password)
    return body if read_only is None else body + boolean(read_only)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError(f"record ends after {len(self.data)} bytes: {self.data.hex()}")
        self.at += count
        return self.data[self.at - count:self.at]

    def int32(self):
        return struct.unpack(">i", self.take(4))[0]

    def int64(self):
        return struct.unpack(">q", self.take(8))[0]

    def boolean(self):
        return self.take(1) != b"\0"

    def buffer(self):
        length = self.int32()
        return None if length == -1 else self.take(length)

    def text(self):
        value = self.buffer()
        return None if value is None else value.decode("utf-8", "backslashreplace")

    def vector(self, read):
        count = self.int32()
        return None if count == -1 else [read() for _ in range(count)]

    def stat(self):
        return {
            "czxid": Zxid(self.int64()), "mzxid": Zxid(self.int64()),
            "ctime": Time(self.int64()), "mtime": Time(self.int64()),
            "version": self.int32(), "cversion": self.int32(), "aversion": self.int32(),
            "ephemeralOwner": SessionId(self.int64()),
            "dataLength": self.int32(), "numChildren": self.int32(), "pzxid": Zxid(self.int64()),
        }

    def acl(self):
        return [self.int32(), self.text(), self.text()]

    def sorted_texts(self):
        found = self.vector(self.text)
        return found if found is None else sorted(found)

    def finish(self):
        rest = self.data[self.at:]
        return rest.hex() if rest else None


def decode_multi(reader):
    results = []
    while True:
        kind, done, err = reader.int32(), reader.boolean(), reader.int32()
        if done:
            return results + [{"end": [kind, err]}]
        result = {"type": kind, "err": err}
        if kind == ERROR:
            result["code"] = reader.int32()
        else:
            result.update(decode_body(kind, reader))
        results.append(result)


def decode_body(opcode, reader):
    """The fields of a successful reply's record."""
    if opcode == CREATE or opcode == SYNC:
        return {"path": reader.text()}
    if opcode in (CREATE2, CREATE_CONTAINER, CREATE_TTL):
        return {"path": reader.text(), "stat": reader.stat()}
    if opcode in (EXISTS, SET_DATA, SET_ACL):
        return {"stat": reader.stat()}
    if opcode in (GET_DATA, RECONFIG):
        return {"data": reader.text(), "stat": reader.stat()}
    if opcode == GET_ACL:
        return {"acl": reader.vector(reader.acl), "stat": reader.stat()}
    if opcode in (GET_CHILDREN, GET_EPHEMERALS):
        return {"paths": reader.sorted_texts()}
    if opcode == GET_CHILDREN2:
        return {"paths": reader.sorted_texts(), "stat": reader.stat()}
    if opcode in (MULTI, MULTI_READ):
        return {"results": decode_multi(reader)}
    if opcode == GET_ALL_CHILDREN_NUMBER:
        return {"count": reader.int32()}
    if opcode == ADD_WATCH:
        return {"error": reader.int32()}
    if opcode == WHO_AM_I:
        # A set: Apache gives it in the order of a hash table.
        return {"identities": sorted(reader.vector(lambda: [reader.text(), reader.text()]))}
    return {}


def decode_reply(opcode, frame):
    """A whole reply: its header, and the record if there is one."""
    reader = Reader(frame)
    reply = {"xid": reader.int32(), "zxid": HeaderZxid(reader.int64()), "err": reader.int32()}
    if reply["err"] == 0:
        reply.update(decode_body(opcode, reader))
    if rest := reader.finish():
        reply["rest"] = len(rest) // 2
    return reply


def decode_event(frame):
    reader = Reader(frame)
    event = {"xid": reader.int32(), "zxid": Zxid(reader.int64()), "err": reader.int32(),
             "type": reader.int32(), "state": reader.int32(), "path": reader.text()}
    if rest := reader.finish():
        event["rest"] = rest
    return event


def session_password(session):
    """The password that ZooKeeper derives from a session id: java.util.Random's bytes."""
    mask = (1 << 48) - 1
    seed = ((session ^ 0xB3415C00) ^ 0x5DEECE66D) & mask
    out = b""
    while len(out) < 16:
        seed = (seed * 0x5DEECE66D + 0xB) & mask
        out += struct.pack("<I", seed >> 16)
    return out


class Closed(Exception):
    """The server closed the connection."""


class TimedOut(Exception):
    """The server neither answered nor closed in time."""


class Connection:
    """One TCP connection, with or without a handshake done on it."""

    def __init__(self, address):
        self.inbound = b""
        self.next_xid = 1
        try:
            self.socket = socket.create_connection(address, timeout=REPLY_SECONDS)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (BrokenPipeError, ConnectionResetError):
            self.socket = None  # Closed before the connection was complete.

    def send(self, data):
        if self.socket is None:
            return
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The close is seen when reading.

    def send_frame(self, payload):
        self.send(int32(len(payload)) + payload)

    def send_request(self, opcode, body=b"", xid=None):
        if xid is None:
            xid, self.next_xid = self.next_xid, self.next_xid + 1
        self.send_frame(int32(xid) + int32(opcode) + body)
        return xid

    def receive(self, count, deadline):
        while len(self.inbound) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimedOut
            if self.socket is None:
                raise Closed
            self.socket.settimeout(left)
            try:
                chunk = self.socket.recv(1 << 20)
            except socket.timeout:
                raise TimedOut from None
            except ConnectionResetError:
                chunk = b""
            if not chunk:
                raise Closed
            self.inbound += chunk
        taken, self.inbound = self.inbound[:count], self.inbound[count:]
        return taken

    def receive_frame(self, seconds=REPLY_SECONDS):
        deadline = time.monotonic() + seconds
        length = struct.unpack(">i", self.receive(4, deadline))[0]
        return self.receive(length, deadline)

    def receive_until_closed(self, seconds=REPLY_SECONDS):
        """Everything up to the close; TimedOut if it stays open."""
        deadline = time.monotonic() + seconds
        data = b""
        while True:
            try:
                data += self.receive(1, deadline)
            except Closed:
                return data

    def close(self):
        if self.socket is not None:
            self.socket.close()
