# SPDX-License-Identifier: Apache-2.0
"""Keys of zoo.cfg whose effect is seen from outside; what a key fills inside is tested in the unit tests."""

import base64
import glob
import hashlib
import os
import signal
import socket
import time

from harness import wire
from harness.servers import StartFailed, free_port
from support import AdminServer, Server, Session, http, is_closed, until
from . import case


def connect_from(server, source):
    """A connection from another loopback address; None if the server closes it at once."""
    connection = wire.Connection.__new__(wire.Connection)
    connection.inbound, connection.next_xid = b"", 1
    connection.socket = socket.create_connection(server.address, timeout=10, source_address=(source, 0))
    connection.send_frame(wire.connect_request())
    try:
        connection.receive_frame()
        return connection
    except wire.Closed:
        return None


def start_error(server):
    """What a server that cannot start says; it must end with an error code."""
    try:
        server.start()
    except StartFailed as failure:
        assert server.process.returncode not in (0, None) and server.process.returncode > 0, failure
        return str(failure)
    finally:
        server.stop()
    raise AssertionError("the server started")


@case
def client_port_address():
    """clientPortAddress binds to that address only"""
    with Server({"clientPortAddress": "127.0.0.1"}) as server:
        try:
            socket.create_connection(("127.0.0.2", server.port), timeout=5)
        except ConnectionRefusedError:
            return
        raise AssertionError("the server listens on another address, too")


@case
def connections_per_address():
    """maxClientCnxns limits each address"""
    with Server({"maxClientCnxns": "2"}) as server:
        first = until(lambda: connect_from(server, "127.0.0.5"), "a first connection")
        second = connect_from(server, "127.0.0.5")
        assert second is not None
        assert connect_from(server, "127.0.0.5") is None
        assert connect_from(server, "127.0.0.6") is not None
        first.close()
        assert until(lambda: connect_from(server, "127.0.0.5"), "a place that was freed is given again")
        until(lambda: "maxClientCnxns" in server.log(), "a line in the log")


@case
def connections_in_all():
    """maxCnxns limits all together"""
    with Server({"maxCnxns": "2"}) as server:
        kept = [until(lambda a=address: connect_from(server, a), "a connection")
                for address in ("127.0.0.5", "127.0.0.6")]
        assert connect_from(server, "127.0.0.7") is None
        until(lambda: "maxCnxns" in server.log(), "a line in the log")
        assert len(kept) == 2


@case
def session_timeouts():
    """minSessionTimeout, maxSessionTimeout and tickTime bound a session's timeout"""
    with Server({"minSessionTimeout": "3000", "maxSessionTimeout": "9000"}) as server:
        granted = [Session(server, timeout).timeout for timeout in (1, 5000, 100000)]
        assert granted == [3000, 5000, 9000], granted
    with Server({"tickTime": "300"}) as server:
        granted = [Session(server, timeout).timeout for timeout in (1, 100000)]
        assert granted == [600, 6000], granted


@case
def expiry():
    """tickTime: a silent session expires and its ephemerals go"""
    with Server({"tickTime": "100"}) as server:
        silent, other = Session(server, 200), Session(server, 2000)
        assert silent.call(wire.CREATE, wire.create("/e", flags=wire.EPHEMERAL))["err"] == 0
        until(lambda: other.call(wire.EXISTS, wire.path_watch("/e"))["err"] == -101, "the ephemeral goes")


@case
def listen_backlog():
    """clientPortListenBacklog bounds the connections that wait to be accepted"""
    with Server({"clientPortListenBacklog": "1"}) as server:
        server.process.send_signal(signal.SIGSTOP)
        try:
            sockets = []
            for _ in range(12):
                sock = socket.socket()
                sock.settimeout(0.2)
                try:
                    sock.connect(server.address)
                    sockets.append(sock)
                except TimeoutError:
                    break
            assert len(sockets) < 12
        finally:
            server.process.send_signal(signal.SIGCONT)


