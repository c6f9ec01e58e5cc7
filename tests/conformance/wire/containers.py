# SPDX-License-Identifier: Apache-2.0
"""Container and TTL nodes, and when the server removes them."""

import time

from harness import wire
from . import case


NODE_DELETED = 2


def _until_gone(session, path, seconds=15):
    """Waits for the deletion event of a watch that is set here; the passage of time is what is tested."""
    session.send(wire.EXISTS, wire.path_watch(path, True))
    if wire.decode_reply(wire.EXISTS, session.connection.receive_frame())["err"] != 0:
        return NODE_DELETED  # Before the watch was set.
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        session.send(wire.PING, xid=wire.XID_PING)
        frame = session.connection.receive_frame()
        if frame[:4] == b"\xff\xff\xff\xff":
            session.connection.receive_frame()
            return wire.decode_event(frame)["type"]
        time.sleep(0.1)
    return "no event"


def _alive_after(t, session, path, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        session.quiet(wire.PING, xid=wire.XID_PING)
        time.sleep(0.1)
    session.call(wire.EXISTS, wire.path_watch(path), "still there")


@case("containers/a container goes when its last child has gone", config="fast")
def container(t):
    t.make_root()
    s = t.connect(timeout=4000)
    path = t.root + "/c"
    s.call(wire.CREATE_CONTAINER, wire.create(path, "x", flags=wire.CONTAINER))
    s.call(wire.EXISTS, wire.path_watch(path))
    _alive_after(t, s, path, 1)
    s.call(wire.CREATE, wire.create(path + "/child"))
    _alive_after(t, s, path, 1)
    s.call(wire.DELETE, wire.path_version(path + "/child"))
    t.record("event", _until_gone(s, path))
    s.call(wire.GET_CHILDREN2, wire.path_watch(t.root))


@case("containers/a ttl node goes when it was left alone", config="fast")
def ttl(t):
    t.make_root()
    s = t.connect(timeout=4000)
    path = t.root + "/t"
    s.call(wire.CREATE_TTL, wire.create_ttl(path, 500))
    t.record("event", _until_gone(s, path))
    s.call(wire.CREATE_TTL, wire.create_ttl(path, 2000))
    s.call(wire.CREATE, wire.create(path + "/child"))
    _alive_after(t, s, path, 3)
    s.call(wire.DELETE, wire.path_version(path + "/child"))
    t.record("event of the empty one", _until_gone(s, path))


@case("containers/children of containers and ttl nodes are ordinary")
def children(t):
    t.make_root()
    s = t.connect()
    s.call(wire.CREATE_CONTAINER, wire.create(t.root + "/c", flags=wire.CONTAINER))
    s.call(wire.CREATE_TTL, wire.create_ttl(t.root + "/t", 10**9))
    for parent in "ct":
        s.call(wire.CREATE2, wire.create(f"{t.root}/{parent}/e", flags=wire.EPHEMERAL_SEQUENTIAL))
        s.call(wire.EXISTS, wire.path_watch(f"{t.root}/{parent}"))
        s.call(wire.DELETE, wire.path_version(f"{t.root}/{parent}"))
    s.call(wire.GET_EPHEMERALS, wire.buffer(t.root))


@case("containers/deleteContainer from a client is refused")
def delete_container(t):
    t.make_root()
    prepared = t.quiet_session()
    prepared.quiet(wire.CREATE_CONTAINER, wire.create(t.root + "/c", flags=wire.CONTAINER))
    for index, body in enumerate(((t.root + "/c").encode(), wire.buffer(t.root + "/c"), b"")):
        s = t.connect(f"form {index}")
        s.call(wire.DELETE_CONTAINER, body)
        s.expect_close(seconds=2)
    t.connect("after").call(wire.EXISTS, wire.path_watch(t.root + "/c"))
