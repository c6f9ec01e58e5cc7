# SPDX-License-Identifier: Apache-2.0
"""SASL by DIGEST-MD5: replies to tokens, good and bad, and what its ids may do."""

from harness import digest_md5, wire
from . import case


def token_of(frame):
    reader = wire.Reader(frame)
    header = reader.int32(), reader.int64(), reader.int32()
    return header, reader.buffer()


def send(s, token):
    s.connection.send_request(wire.SASL, wire.buffer(token))
    return token_of(s.connection.receive_frame())


def authenticate(t, s, user, password, **more):
    """What both replies are, but for what each server makes up."""
    header, challenge = send(s, b"")
    said = digest_md5.directives(challenge)
    t.record(f"{s.name} challenge", [header[1:], {key: said.get(key) for key in ("realm", "algorithm", "charset")}])
    header, token = send(s, digest_md5.answer(challenge, user, password, **more))
    t.record(f"{s.name} reply", [header[1:], token and token[:8].decode()])


@case("sasl/a user and the password", config="sasl")
def good(t):
    s = t.connect("alice")
    authenticate(t, s, "alice", "alice-secret")
    s.call(wire.WHO_AM_I)
    s.call(wire.CREATE, wire.create(t.root, acl=[(wire.ALL, "auth", "")]))
    s.call(wire.GET_ACL, wire.buffer(t.root))
    other = t.connect("bob")
    authenticate(t, other, "bob", "bob-secret")
    other.call(wire.GET_DATA, wire.path_watch(t.root))
    for user in ("root", "super"):
        who = t.connect(user)
        authenticate(t, who, user, f"{user}-secret")
        who.call(wire.WHO_AM_I)
        who.call(wire.GET_DATA, wire.path_watch(t.root))
    authenticated_twice = t.connect("twice")
    authenticate(t, authenticated_twice, "alice", "alice-secret")
    t.record("twice", send(authenticated_twice, b""))
    authenticated_twice.expect_close()


@case("sasl/passwords and tokens that are wrong", config="sasl")
def bad(t):
    # No unknown user: 3.8.0 gives it the password of whoever authenticated last (ZOOKEEPER-4839).
    s = t.connect("password")
    authenticate(t, s, "alice", "bob-secret")
    s.expect_close()
    for name, token in (("garbage", b"garbage"), ("zeros", bytes(8)), ("empty", b"")):
        s = t.connect(name)
        send(s, b"")
        t.record(name, send(s, token))
        s.expect_close()
    # The server begins, whatever the first token is.
    s = t.connect("first")
    header, challenge = send(s, b"username=\"alice\"")
    t.record("first", [header, digest_md5.directives(challenge)["realm"]])
    header, token = send(s, digest_md5.answer(challenge, "alice", "alice-secret"))
    t.record("second", [header, token[:8].decode()])


@case("sasl/ids in lists", config="sasl")
def ids(t):
    s = t.connect()
    t.make_root(s)
    for number, name in enumerate(("alice", "alice@REALM", "alice/host@REALM", "a/b/c", "", "a@b@c", "a/b/c@R", "a@b/c")):
        s.call(wire.CREATE, wire.create(f"{t.root}/{number}", acl=[(wire.ALL, "sasl", name)]), name)
    s.call(wire.CREATE, wire.create(f"{t.root}/auth", acl=[(wire.ALL, "auth", "")]))
    s.auth("sasl", "alice")
    s.expect_close()