@case
def keep_alive():
    """clientTcpKeepAlive sets the timer of the socket"""
    def timers(server):
        found = set()
        with open("/proc/net/tcp", encoding="ascii") as file:
            for line in file.read().splitlines()[1:]:
                fields = line.split()
                is_established = fields[3] == "01"
                if is_established and int(fields[1].split(":")[1], 16) == server.port:
                    found.add(fields[5].split(":")[0])
        return found

    for value, timer in (("true", "02"), ("false", "00")):
        with Server({"clientTcpKeepAlive": value}) as server:
            session = Session(server)
            until(lambda t=timer: timers(server) == {t}, f"keep-alive {value}")
            session.close()


@case
def handshake_timeout():
    """nio.sessionlessCnxnTimeout closes who does not ask for a session"""
    with Server({"nio.sessionlessCnxnTimeout": "200", "tickTime": "100"}) as server:
        silent = wire.Connection(server.address)
        assert is_closed(silent)
        assert int(server.mntr()["zk_sessionless_connections_expired"]) == 1


@case
def largest_request():
    """jute.maxbuffer, in zoo.cfg and as a -D flag, bounds a request"""
    flags = {"JVMFLAGS": "-Xmx1g -Djute.maxbuffer=2000 -Dzookeeper.globalOutstandingLimit=7",
             "SERVER_JVMFLAGS": "-Djute.maxbuffer=9000"}
    for config, environment in (({"jute.maxbuffer": "2000"}, {}), ({}, flags)):
        with Server(config, environment=environment) as server:
            session = Session(server)
            assert session.call(wire.CREATE, wire.create("/a", "x" * 1500))["err"] == 0
            session.send_request(wire.CREATE, wire.create("/b", "x" * 2500))
            assert is_closed(session)


@case
def snapshots():
    """snapCount, autopurge.snapRetainCount and autopurge.purgeInterval"""
    def grow(server, snapshots):
        session = Session(server)
        for round_ in range(snapshots):
            for _ in range(8):
                assert session.call(wire.SET_DATA, wire.set_data("/", "x"))["err"] == 0
            until(lambda r=round_: int(server.mntr()["zk_cnt_snapshottime"]) > r, "a snapshot")

    def kept(server):
        return len(glob.glob(os.path.join(server.config["dataDir"], "paddock", "snapshot*")))

    with Server({"snapCount": "4", "autopurge.snapRetainCount": "3"}) as server:
        grow(server, 6)
        assert kept(server) == 3, kept(server)
    with Server({"snapCount": "4", "autopurge.purgeInterval": "0"}) as server:
        grow(server, 6)
        assert kept(server) >= 6, kept(server)


@case
def no_snapshots():
    """snapSizeLimitInKb=0 is no limit"""
    with Server({"snapSizeLimitInKb": "0"}) as server:
        session = Session(server)
        for _ in range(20):
            session.call(wire.SET_DATA, wire.set_data("/", "x" * 1000))
        server.end()
        assert "taken in" not in server.log()


@case
def snapshot_by_size():
    """snapSizeLimitInKb takes snapshots by the size of the log"""
    with Server({"snapSizeLimitInKb": "10"}) as server:
        session = Session(server)
        for _ in range(20):
            session.call(wire.SET_DATA, wire.set_data("/", "x" * 1000))
        until(lambda: int(server.mntr()["zk_cnt_snapshottime"]) > 0, "a snapshot")


@case
def log_directory():
    """dataLogDir holds the log and preAllocSize is the size of its files"""
    log = None
    server = Server({"preAllocSize": "512"})
    server.config["dataLogDir"] = log = os.path.join(server.directory, "log")
    with server:
        Session(server).call(wire.CREATE, wire.create("/a", "x"))
        sizes = {os.path.getsize(path) for path in glob.glob(os.path.join(log, "paddock", "log", "segment.*[0-9]"))}
        assert 512 * 1024 in sizes, sizes
        assert not os.path.exists(os.path.join(server.config["dataDir"], "paddock", "log"))
        assert f"dataLogDir={log}/version-2" in server.word("conf")


