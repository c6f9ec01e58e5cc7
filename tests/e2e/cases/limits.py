# SPDX-License-Identifier: Apache-2.0
"""Floods that a server bears, and limits of clients: who exceeds them waits or is refused, and others are served."""

import os
import signal
import socket

from certificates import Certificates
from harness import wire
from support import DEADLINE_SECONDS, AdminServer, Server, Session, until

from . import case
from .tls import SecureServer

QUOTA_EXCEEDED, THROTTLED = -125, -127
READ = wire.path_watch("/")
CREDENTIAL = b"app:secret"


def frame(opcode, body, xid):
    payload = wire.int32(xid) + wire.int32(opcode) + body
    return wire.int32(len(payload)) + payload


def reads_well(session, opcode=wire.EXISTS, body=READ):
    return session.call(opcode, body)["err"] == 0


def is_let_in(connection):
    """Whether its handshake is answered, not with a close."""
    try:
        connection.receive_frame()
        return True
    except wire.Closed:
        return False


def rereads(server):
    """The server reads its configuration again."""
    lines = server.log().count("limits of clients")
    server.zoo_cfg()
    os.kill(server.process.pid, signal.SIGHUP)
    until(lambda: server.log().count("limits of clients") > lines, "the configuration is read again")


@case
def flood_of_requests():
    """Who sends thousands of reads and writes without waiting is answered in full, and others in between"""
    count, rounds = 20_000, 50
    with Server() as server:
        other, flooding = Session(server), Session(server)
        assert other.call(wire.CREATE, wire.create("/a", bytes(10)))["err"] == 0
        for opcode, body in ((wire.GET_DATA, wire.path_watch("/a")), (wire.SET_DATA, wire.set_data("/a", bytes(10)))):
            flood = b"".join(frame(opcode, body, xid) for xid in range(count))
            flooding.socket.setblocking(False)
            sent = answered = 0
            while answered < count:
                while sent < len(flood):
                    try:
                        sent += flooding.socket.send(flood[sent:sent + 65536])
                    except BlockingIOError:
                        break
                if answered % (count // rounds) == 0:
                    assert reads_well(other) and reads_well(other, wire.SET_DATA, wire.set_data("/", b""))
                reply = wire.Reader(flooding.receive_frame())
                flooding.socket.setblocking(False)
                assert reply.int32() == answered
                answered += 1
        assert int(server.mntr()["zk_paddock_turns_used_up_total"]) > 0


@case
def rate_of_an_identity():
    """Who has an identity that a rate is for waits, and is neither refused nor closed; others do not wait"""
    with Server({"paddock.limit.app.match": "digest:app:*", "paddock.limit.app.requestsPerSecond": "50"}) as server:
        limited, other = Session(server), Session(server)
        assert limited.authenticate(b"digest", CREDENTIAL) == 0
        count = 40
        for _ in range(count):
            limited.send_request(wire.EXISTS, READ)
        for _ in range(200):
            assert reads_well(other)
        assert all(limited.reply(wire.EXISTS)["err"] == 0 for _ in range(count))
        values = server.mntr()
        assert int(values["zk_app_paddock_limit_delayed_total"]) > 0
        assert int(values["zk_app_paddock_limit_connections"]) == 1


@case
def rate_of_a_path():
    """A rate of a path is for whoever asks for what is there, in a multi too"""
    with Server({"paddock.limit.part.match": "path:/part", "paddock.limit.part.requestsPerSecond": "50"}) as server:
        session = Session(server)
        assert session.call(wire.CREATE, wire.create("/part"))["err"] == 0
        operation = wire.multi_header(wire.SET_DATA) + wire.set_data("/part", b"x")
        for _ in range(20):
            session.send_request(wire.MULTI, operation + wire.multi_header(-1, True))
        assert all(session.reply(wire.MULTI)["err"] == 0 for _ in range(20))
        assert int(server.mntr()["zk_part_paddock_limit_delayed_total"]) > 0


@case
def flood_of_connections():
    """Connections beyond those that an address may have are closed, and those that there are go on"""
    config = {"paddock.limit.here.match": "ip:127.0.0.0/8", "paddock.limit.here.connections": "5"}
    with Server(config) as server:
        inside = Session(server)
        flood = [wire.Connection(server.address) for _ in range(100)]
        for connection in flood:
            connection.send_frame(wire.connect_request())
        assert sum(is_let_in(connection) for connection in flood) == 4
        assert reads_well(inside)
        until(lambda: server.mntr()["zk_here_paddock_limit_connections"] == "5", "the others are gone")
        assert server.mntr()["zk_here_paddock_limit_refused_total"] == "96"
        inside.close()
        until(lambda: server.mntr()["zk_here_paddock_limit_connections"] == "4", "there is room for one")
        assert reads_well(Session(server))


@case
def flood_of_sessions():
    """Sessions beyond what the throttle of connections allows are refused, and those that there are go on"""
    config = {"connection_throttle_tokens": "5", "connection_throttle_fill_time": "3600000", "paddock.ioThreads": "0"}
    with Server(config) as server:
        inside = Session(server)
        flood = [wire.Connection(server.address) for _ in range(200)]
        for connection in flood:
            connection.send_frame(wire.connect_request())
        until(lambda: server.mntr()["zk_connection_rejected"] == "196", "four more are let in")
        assert reads_well(inside)


@case
def flood_of_watches():
    """Watches beyond a limit are refused with an error, and what there are still fire"""
    with Server({"paddock.limit.all.match": "any", "paddock.limit.all.watches": "100"}) as server:
        session = Session(server)
        assert session.call(wire.CREATE, wire.create("/w0"))["err"] == 0
        absent = [session.call(wire.EXISTS, wire.path_watch(f"/w{n}", True))["err"] for n in range(1000)]
        assert absent.count(QUOTA_EXCEEDED) == 900 and absent[100:] == [QUOTA_EXCEEDED] * 900
        assert reads_well(session), "without a watch"
        assert session.call(wire.SET_DATA, wire.set_data("/w0", b"x"))["err"] == 0
        assert reads_well(session)
        assert [event["path"] for event in session.events] == ["/w0"]
        assert int(server.mntr()["zk_all_paddock_limit_refused_total"]) == 900
        assert reads_well(session, wire.EXISTS, wire.path_watch("/", True)), "one has fired"


@case
def sessions_of_an_identity():
    """A session counts as long as it lives, with a connection or without, and who is one too many is told so"""
    with Server({"paddock.limit.app.match": "digest:app:*", "paddock.limit.app.sessions": "2",
                 "minSessionTimeout": "1000"}) as server:
        counted = lambda: int(server.mntr()["zk_app_paddock_limit_sessions"])  # noqa: E731
        lost, kept, late = Session(server, timeout=1000), Session(server), Session(server)
        assert all(session.authenticate(b"digest", CREDENTIAL) == 0 for session in (lost, kept))
        assert reads_well(lost) and reads_well(kept) and counted() == 2
        lost.close()
        assert late.authenticate(b"digest", CREDENTIAL) == 0
        assert late.call(wire.EXISTS, READ)["err"] == THROTTLED and reads_well(kept)
        until(lambda: reads_well(late), "the session without a connection expires")
        assert counted() == 2
        again = Session(server, session=kept.session, password=kept.password)
        assert again.authenticate(b"digest", CREDENTIAL) == 0 and reads_well(again) and counted() == 2


@case
def flood_of_sessions_of_an_address():
    """Who opens sessions and leaves them is let in no more, and those that there are go on"""
    with Server({"paddock.limit.here.match": "ip:127.0.0.0/8", "paddock.limit.here.sessions": "10"}) as server:
        inside = Session(server)
        flood = [wire.Connection(server.address) for _ in range(50)]
        for connection in flood:
            connection.send_frame(wire.connect_request())
            connection.close()
        until(lambda: server.mntr()["zk_here_paddock_limit_refused_total"] == "41", "all have asked")
        assert server.mntr()["zk_here_paddock_limit_sessions"] == "10"
        assert reads_well(inside)
        assert inside.call(wire.CLOSE_SESSION)["err"] == 0
        assert reads_well(Session(server)), "there is room for one"


@case
def ephemerals_of_an_identity():
    """Ephemerals beyond a limit are refused, in a transaction and in a sequence too, until some are gone"""
    with Server({"paddock.limit.app.match": "digest:app:*", "paddock.limit.app.ephemerals": "3"}) as server:
        counted = lambda: server.mntr()["zk_app_paddock_limit_ephemerals"]  # noqa: E731
        make = lambda who, path, flags=wire.EPHEMERAL: who.call(wire.CREATE, wire.create(path, flags=flags))["err"]  # noqa: E731
        session, other = Session(server), Session(server)
        assert session.authenticate(b"digest", CREDENTIAL) == 0
        assert make(session, "/e") == 0 and make(session, "/s-", wire.EPHEMERAL_SEQUENTIAL) == 0
        both = wire.multi(*((wire.CREATE, wire.create(path, flags=wire.EPHEMERAL)) for path in ("/m1", "/m2")))
        assert session.call(wire.MULTI, both)["err"] == QUOTA_EXCEEDED
        assert make(session, "/last") == 0
        assert [make(session, "/f", flags) for flags in (wire.EPHEMERAL, wire.EPHEMERAL_SEQUENTIAL)] == [QUOTA_EXCEEDED] * 2
        assert make(session, "/persistent", wire.PERSISTENT) == 0 and make(other, "/other") == 0
        assert counted() == "3"
        assert other.call(wire.DELETE, wire.path_version("/e"))["err"] == 0
        assert make(session, "/f") == 0
        assert session.call(wire.CLOSE_SESSION)["err"] == 0
        until(lambda: counted() == "0", "they go with their session")
        assert server.mntr()["zk_app_paddock_limit_refused_total"] == "3"


@case
def limits_are_read_again():
    """SIGHUP puts changed limits in force for clients that are there; a file that is no good changes nothing"""
    with Server({"paddock.limit.all.match": "any", "paddock.limit.all.watches": "1"}) as server:
        session = Session(server)
        watch = lambda path: session.call(wire.GET_CHILDREN, wire.path_watch(path, True))["err"]  # noqa: E731
        assert watch("/") == 0 and watch("/zookeeper") == QUOTA_EXCEEDED
        server.config["paddock.limit.all.watches"] = "2"
        rereads(server)
        assert watch("/zookeeper") == 0 and watch("/zookeeper/config") == QUOTA_EXCEEDED
        server.config["paddock.limit.all.watches"] = "many"
        rereads(server)
        assert watch("/zookeeper/config") == QUOTA_EXCEEDED
        assert "paddock.limit.all.watches=many" in server.log()
        del server.config["paddock.limit.all.match"], server.config["paddock.limit.all.watches"]
        rereads(server)
        assert watch("/zookeeper/config") == 0
        assert "zk_all_paddock_limit_refused_total" not in server.mntr()


@case
def storm_of_tls_handshakes():
    """TLS connections beyond those that may be in their handshake are closed, and the plain port is served"""
    with Certificates() as certificates, SecureServer(certificates, {
            "netty.server.outstandingHandshake.limit": "4", "paddock.ioThreads": "0"}) as server:
        plain = Session(server)
        storm = [socket.create_connection(("127.0.0.1", server.secure_port)) for _ in range(50)]
        until(lambda: server.mntr()["zk_tls_handshake_exceeded"] == "46", "all but four are closed")
        assert server.mntr()["zk_outstanding_tls_handshake"] == "4"
        assert reads_well(plain)
        for connection in storm:
            connection.close()
        until(lambda: server.mntr()["zk_outstanding_tls_handshake"] == "0", "they are gone")
        assert "imok" in server.secure_word("ruok", certificates.issue("alice"))


@case
def memory_runs_short():
    """Above its memory limit a server takes no new sessions and watches, says so, and serves those that it has"""
    probe = Server()
    with probe:
        base = probe.resident_mb()
    with AdminServer({"paddock.memoryLimit": str(int((base + 48) * 2**20))}) as server:
        session = Session(server)
        assert server.http("/readyz")[0] == 200
        for number in range(64):
            assert session.call(wire.CREATE, wire.create(f"/big{number}", bytes(1_000_000)))["err"] == 0
        until(lambda: server.mntr()["zk_paddock_memory_short"] == "1", "it notices")
        assert session.call(wire.EXISTS, wire.path_watch("/", True))["err"] == THROTTLED
        late = wire.Connection(server.address)
        late.send_frame(wire.connect_request())
        assert not is_let_in(late)
        assert reads_well(session) and reads_well(session, wire.SET_DATA, wire.set_data("/", b""))
        assert server.http("/readyz")[0] == 503 and server.http("/livez")[0] == 200
        assert int(server.mntr()["zk_paddock_memory_refused_total"]) == 2
        assert "paddock.memoryLimit" in server.log()
