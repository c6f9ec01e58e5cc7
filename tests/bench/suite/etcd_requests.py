# SPDX-License-Identifier: Apache-2.0
"""The requests that etcd is loaded with, as gRPC carries them: a length, then a Protocol Buffers message."""

import struct
from dataclasses import dataclass

KEY = b"/bench/key-000"

_BYTES = 2
_VARINT = 0


def _bytes_field(number, value):
    assert len(value) < 128  # longer ones need a longer length
    return bytes([number << 3 | _BYTES, len(value)]) + value


def _true_field(number):
    return bytes([number << 3 | _VARINT, 1])


def _framed(message):
    return struct.pack(">BI", 0, len(message)) + message


@dataclass(frozen=True)
class Request:
    method: str
    body: bytes
    is_write: bool = False


def put(value_size):
    """etcdserverpb.PutRequest: key = 1, value = 2."""
    message = _bytes_field(1, KEY) + _bytes_field(2, b"v" * value_size)
    return Request("etcdserverpb.KV/Put", _framed(message), is_write=True)


def linearizable_range():
    """etcdserverpb.RangeRequest: key = 1. It is confirmed by a quorum before it is answered."""
    return Request("etcdserverpb.KV/Range", _framed(_bytes_field(1, KEY)))


def serializable_range():
    """serializable = 7: answered from what the server has, as a read of ZooKeeper is."""
    return Request("etcdserverpb.KV/Range", _framed(_bytes_field(1, KEY) + _true_field(7)))