@case
def missing_directory():
    """datadir.autocreate=false, also as ZOO_DATADIR_AUTOCREATE_DISABLE, does not make directories"""
    for config, environment in (({"datadir.autocreate": "false"}, {}), ({}, {"ZOO_DATADIR_AUTOCREATE_DISABLE": "1"})):
        server = Server(config, environment=environment)
        server.config["dataDir"] = os.path.join(server.directory, "none", "data")
        text = start_error(server)
        assert "none/data" in text, text
    server = Server()
    server.config["dataDir"] = os.path.join(server.directory, "none", "data")
    with server:
        assert os.path.isdir(server.config["dataDir"])


@case
def empty_database():
    """db.autocreate=false does not start empty"""
    text = start_error(Server({"db.autocreate": "false"}))
    assert "holds no data" in text and "db.autocreate=false" in text, text


@case
def one_server_line():
    """One server.1 line is a standalone server, with the client address that the line names"""
    server = Server({"server.1": "127.0.0.1:2888:3888", "initLimit": "10", "syncLimit": "5"})
    server.write_myid(1)
    with server:
        assert "Mode: standalone" in server.word("srvr")
        assert "serverId=1" in server.word("conf")


@case
def no_acl():
    """skipACL=yes lets everybody do everything"""
    for value, expected in (("yes", 0), ("no", -102)):
        with Server({"skipACL": value}) as server:
            session = Session(server)
            body = wire.create("/a", "x", [(wire.ALL, "digest", "bob:" + base64.b64encode(bytes(20)).decode())])
            assert session.call(wire.CREATE, body)["err"] == 0
            assert session.call(wire.GET_DATA, wire.path_watch("/a"))["err"] == expected


@case
def ttl_nodes():
    """extendedTypesEnabled allows TTL nodes"""
    for value, expected in (("true", 0), ("false", -6)):
        with Server({"extendedTypesEnabled": value}) as server:
            found = Session(server).call(wire.CREATE_TTL, wire.create_ttl("/a", 100000))
            assert found["err"] == expected, found


@case
def hard_quota():
    """enforceQuota refuses what exceeds a hard quota"""
    for value, expected in (("true", -125), ("false", 0)):
        with Server({"enforceQuota": value}) as server:
            session = Session(server)
            for path, data in (("/a", ""), ("/zookeeper/quota/a", ""),
                               ("/zookeeper/quota/a/zookeeper_limits",
                                "count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=1"),
                               ("/zookeeper/quota/a/zookeeper_stats", "count=1,bytes=0")):
                assert session.call(wire.CREATE, wire.create(path, data))["err"] == 0, path
            found = session.call(wire.CREATE, wire.create("/a/b"))
            assert found["err"] == expected, found


@case
def digest_off():
    """DigestAuthenticationProvider.enabled=false refuses passwords"""
    with Server({"DigestAuthenticationProvider.enabled": "false",
                 "DigestAuthenticationProvider.superDigest": None}) as server:
        assert Session(server).authenticate("digest", "bob:secret") == -115
        acl = [(wire.ALL, "digest", "bob:" + base64.b64encode(bytes(20)).decode())]
        assert Session(server).call(wire.CREATE, wire.create("/a", "x", acl))["err"] == -114


