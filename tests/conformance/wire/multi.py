# SPDX-License-Identifier: Apache-2.0
"""multi and multiRead: results of each kind, failures at each place, odd compositions."""

from harness import wire
from . import case


@case("multi/every kind of operation")
def kinds(t):
    t.make_root()
    s = t.connect()
    r = t.root
    s.call(wire.MULTI, wire.multi(
        (wire.CREATE, wire.create(r + "/a", "1")), (wire.CREATE2, wire.create(r + "/b", "22")),
        (wire.CREATE_CONTAINER, wire.create(r + "/c", flags=wire.CONTAINER)),
        (wire.CREATE_TTL, wire.create_ttl(r + "/t", 1000000)),
        (wire.CREATE_TTL, wire.create_ttl(r + "/t-", 1000000, flags=wire.TTL_SEQUENTIAL)),
        (wire.CREATE, wire.create(r + "/e", flags=wire.EPHEMERAL)),
        (wire.CREATE2, wire.create(r + "/s-", flags=wire.SEQUENTIAL)),
        (wire.SET_DATA, wire.set_data(r + "/a", "new", 0)), (wire.CHECK, wire.path_version(r + "/a", 1)),
        (wire.DELETE, wire.path_version(r + "/b", 0))))
    s.call(wire.GET_CHILDREN2, wire.path_watch(r))
    s.call(wire.GET_DATA, wire.path_watch(r + "/a"))


@case("multi/later operations see earlier ones")
def inside(t):
    t.make_root()
    s = t.connect()
    r = t.root
    s.call(wire.MULTI, wire.multi(
        (wire.CREATE, wire.create(r + "/a")), (wire.CREATE, wire.create(r + "/a/b")),
        (wire.DELETE, wire.path_version(r + "/a/b")), (wire.DELETE, wire.path_version(r + "/a"))))
    s.call(wire.MULTI, wire.multi(
        (wire.CREATE, wire.create(r + "/n-", flags=wire.SEQUENTIAL)),
        (wire.CREATE, wire.create(r + "/n-", flags=wire.SEQUENTIAL)),
        (wire.SET_DATA, wire.set_data(r, "x")), (wire.SET_DATA, wire.set_data(r, "y", 1)),
        (wire.CHECK, wire.path_version(r, 2))))
    s.call(wire.GET_CHILDREN2, wire.path_watch(r))


@case("multi/a failure gives its code, zero before and runtime inconsistency after")
def failures(t):
    t.make_root()
    s = t.connect()
    r = t.root
    good = (wire.CREATE, wire.create(r + "/good"))
    bad = {
        "no node": (wire.CHECK, wire.path_version(r + "/none")),
        "bad version": (wire.CHECK, wire.path_version(r, 5)),
        "exists": (wire.CREATE, wire.create(r)),
        "no parent": (wire.CREATE, wire.create(r + "/x/y")),
        "no acl": (wire.CREATE, wire.create(r + "/x", acl=[])),
        "bad path": (wire.CREATE, wire.create(r + "/x/")),
        "not empty": (wire.DELETE, wire.path_version(r)),
        "reserved": (wire.DELETE, wire.path_version("/zookeeper/quota")),
        "bad mode": (wire.CREATE, wire.create(r + "/x", flags=9)),
        "bad ttl": (wire.CREATE_TTL, wire.create_ttl(r + "/x", -5)),
        "set missing": (wire.SET_DATA, wire.set_data(r + "/none", "x")),
    }
    for name, operation in bad.items():
        for place in range(3):
            operations = [(wire.CHECK, wire.path_version(r)), good, good]
            operations[place] = operation
            s.call(wire.MULTI, wire.multi(*operations), f"{name} at {place}")
    s.call(wire.GET_CHILDREN2, wire.path_watch(r))


