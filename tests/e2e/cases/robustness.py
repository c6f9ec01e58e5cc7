# SPDX-License-Identifier: Apache-2.0
"""Clients that are broken, slow, greedy or hostile: the server goes on, others are served, memory stays bounded."""

import concurrent.futures
import os
import random
import signal
import socket
import struct
import threading
import time

from harness import crash, wire
from support import AdminServer, Server, Session, is_closed, serves, until
from . import case

SMALL_MB = 80  # A server that keeps nothing.
FEW_MB = 300  # One that holds the largest buffers that it may.


def raw(server, data=b""):
    connection = wire.Connection(server.address)
    connection.send(data)
    return connection


def abort(connection):
    """Ends a connection with a reset."""
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@case
def shapes_of_frames():
    """Frames of any length and content, before and after a handshake"""
    generator = random.Random(1)
    with Server() as server:
        for round_ in range(300):
            connection = Session(server) if round_ % 2 else raw(server)
            for _ in range(generator.randrange(1, 6)):
                size = generator.choice((0, 1, 3, 4, 7, 8, 12, 40, 300))
                length = generator.choice((size, size, size, generator.randrange(-2**31, 2**31)))
                connection.send(struct.pack(">i", length) + generator.randbytes(size))
            if round_ % 3:
                connection.close()
            else:
                abort(connection)
        serves(server, SMALL_MB)


@case
def shapes_of_requests():
    """Every opcode with every kind of broken record gets an answer or a close, never silence"""
    generator = random.Random(2)
    records = [b"", wire.int32(-1), wire.int32(2**31 - 1), wire.int32(5) + b"/a", wire.buffer("/a"),
               wire.buffer("/a") + wire.int32(-1), wire.buffer("/a") + wire.int32(2**30), wire.buffer(None) * 6,
               wire.vector(["/a"] * 3) * 4, wire.buffer("\0/") + wire.buffer("") + wire.acls([]) + wire.int32(99)]
    with Server() as server:
        session = Session(server)
        for opcode in [*range(-12, 25), *range(99, 109), 2**31 - 1, -2**31]:
            for record in [*records, generator.randbytes(30)]:
                session.send_request(opcode, record)
                try:
                    session.receive_frame()
                except wire.Closed:
                    session = Session(server)
        serves(server, SMALL_MB)


@case
def garbage_handshakes():
    """Handshakes of wrong length or content are closed; other protocols too"""
    good = wire.connect_request()
    with Server() as server:
        for data in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"SSH-2.0-x\r\n",
                     wire.int32(0), wire.int32(3) + b"abc", wire.int32(20) + good[:20],
                     wire.int32(len(good)) + good[:24] + wire.int32(2**30) + good[28:],
                     wire.int32(-5) + good, wire.int32(2**31 - 1)):
            assert is_closed(raw(server, data)), data
        # What follows the known fields is ignored, as is what a password should be.
        longer = raw(server, wire.int32(len(good) + 50) + good + bytes(50))
        assert len(longer.receive_frame()) == 37
        serves(server, SMALL_MB)


@case
def half_open():
    """Connections that send nothing or half a word go after the time limit"""
    with Server({"nio.sessionlessCnxnTimeout": "500", "tickTime": "100"}) as server:
        waiting = [raw(server, [b"", b"r", b"ruo", wire.int32(44)][i % 4]) for i in range(400)]
        serves(server)
        assert all(is_closed(connection) for connection in waiting)
        assert int(server.mntr()["zk_sessionless_connections_expired"]) == 400
        serves(server, SMALL_MB)


@case
def byte_by_byte():
    """Bytes that trickle in make whole requests, and nobody waits for them"""
    with Server() as server:
        other = Session(server)
        handshake = wire.connect_request()
        request = wire.int32(1) + wire.int32(wire.EXISTS) + wire.path_watch("/")
        slow = raw(server)
        for byte in wire.int32(len(handshake)) + handshake + wire.int32(len(request)) + request:
            slow.send(bytes([byte]))
            assert other.call(wire.EXISTS, wire.path_watch("/"))["err"] == 0
        slow.receive_frame()
        assert wire.decode_reply(wire.EXISTS, slow.receive_frame())["err"] == 0


