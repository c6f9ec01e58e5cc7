# SPDX-License-Identifier: Apache-2.0
"""Every opcode: its reply, its errors and which of them comes first, stats, special xids."""

from harness import wire
from . import case


def _prepared(t):
    t.make_root()
    return t.connect()


@case("operations/create and its errors")
def create(t):
    s = _prepared(t)
    r = t.root
    s.call(wire.CREATE, wire.create(r + "/a", "data"))
    s.call(wire.CREATE, wire.create(r + "/a", "data"), "again")
    s.call(wire.CREATE, wire.create(r + "/none/b"), "no parent")
    s.call(wire.CREATE, wire.create(r + "/e", flags=wire.EPHEMERAL), "ephemeral")
    s.call(wire.CREATE, wire.create(r + "/e/child"), "under ephemeral")
    s.call(wire.CREATE, wire.create(r + "/e", flags=wire.EPHEMERAL), "ephemeral again")
    s.call(wire.CREATE, wire.create("/"), "the root")
    s.call(wire.CREATE, wire.create("/zookeeper"), "reserved")
    s.call(wire.GET_CHILDREN2, wire.path_watch(r))


@case("operations/create2 answers with a stat")
def create2(t):
    s = _prepared(t)
    r = t.root
    s.call(wire.CREATE2, wire.create(r + "/a", "data"))
    s.call(wire.CREATE2, wire.create(r + "/e", "", flags=wire.EPHEMERAL))
    s.call(wire.CREATE2, wire.create(r + "/s", None, flags=wire.SEQUENTIAL))
    s.call(wire.CREATE2, wire.create(r + "/t", "12", flags=wire.EPHEMERAL_SEQUENTIAL))
    s.call(wire.CREATE2, wire.create(r + "/a"), "again")


@case("operations/every flag with every create opcode")
def flags(t):
    s = _prepared(t)
    for opcode in (wire.CREATE, wire.CREATE2, wire.CREATE_CONTAINER):
        for flag in (-1, 0, 1, 2, 3, 4, 5, 6, 7, 100, 2**31 - 1):
            s.call(opcode, wire.create(f"{t.root}/{opcode}-{flag}-", "x", flags=flag),
                   f"op {opcode} flag {flag}")
    for flag in (-1, 0, 1, 2, 3, 4, 5, 6, 7):
        s.call(wire.CREATE_TTL, wire.create_ttl(f"{t.root}/21-{flag}-", 1000000, flags=flag),
               f"op 21 flag {flag}")
    s.call(wire.GET_CHILDREN2, wire.path_watch(t.root))
    s.call(wire.GET_EPHEMERALS, wire.buffer(t.root))


@case("operations/ttl bounds")
def ttl_bounds(t):
    s = _prepared(t)
    for index, ttl in enumerate((-2**63, -1, 0, 1000000, 0xffffffffff, 0x10000000000, 2**63 - 1)):
        s.call(wire.CREATE_TTL, wire.create_ttl(f"{t.root}/n{index}", ttl), f"ttl {ttl}")
        s.call(wire.EXISTS, wire.path_watch(f"{t.root}/n{index}"), f"exists {ttl}")


@case("operations/ttl nodes are unimplemented when switched off", config="no-ttl")
def ttl_off(t):
    s = _prepared(t)
    s.call(wire.CREATE_TTL, wire.create_ttl(t.root + "/n", 1000))
    s.call(wire.CREATE_TTL, wire.create_ttl(t.root + "/n", 1000, flags=wire.TTL_SEQUENTIAL))
    s.call(wire.CREATE_TTL, wire.create_ttl(t.root + "/n", -1), "bad ttl")
    s.call(wire.CREATE_TTL, wire.create_ttl(t.root + "/x/n", 1000), "no parent")
    s.call(wire.MULTI, wire.multi((wire.CREATE_TTL, wire.create_ttl(t.root + "/n", 1000))))
    s.call(wire.CREATE_CONTAINER, wire.create(t.root + "/c", flags=wire.CONTAINER))
    s.still_open()