@case
def digest_algorithm():
    """DigestAuthenticationProvider.digestAlg hashes ids, that of superDigest too"""
    def hashed(text):
        return text.split(":")[0] + ":" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    with Server({"DigestAuthenticationProvider.digestAlg": "SHA-256",
                 "DigestAuthenticationProvider.superDigest": hashed("super:sesame")}) as server:
        bob, root = Session(server), Session(server)
        assert bob.authenticate("digest", "bob:secret") == 0
        assert bob.call(wire.CREATE, wire.create("/a", "x", [(wire.ALL, "auth", "")]))["err"] == 0
        assert bob.call(wire.GET_ACL, wire.buffer("/a"))["acl"] == [[31, "digest", hashed("bob:secret")]]
        assert root.call(wire.GET_DATA, wire.path_watch("/a"))["err"] == -102
        assert root.authenticate("digest", "super:sesame") == 0
        assert root.call(wire.GET_DATA, wire.path_watch("/a"))["err"] == 0


@case
def enforced_schemes():
    """enforce.auth.enabled and enforce.auth.schemes: nothing before authentication"""
    with Server({"enforce.auth.enabled": "true", "enforce.auth.schemes": "digest"}) as server:
        nobody, bob = Session(server), Session(server)
        assert nobody.call(wire.EXISTS, wire.path_watch("/"))["err"] == -124
        assert is_closed(nobody)
        assert bob.authenticate("digest", "bob:secret") == 0
        assert bob.call(wire.EXISTS, wire.path_watch("/"))["err"] == 0


@case
def containers():
    """znode.container.checkIntervalMs and maxNeverUsedIntervalMs reap containers"""
    with Server({"znode.container.checkIntervalMs": "100", "znode.container.maxNeverUsedIntervalMs": "200",
                 "tickTime": "100"}) as server:
        session = Session(server, 2000)
        for path in ("/used", "/unused"):
            assert session.call(wire.CREATE_CONTAINER, wire.create(path, flags=wire.CONTAINER))["err"] == 0
        assert session.call(wire.CREATE, wire.create("/used/a"))["err"] == 0
        assert session.call(wire.DELETE, wire.path_version("/used/a"))["err"] == 0
        for path in ("/used", "/unused"):
            until(lambda p=path: session.call(wire.EXISTS, wire.path_watch(p))["err"] == -101, f"{path} goes")


@case
def container_rate():
    """znode.container.maxPerMinute bounds how fast they are reaped"""
    with Server({"znode.container.checkIntervalMs": "50", "znode.container.maxPerMinute": "1",
                 "znode.container.maxNeverUsedIntervalMs": "1", "tickTime": "100"}) as server:
        session = Session(server, 2000)
        for index in range(20):
            session.call(wire.CREATE_CONTAINER, wire.create(f"/c{index}", flags=wire.CONTAINER))
        count = lambda: len(session.call(wire.GET_CHILDREN, wire.path_watch("/"))["paths"])
        until(lambda: count() < 21, "one goes")
        # Many checks later it is still the only one: the next may go in a minute.
        for _ in range(5):
            assert count() == 20
            time.sleep(0.1)


@case
def sync_warning():
    """fsync.warningthresholdms: slower syncs are counted and logged"""
    with Server({"fsync.warningthresholdms": "0"}) as server:
        Session(server)
        assert int(server.mntr()["zk_fsync_threshold_exceed_count"]) > 0
        until(lambda: "to the log took" in server.log(), "a warning")


@case
def flush_delay():
    """flushDelay and maxBatchSize let writes wait for one another"""
    minute = {"flushDelay": "60000", "maxWriteQueuePollTime": "60000", "maxBatchSize": "3"}
    with Server(minute) as server:
        connections = [wire.Connection(server.address) for _ in range(3)]
        for connection in connections[:2]:
            connection.send_frame(wire.connect_request())
        try:
            connections[0].receive_frame(0.3)
            raise AssertionError("two transactions did not wait for a third")
        except wire.TimedOut:
            pass
        connections[2].send_frame(wire.connect_request())
        for connection in connections:
            connection.receive_frame()


@case
def connection_throttle():
    """connection_throttle_tokens bounds how many connect at once"""
    with Server({"connection_throttle_tokens": "3", "connection_throttle_fill_time": "100000"}) as server:
        for _ in range(3):
            Session(server)
        turned_away = wire.Connection(server.address)
        turned_away.send_frame(wire.connect_request())
        assert is_closed(turned_away)
        assert int(server.mntr()["zk_connection_rejected"]) == 1


