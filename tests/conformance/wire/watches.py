# SPDX-License-Identifier: Apache-2.0
"""Watches: when they are set, what they see and in which order, re-arming and removal."""

from harness import wire
from . import case


def add_watch(path, mode):
    return wire.buffer(path) + wire.int32(mode)


def watches(path, kind):
    return wire.buffer(path) + wire.int32(kind)


def _pair(t):
    t.make_root()
    return t.connect("watcher"), t.connect("writer")


@case("watches/exists on a missing node sees its creation")
def exists_missing(t):
    w, x = _pair(t)
    w.call(wire.EXISTS, wire.path_watch(t.root + "/a", True))
    x.call(wire.CREATE, wire.create(t.root + "/a"))
    w.ping()
    x.call(wire.SET_DATA, wire.set_data(t.root + "/a", "x"))
    w.ping("once only")


@case("watches/a failed read leaves no watch")
def failed_reads(t):
    w, x = _pair(t)
    for opcode in (wire.GET_DATA, wire.GET_CHILDREN, wire.GET_CHILDREN2):
        w.call(opcode, wire.path_watch(t.root + "/a", True))
    x.call(wire.CREATE, wire.create(t.root + "/a"))
    x.call(wire.CREATE, wire.create(t.root + "/a/b"))
    w.ping()


@case("watches/data watches see each kind of change once")
def data(t):
    w, x = _pair(t)
    path = t.root + "/a"
    x.call(wire.CREATE, wire.create(path))
    w.call(wire.GET_DATA, wire.path_watch(path, True))
    x.call(wire.SET_ACL, wire.set_acl(path, wire.OPEN_ACL))
    w.ping("not by an acl")
    x.call(wire.CREATE, wire.create(path + "/child"))
    w.ping("not by a child")
    x.call(wire.SET_DATA, wire.set_data(path, "x"))
    x.call(wire.SET_DATA, wire.set_data(path, "y"))
    w.ping("by the first change")
    x.call(wire.DELETE, wire.path_version(path + "/child"))
    w.call(wire.EXISTS, wire.path_watch(path, True))
    x.call(wire.DELETE, wire.path_version(path))
    w.ping("by the deletion")


@case("watches/child watches see creation and deletion of children only")
def child(t):
    w, x = _pair(t)
    path = t.root + "/a"
    x.call(wire.CREATE, wire.create(path))
    w.call(wire.GET_CHILDREN, wire.path_watch(path, True))
    x.call(wire.SET_DATA, wire.set_data(path, "x"))
    w.ping("not by data")
    x.call(wire.CREATE, wire.create(path + "/c"))
    w.ping("by a creation")
    w.call(wire.GET_CHILDREN2, wire.path_watch(path, True))
    x.call(wire.SET_DATA, wire.set_data(path + "/c", "x"))
    x.call(wire.CREATE, wire.create(path + "/c/d"))
    x.call(wire.DELETE, wire.path_version(path + "/c/d"))
    w.ping("not by a child's change")
    x.call(wire.DELETE, wire.path_version(path + "/c"))
    w.ping("by a deletion")
    w.call(wire.GET_CHILDREN, wire.path_watch(path, True))
    x.call(wire.DELETE, wire.path_version(path))
    w.ping("by its own deletion")


@case("watches/data and child watch of one node are told of its deletion once")
def both(t):
    w, x = _pair(t)
    path = t.root + "/a"
    x.call(wire.CREATE, wire.create(path))
    w.call(wire.GET_DATA, wire.path_watch(path, True))
    w.call(wire.GET_CHILDREN, wire.path_watch(path, True))
    x.call(wire.DELETE, wire.path_version(path))
    w.ping()
    x.call(wire.CREATE, wire.create(path))
    w.ping("nothing left")