@case("operations/null and empty data differ")
def null_data(t):
    s = _prepared(t)
    for name, data in (("null", None), ("empty", b"")):
        s.call(wire.CREATE2, wire.create(f"{t.root}/{name}", data), f"create {name}")
        s.call(wire.GET_DATA, wire.path_watch(f"{t.root}/{name}"), f"get {name}")
        s.call(wire.SET_DATA, wire.set_data(f"{t.root}/{name}", "xyz"), f"set {name}")
        s.call(wire.SET_DATA, wire.set_data(f"{t.root}/{name}", data), f"set back {name}")
        s.call(wire.GET_DATA, wire.path_watch(f"{t.root}/{name}"), f"get back {name}")


@case("operations/delete and its errors")
def delete(t):
    s = _prepared(t)
    r = t.root
    s.quiet(wire.CREATE, wire.create(r + "/a"))
    s.quiet(wire.CREATE, wire.create(r + "/a/b"))
    s.call(wire.DELETE, wire.path_version(r + "/a", 7), "version before not empty")
    s.call(wire.DELETE, wire.path_version(r + "/a"), "not empty")
    s.call(wire.DELETE, wire.path_version(r + "/x/y"), "no parent")
    s.call(wire.DELETE, wire.path_version(r + "/x"), "no node")
    s.call(wire.DELETE, wire.path_version(r + "/a/b", 0))
    s.call(wire.DELETE, wire.path_version(r + "/a", -1))
    s.call(wire.DELETE, wire.path_version(r + "/a"), "again")
    for path in ("/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config", "", "x", None,
                 "/zookeeper/none", "//", r + "/", r + "//a", r + "/\0"):
        s.call(wire.DELETE, wire.path_version(path), f"path {path!r}")
    s.call(wire.EXISTS, wire.path_watch(r))


@case("operations/setData and its errors")
def set_data(t):
    s = _prepared(t)
    r = t.root
    s.call(wire.SET_DATA, wire.set_data(r, "1"))
    s.call(wire.SET_DATA, wire.set_data(r, "2", 0), "old version")
    s.call(wire.SET_DATA, wire.set_data(r, "2", 1))
    s.call(wire.SET_DATA, wire.set_data(r, "3", -2), "version -2")
    s.call(wire.SET_DATA, wire.set_data(r + "/x", "3"), "no node")
    for path in ("", "x", None, "//", r + "/", r + "/\0", "/"):
        s.call(wire.SET_DATA, wire.set_data(path, "3"), f"path {path!r}")
    s.call(wire.GET_DATA, wire.path_watch(r))


@case("operations/reads and their errors")
def reads(t):
    s = _prepared(t)
    r = t.root
    s.quiet(wire.CREATE, wire.create(r + "/a", "data"))
    s.quiet(wire.CREATE, wire.create(r + "/a/b"))
    paths = (r, r + "/a", r + "/x", "/", "", "x", None, "//", r + "/", r + "/./a", r + "/a/../a",
             r + "/\0", "/zookeeper", "/zookeeper/quota")
    for opcode in (wire.EXISTS, wire.GET_DATA, wire.GET_CHILDREN, wire.GET_CHILDREN2):
        for path in paths:
            if path == "/" and opcode != wire.GET_DATA:
                continue  # Its children and numbers depend on what ran before.
            s.call(opcode, wire.path_watch(path), f"op {opcode} {path!r}")
    for opcode in (wire.GET_ACL, wire.SYNC, wire.GET_ALL_CHILDREN_NUMBER, wire.GET_EPHEMERALS):
        for path in paths:
            if path in ("/", "") and opcode == wire.GET_ALL_CHILDREN_NUMBER:
                continue
            s.call(opcode, wire.buffer(path), f"op {opcode} {path!r}")
    s.still_open()


