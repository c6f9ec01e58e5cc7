# SPDX-License-Identifier: Apache-2.0
"""`paddock data` on directories of servers that run, and between this server and Apache ZooKeeper."""

import json
import os
import shutil
import signal

from kazoo.client import KazooClient
from kazoo.security import make_acl, make_digest_acl

import apache_files as apache
from cases import case
from cases.ensemble import Ensemble
from harness import wire
from harness.servers import ApacheServer
from support import Server, Session, directory, run_program, until


# Only ends a run that has failed: disks may be slow.
SECONDS = 120


def tool(*arguments):
    return run_program("data", *arguments, program="paddock", seconds=SECONDS)


def tool_json(*arguments, code=0):
    status, out, err = tool(*arguments, "--json")
    assert status == code, f"{arguments}: {status}\n{out}{err}"
    return json.loads(out)


def client_of(server, **more):
    client = KazooClient(server.connect_string, auth_data=[("digest", "super:admin")], **more)
    client.start(15)
    return client


def dump(server):
    """Every node but those that a server writes by itself: data, stat and list of permissions."""
    client = client_of(server)
    found, waiting = {}, ["/"]
    while waiting:
        path = waiting.pop()
        data, stat = client.get(path)
        found[path] = (data, tuple(stat), sorted(map(repr, client.get_acls(path)[0])))
        waiting += [f"{path.rstrip('/')}/{name}" for name in client.get_children(path)]
    client.stop()
    client.close()
    return {path: node for path, node in found.items() if path != "/zookeeper/config"}


def assert_same(first, second):
    paths = sorted(set(first) | set(second))
    differing = [(path, first.get(path), second.get(path)) for path in paths if first.get(path) != second.get(path)]
    assert not differing, f"{len(differing)} of {len(paths)} differ, as {differing[0]}"


def fill(server):
    """A bit of everything that a tree can hold; returns the session that owns the ephemerals."""
    client = client_of(server, timeout=40)
    client.create("/plain", b"data")
    client.create("/null-and-empty", b"")
    client.create("/höhe", "zwölf".encode())
    client.create("/binary", bytes(range(256)))
    for number in range(30):
        client.create("/plain/child-", str(number).encode(), sequence=True)
    client.delete("/plain/child-0000000007")
    for version in range(3):
        client.set("/plain", f"version {version}".encode())
    client.create("/secret", b"x", acl=[make_digest_acl("a", "b", all=True), make_acl("ip", "10.0.0.1", read=True)])
    client.set_acls("/binary", [make_acl("world", "anyone", read=True), make_acl("digest", "u:p", all=True)])
    client.create("/limited", b"12345")
    transaction = client.transaction()
    transaction.create("/in-a-multi", b"1")
    transaction.set_data("/in-a-multi", b"2")
    transaction.check("/plain", 3)
    transaction.commit()
    failing = client.transaction()
    failing.create("/never", b"")
    failing.check("/plain", 99)
    failing.commit()
    client.ensure_path("/zookeeper/quota/limited")
    client.create("/zookeeper/quota/limited/zookeeper_limits", b"count=5,bytes=1000")
    client.create("/zookeeper/quota/limited/zookeeper_stats", b"count=0,bytes=0")
    client.create("/limited/below", b"678")
    brief = client_of(server)
    brief.create("/goes-with-its-session", b"", ephemeral=True)
    brief.stop()
    client.stop()
    client.close()
    session = Session(server, timeout=40000)
    assert session.call(wire.CREATE, wire.create("/owned", b"e", flags=wire.EPHEMERAL))["err"] == 0
    assert session.call(wire.CREATE_CONTAINER, wire.create("/container", b"", flags=wire.CONTAINER))["err"] == 0
    assert session.call(wire.CREATE_TTL, wire.create_ttl("/ttl", 3600000))["err"] == 0
    return session


def new_server(data):
    server = Server()
    os.rmdir(server.config["dataDir"])
    shutil.move(data, server.config["dataDir"])
    return server


def imported(source, *more):
    """A server with what is imported from `source`, and what was said."""
    server = Server()
    said = tool_json("import", source, server.config["dataDir"], *more)
    return server, said


