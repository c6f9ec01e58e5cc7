# SPDX-License-Identifier: Apache-2.0
"""Four-letter words, probes, metrics and admin commands: their values, besides the form that conformance compares."""

import json
import re
import socket

from harness import wire
from support import AdminServer, Server, Session, until
from . import case

COMMANDS = ("configuration connection_stat_reset connections dirs dump environment get_trace_mask hash "
            "initial_configuration is_read_only last_snapshot leader monitor observer_connection_stat_reset observers "
            "ruok server_stats set_trace_mask stat_reset stats system_properties voting_view watch_summary watches "
            "watches_by_path zabstate").split()


@case
def watch_words():
    """wchs counts connections, paths and watches as they are, over all I/O threads"""
    for threads in ("0", "3"):
        with Server({"paddock.ioThreads": threads}) as server:
            sessions = [Session(server) for _ in range(4)]
            for session in sessions:
                session.call(wire.CREATE, wire.create("/a"))
                session.call(wire.GET_DATA, wire.path_watch("/a", True))
                session.call(wire.EXISTS, wire.path_watch("/b", True))
                session.call(wire.GET_CHILDREN, wire.path_watch("/", True))
            assert server.word("wchs") == "4 connections watching 2 paths\nTotal watches:8\n"


@case
def mntr():
    """mntr has every key once, with values that follow what happens"""
    with Server() as server:
        session = Session(server)
        for index in range(5):
            session.call(wire.CREATE, wire.create(f"/n{index}", "x"))
        for _ in range(7):
            session.call(wire.GET_DATA, wire.path_watch("/n1"))
        text = server.word("mntr")
        keys = [line.split("\t")[0] for line in text.splitlines()]
        assert len(keys) == len(set(keys)), [key for key in keys if keys.count(key) > 1]
        found = server.mntr()
        assert found["zk_server_state"] == "standalone"
        for key, value in (("zk_znode_count", 10), ("zk_cnt_readlatency", 7), ("zk_cnt_updatelatency", 5),
                           ("zk_global_sessions", 1), ("zk_commit_count", 6), ("zk_outstanding_requests", 0)):
            assert int(found[key]) == value, (key, found[key])
        assert int(found["zk_cnt_fsynctime"]) > 0 and float(found["zk_min_fsynctime"]) > 0
        assert int(found["zk_uptime"]) >= 0 and int(found["zk_bytes_received_count"]) > 100


@case
def words_in_pieces():
    """Words with a newline, in pieces, with the sending side shut"""
    with Server() as server:
        for pieces in ((b"ruok\n",), (b"ruok\r\n",), (b"r", b"uo", b"k"), (b"ruok" * 50,)):
            with socket.create_connection(server.address, timeout=10) as sock:
                for piece in pieces:
                    sock.sendall(piece)
                answer = b""
                try:
                    while chunk := sock.recv(100):
                        answer += chunk
                except ConnectionResetError:
                    pass
                assert answer == b"imok", (pieces, answer)
        with socket.create_connection(server.address, timeout=10) as sock:
            sock.sendall(b"srvr")
            sock.shutdown(socket.SHUT_WR)
            assert sock.recv(100).startswith(b"Zookeeper version")


@case
def probes():
    """/livez, /readyz and /startupz answer 200, to HEAD without a body"""
    with AdminServer() as server:
        for path in ("/livez", "/readyz", "/startupz"):
            status, headers, text = server.http(path)
            assert (status, text) in ((200, "ready\n"), (200, "alive\n"))
            head = server.http(path, "HEAD")
            assert head[0] == 200 and head[2] == "" and head[1]["Content-Length"] == headers["Content-Length"]
        for method in ("POST", "PUT", "DELETE", "TRACE", "OPTIONS", "BREW"):
            status, headers, _ = server.http("/livez", method)
            assert status == 405 and headers["Allow"] == "GET, HEAD", (method, status)
        assert server.http("/nothing")[0] == 404