@case("operations/sync answers with its path, existing or not")
def sync(t):
    s = _prepared(t)
    for path in (t.root, "/none", "", None, "no slash"):
        s.call(wire.SYNC, wire.buffer(path), f"sync {path!r}")


@case("operations/getAllChildrenNumber of the root is the nodes less two")
def all_children(t):
    s = t.quiet_session()
    before = s.quiet(wire.GET_ALL_CHILDREN_NUMBER, wire.buffer("/"))["count"]
    s.quiet(wire.CREATE, wire.create(t.root))
    s.quiet(wire.CREATE, wire.create(t.root + "/a"))
    s.quiet(wire.CREATE, wire.create(t.root + "/a/b"))
    s.quiet(wire.CREATE, wire.create(t.root + "-sibling"))
    after = s.quiet(wire.GET_ALL_CHILDREN_NUMBER, wire.buffer("/"))["count"]
    t.record("grown by", after - before)
    t.connect().call(wire.GET_ALL_CHILDREN_NUMBER, wire.buffer(t.root))


@case("operations/getEphemerals lists the own session's by prefix")
def ephemerals(t):
    t.make_root()
    a, b = t.connect("a"), t.connect("b")
    for name in ("x", "xy", "z"):
        a.quiet(wire.CREATE, wire.create(f"{t.root}/{name}", flags=wire.EPHEMERAL))
    b.quiet(wire.CREATE, wire.create(t.root + "/xb", flags=wire.EPHEMERAL))
    for prefix in (None, "", " ", "/", " / ", t.root, t.root + "/x", t.root + "/none", "x", "/\0"):
        a.call(wire.GET_EPHEMERALS, wire.buffer(prefix), f"prefix {prefix!r}")
    b.call(wire.GET_EPHEMERALS, wire.buffer("/"))


@case("operations/stats follow every kind of change")
def stats(t):
    s = _prepared(t)
    r = t.root
    for label, opcode, body in (
            ("create", wire.CREATE, wire.create(r + "/c", "12345")),
            ("set", wire.SET_DATA, wire.set_data(r, "abc")),
            ("acl", wire.SET_ACL, wire.set_acl(r, wire.OPEN_ACL)),
            ("grandchild", wire.CREATE, wire.create(r + "/c/d")),
            ("create 2", wire.CREATE, wire.create(r + "/e", flags=wire.EPHEMERAL)),
            ("delete", wire.DELETE, wire.path_version(r + "/e")),
            ("set child", wire.SET_DATA, wire.set_data(r + "/c", "1"))):
        s.call(opcode, body, label)
        s.call(wire.EXISTS, wire.path_watch(r), f"parent after {label}")
        s.call(wire.EXISTS, wire.path_watch(r + "/c"), f"child after {label}")


@case("operations/sequence numbers count creates and are never used again")
def sequences(t):
    s = _prepared(t)
    r = t.root
    for flags in (wire.SEQUENTIAL, wire.EPHEMERAL_SEQUENTIAL, wire.SEQUENTIAL):
        s.call(wire.CREATE, wire.create(r + "/n-", flags=flags))
    s.call(wire.DELETE, wire.path_version(r + "/n-0000000002"))
    s.call(wire.CREATE, wire.create(r + "/n-", flags=wire.SEQUENTIAL))
    s.call(wire.CREATE, wire.create(r + "/other"))
    s.call(wire.CREATE, wire.create(r + "/n-", flags=wire.SEQUENTIAL))
    s.call(wire.CREATE, wire.create(r + "/", flags=wire.SEQUENTIAL), "empty name")
    s.call(wire.CREATE, wire.create(r + "/other/", flags=wire.EPHEMERAL_SEQUENTIAL))
    s.call(wire.CREATE, wire.create("/", flags=wire.EPHEMERAL_SEQUENTIAL, acl=[]), "no acl")
    s.call(wire.GET_CHILDREN2, wire.path_watch(r))


