# SPDX-License-Identifier: Apache-2.0
"""Writes data directories of Apache ZooKeeper as its versions from 3.4 to 3.9 do: snapshots and transaction logs."""

import gzip
import os
import zlib

from harness.wire import OPEN_ACL, acls, boolean, buffer, int32, int64, vector

SNAPSHOT_HEADER = b"ZKSN" + int32(2) + int64(-1)
LOG_HEADER = b"ZKLG" + int32(2) + int64(0)
END = buffer("/")
OPEN = -1

CREATE, DELETE, SET_DATA, SET_ACL, CHECK, MULTI, CREATE2, RECONFIG = 1, 2, 5, 7, 13, 14, 15, 16
CREATE_CONTAINER, DELETE_CONTAINER, CREATE_TTL = 19, 20, 21
ERROR, CREATE_SESSION, CLOSE_SESSION = -1, -10, -11


class Node:
    def __init__(self, data=b"", acl=OPEN, zxid=0, time=0, owner=0, version=0, cversion=0, aversion=0, pzxid=None):
        self.data, self.acl, self.owner = data, acl, owner
        self.czxid = self.mzxid = zxid
        self.pzxid = zxid if pzxid is None else pzxid
        self.ctime = self.mtime = time
        self.version, self.cversion, self.aversion = version, cversion, aversion

    def record(self):
        return (buffer(self.data) + int64(self.acl) + int64(self.czxid) + int64(self.mzxid) + int64(self.ctime) +
                int64(self.mtime) + int32(self.version) + int32(self.cversion) + int32(self.aversion) +
                int64(self.owner) + int64(self.pzxid))

    def digest(self, path):
        if path.startswith("/zookeeper/"):
            return 0
        stat = (int64(self.czxid) + int64(self.mzxid) + int64(self.pzxid) + int64(self.ctime) + int64(self.mtime) +
                int32(self.version) + int32(self.cversion) + int32(self.aversion) + int64(self.owner))
        return zlib.crc32(path.encode() + (self.data or b"") + stat)


def system_nodes():
    return {"": Node(), "/zookeeper": Node(), "/zookeeper/quota": Node()}


def tree_digest(nodes):
    return sum(node.digest(path) for path, node in nodes.items()) % 2**64


def digest_section(zxid, value, version=2):
    return int64(zxid) + int32(version) + value.to_bytes(8, "big")


def seal(before):
    return before + int64(zlib.adler32(before)) + END


def snapshot(nodes, sessions=None, lists=None, digest=None, last_zxid=None):
    """`nodes` by path, parents first; `digest` as (zxid, value) from 3.6 on; `last_zxid` from 3.9 on."""
    body = SNAPSHOT_HEADER + int32(len(sessions or {}))
    for session, timeout in (sessions or {}).items():
        body += int64(session) + int32(timeout)
    body += int32(len(lists or {}))
    for index, entries in (lists or {}).items():
        body += int64(index) + acls(entries)
    body = seal(body + b"".join(buffer(path) + node.record() for path, node in nodes.items()) + END)
    if digest is not None:
        body = seal(body + digest_section(*digest))
    if last_zxid is not None:
        body = seal(body + int64(last_zxid))
    return body


def snappy(content):
    """As snappy-java's stream has it, in blocks of literals and one copy."""
    out = b"\x82SNAPPY\0" + int32(1) + int32(1)
    for at in range(0, len(content), 32768):
        block = content[at:at + 32768]
        packed, size = b"", len(block)
        while size >= 0x80:
            packed += bytes([size & 0x7F | 0x80])
            size >>= 7
        packed += bytes([size])
        if len(block) > 8 and block[:4] == block[4:8]:
            packed += bytes([3 << 2]) + block[:4] + bytes([1 | 0, 4])
            block = block[8:]
        if block:
            packed += bytes([61 << 2]) + (len(block) - 1).to_bytes(2, "little") + block
        out += int32(len(packed)) + packed
    return out


def packed(content, method):
    return {"": lambda: content, ".gz": lambda: gzip.compress(content), ".snappy": lambda: snappy(content)}[method]()


def txn(zxid, kind, body, session=0, time=0, digest=None):
    record = int64(session) + int32(1) + int64(zxid) + int64(time) + int32(kind) + body
    return record if digest is None else record + int32(2) + digest.to_bytes(8, "big")


def create(path, data=b"", acl=OPEN_ACL, ephemeral=False, cversion=-1):
    return buffer(path) + buffer(data) + acls(acl) + boolean(ephemeral) + int32(cversion)


def create_container(path, data=b"", cversion=-1):
    return buffer(path) + buffer(data) + acls(OPEN_ACL) + int32(cversion)


def create_ttl(path, ttl, data=b"", cversion=-1):
    return create_container(path, data, cversion) + int64(ttl)


def set_data(path, data, version):
    return buffer(path) + buffer(data) + int32(version)


def multi(*parts):
    return int32(len(parts)) + b"".join(int32(kind) + buffer(body) for kind, body in parts)


def close_session(*paths):
    return vector(paths)


def entry(record):
    return int64(zlib.adler32(record)) + buffer(record) + b"B"


def log(*records, padding=4096):
    return LOG_HEADER + b"".join(map(entry, records)) + bytes(padding)


def write(directory, name, content):
    folder = os.path.join(directory, "version-2")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)