@case
def admin_keys():
    """admin.enableServer, serverAddress, serverPort, commandURL and idleTimeout"""
    with AdminServer({"admin.commandURL": "/zk", "admin.idleTimeout": "300"}) as server:
        assert server.http("/zk/ruok")[0] == 200
        assert server.http("/commands/ruok")[0] == 404
        assert 'href="/zk/ruok"' in server.http("/zk")[2]
        idle = socket.create_connection(("127.0.0.1", server.admin_port), timeout=10)
        assert idle.recv(1) == b""
    with AdminServer({"admin.enableServer": "false"}) as server:
        try:
            socket.create_connection(("127.0.0.1", server.admin_port), timeout=5)
        except ConnectionRefusedError:
            return
        raise AssertionError("the admin server is on")


@case
def metrics_provider():
    """metricsProvider.className, httpHost, httpPort and exportJvmInfo"""
    provider = "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider"
    for export in ("true", "false"):
        port = free_port()
        with Server({"metricsProvider.className": provider, "metricsProvider.httpHost": "127.0.0.1",
                     "metricsProvider.httpPort": str(port), "metricsProvider.exportJvmInfo": export}):
            status, _, text = http(port, "/metrics")
            assert status == 200 and "\nznode_count " in text
            assert ("process_cpu_seconds_total" in text) == (export == "true")
            assert http(port, "/commands")[0] == 404


@case
def metrics_names():
    """paddock.metricsTotalNames and metricsJvmNames: names beside the others, as they are wanted"""
    for total, jvm in (("false", "true"), ("true", "false")):
        with AdminServer({"paddock.metricsTotalNames": total, "paddock.metricsJvmNames": jvm}) as server:
            text = server.http("/metrics")[2]
            assert "\ncommit_count " in text and "_total_total" not in text
            assert ("\ncommit_count_total " in text) == (total == "true")
            assert ('\njvm_memory_bytes_used{area="heap"} ' in text) == (jvm == "true")


@case
def image_variables():
    """The official image's variables, without any zoo.cfg"""
    server = Server()
    server.environment.update({
        "ZOO_DATA_DIR": os.path.join(server.directory, "env"), "ZOO_TICK_TIME": "700", "ZOO_MAX_CLIENT_CNXNS": "11",
        "ZOO_4LW_COMMANDS_WHITELIST": "conf, ruok", "ZOO_ADMINSERVER_ENABLED": "false",
        "ZOO_CFG_EXTRA": f"clientPort={server.port} clientPortAddress=127.0.0.1 preAllocSize=1024 "
                         "paddock.reserveFileSizeInMb=0 minSessionTimeout=1500"})
    os.makedirs(os.path.join(server.directory, "env"))
    server.command = lambda: [os.path.join(server.bin_directory, "paddock-server")]
    with server:
        found = dict(line.split("=", 1) for line in server.word("conf").splitlines())
        assert found["tickTime"] == "700" and found["maxClientCnxns"] == "11", found
        assert found["minSessionTimeout"] == "1500" and found["maxSessionTimeout"] == "14000", found
        assert server.word("mntr").startswith("mntr is not executed")


@case
def command_line():
    """Keys behind the file win, with and without zookeeper. in front"""
    with Server({"tickTime": "2000"}, arguments=["tickTime=900", "zookeeper.maxCnxns=77"]) as server:
        assert "tickTime=900" in server.word("conf")


@case
def whitelist():
    """4lw.commands.whitelist: only srvr by default"""
    with Server({"4lw.commands.whitelist": None}) as server:
        assert server.word("srvr").startswith("Zookeeper version")
        for word in ("ruok", "mntr", "isro", "stmk", "conf", "wchp"):
            assert server.word(word) == f"{word} is not executed because it is not in the whitelist.\n"