@case
def storm_of_connections():
    """Thousands of connections opened and dropped leave nothing behind"""
    with Server() as server:
        before = server.descriptor_count()

        def drop(count):
            for index in range(count):
                connection = raw(server)
                if index % 3 == 0:
                    connection.send_frame(wire.connect_request())
                if index % 3 == 1:
                    abort(connection)
                else:
                    connection.close()

        threads = [threading.Thread(target=drop, args=(700,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        serves(server, SMALL_MB)
        # The log may have made its spare file meanwhile.
        until(lambda: server.descriptor_count() <= before + 2, "the descriptors come back")
        assert int(server.mntr()["zk_num_alive_connections"]) <= 2


@case
def never_reads_replies():
    """A client that never reads its replies is not read from any more; others are served"""
    with Server() as server:
        other = Session(server)
        assert other.call(wire.CREATE, wire.create("/big", "x" * 200_000))["err"] == 0
        deaf = [Session(server) for _ in range(5)]
        body = wire.path_watch("/big")
        frame = wire.int32(8 + len(body)) + wire.int32(1) + wire.int32(wire.GET_DATA) + body
        for session in deaf:
            session.socket.setblocking(False)
            try:
                # 20 MB of requests that ask for 200 GB.
                for _ in range(1000):
                    session.socket.send(frame * 1000)
            except BlockingIOError:
                pass
            assert other.call(wire.EXISTS, wire.path_watch("/"))["err"] == 0
        serves(server, FEW_MB)
        for session in deaf:
            session.close()
        until(lambda: int(server.mntr()["zk_num_alive_connections"]) <= 2, "they go")


@case
def never_reads_events():
    """A watcher that never reads its events is dropped before they fill the memory"""
    with Server() as server:
        writer, deaf = Session(server), Session(server)
        assert deaf.call(wire.ADD_WATCH, wire.buffer("/") + wire.int32(1))["err"] == 0
        path = "/" + "n" * 60_000
        assert writer.call(wire.CREATE, wire.create(path))["err"] == 0
        for _ in range(28):
            for _ in range(50):
                writer.send_request(wire.SET_DATA, wire.set_data(path, ""))
            for _ in range(50):
                assert writer.reply(wire.SET_DATA)["err"] == 0
        assert server.resident_mb() < FEW_MB
        until(lambda: "connections watching" in server.word("wchs") and
              int(server.mntr()["zk_num_alive_connections"]) == 2, "it is dropped")
        serves(server)


@case
def endless_pipeline():
    """A client that sends writes without end is held up by its own answers; memory stays bounded"""
    with Server({"snapCount": "1000000"}) as server:
        other, greedy = Session(server), [Session(server) for _ in range(3)]
        body = wire.set_data("/", "x" * 900_000)
        frame = wire.int32(8 + len(body)) + wire.int32(1) + wire.int32(wire.SET_DATA) + body
        stop = threading.Event()

        def send(session):
            # Replies of 88 bytes are left unread: it takes long until they fill the socket.
            session.socket.settimeout(0.2)
            while not stop.is_set():
                try:
                    session.socket.sendall(frame)
                except TimeoutError:
                    return
                except OSError:
                    return

        threads = [threading.Thread(target=send, args=(session,)) for session in greedy]
        for thread in threads:
            thread.start()
        largest = 0.0
        deadline = time.monotonic() + 2.5
        while time.monotonic() < deadline:
            assert other.call(wire.EXISTS, wire.path_watch("/"))["err"] == 0
            largest = max(largest, server.resident_mb())
        stop.set()
        for thread in threads:
            thread.join()
        assert largest < 2 * FEW_MB, f"{largest:.0f} MB"
        serves(server)


@case
def oversize():
    """A request over the limit ends its connection; a reply may be as long as it is"""
    with Server() as server:
        session = Session(server)
        session.send(wire.int32(0xFFFFF + 1) + b"x")
        assert is_closed(session)
        session = Session(server)
        names = [f"{index:06}-" + "n" * 193 for index in range(6000)]
        for start in range(0, len(names), 1000):
            for name in names[start:start + 1000]:
                session.send_request(wire.CREATE, wire.create("/" + name))
            for _ in range(1000):
                assert session.reply(wire.CREATE)["err"] == 0
        found = session.call(wire.GET_CHILDREN, wire.path_watch("/"))
        assert found["paths"] == sorted([*names, "zookeeper"])
        # One request that asks for 100 MB.
        assert session.call(wire.CREATE, wire.create("/big", "x" * 1_000_000))["err"] == 0
        many = wire.multi(*[(wire.GET_DATA, wire.path_watch("/big"))] * 100)
        assert session.call(wire.MULTI_READ, many)["err"] == -5
        serves(server, FEW_MB)


@case
def without_descriptors():
    """Without descriptors newcomers wait or are closed, the log goes on, and the log says so"""
    with AdminServer({"snapCount": "30", "preAllocSize": "64"}, descriptors=64) as server:
        session = Session(server)
        crowd = []
        for _ in range(120):
            try:
                crowd.append(socket.create_connection(server.address, timeout=0.5))
            except OSError:
                break
        assert server.http("/readyz")[0] == 200
        # New log files and snapshots need descriptors, too.
        for index in range(100):
            assert session.call(wire.SET_DATA, wire.set_data("/", f"{index}" + "x" * 5000))["err"] == 0
        until(lambda: "no descriptors left" in server.log(), "a line in the log")
        assert server.log().count("no descriptors left") < 5
        for sock in crowd:
            sock.close()

        def is_crowd_gone():
            try:
                found = server.mntr()
            except ConnectionError:
                found = {}
            # A newcomer itself, the word is closed without an answer until the crowd has gone.
            return "zk_num_alive_connections" in found and int(found["zk_num_alive_connections"]) <= 2

        until(is_crowd_gone, "the crowd goes")
        assert int(server.mntr()["zk_connection_rejected"]) > 0
        assert int(server.mntr()["zk_cnt_snapshottime"]) > 0
        serves(server, SMALL_MB)


@case
def end_under_load():
    """SIGTERM under load: exit code 0, what was sent before is answered, what was answered is there"""
    for threads in ("0", "2"):
        with Server({"paddock.ioThreads": threads}) as server:
            writers = [crash.Writer(server, index, random.Random(index)) for index in range(4)]
            for writer in writers:
                writer.attach()
                assert writer.call(wire.CREATE, wire.create(writer.root))["err"] == 0
            running = [threading.Thread(target=writer.run, daemon=True) for writer in writers]
            for thread in running:
                thread.start()
            until(lambda: sum(writer.writes for writer in writers) > 2000, "some load")
            idle = Session(server)
            assert idle.call(wire.EXISTS, wire.path_watch("/"))["err"] == 0
            assert server.end(signal.SIGTERM) == 0
            for thread in running:
                thread.join()
            server.start()
            for writer in writers:
                assert writer.attach(), "a session was lost"
                assert not writer.verify()


@case
def last_answers():
    """SIGTERM: requests that had arrived are answered before the server ends"""
    for threads in ("0", "2"):
        with Server({"paddock.ioThreads": threads}) as server:
            session = Session(server)
            count = 600
            body = b"".join(wire.int32(8 + len(record)) + wire.int32(index + 1) + wire.int32(wire.CREATE) + record
                            for index in range(count) for record in [wire.create(f"/n{index}", "x" * 500)])
            session.send(body)
            until(lambda: session.reply(wire.CREATE)["xid"] == 1, "a first answer")
            server.process.send_signal(signal.SIGTERM)
            xids = [1]
            try:
                while True:
                    reply = session.reply(wire.CREATE)
                    assert reply["err"] == 0
                    xids.append(reply["xid"])
            except wire.Closed:
                pass
            assert server.process.wait(20) == 0
            assert xids == list(range(1, len(xids) + 1))
            server.start()
            there = Session(server).call(wire.GET_CHILDREN, wire.path_watch("/"))["paths"]
            # Nothing took effect that was not answered.
            assert len(there) - 1 == len(xids), (len(there), len(xids))


@case
def end_under_questions():
    """SIGTERM while words and HTTP requests come in: a clean and quick end"""
    for threads in ("0", "2"):
        with AdminServer({"paddock.ioThreads": threads}) as server:
            stop = threading.Event()

            def ask(server=server, stop=stop):
                while not stop.is_set():
                    try:
                        server.word("mntr")
                        server.http("/metrics")
                    except Exception:
                        pass  # It ends.

            running = [threading.Thread(target=ask) for _ in range(6)]
            for thread in running:
                thread.start()
            until(lambda: server.word("ruok") == "imok", "an answer")
            time.sleep(0.2)
            code = server.end(signal.SIGTERM)
            stop.set()
            for thread in running:
                thread.join()
            assert code == 0, (code, server.log_tail())


@case
def stopped_and_continued():
    """SIGSTOP and SIGCONT: sessions that last longer than the pause go on"""
    with Server({"jvm.pause.info-threshold.ms": "500"}) as server:
        session = Session(server, 20000)
        assert session.call(wire.CREATE, wire.create("/e", flags=wire.EPHEMERAL))["err"] == 0
        server.process.send_signal(signal.SIGSTOP)
        time.sleep(1.6)  # More than half a second longer than the core's half tick.
        waiting = raw(server)
        waiting.send_frame(wire.connect_request())
        server.process.send_signal(signal.SIGCONT)
        assert len(waiting.receive_frame()) == 37
        assert session.call(wire.EXISTS, wire.path_watch("/e"))["stat"]["ephemeralOwner"] == session.session
        serves(server, SMALL_MB)
        until(lambda: "the server stood still" in server.log(), "it says so")


@case
def flood_of_words():
    """Hundreds of four-letter words at once, some of which are not read, all are answered"""
    with Server() as server:
        words = ("mntr", "cons", "stat", "dump", "wchp", "envi")
        deaf = [raw(server, word.encode()) for word in words * 20]
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(server.word, words * 50))
        assert all(answers)
        for connection in deaf:
            connection.close()
        serves(server, SMALL_MB)


@case
def bad_http():
    """The admin port: bad requests, slow and many connections harm nobody"""
    def ask(data, seconds=10):
        with socket.create_connection(("127.0.0.1", server.admin_port), timeout=seconds) as sock:
            sock.sendall(data)
            answer = b""
            while chunk := sock.recv(65536):
                answer += chunk
            return answer

    with AdminServer() as server:
        for data, status in ((b"nonsense\r\n\r\n", 400), (b"GET /livez HTTP/9.9\r\n\r\n", 400),
                             (b"GET /livez\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nA: " + b"x" * 20000 + b"\r\n\r\n", 431),
                             (b"POST /livez HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
                             (b"POST /livez HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400)):
            assert ask(data).startswith(b"HTTP/1.1 %d " % status), (data[:40], ask(data)[:100])
        closing = b"Connection: close\r\n\r\n"
        two = ask(b"GET /livez HTTP/1.1\r\n\r\nGET /readyz HTTP/1.1\r\n" + closing)
        assert two.count(b"HTTP/1.1 200") == 2
        slow = [socket.create_connection(("127.0.0.1", server.admin_port), timeout=10) for _ in range(400)]
        for sock in slow:
            try:
                sock.sendall(b"GET /livez HT")
            except OSError:
                pass  # Over the limit of connections.
        serves(server)
        for sock in slow:
            sock.close()

        def answers():
            try:
                return server.http("/livez")[0] == 200
            except OSError:
                return False  # It has not noticed yet that they are gone.

        until(answers, "the admin port answers again")
        serves(server, SMALL_MB)


@case
def many_sessions():
    """Thousands of sessions at once are served, and go with their connections"""
    with Server() as server:
        sessions = [Session(server) for _ in range(800)]
        for session in sessions:
            session.send_request(wire.CREATE, wire.create("/e-", flags=wire.EPHEMERAL_SEQUENTIAL))
        for session in sessions:
            assert session.reply(wire.CREATE)["err"] == 0
        assert int(server.mntr()["zk_ephemerals_count"]) == 800
        for session in sessions:
            session.send_request(wire.CLOSE_SESSION)
        for session in sessions:
            session.reply(wire.CLOSE_SESSION)
            session.close()
        assert int(server.mntr()["zk_ephemerals_count"]) == 0
        assert os.path.exists(server.log_path)
        serves(server, SMALL_MB)