@case
def test_import_of_a_real_server():
    """What an Apache ZooKeeper server that was killed has left is served as it was, with its sessions."""
    old = ApacheServer({"snapCount": "40"})
    with old:
        session = fill(old)
        before = dump(old)
        old.kill()
        new, said = imported(old.config["dataDir"])
        assert said["digest_checked"] and not said["warnings"], said
        with new:
            assert_same(before, dump(new))
            again = Session(new, session=session.session, password=session.password)
            assert again.session == session.session, "the session is not known"
            zxid = again.call(wire.CREATE, wire.create("/later"))["zxid"]
            assert zxid > max(node[1][1] for node in before.values()), "zxids do not rise"
            again.close()


@case
def test_export_to_a_real_server():
    """Apache ZooKeeper starts from what is exported, holds the same, and what it writes comes back."""
    ours = Server()
    with ours, directory() as folder:
        session = fill(ours)
        before = dump(ours)
        tool_json("export", ours.config["dataDir"], folder)
        theirs = ApacheServer()
        os.rmdir(theirs.config["dataDir"])
        shutil.move(folder, theirs.config["dataDir"])
        os.mkdir(folder)
        with theirs:
            assert_same(before, dump(theirs))
            client = client_of(theirs)
            client.set("/plain", b"by the other")
            client.stop()
            theirs.kill()
            back, said = imported(theirs.config["dataDir"])
            assert said["digest_checked"], said
            with back:
                assert dump(back)["/plain"][0] == b"by the other"
        session.close()


@case
def test_first_member():
    """An imported directory is the first member of an ensemble, which goes on from it."""
    with directory() as folder:
        apache.write(folder, "snapshot.500000003", apache.snapshot({**apache.system_nodes(), "/a": apache.Node(b"1")}))
        servers = Ensemble(3)
        try:
            tool_json("import", folder, servers.servers[1].config["dataDir"], "--myid", "1")
            # One more voter makes a quorum with it; the third learns everything.
            with open(os.path.join(servers.servers[2].config["dataDir"], "initialize"), "w", encoding="ascii"):
                pass
            servers.start()
            for number in servers.servers:
                client = servers.client(number)
                client.sync("/a")
                assert client.get("/a")[0] == b"1"
                client.stop()
            client = servers.client(3)
            client.create("/b", b"")
            assert client.get("/b")[1].czxid > 0x600000000
            client.stop()
        finally:
            servers.stop()


def nodes_of(server):
    client = client_of(server)
    names = sorted(name for name in client.get_children("/") if name != "zookeeper")
    found = {name: client.get("/" + name) for name in names}
    client.stop()
    client.close()
    return found


SIMPLE = {**apache.system_nodes(), "/a": apache.Node(b"1", zxid=1, time=1), "/a/b": apache.Node(None, acl=7, zxid=2)}
LISTS = {7: [(31, "digest", "u:p")]}


@case
def test_old_snapshots():
    """Snapshots of all versions, packed or not, with a digest or without, mean the same."""
    digest = (2, apache.tree_digest(SIMPLE))
    forms = [(how, more) for how in ("", ".gz", ".snappy")
             for more in ({}, {"digest": digest}, {"digest": digest, "last_zxid": 2})]
    states = set()
    for how, more in forms:
        with directory() as folder, directory() as ours:
            content = apache.snapshot(SIMPLE, {5: 4000}, LISTS, **more)
            apache.write(folder, f"snapshot.2{how}", apache.packed(content, how))
            said = tool_json("import", folder, ours)
            assert said["digest_checked"] == ("digest" in more), said
            states.add((said["digest"], said["znodes"], said["sessions"]))
            checked = tool_json("check", ours)
            assert checked["ok"], checked
    assert len(states) == 1, states


