# SPDX-License-Identifier: Apache-2.0
"""The members of a running ensemble change: who joins, who leaves, who may ask, and what clients see."""

import re
import time

from kazoo.exceptions import NewConfigNoQuorumError

from cases import case
from cases.ensemble import ensemble
from harness import wire
from harness.servers import free_port
from support import Server, Session, until

UNIMPLEMENTED, BAD_ARGUMENTS, NEW_CONFIG_NO_QUORUM, NO_AUTH, BAD_VERSION, RECONFIG_DISABLED = (
    -6, -8, -13, -102, -103, -123)
CONFIG = "/zookeeper/config"
OPEN = {"reconfigEnabled": "true", "skipACL": "yes"}


def members(client):
    """Ids and lines, and the version."""
    client.sync(CONFIG)
    return parsed(client.get(CONFIG)[0])


def parsed(data):
    lines = dict(line.split("=", 1) for line in data.decode().split("\n"))
    version = int(lines.pop("version"), 16)
    return {int(key[len("server."):]): value for key, value in lines.items()}, version


def asked(server, **change):
    """The error that a reconfiguration is answered with."""
    session = Session(server)
    try:
        return session.call(wire.RECONFIG, wire.reconfig(**change))["err"]
    finally:
        session.close()


def reconfigure(client, *change, **more):
    """As soon as the new servers are in step."""
    def tried():
        try:
            return client.reconfig(*change, **more)
        except NewConfigNoQuorumError:
            return None
    return until(tried, "the new servers are in step")


def joining(servers, number, role="participant"):
    """A new server that knows the others is started; returns its line."""
    line = f"{servers.address(role)};127.0.0.1:{free_port()}"
    server = servers.add(number, {f"server.{number}": line.split(";")[0]})
    server.launch()
    server.wait_until_serving()
    return f"server.{number}={line.split(';')[0]};{server.connect_string}"


@case
def test_text():
    """/zookeeper/config shows the members as configured, the same at each server, at version 0."""
    with ensemble(observers=1) as servers:
        expected = {int(key[len("server."):]): value for key, value in servers.lines.items()}
        for number in servers.servers:
            client = servers.client(number)
            found, version = members(client)
            assert (found, version) == (expected, 0), (found, version)
            client.stop()


@case
def test_words_of_who_is_no_member():
    """A server that has joined and is no member answers every word: as a follower, though it does not count."""
    with ensemble(config=OPEN) as servers:
        joining(servers, 4)
        server = servers.servers[4]
        session = Session(server)
        assert session.call(wire.CREATE, wire.create("/its-own", flags=wire.EPHEMERAL))["err"] == 0
        assert session.call(wire.EXISTS, wire.path_watch("/its-own", True))["err"] == 0
        wanted = {"ruok": "^imok$", "isro": "^rw$", "srvr": "^Mode: follower$", "stat": "^Mode: follower$",
                  "mntr": "^zk_server_state\tfollower$", "conf": "^serverId=4$", "cons": r",sid=0x", "dirs": "^logdir_size: ",
                  "dump": "^Global Sessions\\(1\\):$", "envi": "^os.name=Linux$", "gtmk": r"^\d+$", "hash": "^[0-9a-f]+: ",
                  "wchs": "^Total watches:1$", "wchc": "^\t/its-own$", "wchp": "^/its-own$",
                  "crst": "^Connection stats reset.$", "srst": "^Server stats reset.$"}
        for word, pattern in wanted.items():
            answer = server.word(word)
            assert re.search(pattern, answer, re.MULTILINE), (word, answer)
        assert "zk_learners" not in server.mntr()
        leader = servers.servers[servers.leader()].mntr()
        assert leader["zk_synced_non_voting_followers"] == "1" and leader["zk_synced_followers"] == "2", leader
        session.close()


@case
def test_refusals():
    """A reconfiguration is refused as ZooKeeper refuses it: disabled, not permitted, wrong, without a quorum."""
    with ensemble() as servers:
        assert asked(servers.servers[1], leaving="3") == RECONFIG_DISABLED
    with ensemble(config={"reconfigEnabled": "true"}) as servers:
        assert asked(servers.servers[1], leaving="3") == NO_AUTH
    with ensemble(config=OPEN) as servers:
        server = servers.servers[1]
        assert asked(server, leaving="3", version=7) == BAD_VERSION
        assert asked(server, joining="server.4=nonsense") == BAD_ARGUMENTS
        assert asked(server, joining=f"server.4={servers.address('participant')}") == BAD_ARGUMENTS, "no client port"
        assert asked(server, leaving="2,3") == BAD_ARGUMENTS, "one participant is too few"
        new = ",".join(f"server.{i}={servers.address('participant')};{free_port()}" for i in (4, 5, 6))
        assert asked(server, members=new) == NEW_CONFIG_NO_QUORUM
        one = f"server.4={servers.address('participant')};{free_port()}"
        assert asked(server, joining=one) == NEW_CONFIG_NO_QUORUM, "who is not there gets no vote"
        assert asked(server, leaving="3", version=0) == 0, "nothing of that has changed the version"
    with Server(OPEN) as server:
        assert asked(server, leaving="3") == UNIMPLEMENTED