@case("operations/check outside a multi is refused and the connection closed")
def check(t):
    s = _prepared(t)
    s.call(wire.CHECK, wire.path_version(t.root), seconds=2)
    s.expect_close(seconds=2)


@case("operations/unknown opcodes are refused and the connection closed")
def unknown(t):
    for opcode in (10, 23, 99, 108, 200, 500, 999, 2**31 - 1, -2, -9, -12, -2**31):
        s = t.connect(f"op {opcode}")
        s.call(opcode, b"")
        s.expect_close()


@case("operations/notification as a request")
def notification(t):
    s = t.connect()
    s.call(0, b"")
    s.expect_close()


@case("operations/internal opcodes are refused")
def internal(t):
    t.make_root()
    for opcode, body in ((wire.CREATE_SESSION, wire.int32(5000)), (wire.ERROR, wire.int32(1)),
                         (wire.DELETE_CONTAINER, (t.root + "/c").encode())):
        s = t.connect(f"op {opcode}")
        if opcode == wire.DELETE_CONTAINER:
            s.quiet(wire.CREATE_CONTAINER, wire.create(t.root + "/c", flags=wire.CONTAINER))
        reply = s.call(opcode, body)
        if opcode == wire.CREATE_SESSION and "rest" in reply:
            t.record(f"op {opcode} rest", reply.pop("rest"))
            reply["err"] = "not a reply header"
        s.expect_close(seconds=1)
    t.connect("after").call(wire.EXISTS, wire.path_watch(t.root + "/c"))


@case("operations/ping answers its xid whatever follows it")
def ping(t):
    s = t.connect()
    s.call(wire.PING, xid=wire.XID_PING)
    s.call(wire.PING, b"trailing", xid=wire.XID_PING)
    s.call(wire.PING, xid=5, label="with an ordinary xid")
    s.call(wire.EXISTS, wire.path_watch("/zookeeper"), xid=wire.XID_PING, label="exists with the ping's xid")


@case("operations/xids are echoed, whatever they are")
def xids(t):
    s = t.connect()
    for xid in (0, 1, 1, 7, 3, 2**31 - 1, -3, -5, -100, -2**31):
        s.call(wire.EXISTS, wire.path_watch("/zookeeper"), xid=xid, label=f"xid {xid}")


@case("operations/reconfig is disabled by default")
def reconfig(t):
    s = t.connect()
    s.call(wire.RECONFIG, wire.reconfig())
    s.call(wire.RECONFIG, wire.reconfig(joining="server.1=localhost:1:2;3"))
    t.super_session()
    s.still_open()


@case("operations/reconfig is unimplemented in a standalone server", config="reconfig")
def reconfig_standalone(t):
    s = t.connect()
    s.call(wire.RECONFIG, wire.reconfig(joining="server.1=localhost:1:2;3"))
    s.still_open()
    s.auth("digest", "super:admin")
    s.call(wire.RECONFIG, wire.reconfig(members="server.1=localhost:1:2;3"))
    s.call(wire.RECONFIG, b"", "empty record")
    s.still_open()


@case("operations/the config node")
def config_node(t):
    s = t.connect()
    for opcode in (wire.EXISTS, wire.GET_DATA, wire.GET_CHILDREN2):
        s.call(opcode, wire.path_watch("/zookeeper/config"), f"op {opcode}")
    s.call(wire.GET_ACL, wire.buffer("/zookeeper/config"))
    s.call(wire.GET_ACL, wire.buffer("/zookeeper"), "acl of zookeeper")
    s.call(wire.GET_ACL, wire.buffer("/zookeeper/quota"), "acl of quota")
    s.call(wire.SET_DATA, wire.set_data("/zookeeper/config", "x"))
    s.call(wire.CREATE, wire.create("/zookeeper/config/x"))


