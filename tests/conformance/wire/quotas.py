# SPDX-License-Identifier: Apache-2.0
"""Quotas: nodes under /zookeeper/quota, their statistics, soft and hard limits."""

from harness import wire
from . import case


def _quota(t, session, limits, under=None):
    """Makes the quota node of `under` as zkCli's setquota does."""
    path = "/zookeeper/quota"
    for part in (under or t.root).strip("/").split("/"):
        path += "/" + part
        session.call(wire.CREATE, wire.create(path), "quota parent")
    session.call(wire.CREATE, wire.create(path + "/zookeeper_limits", limits), "limits")
    session.call(wire.CREATE, wire.create(path + "/zookeeper_stats", "count=0,bytes=0"), "stats")
    return path


def _stats(session, path):
    return session.call(wire.GET_DATA, wire.path_watch(path + "/zookeeper_stats"), "statistics")


def _play(t, s, r):
    """Creates, grows, shrinks and deletes, looking at the statistics after each step."""
    path = "/zookeeper/quota" + r
    for opcode, body in (
            (wire.CREATE, wire.create(r + "/a", "12345")), (wire.CREATE, wire.create(r + "/a/b", None)),
            (wire.CREATE, wire.create(r + "/a/c", "1234567890")),
            (wire.SET_DATA, wire.set_data(r + "/a", "123456789012345")),
            (wire.SET_DATA, wire.set_data(r + "/a", "1")), (wire.SET_DATA, wire.set_data(r, "12")),
            (wire.SET_DATA, wire.set_data(r + "/a", None)),
            (wire.CREATE, wire.create(r + "/e", "123", flags=wire.EPHEMERAL)),
            (wire.MULTI, wire.multi((wire.CREATE, wire.create(r + "/m", "12")),
                                    (wire.CREATE, wire.create(r + "/n", "34")))),
            (wire.DELETE, wire.path_version(r + "/a/c")), (wire.CREATE, wire.create(r + "/z", "x" * 40)),
            (wire.CREATE, wire.create(r + "/y", "")), (wire.CREATE, wire.create(r + "/x", ""))):
        s.call(opcode, body)
        _stats(s, path)


@case("quotas/statistics follow the subtree")
def statistics(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root, "root"))
    _quota(t, s, "count=-1,bytes=-1")
    _stats(s, "/zookeeper/quota" + t.root)
    _play(t, s, t.root)


@case("quotas/set on a tree that is there")
def existing(t):
    s = t.connect()
    for name in ("", "/a", "/a/b", "/c"):
        s.call(wire.CREATE, wire.create(t.root + name, "12345"))
    path = _quota(t, s, "count=3,bytes=10")
    _stats(s, path)
    s.call(wire.CREATE, wire.create(t.root + "/d", "1"))
    _stats(s, path)


@case("quotas/soft limits are not enforced", config="quota")
def soft(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root))
    _quota(t, s, "count=2,bytes=5")
    _play(t, s, t.root)


@case("quotas/hard limits without enforceQuota")
def not_enforced(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root))
    _quota(t, s, "count=-1,bytes=-1=;byteHardLimit=5;countHardLimit=2")
    _play(t, s, t.root)


@case("quotas/hard count limit", config="quota")
def hard_count(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root))
    _quota(t, s, "count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=4")
    _play(t, s, t.root)


@case("quotas/hard byte limit", config="quota")
def hard_bytes(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root))
    _quota(t, s, "count=-1,bytes=-1=;byteHardLimit=20;countHardLimit=-1")
    _play(t, s, t.root)


@case("quotas/formats of the limits", config="quota")
def formats(t):
    t.make_root()
    s = t.connect()
    for index, limits in enumerate((
            "count=1,bytes=-1", "countHardLimit=2", "byteHardLimit=3", "count=-1,bytes=-1=;countHardLimit=2",
            "count=-1,bytes=-1=;byteHardLimit=3;countHardLimit=2", "bytes=3,count=2",
            "count=-1,bytes=-1,countHardLimit=2", "count=2;bytes=3;countHardLimit=2;byteHardLimit=3", "")):
        under = f"{t.root}/{index}"
        s.call(wire.CREATE, wire.create(under))
        part = "/zookeeper/quota" + t.root
        if index == 0:
            at = "/zookeeper/quota"
            for name in t.root.strip("/").split("/"):
                at += "/" + name
                s.call(wire.CREATE, wire.create(at), "parent")
        s.call(wire.CREATE, wire.create(f"{part}/{index}"), "quota")
        s.call(wire.CREATE, wire.create(f"{part}/{index}/zookeeper_limits", limits), f"limits {limits}")
        s.call(wire.CREATE, wire.create(f"{part}/{index}/zookeeper_stats", "count=0,bytes=0"))
        for name in "ab":
            s.call(wire.CREATE, wire.create(f"{under}/{name}", "12"), f"create {name} with {limits}")
        s.call(wire.SET_DATA, wire.set_data(under, "1234"), f"set with {limits}")
        _stats(s, f"{part}/{index}")