@case("watches/the own write is told before its reply")
def own_write(t):
    t.make_root()
    s = t.connect()
    s.call(wire.GET_DATA, wire.path_watch(t.root, True))
    s.call(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    s.call(wire.SET_DATA, wire.set_data(t.root, "x"))
    s.call(wire.CREATE, wire.create(t.root + "/a"))


@case("watches/a multi tells its events in order before its reply")
def in_multi(t):
    t.make_root()
    s, other = t.connect("a"), t.connect("b")
    for one in (s, other):
        one.call(wire.EXISTS, wire.path_watch(t.root + "/a", True))
        one.call(wire.EXISTS, wire.path_watch(t.root + "/a/b", True))
        one.call(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    s.call(wire.MULTI, wire.multi(
        (wire.CREATE, wire.create(t.root + "/a")), (wire.CREATE, wire.create(t.root + "/a/b")),
        (wire.SET_DATA, wire.set_data(t.root + "/a", "x")),
        (wire.DELETE, wire.path_version(t.root + "/a/b"))))
    other.ping()


@case("watches/a failed multi tells nothing")
def in_failed_multi(t):
    w, x = _pair(t)
    w.call(wire.GET_DATA, wire.path_watch(t.root, True))
    x.call(wire.MULTI, wire.multi((wire.SET_DATA, wire.set_data(t.root, "x")),
                                  (wire.CHECK, wire.path_version("/none"))))
    w.ping()


@case("watches/the end of a session tells of its ephemerals")
def session_end(t):
    w, x = _pair(t)
    x.quiet(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    w.call(wire.EXISTS, wire.path_watch(t.root + "/e", True))
    w.call(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    x.call(wire.CLOSE_SESSION)
    w.ping()


@case("watches/an expired session's ephemerals are told of", config="fast")
def session_expiry(t):
    t.make_root()
    w = t.connect("watcher", timeout=4000)
    x = t.connect("owner", timeout=400)
    x.quiet(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    w.call(wire.EXISTS, wire.path_watch(t.root + "/e", True))
    x.expect_close("expires")
    w.ping()
    x.reattach("again").expect_close()


@case("watches/a persistent watch sees node and children for good")
def persistent(t):
    w, x = _pair(t)
    path = t.root + "/p"
    w.call(wire.ADD_WATCH, add_watch(path, 0))
    for opcode, body in ((wire.CREATE, wire.create(path)), (wire.SET_DATA, wire.set_data(path, "x")),
                         (wire.CREATE, wire.create(path + "/c")),
                         (wire.SET_DATA, wire.set_data(path + "/c", "x")),
                         (wire.CREATE, wire.create(path + "/c/d")),
                         (wire.DELETE, wire.path_version(path + "/c/d")),
                         (wire.DELETE, wire.path_version(path + "/c")),
                         (wire.DELETE, wire.path_version(path)), (wire.CREATE, wire.create(path))):
        x.call(opcode, body)
        w.ping()


@case("watches/a recursive watch sees the subtree for good, and no children events")
def recursive(t):
    w, x = _pair(t)
    path = t.root + "/p"
    w.call(wire.ADD_WATCH, add_watch(path, 1))
    for opcode, body in ((wire.CREATE, wire.create(path)), (wire.SET_DATA, wire.set_data(path, "x")),
                         (wire.CREATE, wire.create(path + "/c")),
                         (wire.SET_DATA, wire.set_data(path + "/c", "x")),
                         (wire.CREATE, wire.create(path + "/c/d", flags=wire.EPHEMERAL)),
                         (wire.CREATE, wire.create(path + "sibling")),
                         (wire.DELETE, wire.path_version(path + "/c/d")),
                         (wire.DELETE, wire.path_version(path + "/c")),
                         (wire.DELETE, wire.path_version(path)), (wire.CREATE, wire.create(path))):
        x.call(opcode, body)
        w.ping()


@case("watches/a recursive watch on the root")
def recursive_root(t):
    w, x = _pair(t)
    w.call(wire.ADD_WATCH, add_watch("/", 1))
    x.call(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    x.call(wire.SET_DATA, wire.set_data(t.root, "x"))
    x.call(wire.CLOSE_SESSION)
    w.ping()


@case("watches/recursive and one-shot watches of one connection give one event")
def one_event(t):
    w, x = _pair(t)
    x.call(wire.CREATE, wire.create(t.root + "/a"))
    w.call(wire.ADD_WATCH, add_watch(t.root, 1))
    w.call(wire.GET_DATA, wire.path_watch(t.root + "/a", True))
    w.call(wire.GET_CHILDREN, wire.path_watch(t.root + "/a", True))
    x.call(wire.SET_DATA, wire.set_data(t.root + "/a", "1"))
    w.ping("data")
    x.call(wire.DELETE, wire.path_version(t.root + "/a"))
    w.ping("deletion")


@case("watches/a one-shot watch beside a persistent one")
def one_shot_beside_persistent(t):
    w, x = _pair(t)
    w.call(wire.ADD_WATCH, add_watch(t.root, 0))
    w.call(wire.GET_DATA, wire.path_watch(t.root, True))
    for value in "123":
        x.call(wire.SET_DATA, wire.set_data(t.root, value))
        w.ping(f"set {value}")


@case("watches/a one-shot watch beside a recursive one")
def one_shot_beside_recursive(t):
    w, x = _pair(t)
    w.call(wire.ADD_WATCH, add_watch(t.root, 1))
    w.call(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    w.call(wire.GET_DATA, wire.path_watch(t.root, True))
    for value in "123":
        x.call(wire.CREATE, wire.create(t.root + "/" + value))
        x.call(wire.SET_DATA, wire.set_data(t.root, value))
        w.ping(f"change {value}")


@case("watches/persistent, then recursive on one node")
def persistent_then_recursive(t):
    w, x = _pair(t)
    w.call(wire.ADD_WATCH, add_watch(t.root, 0))
    w.call(wire.ADD_WATCH, add_watch(t.root, 1))
    for value in "12":
        x.call(wire.CREATE, wire.create(t.root + "/" + value))
        w.ping(f"create {value}")
        x.call(wire.SET_DATA, wire.set_data(t.root + "/" + value, value))
        w.ping(f"set child {value}")
        x.call(wire.SET_DATA, wire.set_data(t.root, value))
        w.ping(f"set {value}")


@case("watches/addWatch takes any path and refuses unknown modes")
def add_watch_odd(t):
    s = t.connect()
    for mode in (-1, 2, 3, 100):
        s.call(wire.ADD_WATCH, add_watch("/zookeeper", mode), f"mode {mode}")
    for path in ("/none/at/all", "", "x", "/\0", "//"):
        s.call(wire.ADD_WATCH, add_watch(path, 0), f"path {path!r}")
    s.call(wire.ADD_WATCH, add_watch(None, 0), "null path")
    s.still_open()


@case("watches/checkWatches and removeWatches by kind")
def remove(t):
    t.make_root()
    for arm_name, arm in (
            ("none", None), ("data", (wire.GET_DATA, wire.path_watch(t.root, True))),
            ("exists", (wire.EXISTS, wire.path_watch(t.root, True))),
            ("child", (wire.GET_CHILDREN, wire.path_watch(t.root, True)))):
        for kind in (1, 2, 3):
            for opcode, name in ((wire.CHECK_WATCHES, "check"), (wire.REMOVE_WATCHES, "remove")):
                s = t.connect(f"{arm_name} {name} {kind}")
                if arm:
                    s.quiet(*arm)
                s.call(opcode, watches(t.root, kind), "first")
                s.call(opcode, watches(t.root, kind), "second")
                s.close()


@case("watches/removed watches are not told")
def removed_is_silent(t):
    w, x = _pair(t)
    w.call(wire.GET_DATA, wire.path_watch(t.root, True))
    w.call(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    w.call(wire.REMOVE_WATCHES, watches(t.root, 2))
    x.call(wire.SET_DATA, wire.set_data(t.root, "x"))
    w.ping("no data event")
    x.call(wire.CREATE, wire.create(t.root + "/c"))
    w.ping("a child event")
    w.call(wire.GET_DATA, wire.path_watch(t.root, True))
    w.call(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    w.call(wire.REMOVE_WATCHES, watches(t.root, 3))
    x.call(wire.SET_DATA, wire.set_data(t.root, "x"))
    x.call(wire.CREATE, wire.create(t.root + "/d"))
    w.ping("nothing")


@case("watches/persistent watches removed by kind 3")
def remove_persistent(t):
    w, x = _pair(t)
    for mode in (0, 1):
        w.call(wire.ADD_WATCH, add_watch(t.root, mode), f"add {mode}")
        w.call(wire.CHECK_WATCHES, watches(t.root, 3), f"check {mode}")
        w.call(wire.REMOVE_WATCHES, watches(t.root, 3), f"remove {mode}")
        w.call(wire.REMOVE_WATCHES, watches(t.root, 3), f"remove again {mode}")
        x.call(wire.SET_DATA, wire.set_data(t.root, "x"))
        x.call(wire.CREATE, wire.create(f"{t.root}/{mode}"))
        w.ping()


@case("watches/unknown watcher kinds")
def unknown_kind(t):
    t.make_root()
    s = t.connect()
    s.call(wire.GET_DATA, wire.path_watch(t.root, True))
    for kind in (-1, 0, 6, 100):
        s.call(wire.CHECK_WATCHES, watches(t.root, kind), f"check {kind}")
        s.call(wire.REMOVE_WATCHES, watches(t.root, kind), f"remove {kind}")
    s.still_open()


@case("watches/the watcher kinds of release 3.9")
def newer_kinds(t):
    t.make_root()
    for mode, kind in ((0, 4), (1, 5), (0, 5), (1, 4)):
        s = t.connect(f"mode {mode} kind {kind}")
        s.call(wire.ADD_WATCH, add_watch(t.root, mode))
        s.call(wire.CHECK_WATCHES, watches(t.root, kind))
        s.call(wire.REMOVE_WATCHES, watches(t.root, kind))
        s.close()


@case("watches/each kind removed from each mode of watch")
def remove_each(t):
    t.make_root()
    arms = {
        "data": [(wire.GET_DATA, wire.path_watch(t.root, True))],
        "child": [(wire.GET_CHILDREN2, wire.path_watch(t.root, True))],
        "both": [(wire.GET_DATA, wire.path_watch(t.root, True)), (wire.GET_CHILDREN, wire.path_watch(t.root, True))],
        "persistent": [(wire.ADD_WATCH, add_watch(t.root, 0))],
        "recursive": [(wire.ADD_WATCH, add_watch(t.root, 1))],
    }
    x = t.connect("writer")
    number = 0
    for arm, requests in arms.items():
        for kind in (1, 2, 3):
            s = t.connect(f"{arm} kind {kind}")
            for request in requests:
                s.quiet(*request)
            s.call(wire.REMOVE_WATCHES, watches(t.root, kind), "removed")
            for left in (1, 2, 3):
                s.call(wire.CHECK_WATCHES, watches(t.root, left), f"left of kind {left}")
            number += 1
            x.quiet(wire.SET_DATA, wire.set_data(t.root, "x"))
            x.quiet(wire.CREATE, wire.create(f"{t.root}/{number}"))
            s.ping("told")
            s.close()


@case("watches/a watch of another connection is not removed")
def remove_others(t):
    w, x = _pair(t)
    w.call(wire.GET_DATA, wire.path_watch(t.root, True))
    x.call(wire.REMOVE_WATCHES, watches(t.root, 2))
    x.call(wire.CHECK_WATCHES, watches(t.root, 2))
    x.call(wire.SET_DATA, wire.set_data(t.root, "x"))
    w.ping()


@case("watches/watches survive the node they are on")
def node_again(t):
    w, x = _pair(t)
    path = t.root + "/a"
    x.quiet(wire.CREATE, wire.create(path))
    w.call(wire.ADD_WATCH, add_watch(path, 0))
    r = t.connect("recursive")
    r.call(wire.ADD_WATCH, add_watch(path, 1))
    for round_ in range(2):
        x.quiet(wire.DELETE, wire.path_version(path))
        x.quiet(wire.CREATE, wire.create(path))
        x.quiet(wire.CREATE, wire.create(path + "/b"))
        x.quiet(wire.DELETE, wire.path_version(path + "/b"))
        w.ping(f"round {round_}")
        r.ping(f"round {round_}")


@case("watches/setWatches2 with every kind at once")
def set_watches2_all(t):
    t.make_root()
    x = t.connect("writer")
    for name in ("d", "c", "p", "r"):
        x.quiet(wire.CREATE, wire.create(f"{t.root}/{name}"))
    since = x.last_zxid
    x.quiet(wire.SET_DATA, wire.set_data(t.root + "/d", "x"))
    x.quiet(wire.CREATE, wire.create(t.root + "/c/1"))
    x.quiet(wire.SET_DATA, wire.set_data(t.root + "/p", "x"))
    x.quiet(wire.CREATE, wire.create(t.root + "/r/1"))
    w = t.connect("watcher")
    everything = wire.set_watches2(since, [t.root + "/d", t.root], [t.root + "/e"], [t.root + "/c", t.root],
                                   [t.root + "/p"], [t.root + "/r"])
    w.call(wire.SET_WATCHES2, everything, xid=wire.XID_SET_WATCHES)
    w.ping("caught up")
    for label, opcode, body in (
            ("data", wire.SET_DATA, wire.set_data(t.root, "x")),
            ("exist and child", wire.CREATE, wire.create(t.root + "/e")),
            ("persistent data", wire.SET_DATA, wire.set_data(t.root + "/p", "y")),
            ("persistent child", wire.CREATE, wire.create(t.root + "/p/1")),
            ("recursive", wire.SET_DATA, wire.set_data(t.root + "/r/1", "y")),
            ("spent", wire.SET_DATA, wire.set_data(t.root + "/d", "y"))):
        x.call(opcode, body, label)
        w.ping(f"after {label}")


@case("watches/setWatches with a zxid ahead arms everything that is there")
def set_watches_ahead(t):
    t.make_root()
    w, x = t.connect("watcher"), t.connect("writer")
    x.quiet(wire.CREATE, wire.create(t.root + "/a"))
    w.call(wire.SET_WATCHES, wire.set_watches(2**62, [t.root + "/a"], [t.root + "/none"], [t.root]),
           xid=wire.XID_SET_WATCHES)
    w.call(wire.SET_WATCHES, wire.set_watches(-1, [t.root + "/a"], [], []), "from the beginning", wire.XID_SET_WATCHES)
    x.call(wire.SET_DATA, wire.set_data(t.root + "/a", "x"))
    x.call(wire.CREATE, wire.create(t.root + "/none"))
    w.ping()


@case("watches/the event of a private node reaches who may read it")
def filtered_readers(t):
    t.make_root()
    owner, reader, anyone = t.connect("owner"), t.connect("reader"), t.connect("anyone")
    owner.auth("digest", "owner:pw")
    reader.auth("digest", "owner:pw")
    for one in (reader, anyone):
        one.call(wire.ADD_WATCH, add_watch(t.root, 1))
        one.call(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    owner.call(wire.CREATE, wire.create(t.root + "/n", acl=[(wire.ALL, "auth", "")]))
    owner.call(wire.SET_DATA, wire.set_data(t.root + "/n", "x"))
    owner.call(wire.CREATE, wire.create(t.root + "/n/open"))
    owner.call(wire.SET_ACL, wire.set_acl(t.root + "/n", wire.OPEN_ACL))
    owner.call(wire.SET_DATA, wire.set_data(t.root + "/n", "y"))
    owner.call(wire.DELETE, wire.path_version(t.root + "/n/open"))
    owner.call(wire.DELETE, wire.path_version(t.root + "/n"))
    reader.ping()
    anyone.ping()


@case("watches/setWatches tells of what was missed and arms the rest")
def set_watches(t):
    t.make_root()
    x = t.connect("writer")
    names = ("same", "changed", "gone", "child-same", "child-changed", "child-gone")
    for name in names:
        x.quiet(wire.CREATE, wire.create(f"{t.root}/{name}"))
    since = x.last_zxid
    x.quiet(wire.SET_DATA, wire.set_data(t.root + "/changed", "x"))
    x.quiet(wire.CREATE, wire.create(t.root + "/child-changed/c"))
    x.quiet(wire.DELETE, wire.path_version(t.root + "/gone"))
    x.quiet(wire.DELETE, wire.path_version(t.root + "/child-gone"))
    x.quiet(wire.CREATE, wire.create(t.root + "/created"))
    paths = [t.root + "/" + name for name in names]
    w = t.connect("watcher")
    w.call(wire.SET_WATCHES, wire.set_watches(
        since, paths[:3], [t.root + "/created", t.root + "/still-missing"], paths[3:]),
        xid=wire.XID_SET_WATCHES)
    w.ping("caught up")
    x.call(wire.SET_DATA, wire.set_data(t.root + "/same", "x"))
    x.call(wire.CREATE, wire.create(t.root + "/still-missing"))
    x.call(wire.CREATE, wire.create(t.root + "/child-same/c"))
    x.call(wire.SET_DATA, wire.set_data(t.root + "/changed", "x"))
    w.ping("armed")


@case("watches/setWatches with null and empty vectors")
def set_watches_null(t):
    s = t.connect()
    s.call(wire.SET_WATCHES, wire.set_watches(0), xid=wire.XID_SET_WATCHES)
    s.call(wire.SET_WATCHES2, wire.set_watches2(0), xid=wire.XID_SET_WATCHES)
    s.call(wire.SET_WATCHES, wire.set_watches(0, None, None, None), "null vectors",
           wire.XID_SET_WATCHES)
    s.still_open()
    s.call(wire.SET_WATCHES, wire.set_watches(0), "with an ordinary xid", 77)
    s.call(wire.SET_WATCHES2, wire.set_watches2(0, [None]), "null path", wire.XID_SET_WATCHES)
    s.still_open()


@case("watches/setWatches2 arms persistent and recursive watches without catching up")
def set_watches2(t):
    w, x = _pair(t)
    x.call(wire.CREATE, wire.create(t.root + "/p"))
    x.call(wire.CREATE, wire.create(t.root + "/r"))
    x.call(wire.SET_DATA, wire.set_data(t.root + "/p", "x"))
    w.call(wire.SET_WATCHES2, wire.set_watches2(
        1, persistent=[t.root + "/p", t.root + "/later"], recursive=[t.root + "/r"]),
        xid=wire.XID_SET_WATCHES)
    for _ in range(2):
        x.call(wire.SET_DATA, wire.set_data(t.root + "/p", "x"))
        x.call(wire.SET_DATA, wire.set_data(t.root + "/r", "x"))
    x.call(wire.CREATE, wire.create(t.root + "/p/c"))
    x.call(wire.CREATE, wire.create(t.root + "/r/c"))
    x.call(wire.SET_DATA, wire.set_data(t.root + "/r/c", "x"))
    x.call(wire.CREATE, wire.create(t.root + "/later"))
    w.ping()


@case("watches/batches of 128 KiB")
def batches(t):
    t.make_root()
    s, x = t.connect("watcher"), t.connect("writer")
    paths = [f"{t.root}/{'n' * 100}{index:06}" for index in range(3000)]
    for start in range(0, 3000, 1000):
        s.send(wire.SET_WATCHES2, wire.set_watches2(0, exist=paths[start:start + 1000]),
               wire.XID_SET_WATCHES)
    for _ in range(3):
        s.receive(wire.SET_WATCHES2)
    for index in (0, 999, 1000, 2999):
        x.call(wire.CREATE, wire.create(paths[index]))
    s.ping()


@case("watches/events are filtered by the permission to read")
def filtered(t):
    t.make_root()
    w, x = t.connect("watcher"), t.connect("writer")
    x.auth("digest", "owner:pw")
    private = [(wire.ALL, "auth", "")]
    x.call(wire.CREATE, wire.create(t.root + "/a"))
    w.call(wire.ADD_WATCH, add_watch(t.root, 1))
    w.call(wire.GET_DATA, wire.path_watch(t.root + "/a", True))
    w.call(wire.EXISTS, wire.path_watch(t.root + "/later", True))
    x.call(wire.SET_ACL, wire.set_acl(t.root + "/a", private))
    x.call(wire.SET_DATA, wire.set_data(t.root + "/a", "x"))
    x.call(wire.CREATE, wire.create(t.root + "/later", acl=private))
    x.call(wire.CREATE, wire.create(t.root + "/hidden", acl=private))
    x.call(wire.CREATE, wire.create(t.root + "/open"))
    x.call(wire.DELETE, wire.path_version(t.root + "/hidden"))
    w.ping()
    w.call(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    x.call(wire.SET_ACL, wire.set_acl(t.root, private))
    x.call(wire.CREATE, wire.create(t.root + "/last"))
    w.ping("children of a private node")


@case("watches/re-arming does not tell of unreadable nodes")
def filtered_rearming(t):
    t.make_root()
    x = t.connect("writer")
    x.auth("digest", "owner:pw")
    private = [(wire.ALL, "auth", "")]
    for name in ("data", "exist", "child"):
        x.call(wire.CREATE, wire.create(f"{t.root}/{name}", acl=private))
    w = t.connect("watcher")
    w.call(wire.SET_WATCHES, wire.set_watches(
        1, [t.root + "/data"], [t.root + "/exist"], [t.root + "/child"]), xid=wire.XID_SET_WATCHES)
    w.ping()
    x.call(wire.SET_DATA, wire.set_data(t.root + "/data", "x"))
    w.ping("later change")


@case("watches/a watch on a node survives its owner's other connections")
def two_watchers(t):
    t.make_root()
    a, b, x = t.connect("a"), t.connect("b"), t.connect("writer")
    for one in (a, b):
        one.call(wire.GET_DATA, wire.path_watch(t.root, True))
    a.call(wire.CLOSE_SESSION)
    x.call(wire.SET_DATA, wire.set_data(t.root, "x"))
    b.ping()


@case("watches/reads inside multiRead set no watch")
def multi_read(t):
    w, x = _pair(t)
    w.call(wire.MULTI_READ, wire.multi((wire.GET_DATA, wire.path_watch(t.root, True)),
                                       (wire.GET_CHILDREN, wire.path_watch(t.root, True))))
    x.call(wire.SET_DATA, wire.set_data(t.root, "x"))
    x.call(wire.CREATE, wire.create(t.root + "/c"))
    w.ping()


@case("watches/summaries count them")
def summaries(t):
    from harness.servers import four_letter_word
    w, x = _pair(t)
    del x

    def total():
        text = four_letter_word(t.server.address, "wchs").decode()
        return int(text.split("Total watches:")[1])
    before = total()
    w.call(wire.GET_DATA, wire.path_watch(t.root, True))
    w.call(wire.GET_DATA, wire.path_watch(t.root, True))
    w.call(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    t.record("one-shot", total() - before)
