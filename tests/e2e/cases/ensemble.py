# SPDX-License-Identifier: Apache-2.0
"""Ensembles of real processes on loopback, and what their clients see when one of them ends."""

import os
import signal
import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import ConnectionLoss, OperationTimeoutError, SessionExpiredError

from cases import case
from harness.servers import free_port
from support import Server, until


class Ensemble:
    """`voters` and `observers` with one ordinary zoo.cfg each."""

    server_class = Server

    def __init__(self, voters=3, observers=0, config=None):
        self.config = {"initLimit": "10", "syncLimit": "5", **(config or {})}
        self.lines = {}
        for number in range(1, voters + observers + 1):
            self.lines[f"server.{number}"] = self.address("participant" if number <= voters else "observer")
        self.servers = {}
        for number in range(1, voters + observers + 1):
            self.add(number)

    @staticmethod
    def address(role):
        return f"127.0.0.1:{free_port()}:{free_port()}:{role}"

    def add(self, number, lines=None):
        """A server that is configured with `lines` of its own, or as all are; not started."""
        server = self.server_class({**self.config, **self.lines, **(lines or {})})
        server.write_myid(number)
        self.servers[number] = server
        return server

    def start(self, *numbers):
        chosen = numbers or tuple(self.servers)
        for number in chosen:
            self.servers[number].launch()
        for number in chosen:
            self.servers[number].wait_until_serving()
        return self

    def mode(self, number):
        for line in self.servers[number].word("srvr").splitlines():
            if line.startswith("Mode: "):
                return line[6:]
        return None

    def leader(self):
        for number, server in self.servers.items():
            if server.process is not None and server.process.poll() is None and self.mode(number) == "leader":
                return number
        return None

    def others(self, *numbers):
        return [number for number in self.servers if number not in numbers]

    def hosts(self, *numbers):
        return ",".join(self.servers[number].connect_string for number in numbers or self.servers)

    def client(self, *numbers, timeout=10.0):
        client = KazooClient(self.hosts(*numbers), timeout=timeout, randomize_hosts=False)
        client.start(timeout=30)
        return client

    def kill(self, number):
        self.servers[number].process.send_signal(signal.SIGKILL)
        self.servers[number].process.wait()

    def stop(self):
        for server in self.servers.values():
            server.stop()


def ensemble(*args, **more):
    """A context of a started ensemble."""

    class Context:
        def __enter__(self):
            self.ensemble = Ensemble(*args, **more)
            try:
                return self.ensemble.start()
            except Exception:
                self.ensemble.stop()
                raise

        def __exit__(self, *_):
            self.ensemble.stop()

    return Context()


@case
def test_forms_by_itself():
    """Three empty servers with an ordinary zoo.cfg form an ensemble: one leads, two follow."""
    with ensemble() as servers:
        modes = sorted(servers.mode(number) for number in servers.servers)
        assert modes == ["follower", "follower", "leader"], modes


@case
def test_all_serve():
    """What is written at one server is there at each other one after a sync, the observer's too."""
    with ensemble(observers=1) as servers:
        assert servers.mode(4) == "observer", servers.mode(4)
        clients = {number: servers.client(number) for number in servers.servers}
        for number, client in clients.items():
            client.create(f"/from-{number}", b"x", ephemeral=True)
        for client in clients.values():
            client.sync("/")
            assert sorted(client.get_children("/")) == ["from-1", "from-2", "from-3", "from-4", "zookeeper"]
        clients[1].stop()
        clients[2].sync("/")
        assert clients[2].exists("/from-1") is None
        for client in clients.values():
            client.stop()


@case
def test_kill_leader():
    """The leader is killed: clients of the others see no error, and no acknowledged write is lost."""
    with ensemble() as servers:
        leader = servers.leader()
        follower = servers.others(leader)[0]
        client = servers.client(follower)
        states = []
        client.add_listener(states.append)
        client.ensure_path("/writes")
        acknowledged = []
        for i in range(300):
            if i == 100:
                servers.kill(leader)
            client.create(f"/writes/{i}", b"x" * 100)
            acknowledged.append(str(i))
        assert states == [], states
        assert set(client.get_children("/writes")) == set(acknowledged)
        until(lambda: servers.leader() is not None, "a new leader")
        servers.start(leader)
        late = servers.client(leader)
        late.sync("/")
        assert set(late.get_children("/writes")) == set(acknowledged)
        late.stop()
        client.stop()


@case
def test_kill_own_server():
    """The server of a client is killed: its session lives on at another one, ephemerals included."""
    with ensemble() as servers:
        client = servers.client()
        session = client.client_id[0]
        own = next(n for n in servers.servers if f":{servers.servers[n].port}" in f":{client._connection._socket.getpeername()[1]}")
        client.create("/mine", b"", ephemeral=True)
        servers.kill(own)
        deadline = time.monotonic() + 20
        while True:
            try:
                client.retry(client.create, "/after", b"")
                break
            except (ConnectionLoss, OperationTimeoutError, SessionExpiredError):
                assert time.monotonic() < deadline
        assert client.client_id[0] == session
        assert client.exists("/mine").owner_session_id == session
        client.stop()


