# SPDX-License-Identifier: Apache-2.0
"""Sessions: expiry, touching, ephemerals over reconnects and restarts."""

import time

from harness import wire
from . import case


@case("sessions/a silent session expires, a pinging one does not", config="fast")
def expiry(t):
    t.make_root()
    silent, lively = t.connect("silent", timeout=600), t.connect("lively", timeout=2000)
    for s in (silent, lively):
        s.call(wire.CREATE, wire.create(f"{t.root}/{s.name}", flags=wire.EPHEMERAL))
    deadline = time.monotonic() + 4.5
    while time.monotonic() < deadline:
        lively.quiet(wire.PING, xid=wire.XID_PING)
        time.sleep(0.1)  # The passage of time is what is tested.
    silent.expect_close()
    lively.call(wire.GET_CHILDREN2, wire.path_watch(t.root))
    silent.reattach().expect_close()


@case("sessions/a session without a connection expires", config="fast")
def orphan(t):
    t.make_root()
    watcher, owner = t.connect("watcher", timeout=4000), t.connect("owner", timeout=600)
    owner.call(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    watcher.call(wire.EXISTS, wire.path_watch(t.root + "/e", True))
    owner.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        seen = watcher.connection.receive_frame()
        t.record("event", wire.Reader(seen).data[16:].hex())
        break
    owner.reattach().expect_close()


@case("sessions/a session outlives its connection", config="fast")
def outlives(t):
    t.make_root()
    s = t.connect(timeout=4000)
    s.call(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    for name in "bcd":
        s.close()
        s = s.reattach(name, timeout=4000)
    s.call(wire.GET_CHILDREN2, wire.path_watch(t.root))


@case("sessions/an expired session leaves nothing after a restart", config="fast")
def restart_after_expiry(t):
    t.make_root()
    s = t.connect(timeout=400)
    s.call(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    s.expect_close("expires")
    t.server.restart()
    s.reattach("again").expect_close()
    t.connect("after").call(wire.GET_CHILDREN2, wire.path_watch(t.root))


@case("sessions/everything is still there after a restart", config="restart")
def restart(t):
    t.make_root()
    s = t.connect()
    s.auth("digest", "user:pass")
    s.quiet(wire.CREATE, wire.create(t.root + "/a", "data", [(wire.ALL, "auth", "")]))
    s.quiet(wire.SET_DATA, wire.set_data(t.root + "/a", "data 2"))
    s.quiet(wire.CREATE, wire.create(t.root + "/null", None))
    s.quiet(wire.CREATE, wire.create(t.root + "/seq-", flags=wire.SEQUENTIAL))
    s.quiet(wire.CREATE_TTL, wire.create_ttl(t.root + "/ttl", 10**9))
    s.quiet(wire.CREATE_CONTAINER, wire.create(t.root + "/container", flags=wire.CONTAINER))
    s.quiet(wire.CREATE, wire.create(t.root + "/gone"))
    s.quiet(wire.DELETE, wire.path_version(t.root + "/gone"))
    s.quiet(wire.SET_ACL, wire.set_acl(t.root + "/null", [(wire.READ, "world", "anyone")]))
    s.quiet(wire.MULTI, wire.multi((wire.CREATE, wire.create(t.root + "/m1", "1")),
                                   (wire.CREATE, wire.create(t.root + "/m1/m2", "2"))))
    for round_ in range(2):
        t.server.restart()
        reader = t.connect(f"reader {round_}")
        reader.auth("digest", "user:pass")
        reader.call(wire.GET_CHILDREN2, wire.path_watch(t.root))
        for name in ("a", "null", "seq-0000000002", "ttl", "container", "m1", "m1/m2"):
            reader.call(wire.GET_DATA, wire.path_watch(f"{t.root}/{name}"), f"get {name}")
            reader.call(wire.GET_ACL, wire.buffer(f"{t.root}/{name}"), f"acl {name}")
        reader.call(wire.CREATE, wire.create(t.root + "/seq-", flags=wire.SEQUENTIAL))
    s.reattach("again").call(wire.GET_EPHEMERALS, wire.buffer("/"))


@case("sessions/an ephemeral's owner is the session")
def owner(t):
    t.make_root()
    a, b = t.connect("a"), t.connect("b")
    a.call(wire.CREATE2, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    b.call(wire.EXISTS, wire.path_watch(t.root + "/e"))
    b.call(wire.DELETE, wire.path_version(t.root + "/e"))
    b.call(wire.CREATE2, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    a.call(wire.CLOSE_SESSION)
    b.call(wire.GET_EPHEMERALS, wire.buffer("/"))


@case("sessions/many ephemerals end with their session")
def many(t):
    t.make_root()
    a, b = t.connect("a"), t.connect("b")
    for index in range(300):
        a.quiet(wire.CREATE, wire.create(f"{t.root}/e{index}", flags=wire.EPHEMERAL))
    b.call(wire.GET_CHILDREN2, wire.path_watch(t.root))
    a.call(wire.CLOSE_SESSION)
    b.call(wire.GET_CHILDREN2, wire.path_watch(t.root))
