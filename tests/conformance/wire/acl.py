# SPDX-License-Identifier: Apache-2.0
"""Authentication and access control: schemes, expansion, masking, permissions, order of errors."""

import base64
import hashlib

from harness import wire
from . import case

SUPER = "super:admin"


def digest_id(credential):
    user = credential.split(":", 1)[0]
    return user + ":" + base64.b64encode(hashlib.sha1(credential.encode()).digest()).decode()


@case("acl/auth packets: known, unknown and malformed")
def auth_packets(t):
    for name, scheme, credential in (
            ("digest", "digest", "user:pass"), ("digest without password", "digest", "user"),
            ("digest empty", "digest", ""), ("digest two colons", "digest", "user:pass:word"),
            ("digest no user", "digest", ":pass"), ("digest null", "digest", None),
            ("unknown scheme", "none-such", "x"), ("empty scheme", "", "x"), ("null scheme", None, "x"),
            ("world", "world", "anyone"), ("auth", "auth", ""), ("ip", "ip", "1.2.3.4"),
            ("super", "super", "admin"), ("sasl", "sasl", "x"), ("x509", "x509", "x"),
            ("wrong super", "digest", "super:wrong"), ("super by digest", "digest", SUPER)):
        s = t.connect(name)
        s.auth(scheme, credential)
        s.call(wire.WHO_AM_I)
        s.still_open()


@case("acl/auth with an ordinary xid and odd types")
def auth_xids(t):
    s = t.connect()
    s.call(wire.AUTH, wire.auth("digest", "user:pass"), "xid 9", 9)
    s.call(wire.AUTH, wire.auth("digest", "user2:pass", kind=7), "type 7", wire.XID_AUTH)
    s.call(wire.WHO_AM_I)


@case("acl/auth replies wait for nothing")
def auth_pipelined(t):
    s = t.connect()
    s.send(wire.AUTH, wire.auth("digest", "user:pass"), wire.XID_AUTH)
    s.send(wire.CREATE, wire.create(t.root, acl=[(wire.ALL, "auth", "")]))
    s.receive(wire.AUTH)
    s.receive(wire.CREATE)
    s.call(wire.GET_ACL, wire.buffer(t.root))


@case("acl/validation on create and setACL")
def validation(t):
    t.make_root()
    s = t.connect()
    user = t.connect("user")
    user.auth("digest", "user:pass")
    lists = {
        "null": None, "empty": [], "world": wire.OPEN_ACL, "world other": [(31, "world", "someone")],
        "world empty": [(31, "world", "")], "world null": [(31, "world", None)],
        "digest": [(31, "digest", digest_id("a:b"))], "digest plain": [(31, "digest", "a")],
        "digest two colons": [(31, "digest", "a:b:c")], "digest empty": [(31, "digest", "")],
        "digest null": [(31, "digest", None)], "ip": [(31, "ip", "127.0.0.1")],
        "ip net": [(31, "ip", "127.0.0.0/8")], "ip bad bits": [(31, "ip", "127.0.0.0/33")],
        "ip bad": [(31, "ip", "300.0.0.1")], "ip name": [(31, "ip", "localhost")],
        "ip empty": [(31, "ip", "")], "ip negative": [(31, "ip", "10.0.0.0/-1")],
        "ip short": [(31, "ip", "10.0.0")], "ip two slashes": [(31, "ip", "10.0.0.0/8/8")],
        "auth": [(31, "auth", "")], "auth with id": [(31, "auth", "x:y")], "auth null": [(31, "auth", None)],
        "unknown": [(31, "none-such", "x")], "empty scheme": [(31, "", "x")], "null scheme": [(31, None, "x")],
        "super": [(31, "super", "")], "sasl": [(31, "sasl", "x")], "x509": [(31, "x509", "CN=a")],
        "duplicates": wire.OPEN_ACL * 3, "same id, other perms": [(1, "world", "anyone"), (2, "world", "anyone")],
        "perms 0": [(0, "world", "anyone")], "perms 32": [(32, "world", "anyone")],
        "perms -1": [(-1, "world", "anyone")], "one bad of two": wire.OPEN_ACL + [(31, "digest", "x")],
        "auth and world": [(31, "auth", ""), (1, "world", "anyone")],
    }
    for index, (name, acl) in enumerate(lists.items()):
        for session in (s, user):
            path = f"{t.root}/{session.name}{index}"
            session.call(wire.CREATE, wire.create(path, acl=acl), f"create {name}")
            reader = t.super_session()
            reader.name = f"{session.name} {name}"
            reader.call(wire.GET_ACL, wire.buffer(path), "acl")
            session.call(wire.SET_ACL, wire.set_acl(t.root, acl), f"set {name}")
            reader.call(wire.GET_ACL, wire.buffer(t.root), "acl set")
            reader.quiet(wire.SET_ACL, wire.set_acl(t.root, wire.OPEN_ACL))
            reader.close()


