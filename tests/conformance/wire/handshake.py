# SPDX-License-Identifier: Apache-2.0
"""The first packet of a connection: both lengths, odd fields, garbage, re-attaching."""

from harness import wire
from . import case


@case("handshake/45 bytes are answered with 37")
def long_form(t):
    t.connect().call(wire.PING, xid=wire.XID_PING)


@case("handshake/44 bytes without readOnly are answered with 36")
def short_form(t):
    t.connect(read_only=None).call(wire.PING, xid=wire.XID_PING)


@case("handshake/readOnly true is served by a read-write server")
def read_only(t):
    t.connect(read_only=True).call(wire.EXISTS, wire.path_watch("/"))


@case("handshake/timeouts are clamped to 2 and 20 ticks")
def timeouts(t):
    for wanted in (-1, 0, 1, 3999, 4000, 4001, 10000, 39999, 40000, 40001, 2**31 - 1, -2**31):
        t.connect(f"timeout {wanted}", timeout=wanted)


@case("handshake/the protocol version is not looked at")
def versions(t):
    for version in (1, -1, 10, 2**31 - 1):
        t.connect(f"version {version}", version=version).still_open()


@case("handshake/passwords of a new session are ignored")
def new_passwords(t):
    for password in (None, b"", b"x", bytes(16), bytes(17), bytes(1000)):
        t.connect(f"password {None if password is None else len(password)}",
                  password=password).still_open()


@case("handshake/a zxid ahead of the server closes without a byte")
def zxid_ahead(t):
    for zxid in (2**62, 2**63 - 1):
        t.connect(f"zxid {zxid}", last_zxid=zxid).expect_close()


@case("handshake/a negative zxid is accepted")
def zxid_negative(t):
    t.connect(last_zxid=-1).still_open()


@case("handshake/a zxid the server has is accepted")
def zxid_equal(t):
    session = t.connect("writer")
    reply = session.call(wire.CREATE, wire.create(t.root))
    t.connect("reader", last_zxid=reply["zxid"]).still_open()


