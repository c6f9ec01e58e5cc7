# SPDX-License-Identifier: Apache-2.0
"""Servers that are cut off from their ensemble and serve what they last knew, and clients that accept that."""

import os
import pathlib
import subprocess
import threading

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import NotReadOnlyCallError
from kazoo.protocol.states import KeeperState

from cases import case
from cases.ensemble_admin import Watched
from harness import wire
from support import directory, until

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "read_only_client.c"


def watched():
    return Watched(config={"readonlymode.enabled": "true", "4lw.commands.whitelist": "srvr,mntr"})


def cut_off(servers):
    """Kills all but one server, and waits until that one serves read-only."""
    left = servers.others(servers.leader())[0]
    for number in servers.others(left):
        servers.kill(number)
    until(lambda: servers.mode(left) == "read-only", "the read-only mode", 30)
    return left


def client_of(servers, *numbers):
    client = KazooClient(servers.hosts(*numbers), timeout=10.0, read_only=True, randomize_hosts=False)
    client.start(timeout=30)
    return client


@case
def test_kazoo():
    """A client of a server that is cut off reads and cannot write; when there is a quorum again it goes on by itself."""
    with watched() as servers:
        client = client_of(servers)
        client.create("/node", b"before")
        session = client.client_id[0]
        events = []
        left = cut_off(servers)
        until(lambda: client.client_state == KeeperState.CONNECTED_RO, "the client's read-only connection", 30)
        assert client.client_id[0] == session, "a session without ephemeral nodes goes on"
        assert client.get("/node", watch=events.append)[0] == b"before"
        for write in (lambda: client.set("/node", b"no"), lambda: client.create("/new", b""),
                      lambda: client.delete("/node"), lambda: client.sync("/"),
                      lambda: client.transaction().commit()):
            try:
                write()
                raise AssertionError("a write was not refused")
            except NotReadOnlyCallError:
                pass
        servers.start(*servers.others(left))
        until(lambda: client.client_state == KeeperState.CONNECTED, "the client's full connection", 30)
        assert client.client_id[0] == session
        client.retry(client.set, "/node", b"after")
        until(lambda: events, "the event of a watch that was set read-only")
        client.stop()


@case
def test_new_sessions():
    """A session that begins on a server that is cut off exists there only, and its client gets another one later."""
    with watched() as servers:
        first = servers.client()
        first.create("/node", b"x")
        first.stop()
        left = cut_off(servers)
        client = client_of(servers)
        states = []
        client.add_listener(states.append)
        assert client.client_state == KeeperState.CONNECTED_RO
        assert client.get("/node")[0] == b"x"
        assert servers.servers[left].mntr()["zk_local_sessions"] == "1"
        session = client.client_id[0]
        servers.start(*servers.others(left))
        until(lambda: client.client_state == KeeperState.CONNECTED and client.client_id[0] != session,
              "a session of the ensemble", 30)
        client.retry(client.set, "/node", b"y")
        assert KazooState.LOST in states, "its watches and ephemeral nodes have to be set up again"
        client.stop()


@case
def test_others_are_not_served():
    """Who did not ask for it, or owns ephemeral nodes, waits for a quorum instead."""
    with watched() as servers:
        owner = client_of(servers)
        owner.create("/mine", b"", ephemeral=True)
        session = owner.client_id[0]
        left = cut_off(servers)
        connection = wire.Connection(servers.servers[left].address)
        connection.send_frame(wire.connect_request())
        assert connection.receive_until_closed(10) == b""
        plain = KazooClient(servers.hosts(left), timeout=10.0)
        try:
            plain.start(timeout=2)
            raise AssertionError("a client that did not ask for it is served")
        except plain.handler.timeout_exception:
            pass
        assert owner.state == KazooState.SUSPENDED
        servers.start(*servers.others(left))
        until(lambda: owner.client_state == KeeperState.CONNECTED, "the owner's connection", 30)
        assert owner.client_id[0] == session and owner.retry(owner.exists, "/mine").owner_session_id == session
        for one in (owner, plain):
            one.stop()


@case
def test_words():
    """Words, commands and probes say that a server is read-only, and later that it is not."""
    with watched() as servers:
        client = servers.client()
        client.create("/node", b"x")
        client.stop()
        left = cut_off(servers)
        server = servers.servers[left]
        assert server.word("isro") == "ro"
        assert server.word("srvr").splitlines()[1] == "READ-ONLY mode; serving only read-only clients"
        assert server.mntr()["zk_server_state"] == "read-only"
        assert servers.command(left, "is_read_only")["read_only"] is True
        assert servers.command(left, "server_stats")["read_only"] is True
        member = servers.member(left)
        assert member["read_only"] is True and member["serving"] is False, member
        assert server.http("/livez")[0] == 200 and server.http("/readyz")[0] == 503
        servers.start(*servers.others(left))
        until(lambda: server.word("isro") == "rw", "the end of the read-only mode", 30)
        assert servers.mode(left) in ("leader", "follower")
        assert server.http("/readyz")[0] == 200
        assert servers.member(left)["serving"] is True


@case
def test_c_client():
    """A client of libzookeeper reads from a server that is cut off, and writes again when there is a quorum."""
    with watched() as servers, directory() as folder:
        first = servers.client()
        first.create("/node", b"x")
        first.stop()
        program = os.path.join(folder, "client")
        subprocess.run(["cc", "-DTHREADED", "-o", program, str(SOURCE), "-lzookeeper_mt"], check=True)
        with subprocess.Popen([program, servers.hosts()], stdout=subprocess.PIPE, text=True) as process:
            lines = []
            reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")))
            reader.start()
            try:
                until(lambda: "connected read 0 write 0\n" in lines, f"the first write: {lines}", 30)
                left = cut_off(servers)
                until(lambda: "read-only read 0 write -119\n" in lines, f"reads and refusals: {lines}", 60)
                lines.clear()
                servers.start(*servers.others(left))
                until(lambda: "connected read 0 write 0\n" in lines, f"writes again: {lines}", 60)
            finally:
                process.kill()
                reader.join()


@case
def test_own_client():
    """`paddock --read-only` reads from a server that is cut off, and says why it cannot write."""
    with watched() as servers:
        first = servers.client()
        first.create("/node", b"x")
        first.stop()
        left = cut_off(servers)
        program = os.path.join(servers.servers[left].bin_directory, "paddock")
        base = [program, "--server", servers.hosts(left)]
        done = subprocess.run([*base, "--read-only", "get", "/node"], capture_output=True, text=True, timeout=30,
                              check=True)
        assert done.stdout.splitlines()[0] == "x", done
        refused = subprocess.run([*base, "--read-only", "set", "/node", "y"], capture_output=True, text=True,
                                 timeout=30, check=False)
        assert refused.returncode != 0 and "Not a read-only call" in refused.stderr, refused