@case("acl/auth expands to each authenticated identity")
def expansion(t):
    s = t.connect()
    s.auth("digest", "one:pw")
    s.auth("digest", "two:pw")
    s.call(wire.CREATE, wire.create(t.root, acl=[(wire.READ, "auth", ""), (wire.ALL, "auth", "")]))
    s.call(wire.GET_ACL, wire.buffer(t.root))
    s.auth("digest", SUPER)
    s.call(wire.CREATE, wire.create(t.root + "-super", acl=[(wire.ALL, "auth", "")]))
    s.call(wire.GET_ACL, wire.buffer(t.root + "-super"))


@case("acl/getACL masks digests without the admin permission")
def masking(t):
    owner = t.connect("owner")
    owner.auth("digest", "owner:pw")
    acl = [(wire.ALL, "digest", digest_id("owner:pw")), (wire.READ, "world", "anyone"),
           (wire.READ, "ip", "127.0.0.1"), (wire.READ, "digest", digest_id("reader:pw"))]
    owner.call(wire.CREATE, wire.create(t.root, acl=acl))
    owner.call(wire.GET_ACL, wire.buffer(t.root))
    t.connect("anyone").call(wire.GET_ACL, wire.buffer(t.root))
    reader = t.connect("reader")
    reader.auth("digest", "reader:pw")
    reader.call(wire.GET_ACL, wire.buffer(t.root))
    root = t.connect("super")
    root.auth("digest", SUPER)
    root.call(wire.GET_ACL, wire.buffer(t.root))


@case("acl/each permission opens what it should")
def permissions(t):
    t.make_root()
    root = t.super_session()
    for perms in (0, 1, 2, 4, 8, 16, 31):
        path = f"{t.root}/p{perms}"
        root.quiet(wire.CREATE, wire.create(path))
        root.quiet(wire.CREATE, wire.create(path + "/child"))
        root.quiet(wire.SET_ACL, wire.set_acl(path, [(perms, "world", "anyone")]))
        s = t.connect(f"perms {perms}")
        root.name = f"super before {perms}"
        root.call(wire.EXISTS, wire.path_watch(path))
        for opcode, body in (
                (wire.EXISTS, wire.path_watch(path)), (wire.GET_DATA, wire.path_watch(path)),
                (wire.GET_CHILDREN, wire.path_watch(path)), (wire.GET_CHILDREN2, wire.path_watch(path)),
                (wire.GET_ALL_CHILDREN_NUMBER, wire.buffer(path)), (wire.GET_ACL, wire.buffer(path)),
                (wire.SYNC, wire.buffer(path)), (wire.SET_DATA, wire.set_data(path, "x")),
                (wire.CREATE, wire.create(path + "/new")), (wire.CREATE2, wire.create(path + "/new2")),
                (wire.DELETE, wire.path_version(path + "/child")),
                (wire.GET_DATA, wire.path_watch(path + "/new")),
                (wire.MULTI, wire.multi((wire.CHECK, wire.path_version(path)))),
                (wire.MULTI_READ, wire.multi((wire.GET_DATA, wire.path_watch(path)),
                                             (wire.GET_CHILDREN, wire.path_watch(path)))),
                (wire.SET_ACL, wire.set_acl(path, [(perms, "world", "anyone")]))):
            s.call(opcode, body)