@case("operations/truncated records are marshalling errors and keep the connection")
def truncated(t):
    t.make_root()
    bodies = {
        wire.CREATE: wire.create(t.root + "/t", "data"),
        wire.CREATE2: wire.create(t.root + "/t", "data"),
        wire.CREATE_CONTAINER: wire.create(t.root + "/t", "data", flags=4),
        wire.CREATE_TTL: wire.create_ttl(t.root + "/t", 1000),
        wire.DELETE: wire.path_version(t.root + "/t"),
        wire.EXISTS: wire.path_watch(t.root),
        wire.GET_DATA: wire.path_watch(t.root),
        wire.SET_DATA: wire.set_data(t.root, "x"),
        wire.GET_ACL: wire.buffer(t.root),
        wire.SET_ACL: wire.set_acl(t.root, wire.OPEN_ACL),
        wire.GET_CHILDREN: wire.path_watch(t.root),
        wire.GET_CHILDREN2: wire.path_watch(t.root),
        wire.SYNC: wire.buffer(t.root),
        wire.GET_EPHEMERALS: wire.buffer(t.root),
        wire.GET_ALL_CHILDREN_NUMBER: wire.buffer(t.root),
        wire.ADD_WATCH: wire.buffer(t.root) + wire.int32(0),
        wire.CHECK_WATCHES: wire.buffer(t.root) + wire.int32(3),
        wire.REMOVE_WATCHES: wire.buffer(t.root) + wire.int32(3),
        wire.MULTI: wire.multi((wire.CREATE, wire.create(t.root + "/t"))),
        wire.MULTI_READ: wire.multi((wire.GET_DATA, wire.path_watch(t.root))),
        wire.SET_WATCHES: wire.set_watches(0, [t.root]),
        wire.SET_WATCHES2: wire.set_watches2(0, [t.root]),
        wire.AUTH: wire.auth("digest", "a:b"),
        wire.SASL: wire.buffer("token"),
    }
    for opcode, body in bodies.items():
        for cut in sorted({0, 2, len(body) // 2, len(body) - 1}):
            s = t.connect(f"op {opcode} cut at {cut}")
            s.call(opcode, body[:cut], "request")
            s.still_open("then")


@case("operations/lengths inside a record that lie")
def lying_lengths(t):
    t.make_root()
    for length in (-2, -2**31, 1000, 0x7fffffff):
        s = t.connect(f"path length {length}")
        s.call(wire.EXISTS, wire.int32(length) + b"/x\0", "exists")
        s.still_open("after exists")
        s.call(wire.CREATE, wire.int32(length) + b"/x" + bytes(20), "create")
        s.still_open("after create")
    for count in (-2, -2**31, 1000, 0x7fffffff):
        s = t.connect(f"acl count {count}")
        s.call(wire.CREATE, wire.buffer(t.root + "/n") + wire.buffer("") + wire.int32(count) +
               wire.int32(0))
        s.still_open()


@case("operations/trailing bytes are ignored")
def trailing(t):
    s = _prepared(t)
    s.call(wire.EXISTS, wire.path_watch(t.root) + b"more")
    s.call(wire.CREATE, wire.create(t.root + "/a") + b"more")
    s.call(wire.GET_CHILDREN, wire.path_watch(t.root) + b"more")
    s.call(wire.MULTI, wire.multi((wire.CHECK, wire.path_version(t.root))) + b"more")


@case("operations/booleans other than 0 and 1 are true")
def booleans(t):
    s = _prepared(t)
    s.call(wire.GET_DATA, wire.buffer(t.root) + b"\x02")
    s.call(wire.GET_CHILDREN, wire.buffer(t.root) + b"\xff")
    other = t.connect("other")
    other.call(wire.SET_DATA, wire.set_data(t.root, "x"))
    other.call(wire.CREATE, wire.create(t.root + "/n"))
    s.ping()


@case("operations/replies come in the order of requests")
def order(t):
    s = _prepared(t)
    r = t.root
    requests = [
        (wire.CREATE, wire.create(r + "/a", "1")), (wire.GET_DATA, wire.path_watch(r + "/a", True)),
        (wire.SET_DATA, wire.set_data(r + "/a", "2")), (wire.GET_DATA, wire.path_watch(r + "/a")),
        (wire.CREATE, wire.create(r + "/a")), (wire.EXISTS, wire.path_watch(r + "/b", True)),
        (wire.CREATE2, wire.create(r + "/b")), (wire.SYNC, wire.buffer(r)),
        (wire.GET_CHILDREN2, wire.path_watch(r, True)), (wire.DELETE, wire.path_version(r + "/a")),
        (wire.GET_CHILDREN, wire.path_watch(r)), (wire.MULTI, wire.multi()),
        (wire.DELETE, wire.path_version(r + "/b", 9)), (wire.EXISTS, wire.path_watch(r + "/b")),
    ]
    for opcode, body in requests * 1:
        s.send(opcode, body)
    for opcode, _ in requests:
        s.receive(opcode)


@case("operations/the empty path names the root")
def empty_path(t):
    s = t.connect()
    counts = [s.quiet(wire.GET_ALL_CHILDREN_NUMBER, wire.buffer(path))["count"] for path in ("", "/")]
    t.record("the root counts itself under it", counts[0] - counts[1])


@case("operations/pings of others are answered during a flood of writes and syncs")
def ping_storm(t):
    t.make_root()
    busy, other = t.connect("busy"), t.connect("other")
    requests = [(wire.CREATE, wire.create(f"{t.root}/{index}")) if index % 10 else (wire.SYNC, wire.buffer(t.root))
                for index in range(1000)]
    for opcode, body in requests:
        busy.send(opcode, body)
    answered = 0
    for _ in range(200):
        other.send(wire.PING, xid=wire.XID_PING)
        other.send(wire.EXISTS, wire.path_watch("/zookeeper"))
        for opcode in (wire.PING, wire.EXISTS):
            answered += wire.decode_reply(opcode, other.connection.receive_frame())["err"] == 0
    t.record("answered", answered)
    xids = [wire.decode_reply(opcode, busy.connection.receive_frame())["xid"] for opcode, _ in requests]
    t.record("in order", xids == list(range(1, len(requests) + 1)))
    busy.send(wire.SYNC, wire.buffer(t.root))
    busy.send(wire.PING, xid=wire.XID_PING)
    t.record("pings keep their place", [wire.Reader(busy.connection.receive_frame()).int32() for _ in range(2)])


@case("operations/closeSession is answered, then the connection closed")
def close_session(t):
    t.make_root()
    a, b = t.connect("a"), t.connect("b")
    a.quiet(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    b.call(wire.EXISTS, wire.path_watch(t.root + "/e", True))
    a.call(wire.CLOSE_SESSION)
    a.expect_close()
    b.call(wire.EXISTS, wire.path_watch(t.root + "/e"))


@case("operations/requests after closeSession are not answered")
def after_close(t):
    s = _prepared(t)
    s.send(wire.CLOSE_SESSION)
    s.send(wire.EXISTS, wire.path_watch("/zookeeper"))
    s.receive(wire.CLOSE_SESSION)
    s.expect_close()


@case("operations/whoAmI names the address and every identity")
def who_am_i(t):
    s = t.connect()
    s.call(wire.WHO_AM_I)
    s.auth("digest", "user:pass")
    s.auth("digest", "user:pass")
    s.call(wire.WHO_AM_I)
    s.auth("digest", "other:pass")
    s.auth("digest", "super:admin")
    s.call(wire.WHO_AM_I)
    s.call(wire.WHO_AM_I, b"trailing")


@case("operations/sasl without a server section")
def sasl(t):
    s = t.connect()
    s.call(wire.SASL, wire.buffer("token"))
    s.still_open()
    s.call(wire.WHO_AM_I)
    s.call(wire.SASL, wire.buffer(None), "null token")
    s.expect_close()