@case("multi/a failed multi leaves nothing behind")
def rollback(t):
    t.make_root()
    s = t.connect()
    r = t.root
    fail = (wire.CHECK, wire.path_version("/none"))
    s.call(wire.MULTI, wire.multi((wire.CREATE, wire.create(r + "/n-", flags=wire.SEQUENTIAL)), fail))
    s.call(wire.CREATE, wire.create(r + "/n-", flags=wire.SEQUENTIAL))
    s.call(wire.MULTI, wire.multi((wire.SET_DATA, wire.set_data(r, "x")), fail))
    s.call(wire.SET_DATA, wire.set_data(r, "x", 0))
    s.call(wire.MULTI, wire.multi((wire.CREATE, wire.create(r + "/a")), fail))
    s.call(wire.CREATE, wire.create(r + "/a/b"))
    s.call(wire.CREATE, wire.create(r + "/a"))
    s.call(wire.MULTI, wire.multi((wire.DELETE, wire.path_version(r + "/a")), fail))
    s.call(wire.CREATE, wire.create(r + "/a/b"))
    s.call(wire.GET_CHILDREN2, wire.path_watch(r))


@case("multi/pipelined failures roll back to pending state")
def pipelined_rollback(t):
    t.make_root()
    s = t.connect()
    r = t.root
    fail = (wire.CHECK, wire.path_version("/none"))
    requests = [
        (wire.CREATE, wire.create(r + "/n-", flags=wire.SEQUENTIAL)),
        (wire.MULTI, wire.multi((wire.CREATE, wire.create(r + "/n-", flags=wire.SEQUENTIAL)), fail)),
        (wire.CREATE, wire.create(r + "/n-", flags=wire.SEQUENTIAL)),
        (wire.SET_DATA, wire.set_data(r, "1")),
        (wire.MULTI, wire.multi((wire.SET_DATA, wire.set_data(r, "2", 1)), fail)),
        (wire.SET_DATA, wire.set_data(r, "3", 1)),
        (wire.CREATE, wire.create(r + "/a")),
        (wire.MULTI, wire.multi((wire.DELETE, wire.path_version(r + "/a")), fail)),
        (wire.CREATE, wire.create(r + "/a/b")),
        (wire.GET_CHILDREN2, wire.path_watch(r)),
    ]
    for opcode, body in requests:
        s.send(opcode, body)
    for opcode, _ in requests:
        s.receive(opcode)


@case("multi/empty")
def empty(t):
    s = t.connect()
    s.call(wire.MULTI, wire.multi())
    s.call(wire.MULTI_READ, wire.multi())
    s.still_open()


@case("multi/all results share one zxid")
def one_zxid(t):
    t.make_root()
    s = t.connect()
    s.call(wire.MULTI, wire.multi((wire.CREATE2, wire.create(t.root + "/a")),
                                  (wire.CREATE2, wire.create(t.root + "/b")),
                                  (wire.SET_DATA, wire.set_data(t.root + "/a", "x"))))
    s.call(wire.EXISTS, wire.path_watch(t.root))


@case("multi/kinds that are not allowed")
def not_allowed(t):
    t.make_root()
    r = t.root
    good = (wire.CREATE, wire.create(r + "/good"))
    for name, operation in {
            "setACL": (wire.SET_ACL, wire.set_acl(r, wire.OPEN_ACL)),
            "sync": (wire.SYNC, wire.buffer(r)), "exists": (wire.EXISTS, wire.path_watch(r)),
            "getData": (wire.GET_DATA, wire.path_watch(r)),
            "getChildren": (wire.GET_CHILDREN, wire.path_watch(r)),
            "getChildren2": (wire.GET_CHILDREN2, wire.path_watch(r)),
            "nested": (wire.MULTI, wire.multi(good)), "unknown": (999, b""),
            "deleteContainer": (wire.DELETE_CONTAINER, wire.buffer(r)),
            "closeSession": (wire.CLOSE_SESSION, b""), "error": (wire.ERROR, wire.int32(-101)),
            "createSession": (wire.CREATE_SESSION, wire.int32(1000))}.items():
        for order, operations in (("first", (operation, good)), ("last", (good, operation))):
            s = t.connect(f"{name} {order}")
            s.call(wire.MULTI, wire.multi(*operations))
            s.still_open()
            s.close()
    t.connect("after").call(wire.GET_CHILDREN2, wire.path_watch(r))