@case("handshake/re-attach with the password keeps the session")
def reattach(t):
    first = t.connect()
    t.make_root()
    first.call(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    first.close()
    second = first.reattach("b")
    second.call(wire.GET_DATA, wire.path_watch(t.root + "/e"))
    second.call(wire.GET_EPHEMERALS, wire.buffer(None))
    second.call(wire.CLOSE_SESSION)
    second.expect_close()


@case("handshake/re-attach in the short form")
def reattach_short(t):
    first = t.connect()
    first.close()
    first.reattach("b", read_only=None).still_open()


@case("handshake/re-attach negotiates the timeout anew")
def reattach_timeout(t):
    first = t.connect(timeout=10000)
    first.close()
    second = first.reattach("b", timeout=20000)
    second.close()
    second.reattach("c", timeout=1)


@case("handshake/a wrong password is answered as an expired session, then closed")
def wrong_password(t):
    first = t.connect()
    for index, password in enumerate((b"x" * 16, bytes(16), b"", None, b"short", bytes(17))):
        first.reattach(f"wrong {index}", password=password).expect_close()
    first.still_open("the first connection")


@case("handshake/a wrong password with the short form")
def wrong_password_short(t):
    first = t.connect()
    first.reattach("b", password=b"x" * 16, read_only=None).expect_close()


@case("handshake/an unknown session is answered as expired, then closed")
def unknown_session(t):
    for session in (0x1234, -1, 2**63 - 1, -2**63):
        t.connect(f"session {session}", session=session,
                  password=wire.session_password(session)).expect_close()


@case("handshake/a closed session is answered as expired")
def closed_session(t):
    first = t.connect()
    first.call(wire.CLOSE_SESSION)
    first.expect_close()
    first.reattach("b").expect_close()


@case("handshake/a second connection of a session closes the first")
def second_connection(t):
    first = t.connect()
    second = first.reattach("b")
    first.expect_close("the first")
    second.still_open("the second")


@case("handshake/a second connection with a wrong password")
def second_connection_wrong(t):
    first = t.connect()
    second = first.reattach("b", password=b"y" * 16)
    second.expect_close("the second")
    first.still_open("the first")


@case("handshake/watches are gone with their connection")
def watches_gone(t):
    t.make_root()
    first = t.connect()
    first.call(wire.GET_DATA, wire.path_watch(t.root, True))
    second = first.reattach("b")
    other = t.connect("other")
    other.call(wire.SET_DATA, wire.set_data(t.root, "x"))
    second.ping()


@case("handshake/identities are gone with their connection")
def identities_gone(t):
    first = t.connect()
    first.auth("digest", "user:pass")
    first.call(wire.WHO_AM_I)
    second = first.reattach("b")
    second.call(wire.WHO_AM_I)


def _raw(t, name, data):
    session = t.open(name)
    session.connection.send(data)
    session.expect_close()


@case("handshake/length 0 closes")
def length_zero(t):
    _raw(t, "zero", wire.int32(0))


@case("handshake/negative lengths close")
def length_negative(t):
    for length in (-1, -2, -2**31):
        _raw(t, f"length {length}", wire.int32(length))


@case("handshake/lengths over jute.maxbuffer close")
def length_over(t):
    for length in (0x100000, 0x7fffffff):
        _raw(t, f"length {length}", wire.int32(length))


@case("handshake/a connection that says nothing is closed", config="whitelist")
def silence(t):
    silent, partial = t.open("silent"), t.open("half a frame")
    partial.connection.send(wire.int32(45) + b"half")
    silent.expect_close(seconds=25)
    partial.expect_close(seconds=25)


@case("handshake/garbage closes")
def garbage(t):
    _raw(t, "http", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    _raw(t, "tls", bytes.fromhex("1603010200010001fc0303") + bytes(200))
    _raw(t, "ones", b"\xff" * 64)


@case("handshake/records that end early close")
def truncated(t):
    whole = wire.connect_request()
    for length in (1, 3, 4, 11, 12, 16, 20, 27, 28, 31, 32, 40, 43):
        _raw(t, f"first {length}", wire.int32(length) + whole[:length])


@case("handshake/trailing bytes are ignored")
def trailing(t):
    session = t.open("a")
    body = wire.connect_request() + b"more bytes"
    session.connection.send_frame(body)
    session.receive_handshake()
    session.still_open()


@case("handshake/a password length that lies closes")
def password_length(t):
    prefix = wire.int32(0) + wire.int64(0) + wire.int32(30000) + wire.int64(0)
    for length in (-2, 1000, 2**31 - 1, -2**31):
        session = t.open(f"length {length}")
        session.connection.send_frame(prefix + wire.int32(length) + bytes(16) + b"\0")
        session.expect_close()
    session = t.open("length 17")
    session.connection.send_frame(prefix + wire.int32(17) + bytes(16) + b"\0")
    session.receive_handshake()


@case("handshake/one byte at a time")
def slowly(t):
    session = t.open("a")
    body = wire.connect_request()
    for byte in wire.int32(len(body)) + body:
        session.connection.send(bytes([byte]))
    session.receive_handshake()
    request = wire.int32(1) + wire.int32(wire.EXISTS) + wire.path_watch("/")
    for byte in wire.int32(len(request)) + request:
        session.connection.send(bytes([byte]))
    session.receive(wire.EXISTS)


@case("handshake/requests sent with the handshake are answered after it")
def pipelined(t):
    session = t.open("a")
    body = wire.connect_request()
    frames = wire.int32(len(body)) + body
    for xid in (1, 2, 3):
        request = wire.int32(xid) + wire.int32(wire.EXISTS) + wire.path_watch("/")
        frames += wire.int32(len(request)) + request
    session.connection.send(frames)
    session.receive_handshake()
    for _ in range(3):
        session.receive(wire.EXISTS)


@case("handshake/a session id counts up")
def ids_count_up(t):
    first, second = t.connect("a"), t.connect("b")
    t.record("difference", second.session_id - first.session_id)
    t.record("server id", first.session_id >> 56)


@case("handshake/sessions, ephemerals and data survive a restart", config="restart")
def survives_restart(t):
    session = t.connect()
    t.make_root()
    session.call(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    session.call(wire.CREATE, wire.create(t.root + "/s-", flags=wire.SEQUENTIAL))
    t.server.restart()
    again = session.reattach("b")
    again.call(wire.GET_DATA, wire.path_watch(t.root + "/e"))
    again.call(wire.CREATE, wire.create(t.root + "/s-", flags=wire.SEQUENTIAL))
    again.call(wire.GET_CHILDREN2, wire.path_watch(t.root))
    again.call(wire.CLOSE_SESSION)
    t.connect("c").call(wire.GET_CHILDREN2, wire.path_watch(t.root))
