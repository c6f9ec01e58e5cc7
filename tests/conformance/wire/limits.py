# SPDX-License-Identifier: Apache-2.0
"""Sizes, floods and half-open connections."""

import socket
import struct

from harness import wire
from . import case

MAX = 0xfffff


@case("limits/a request of jute.maxbuffer is served, a longer one closes")
def largest(t):
    t.make_root()
    overhead = 8 + len(wire.set_data(t.root, b""))
    s = t.connect("largest")
    s.call(wire.SET_DATA, wire.set_data(t.root, b"x" * (MAX - overhead)))
    s.call(wire.EXISTS, wire.path_watch(t.root))
    s = t.connect("one more")
    s.call(wire.SET_DATA, wire.set_data(t.root, b"x" * (MAX - overhead + 1)))
    s.expect_close()
    t.connect("after").call(wire.EXISTS, wire.path_watch(t.root))


@case("limits/lengths after the handshake")
def lengths(t):
    for length in (-1, -2**31, MAX + 1, 2**31 - 1, struct.unpack(">i", b"ruok")[0]):
        s = t.connect(f"length {length}")
        s.connection.send(wire.int32(length))
        s.expect_close()


@case("limits/frames too short for a header close")
def short_frames(t):
    for length in (0, 1, 4, 7):
        s = t.connect(f"{length} bytes")
        s.connection.send_frame(bytes(length))
        s.expect_close()


@case("limits/a large reply")
def large_reply(t):
    t.make_root()
    s = t.connect()
    for index in range(2000):
        s.send(wire.CREATE, wire.create(f"{t.root}/{'n' * 300}{index:05}"))
    for _ in range(2000):
        s.connection.receive_frame()
    s.send(wire.GET_CHILDREN, wire.path_watch(t.root))
    frame = s.connection.receive_frame()
    t.record("bytes", len(frame))


@case("limits/a thousand requests before the first reply is read")
def flood(t):
    t.make_root()
    s = t.connect()
    count = 1500
    for index in range(count):
        if index % 2:
            s.send(wire.CREATE, wire.create(f"{t.root}/{index}"))
        else:
            s.send(wire.GET_DATA, wire.path_watch(t.root))
    xids = []
    for index in range(count):
        frame = s.connection.receive_frame()
        xids.append(struct.unpack(">i", frame[:4])[0])
    t.record("in order", xids == sorted(xids))
    s.call(wire.GET_ALL_CHILDREN_NUMBER, wire.buffer(t.root))


@case("limits/a client that closes its sending half")
def half_closed(t):
    t.make_root()
    s = t.connect()
    s.send(wire.EXISTS, wire.path_watch(t.root))
    s.receive(wire.EXISTS)
    s.connection.socket.shutdown(socket.SHUT_WR)
    s.expect_close()
    again = s.reattach("again")
    again.still_open()


@case("limits/a reset connection keeps its session")
def reset(t):
    s = t.connect()
    s.connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
    s.reattach("again").still_open()


@case("limits/a frame that is cut by the close is not executed")
def cut_frame(t):
    s = t.connect()
    body = wire.int32(1) + wire.int32(wire.CREATE) + wire.create(t.root)
    s.connection.send(wire.int32(len(body)) + body[:-1])
    s.close()
    t.connect("after").call(wire.EXISTS, wire.path_watch(t.root))


@case("limits/connections of one address", config="few")
def per_address(t):
    kept = [t.connect(f"connection {index}") for index in range(3)]
    extra = t.open("extra")
    extra.handshake()
    kept[0].call(wire.CLOSE_SESSION)
    kept[0].expect_close()
    kept[1].still_open()