@case
def test_sigterm_hands_over():
    """On SIGTERM the leader hands over and ends with 0; writes at the others go on without an error."""
    with ensemble() as servers:
        leader = servers.leader()
        follower = servers.others(leader)[0]
        client = servers.client(follower)
        client.ensure_path("/writes")
        failures = []
        count = [0]
        ended = threading.Event()

        def write():
            while not ended.is_set():
                try:
                    client.create(f"/writes/{count[0]}", b"x")
                    count[0] += 1
                except Exception as error:  # every error is a failure of the case
                    failures.append(repr(error))
                    return

        writer = threading.Thread(target=write)
        writer.start()
        until(lambda: count[0] > 50, "some writes")
        process = servers.servers[leader].process
        process.terminate()
        assert process.wait(timeout=20) == 0
        before = count[0]
        until(lambda: count[0] > before + 50 or failures, "more writes")
        ended.set()
        writer.join()
        assert not failures, failures
        client.stop()


@case
def test_lost_disk():
    """A follower that lost its disk is taken in again and has everything."""
    with ensemble() as servers:
        leader = servers.leader()
        follower = servers.others(leader)[0]
        client = servers.client(leader)
        for i in range(50):
            client.create(f"/n{i}", b"x")
        servers.kill(follower)
        server = servers.servers[follower]
        for root, directories, files in os.walk(os.path.join(server.config["dataDir"], "paddock"), topdown=False):
            for name in files:
                os.remove(os.path.join(root, name))
            for name in directories:
                os.rmdir(os.path.join(root, name))
        os.rmdir(os.path.join(server.config["dataDir"], "paddock"))
        client.create("/meanwhile", b"x")
        servers.start(follower)
        late = servers.client(follower)
        late.sync("/")
        assert len(late.get_children("/")) == 52
        # Its vote counts again: with the other follower gone it is half of what decides.
        other = servers.others(leader, follower)[0]
        time.sleep(1.0)
        servers.kill(other)
        late.create("/with-its-vote", b"x")
        late.stop()
        client.stop()


@case
def test_no_quorum():
    """Without a quorum nobody is served, and when there is one again everybody is."""
    with ensemble() as servers:
        leader = servers.leader()
        first, second = servers.others(leader)
        servers.kill(first)
        servers.kill(second)
        until(lambda: "not currently serving" in servers.servers[leader].word("srvr"), "the end of service", 20)
        servers.start(first)
        until(lambda: servers.leader() is not None, "a leader", 20)
        client = servers.client(leader, first)
        client.create("/again", b"x")
        client.stop()


@case
def test_initialize():
    """A file `initialize` in the data directory lets an empty server vote, once: two of three begin without the third."""
    servers = Ensemble()
    try:
        marked = {number: os.path.join(servers.servers[number].config["dataDir"], "initialize") for number in (1, 2)}
        for marker in marked.values():
            with open(marker, "w", encoding="ascii"):
                pass
        servers.start(1, 2)
        client = servers.client(1, 2)
        client.create("/begun", b"")
        assert not any(os.path.exists(marker) for marker in marked.values()), "it counts once"
        servers.start(3)
        late = servers.client(3)
        late.sync("/")
        assert late.exists("/begun")
        for one in (client, late):
            one.stop()
    finally:
        servers.stop()


@case
def test_linearizable_reads():
    """A client that asks for it reads at a follower what another has just written elsewhere, time after time."""
    with ensemble(observers=1) as servers:
        leader = servers.leader()
        writer = servers.client(leader)
        writer.create("/seen", b"")
        readers = [servers.client(number) for number in servers.others(leader)]
        for reader in readers:
            reader.add_auth("reads", "linearizable")
        for i in range(200):
            value = str(i).encode()
            writer.set("/seen", value)
            for reader in readers:
                assert reader.get("/seen")[0] == value, (i, reader.get("/seen"))
        # The wish goes with the session to another server.
        for number in servers.others(leader)[:1]:
            moved = servers.client(number, *servers.others(number, leader))
            moved.add_auth("reads", "linearizable")
            servers.kill(number)
            for i in range(50):
                value = f"moved-{i}".encode()
                writer.set("/seen", value)
                assert moved.retry(moved.get, "/seen")[0] == value
            moved.stop()
        for client in (writer, *readers):
            client.stop()


@case
def test_linearizable_server():
    """So does each client of a server that is configured for it, without a wish of its own."""
    with ensemble(config={"paddock.linearizableReads": "true"}) as servers:
        leader = servers.leader()
        writer = servers.client(leader)
        reader = servers.client(servers.others(leader)[0])
        writer.create("/seen", b"")
        for i in range(200):
            value = str(i).encode()
            writer.set("/seen", value)
            assert reader.get("/seen")[0] == value, i
        writer.stop()
        reader.stop()