@case
def admin_commands():
    """Every command of /commands is JSON with its name and no error"""
    with AdminServer() as server:
        session = Session(server)
        session.call(wire.CREATE, wire.create("/e", flags=wire.EPHEMERAL))
        session.call(wire.GET_DATA, wire.path_watch("/e", True))
        links = re.findall(r'href="/commands/(\w+)"', server.http("/commands")[2])
        assert links == sorted(COMMANDS), links
        for name in links:
            query = "?traceMask=7" if name == "set_trace_mask" else ""
            status, headers, text = server.http(f"/commands/{name}{query}")
            found = json.loads(text)
            assert status == 200 and headers["Content-Type"] == "application/json", name
            assert found["command"] == name
            # A standalone server has no leader, as ZooKeeper says it.
            assert found["error"] == ("server is not initialized" if name == "leader" else None), found
        answer = lambda name: json.loads(server.http(f"/commands/{name}")[2])
        assert answer("gtmk")["tracemask"] == 7
        assert answer("wchs") == {"num_connections": 1, "num_paths": 1, "num_total_watches": 1,
                                  "command": "watch_summary", "error": None}
        assert answer("dump")["session_id_to_ephemeral_paths"] == {str(session.session): ["/e"]}
        assert answer("conf")["client_port"] == server.port
        assert f"clientPort={server.port}\n" in answer("icfg")["initial_configuration"]
        assert answer("nonsense") == {"command": "nonsense", "error": "Unknown command: nonsense"}
        assert answer("stmk?traceMask=x")["error"] == "setTraceMask requires long traceMask argument, got x"
        json.loads(server.http("/commands/%ff%22%5c%0a")[2])


@case
def last_snapshot():
    """last_snapshot names the newest one, after a restart too"""
    with AdminServer({"snapCount": "200"}) as server:
        answer = lambda: json.loads(server.http("/commands/last_snapshot")[2])
        assert answer()["timestamp"] == -1
        session = Session(server)
        # Not so many that there is a second one.
        found = until(lambda: session.call(wire.SET_DATA, wire.set_data("/", "x")) and
                      (answer() if answer()["timestamp"] > 0 else None), "a snapshot")
        server.restart()
        assert answer() == found


@case
def prometheus():
    """/metrics is well-formed: types before samples, names once, values that are numbers"""
    with AdminServer() as server:
        Session(server)
        status, headers, text = server.http("/metrics")
        assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4")
        types, samples, seen = {}, set(), set()
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                assert name not in types and kind in ("gauge", "counter", "summary", "histogram"), line
                types[name] = kind
            elif not line.startswith("#"):
                series, value = line.rsplit(" ", 1)
                assert series not in seen, line
                seen.add(series)
                name = re.fullmatch(r'([a-z_][a-z0-9_]*)(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})?', series)[1]
                float(value)
                samples.add(name)
                assert name in types or re.sub(r"_(sum|count|bucket)$", "", name) in types, line
        for name in """znode_count watch_count ephemerals_count approximate_data_size num_alive_connections
                outstanding_requests avg_latency min_latency max_latency packets_received packets_sent uptime
                open_file_descriptor_count max_file_descriptor_count fsynctime_count snapshottime_count
                readlatency_count updatelatency_count proposal_count commit_count global_sessions
                stale_sessions_expired connection_drop_count connection_rejected bytes_received_count response_bytes
                process_cpu_seconds_total process_resident_memory_bytes""".split():
            assert name in samples, name
        mntr = {key.removeprefix("zk_") for key in server.mntr()}
        assert {"readlatency_count", "znode_count"} <= samples and "cnt_readlatency" in mntr


@case
def resets():
    """srst and crst set their counters to zero"""
    with Server() as server:
        session = Session(server)
        for _ in range(10):
            session.call(wire.EXISTS, wire.path_watch("/"))
        assert f"recved=11,sent=11,sid=0x{session.session:x}" in server.word("cons")
        assert server.word("crst") == "Connection stats reset.\n"
        assert f"recved=0,sent=0,sid=0x{session.session:x}" in server.word("cons")
        assert int(server.mntr()["zk_packets_received"]) > 10
        assert server.word("srst") == "Server stats reset.\n"
        assert int(server.mntr()["zk_packets_received"]) < 10


@case
def trace_mask():
    """stmk takes eight bytes and gtmk shows them"""
    with Server() as server:
        with socket.create_connection(server.address, timeout=10) as sock:
            sock.sendall(b"stmk" + (258).to_bytes(8, "big"))
            assert sock.recv(100) == b"258"
        assert server.word("gtmk") == "258"