@case("acl/order of errors")
def precedence(t):
    t.make_root()
    owner = t.connect("owner")
    owner.auth("digest", "owner:pw")
    p = t.root + "/p"
    owner.call(wire.CREATE, wire.create(p, acl=[(wire.ALL, "auth", "")]))
    owner.call(wire.CREATE, wire.create(p + "/c", acl=[(wire.ALL, "auth", "")]))
    owner.call(wire.EXISTS, wire.path_watch(p))
    owner.call(wire.EXISTS, wire.path_watch(p + "/c"))
    s = t.connect("other")
    s.call(wire.CREATE, wire.create(t.root + "/none/x", acl=[]), "invalid acl before no parent")
    s.call(wire.CREATE, wire.create(p + "/none/x"), "no parent, whatever the grandparent says")
    s.call(wire.CREATE, wire.create(p + "/c"), "no auth before node exists")
    s.call(wire.CREATE, wire.create(p + "/c", acl=[]), "invalid acl before no auth")
    s.call(wire.CREATE, wire.create(p + "/c/"), "no auth before bad path")
    s.call(wire.CREATE, wire.create(p + "/x", flags=77, acl=[]), "bad mode before invalid acl")
    s.call(wire.CREATE, wire.create("noslash", acl=[]), "no slash before invalid acl")
    s.call(wire.CREATE_TTL, wire.create_ttl(p + "/x", -1, acl=[]), "bad ttl before invalid acl")
    s.call(wire.DELETE, wire.path_version(p + "/none"), "no auth before no node")
    s.call(wire.DELETE, wire.path_version(p + "/c", 9), "no auth before bad version")
    s.call(wire.SET_DATA, wire.set_data(p, "x", 9), "no auth before bad version")
    s.call(wire.SET_DATA, wire.set_data(p + "/none", "x"), "no node, whatever the parent says")
    s.call(wire.SET_ACL, wire.set_acl(p, [], 9), "invalid acl before no auth")
    s.call(wire.SET_ACL, wire.set_acl(t.root + "/none", []), "invalid acl or no node")
    s.call(wire.SET_ACL, wire.set_acl(p, wire.OPEN_ACL, 9), "no auth before bad version")
    s.call(wire.SET_ACL, wire.set_acl("", wire.OPEN_ACL), "empty path")
    s.call(wire.SET_ACL, wire.set_acl(None, wire.OPEN_ACL), "null path")
    s.call(wire.SET_ACL, wire.set_acl("//", wire.OPEN_ACL), "bad path")
    s.call(wire.EXISTS, wire.path_watch(p + "/none"), "exists below")
    s.call(wire.EXISTS, wire.path_watch(p), "exists itself")
    s.call(wire.GET_DATA, wire.path_watch(p + "/none"), "read below")


@case("acl/order of errors inside a multi")
def precedence_in_multi(t):
    t.make_root()
    owner = t.connect("owner")
    owner.auth("digest", "owner:pw")
    p = t.root + "/p"
    owner.quiet(wire.CREATE, wire.create(p, acl=[(wire.ALL, "auth", "")]))
    owner.quiet(wire.CREATE, wire.create(p + "/c"))
    s = t.connect("other")
    for label, opcode, body in (
            ("no auth before bad version", wire.CHECK, wire.path_version(p, 9)),
            ("no node below a private one", wire.CHECK, wire.path_version(p + "/none", 9)),
            ("bad path before no node", wire.CHECK, wire.path_version(p + "/", 9)),
            ("no auth before node exists", wire.CREATE, wire.create(p + "/c")),
            ("invalid acl before no auth", wire.CREATE, wire.create(p + "/c", acl=[])),
            ("no auth before no node", wire.DELETE, wire.path_version(p + "/none")),
            ("no auth before bad version of data", wire.SET_DATA, wire.set_data(p, "x", 9)),
            ("bad ttl before invalid acl", wire.CREATE_TTL, wire.create_ttl(p + "/x", -1, acl=[])),
            ("root", wire.DELETE, wire.path_version("/", 9)),
            ("a readable child", wire.CHECK, wire.path_version(p + "/c"))):
        s.call(wire.MULTI, wire.multi((opcode, body)), label)
        s.call(wire.MULTI, wire.multi((wire.CHECK, wire.path_version(t.root)), (opcode, body),
                                      (wire.CREATE, wire.create(t.root + "/after"))), label + ", second")