@case
def test_all_transactions():
    """Every kind of transaction of a log is replayed, also what is twice or came before the snapshot's end."""
    after = {**apache.system_nodes(), "/seen": apache.Node(b"old", zxid=3), "/gone": apache.Node(zxid=2),
             "/mine": apache.Node(zxid=4, owner=9)}
    after[""].cversion = 3
    log = apache.log(
        apache.txn(1, apache.CREATE_SESSION, wire.int32(5000), session=9),
        apache.txn(2, apache.CREATE, apache.create("/gone", cversion=1)),
        # From here on it is above the snapshot, which holds a part of it already.
        apache.txn(3, apache.CREATE, apache.create("/seen", b"old", cversion=2)),
        apache.txn(4, apache.CREATE, apache.create("/mine", ephemeral=True, cversion=3), session=9),
        apache.txn(5, apache.SET_DATA, apache.set_data("/seen", b"new", 1), time=77),
        apache.txn(6, apache.DELETE, wire.buffer("/gone")),
        apache.txn(7, apache.DELETE, wire.buffer("/gone/never/there")),
        apache.txn(8, apache.ERROR, wire.int32(-101)),
        apache.txn(9, apache.MULTI, apache.multi((apache.CREATE, apache.create("/m", b"x")),
                                                 (apache.CHECK, wire.path_version("/seen", 1)),
                                                 (apache.SET_DATA, apache.set_data("/m", b"y", 1)))),
        apache.txn(10, apache.MULTI, apache.multi((apache.CREATE, apache.create("/not")),
                                                  (apache.ERROR, wire.int32(-103)))),
        apache.txn(11, apache.CREATE_CONTAINER, apache.create_container("/c")),
        apache.txn(12, apache.CREATE_TTL, apache.create_ttl("/t", 1234)),
        apache.txn(13, apache.SET_ACL, wire.set_acl("/m", [(1, "world", "anyone")], 1)),
        apache.txn(14, apache.CREATE2, apache.create("/two")),
        apache.txn(15, apache.CREATE, wire.buffer("/v0") + wire.buffer(b"") + wire.acls(wire.OPEN_ACL) + b"\0"),
        apache.txn(16, apache.RECONFIG, apache.set_data("/zookeeper/config", b"server.1=...", 1)),
        apache.txn(17, apache.CLOSE_SESSION, b"", session=9),
        apache.txn(18, apache.CREATE_SESSION, wire.int32(6000), session=10),
        apache.txn(19, apache.CREATE, apache.create("/other", ephemeral=True), session=10),
        apache.txn(20, apache.CLOSE_SESSION, apache.close_session("/other"), session=10),
        apache.txn(21, apache.CREATE, apache.create("/c/x")),
        apache.txn(22, apache.DELETE, wire.buffer("/c/x")),
        apache.txn(23, apache.DELETE_CONTAINER, wire.buffer("/c")))
    with directory() as folder:
        apache.write(folder, "snapshot.2", apache.snapshot(after, {9: 5000}))
        apache.write(folder, "log.1", log)
        new, said = imported(folder)
        assert (said["transactions"], said["sessions"], said["warnings"]) == (21, 0, []), said
        with new:
            found = nodes_of(new)
            assert sorted(found) == ["m", "seen", "t", "two", "v0"], sorted(found)
            assert found["m"][0] == b"y" and found["m"][1].version == 1 and found["m"][1].aversion == 1
            assert found["seen"][0] == b"new" and found["seen"][1].mtime == 77


@case
def test_bad_apache_files():
    """A torn tail is dropped as ZooKeeper does; what is damaged is refused with file and offset; nothing is left."""
    records = [apache.txn(zxid, apache.CREATE, apache.create(f"/n{zxid}")) for zxid in (3, 4, 5)]
    whole = apache.log(*records, padding=0)

    def outcome(log, snapshot=apache.snapshot(SIMPLE, {}, LISTS), *more):
        with directory() as folder, directory() as ours:
            apache.write(folder, "snapshot.2", snapshot)
            apache.write(folder, "log.1", log)
            status, out, err = tool("import", folder, ours, *more, "--json")
            left = os.listdir(ours)
            assert (left == ["paddock"]) == (status == 0), left
            return (json.loads(out) if status == 0 else None), err

    for cut in (1, 5, 30):
        said, _ = outcome(whole[:-cut])
        assert said["transactions"] == 2 and "dropped" in said["warnings"][0], said
    said, _ = outcome(whole + bytes(100))
    assert said["transactions"] == 3 and not said["warnings"], said
    said, err = outcome(whole.replace(b"/n4", b"/n9"))
    assert said is None and "log.1" in err and "offset" in err and "checksum" in err, err
    said, err = outcome(apache.log(apache.txn(3, 99, b"")))
    assert said is None and "type 99" in err, err
    said, err = outcome(apache.log(records[0], records[2]))
    assert "in no log" in said["warnings"][0], said
    damaged = bytearray(apache.snapshot(SIMPLE, {}, LISTS))
    damaged[60] ^= 1
    said, err = outcome(whole, bytes(damaged))
    assert said is None and "snapshot.2" in err and "offset" in err, err
    wrong = apache.snapshot(SIMPLE, {}, LISTS, digest=(2, 12345))
    said, err = outcome(whole, wrong)
    assert said is None and "digest" in err and "--ignore-digest" in err, err
    said, _ = outcome(whole, wrong, "--ignore-digest")
    assert said["znodes"] == 10 and "digest" in said["warnings"][0], said