@case("multi/without its end")
def without_end(t):
    t.make_root()
    s = t.connect()
    s.call(wire.MULTI, wire.multi((wire.CREATE, wire.create(t.root + "/a")), end=False))
    s.still_open()
    s.call(wire.EXISTS, wire.path_watch(t.root + "/a"))


@case("multi/headers with odd done and err fields")
def odd_headers(t):
    t.make_root()
    s = t.connect()
    create = wire.create(t.root + "/a")
    s.call(wire.MULTI, wire.multi_header(wire.CREATE, False, 77) + create + wire.multi_header(5, True, 9))
    s.call(wire.MULTI, wire.multi_header(wire.CREATE, True, -1) + create + wire.multi_header(-1, True))
    s.still_open()


@case("multi/null paths")
def null_paths(t):
    t.make_root()
    for opcode, body in ((wire.CREATE, wire.create(None)), (wire.DELETE, wire.path_version(None)),
                         (wire.SET_DATA, wire.set_data(None, "x")),
                         (wire.CHECK, wire.path_version(None))):
        s = t.connect(f"op {opcode}")
        s.call(wire.MULTI, wire.multi((opcode, body)))
        s.still_open()
        s.call(opcode if opcode != wire.CHECK else wire.EXISTS,
               body if opcode != wire.CHECK else wire.path_watch(None), "alone")
        s.still_open()


@case("multi/permissions are checked per operation")
def permissions(t):
    t.make_root()
    owner = t.connect("owner")
    owner.auth("digest", "owner:pw")
    r = t.root
    owner.call(wire.CREATE, wire.create(r + "/private", acl=[(wire.ALL, "auth", "")]))
    s = t.connect("other")
    for operation in ((wire.CREATE, wire.create(r + "/private/x")),
                      (wire.DELETE, wire.path_version(r + "/private")),
                      (wire.SET_DATA, wire.set_data(r + "/private", "x")),
                      (wire.CHECK, wire.path_version(r + "/private"))):
        s.call(wire.MULTI, wire.multi((wire.CREATE, wire.create(r + "/good")), operation),
               f"op {operation[0]}")
    s.call(wire.GET_CHILDREN2, wire.path_watch(r))


@case("multi/multiRead answers each operation on its own")
def multi_read(t):
    t.make_root()
    s = t.connect()
    r = t.root
    s.quiet(wire.CREATE, wire.create(r + "/a", "data"))
    owner = t.connect("owner")
    owner.auth("digest", "owner:pw")
    owner.call(wire.CREATE, wire.create(r + "/private", acl=[(wire.ALL, "auth", "")]))
    s.call(wire.MULTI_READ, wire.multi(
        (wire.GET_DATA, wire.path_watch(r + "/a")), (wire.GET_DATA, wire.path_watch(r + "/none")),
        (wire.GET_CHILDREN, wire.path_watch(r)), (wire.GET_CHILDREN, wire.path_watch(r + "/none")),
        (wire.GET_DATA, wire.path_watch(r + "/private")),
        (wire.GET_DATA, wire.path_watch("")), (wire.GET_DATA, wire.path_watch(r + "/a"))))
    for name, operation in {
            "exists": (wire.EXISTS, wire.path_watch(r)), "create": (wire.CREATE, wire.create(r + "/x")),
            "check": (wire.CHECK, wire.path_version(r)), "unknown": (999, b""),
            "getChildren2": (wire.GET_CHILDREN2, wire.path_watch(r)),
            "null path": (wire.GET_DATA, wire.path_watch(None))}.items():
        again = t.connect(name)
        again.call(wire.MULTI_READ, wire.multi((wire.GET_DATA, wire.path_watch(r + "/a")), operation))
        again.still_open()


@case("multi/many operations")
def many(t):
    t.make_root()
    s = t.connect()
    s.call(wire.MULTI, wire.multi(*[(wire.CREATE, wire.create(f"{t.root}/n{i:04}")) for i in range(500)]))
    s.call(wire.GET_CHILDREN2, wire.path_watch(t.root))
    s.call(wire.MULTI, wire.multi(*[(wire.DELETE, wire.path_version(f"{t.root}/n{i:04}"))
                                    for i in range(500)]))
    s.call(wire.GET_CHILDREN2, wire.path_watch(t.root))
