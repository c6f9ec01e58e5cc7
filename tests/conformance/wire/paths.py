# SPDX-License-Identifier: Apache-2.0
"""Path rules: each illegal path, on each operation that checks them."""

from harness import wire
from . import case

ODD = [
    "", "a", "a/b", "//", "/a/", "/a//b", "/a/./b", "/a/../b", "/.", "/..", "/a/.", "/a/..", "/.a", "/a.", "/...",
    "/ ", "/a b", "/a\n", "/a\t", "/\x01", "/\x1f", "/\x20", "/\x7f", "/\x80", "/\x9f", "/\xa0", "/\xff", "/é",
    "/\u2028", "/\ud7ff", "/\ue000", "/\uf8ff", "/\uf900", "/\uffef", "/\ufff0", "/\uffff", "/\ufffd", "/\ufeff",
    "/\U0001f600", "/a\0b", "/\0", "/😀/a", "/日本語", "/a/b\x7f/c", "/" + "x" * 1000,
]
RAW = {
    "lone continuation": b"/\x80", "cut sequence": b"/\xe2\x82", "overlong": b"/\xc0\xaf", "latin-1": b"/\xe9",
    "high surrogate": b"/\xed\xa0\x80", "surrogate pair": b"/\xed\xa0\xbd\xed\xb8\x80", "five bytes": b"/\xf8\x88\x80\x80\x80",
    "beyond unicode": b"/\xf4\x90\x80\x80", "ff": b"/\xff", "overlong nul": b"/\xc0\x80",
}


def _under(root, path):
    return root + path if path.startswith("/") else path


@case("paths/create")
def create(t):
    t.make_root()
    s = t.connect()
    for path in ODD:
        s.call(wire.CREATE2, wire.create(_under(t.root, path)), f"create {path[:20]!r}")
    s.call(wire.GET_CHILDREN2, wire.path_watch(t.root))


@case("paths/sequential create")
def sequential(t):
    t.make_root()
    s = t.connect()
    for path in ODD:
        s.call(wire.CREATE2, wire.create(_under(t.root, path), flags=wire.SEQUENTIAL), f"create {path[:20]!r}")
    s.call(wire.GET_CHILDREN2, wire.path_watch(t.root))


@case("paths/every other operation")
def others(t):
    t.make_root()
    s = t.connect()
    for path in ODD:
        full = _under(t.root, path)
        for opcode, body in (
                (wire.EXISTS, wire.path_watch(full)), (wire.GET_DATA, wire.path_watch(full)),
                (wire.SET_DATA, wire.set_data(full, "x")), (wire.DELETE, wire.path_version(full)),
                (wire.GET_ACL, wire.buffer(full)), (wire.SET_ACL, wire.set_acl(full, wire.OPEN_ACL)),
                (wire.GET_CHILDREN2, wire.path_watch(full)),
                (wire.MULTI, wire.multi((wire.CHECK, wire.path_version(full)))),
                (wire.MULTI, wire.multi((wire.CREATE, wire.create(full)),
                                        (wire.CHECK, wire.path_version("/none"))))):
            s.call(opcode, body, f"op {opcode} {path[:20]!r}")


@case("paths/bytes that are no UTF-8")
def raw_bytes(t):
    t.make_root()
    for name, path in RAW.items():
        s = t.connect(name)
        full = t.root.encode() + path
        s.call(wire.EXISTS, wire.path_watch(full), "exists")
        s.call(wire.CREATE2, wire.create(full), "create")
        s.call(wire.GET_DATA, wire.path_watch(full), "get")
        s.call(wire.DELETE, wire.path_version(full), "delete")
    t.connect("after").call(wire.GET_CHILDREN2, wire.path_watch(t.root))


@case("paths/every code unit up to U+0100 and the edges of the forbidden ranges")
def code_units(t):
    t.make_root()
    s = t.connect()
    units = list(range(0, 0x101)) + [0xd7ff, 0xe000, 0xf8ff, 0xf900, 0xffef, 0xfff0, 0xffff, 0x10000]
    for unit in units:
        s.call(wire.CREATE, wire.create(f"{t.root}/u{unit:x}{chr(unit)}"), f"U+{unit:04X}")


@case("paths/names and depth without a limit")
def long_paths(t):
    t.make_root()
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root + "/" + "n" * 20000))
    s.call(wire.EXISTS, wire.path_watch(t.root + "/" + "n" * 20000))
    path = t.root
    for _ in range(100):
        path += "/d"
        s.quiet(wire.CREATE, wire.create(path))
    s.call(wire.GET_ALL_CHILDREN_NUMBER, wire.buffer(t.root))
    s.call(wire.GET_DATA, wire.path_watch(path))


@case("paths/reserved nodes")
def reserved(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create("/zookeeper"))
    s.call(wire.CREATE, wire.create("/zookeeper/quota"))
    s.call(wire.CREATE, wire.create("/zookeeper/mine"))
    s.call(wire.GET_CHILDREN, wire.path_watch("/zookeeper"))
    s.call(wire.DELETE, wire.path_version("/zookeeper/mine"))
    s.call(wire.SET_DATA, wire.set_data("/zookeeper", "x"))
    s.call(wire.SET_DATA, wire.set_data("/zookeeper", ""))
    s.call(wire.CREATE, wire.create("/zookeeper/quota/x"))
    s.call(wire.DELETE, wire.path_version("/zookeeper/quota/x"))