@case
def test_looks_at_a_running_server():
    """show, check, sizes and compare say the same of a directory in use as its server, and change nothing."""
    with Server() as server, directory() as copy:
        client = client_of(server)
        for number in range(50):
            client.create(f"/big-{number % 5}-{number}", b"x" * 100)
        data = server.config["dataDir"]
        shown = tool_json("show", data, "--records")
        assert shown["in_use"]
        assert tool_json("check", data)["ok"]
        znodes = int(server.mntr()["zk_znode_count"])
        assert shown["znodes"] == znodes - 1 or shown["znodes"] == znodes, (shown["znodes"], znodes)
        assert sum(len(segment["transactions"]) for segment in shown["segments"]) >= 50
        largest = tool_json("sizes", data, "--depth", "1")["subtrees"]
        assert largest[0]["subtree"] == "/" and largest[0]["bytes"] >= 5000
        shutil.copytree(data, copy, dirs_exist_ok=True)
        client.set("/big-0-0", b"changed")
        # A later transaction is proof that this one is durable.
        client.set("/big-0-0", b"changed again")
        found = until(lambda: tool("compare", copy, data, "--json")[0] == 1 and
                      tool_json("compare", copy, data, code=1), "a difference")
        assert any(one["what"] == "/big-0-0" for one in found["first"]), found
        client.stop()
        assert server.end(signal.SIGTERM) == 0
        before = {name: os.stat(os.path.join(data, "paddock", name)).st_mtime_ns
                  for name in os.listdir(os.path.join(data, "paddock"))}
        assert tool_json("check", data)["ok"] and not tool_json("show", data)["in_use"]
        assert before == {name: os.stat(os.path.join(data, "paddock", name)).st_mtime_ns
                          for name in os.listdir(os.path.join(data, "paddock"))}, "something was written"


@case
def test_damage_is_found():
    """check names the file and the offset of what is damaged, in the log and in a snapshot."""
    with Server() as server:
        client = client_of(server)
        for number in range(20):
            client.create(f"/n{number}", b"y" * 50)
        client.stop()
        server.end()
        data = server.config["dataDir"]
        log = os.path.join(data, "paddock", "log")
        segment = os.path.join(log, sorted(name for name in os.listdir(log) if name.startswith("segment."))[0])
        assert tool_json("check", segment)["ok"]
        with open(segment, "r+b") as file:
            content = file.read()
            at = content.index(b"/n7")
            file.seek(at)
            file.write(b"/n!")
        for target in (data, segment):
            found = tool_json("check", target, code=1)
            assert segment in found["problems"][0] and "offset" in found["problems"][0], found
    with directory() as folder, directory() as ours:
        apache.write(folder, "snapshot.2", apache.snapshot(SIMPLE, {}, LISTS))
        tool_json("import", folder, ours)
        snapshot = os.path.join(ours, "paddock", "snapshot.0000000000000002")
        assert tool_json("check", snapshot)["ok"]
        assert tool_json("compare", snapshot, ours)["same"]
        with open(snapshot, "r+b") as file:
            file.seek(60)
            file.write(b"\xff")
        found = tool_json("check", snapshot, code=1)
        assert snapshot in found["problems"][0] and "offset" in found["problems"][0], found