@case("quotas/a multi over the limit fails as a whole", config="quota")
def in_multi(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root))
    path = _quota(t, s, "count=-1,bytes=-1=;byteHardLimit=10;countHardLimit=3")
    s.call(wire.MULTI, wire.multi((wire.CREATE, wire.create(t.root + "/a", "1")),
                                  (wire.SET_DATA, wire.set_data(t.root, "12345678901"))))
    _stats(s, path)
    s.call(wire.MULTI, wire.multi((wire.CREATE, wire.create(t.root + "/a", "1")),
                                  (wire.CREATE, wire.create(t.root + "/b", "12345678901"))))
    _stats(s, path)
    s.call(wire.MULTI, wire.multi((wire.CREATE, wire.create(t.root + "/a", "1"))))
    _stats(s, path)


@case("quotas/changed and removed limits", config="quota")
def changed(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root))
    path = _quota(t, s, "count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=2")
    s.call(wire.CREATE, wire.create(t.root + "/a"))
    s.call(wire.CREATE, wire.create(t.root + "/b"))
    s.call(wire.SET_DATA, wire.set_data(path + "/zookeeper_limits", "count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=3"))
    s.call(wire.CREATE, wire.create(t.root + "/b"))
    s.call(wire.CREATE, wire.create(t.root + "/c"))
    s.call(wire.DELETE, wire.path_version(path + "/zookeeper_limits"))
    s.call(wire.CREATE, wire.create(t.root + "/c"))
    s.call(wire.DELETE, wire.path_version(path + "/zookeeper_stats"))
    s.call(wire.DELETE, wire.path_version(path))
    s.call(wire.CREATE, wire.create(t.root + "/d"))


@case("quotas/the quota of a node that is not there", config="quota")
def absent(t):
    s = t.connect()
    path = _quota(t, s, "count=-1,bytes=-1=;byteHardLimit=2;countHardLimit=1")
    _stats(s, path)
    s.call(wire.CREATE, wire.create(t.root, "12"))
    _stats(s, path)
    s.call(wire.CREATE, wire.create(t.root + "/a"))
    s.call(wire.DELETE, wire.path_version(t.root))
    _stats(s, path)


@case("quotas/the super user is held to hard limits too", config="quota")
def superuser(t):
    s = t.connect()
    s.auth("digest", "super:admin")
    s.call(wire.CREATE, wire.create(t.root))
    _quota(t, s, "count=-1,bytes=-1=;byteHardLimit=2;countHardLimit=1")
    s.call(wire.CREATE, wire.create(t.root + "/a"))
    s.call(wire.SET_DATA, wire.set_data(t.root, "123"))


@case("quotas/quota, version and permission: which error comes first", config="quota")
def precedence(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root))
    _quota(t, s, "count=-1,bytes=-1=;byteHardLimit=2;countHardLimit=1")
    s.call(wire.SET_DATA, wire.set_data(t.root, "123", 9))
    s.call(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    s.call(wire.CREATE, wire.create(t.root + "/x/y"))
    s.call(wire.CREATE_TTL, wire.create_ttl(t.root + "/t", -1))
    owner = t.connect("owner")
    owner.auth("digest", "owner:pw")
    owner.call(wire.SET_ACL, wire.set_acl(t.root, [(wire.ALL, "auth", "")]))
    s.call(wire.CREATE, wire.create(t.root + "/f", "12345"), "no auth before quota")
    s.call(wire.SET_DATA, wire.set_data(t.root, "12345"), "no auth before quota")
    owner.call(wire.SET_DATA, wire.set_data(t.root, "12345", 9), "quota before bad version")
    owner.call(wire.CREATE, wire.create(t.root + "/f/", "12345"), "bad path before quota")
    owner.call(wire.CREATE, wire.create(t.root), "exists already")
    owner.call(wire.SET_DATA, wire.set_data(t.root + "/none", "12345"), "no node before quota")


@case("quotas/an ephemeral under a full quota", config="quota")
def ephemerals(t):
    s = t.connect()
    s.call(wire.CREATE, wire.create(t.root))
    path = _quota(t, s, "count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=3")
    s.call(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    s.call(wire.CREATE, wire.create(t.root + "/s-", flags=wire.EPHEMERAL_SEQUENTIAL))
    s.call(wire.CREATE, wire.create(t.root + "/e/x"), "ephemeral parent before quota")
    s.call(wire.CREATE, wire.create(t.root + "/s-", flags=wire.EPHEMERAL_SEQUENTIAL))
    _stats(s, path)
    s.call(wire.CLOSE_SESSION)
    after = t.connect("after")
    _stats(after, path)
    after.call(wire.CREATE, wire.create(t.root + "/a"))
    after.call(wire.CREATE, wire.create(t.root + "/b"))
    after.call(wire.CREATE, wire.create(t.root + "/c"))