@case
def test_join():
    """A server joins: it learns first, then votes; watches of /zookeeper/config see it; the old file is no matter."""
    with ensemble(config=OPEN) as servers:
        client = servers.client(1)
        client.ensure_path("/before")
        seen = []
        client.get(CONFIG, watch=seen.append)
        line = joining(servers, 4)
        assert servers.mode(4) in ("follower", "observer"), servers.mode(4)
        data, stat = reconfigure(client, line, None, None, from_config=0)
        found, version = parsed(data)
        assert sorted(found) == [1, 2, 3, 4] and version == stat.mzxid, (found, version, stat)
        until(lambda: seen, "the watch fires")
        # Three of four are a quorum, the new one among them; two are not.
        servers.kill(servers.others(4, servers.leader())[0])
        survivor = servers.client(4)
        survivor.create("/with-three", b"")
        assert members(survivor) == (found, version)
        for number in servers.servers:
            if servers.servers[number].process.poll() is None:
                servers.kill(number)
        servers.start()
        again = servers.client()
        assert members(again) == (found, version), "the configuration survives a restart with the old zoo.cfg"
        text = again.get(CONFIG)[0].decode()
        for server in servers.servers.values():
            until(lambda server=server: server.word("conf").endswith(f"peerType=0\nmembership: \n{text}"), "conf shows it")
        assert again.exists("/before") and again.exists("/with-three")
        for one in (client, survivor, again):
            one.stop()


@case
def test_leave():
    """A follower leaves: its clients go elsewhere with their sessions, it serves no more, and is not needed."""
    with ensemble(config=OPEN) as servers:
        leader = servers.leader()
        leaving, staying = servers.others(leader)
        client = servers.client(leaving, staying)
        client.create("/mine", b"", ephemeral=True)
        asking = servers.client(leader)
        data, _ = asking.reconfig(None, str(leaving), None)
        assert sorted(parsed(data)[0]) == sorted([leader, staying])
        until(lambda: "not currently serving" in servers.servers[leaving].word("srvr"), "it serves no more")
        asking.sync("/")
        assert client.exists("/mine").owner_session_id == client.client_id[0]
        servers.kill(leaving)
        asking.create("/without", b"")
        for one in (client, asking):
            one.stop()


@case
def test_leader_leaves():
    """The leader leaves: it hands over first, and writes go on."""
    with ensemble(config=OPEN) as servers:
        leader = servers.leader()
        client = servers.client(*servers.others(leader))
        client.ensure_path("/writes")
        client.reconfig(None, str(leader), None)
        longest = 0.0
        for i in range(200):
            begun = time.monotonic()
            client.create(f"/writes/{i}", b"")
            longest = max(longest, time.monotonic() - begun)
        assert servers.leader() in servers.others(leader), servers.leader()
        assert len(client.get_children("/writes")) == 200
        print(f"longest write {longest * 1000:.0f} ms")
        client.stop()


@case
def test_replace_all():
    """All servers are replaced by others, one by one, and nothing is lost."""
    with ensemble(config=OPEN) as servers:
        client = servers.client(1)
        client.ensure_path("/kept")
        for i in range(50):
            client.create(f"/kept/{i}", b"x")
        for old, new in ((1, 4), (2, 5), (3, 6)):
            line = joining(servers, new)
            one = servers.client(new)
            reconfigure(one, line, None, None)
            one.reconfig(None, str(old), None)
            one.sync("/")
            servers.kill(old)
            until(lambda: servers.leader() not in (None, old), "somebody leads")
            one.create(f"/kept/after-{old}", b"x")
            one.stop()
        client.stop()
        last = servers.client(4, 5, 6)
        found, _ = members(last)
        assert sorted(found) == [4, 5, 6], found
        assert len(last.get_children("/kept")) == 53
        last.stop()