@case("acl/setACL counts aversion and checks it")
def aversion(t):
    t.make_root()
    s = t.connect()
    s.call(wire.SET_ACL, wire.set_acl(t.root, wire.OPEN_ACL, 0))
    s.call(wire.SET_ACL, wire.set_acl(t.root, wire.OPEN_ACL, 0), "old")
    s.call(wire.SET_ACL, wire.set_acl(t.root, [(31, "world", "anyone"), (1, "ip", "10.0.0.1")], 1))
    s.call(wire.SET_ACL, wire.set_acl(t.root, wire.OPEN_ACL), "any")
    s.call(wire.SET_ACL, wire.set_acl(t.root, wire.OPEN_ACL, -2), "-2")
    s.call(wire.SET_DATA, wire.set_data(t.root, "x", 0), "its own counter")
    s.call(wire.GET_ACL, wire.buffer(t.root))


@case("acl/the address scheme matches hosts and nets")
def addresses(t):
    t.make_root()
    root = t.super_session()
    for index, identity in enumerate(("127.0.0.1", "127.0.0.1/32", "127.0.0.2/24", "127.0.0.2/31", "127.1.0.0/8",
                                      "0.0.0.0/0", "10.0.0.0/8", "127.0.0.2", "127.0.0.1/0")):
        path = f"{t.root}/{index}"
        root.quiet(wire.CREATE, wire.create(path, acl=[(wire.READ, "ip", identity)]))
        t.connect(identity).call(wire.GET_DATA, wire.path_watch(path))


@case("acl/IPv6 addresses in acls")
def ipv6(t):
    t.make_root()
    s = t.connect()
    for index, identity in enumerate(("::1", "2001:db8::/32", "::1/128", "fe80::1/129", "::", "2001:db8::1::2")):
        s.call(wire.CREATE, wire.create(f"{t.root}/{index}", acl=[(wire.READ, "ip", identity)]), identity)


@case("acl/super may do everything")
def superuser(t):
    owner = t.connect("owner")
    owner.auth("digest", "owner:pw")
    owner.call(wire.CREATE, wire.create(t.root, acl=[(0, "auth", "")]))
    owner.call(wire.GET_DATA, wire.path_watch(t.root))
    s = t.connect("super")
    s.auth("digest", SUPER)
    s.call(wire.GET_DATA, wire.path_watch(t.root))
    s.call(wire.CREATE, wire.create(t.root + "/c"))
    s.call(wire.SET_ACL, wire.set_acl(t.root, wire.OPEN_ACL))
    s.call(wire.DELETE, wire.path_version(t.root + "/c"))


@case("acl/authentication twice and by several")
def several(t):
    s = t.connect()
    for credential in ("a:1", "b:2", "a:1"):
        s.auth("digest", credential)
    s.call(wire.CREATE, wire.create(t.root, acl=[(wire.ALL, "digest", digest_id("b:2"))]))
    s.call(wire.GET_DATA, wire.path_watch(t.root))
    s.call(wire.CREATE, wire.create(t.root + "/c", acl=[(wire.READ, "auth", "")]))
    s.call(wire.GET_ACL, wire.buffer(t.root + "/c"))


@case("acl/enforced authentication", config="enforced")
def enforced(t):
    s = t.connect("anonymous")
    s.still_open()
    s.call(wire.EXISTS, wire.path_watch("/"))
    s.expect_close()
    writer = t.connect("anonymous writer")
    writer.call(wire.CREATE, wire.create(t.root))
    writer.expect_close()
    user = t.connect("user")
    user.auth("digest", "user:pass")
    user.call(wire.CREATE, wire.create(t.root))
    user.call(wire.CLOSE_SESSION)


@case("acl/skipACL allows everything", config="skip-acl")
def skipped(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root, acl=[(0, "digest", digest_id("a:b"))]))
    s.call(wire.GET_DATA, wire.path_watch(t.root))
    s.call(wire.CREATE, wire.create(t.root + "/c", acl=[]))
    s.call(wire.SET_ACL, wire.set_acl(t.root, wire.OPEN_ACL))
    s.call(wire.GET_ACL, wire.buffer(t.root))
