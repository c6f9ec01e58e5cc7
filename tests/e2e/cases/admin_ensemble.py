# SPDX-License-Identifier: Apache-2.0
"""The calls of the admin API that are about an ensemble: what an operator does with it."""

from cases import case
from cases.admin_api import get, post
from cases.ensemble_admin import Watched
from cases.reconfiguration import joining
from support import until

RECONFIG = {"reconfigEnabled": "true"}


@case
def barrier():
    """A quorum commits it; without one it is refused, and probes are answered meanwhile"""
    with Watched() as servers:
        follower = servers.servers[servers.others(servers.leader())[0]]
        status, first = post(follower, "barrier")
        assert status == 200 and first["committed_configuration"] == first["activated_configuration"] == "0", first
        assert int(post(follower, "barrier")[1]["zxid"], 16) > int(first["zxid"], 16)
        last = next(iter(servers.servers))
        for number in servers.others(last):
            servers.kill(number)
        server = servers.servers[last]
        until(lambda: server.http("/readyz")[0] == 503, "it has no quorum", 30)
        status, refused = post(server, "barrier")
        assert status == 503 and refused["error"], refused
        assert server.http("/livez")[0] == 200


@case
def reconfigure():
    """Members leave and join, only from the version that was read; afterwards a barrier shows it activated"""
    with Watched(config=RECONFIG) as servers:
        leader = servers.leader()
        gone, asked = servers.others(leader)
        server = servers.servers[asked]
        line = next(f"{key}={value}" for key, value in servers.lines.items() if key == f"server.{gone}")
        assert post(server, "reconfig", {"leaving": [gone], "from_version": "77"})[1]["code"] == "BadVersion"
        status, changed = post(server, "reconfig", {"leaving": [gone], "from_version": "0"})
        assert status == 200 and f"server.{gone}=" not in changed["text"], changed
        status, barrier_now = post(server, "barrier")
        assert barrier_now["activated_configuration"] == barrier_now["committed_configuration"] == changed["version"]
        assert str(gone) not in get(server, "member")[1]["members"]
        assert post(server, "reconfig", {"leaving": [gone], "from_version": "0"})[0] == 409
        joined = f"{line};{servers.servers[gone].connect_string}"
        until(lambda: post(server, "reconfig", {"joining": [joined], "from_version": changed["version"]})[0] == 200,
              "it is in step again")
        assert str(gone) in get(server, "member")[1]["members"]
    with Watched() as servers:
        status, refused = post(servers.servers[1], "reconfig", {"leaving": [1]})
        assert status == 409 and refused["code"] == "ReconfigDisabled" and "reconfigEnabled" in refused["error"], refused


@case
def joins():
    """Who lists itself and is no member says `joining`, however it was brought up to date, until it is taken in"""
    with Watched(config=RECONFIG) as servers:
        line = joining(servers, 4)
        server = servers.servers[4]
        until(lambda: get(server, "member")[1]["phase"] == "broadcast", "it is in step")
        _, member = get(server, "member")
        assert member["role"] == "joining" and not member["votes"] and "4" not in member["members"], member
        until(lambda: post(server, "reconfig", {"joining": [line]})[0] == 200, "it is taken in")
        until(lambda: get(server, "member")[1]["role"] == "follower", "it knows")
        assert get(server, "member")[1]["votes"]


@case
def begins_when_told():
    """With db.autocreate=false not even three empty servers begin, until each is given the right to vote"""
    servers = Watched(config={"db.autocreate": "false"})
    try:
        for server in servers.servers.values():
            server.launch()
        for server in servers.servers.values():
            until(lambda s=server: s.log().count("linked to server") >= 2, "it is linked")
        disks = {}
        for number, server in servers.servers.items():
            until(lambda s=server: is_up(s), "the admin port")
            member = get(server, "member")[1]
            assert member["empty"] and not member["votes"], member
            assert "db.autocreate=false" in server.log() and servers.leader() is None
            disks[number] = member["disk_id"]
        for number, server in servers.servers.items():
            assert post(server, "initialize", {"disk_id": disks[number]}) == (200, {"granted": True})
        until(servers.leader, "they begin")
    finally:
        servers.stop()


@case
def initialize():
    """Two of three servers with empty disks begin when they are given the right to vote, each for its own disk"""
    servers = Watched()
    try:
        for number in (1, 2):
            servers.servers[number].launch()
        for number in (1, 2):
            server = servers.servers[number]
            until(lambda s=server: is_up(s), "the admin port")
            _, member = get(server, "member")
            assert member["empty"] and not member["votes"] and member["role"] in ("joining", "looking"), member
            status, refused = post(server, "initialize", {"disk_id": "00" * 16})
            assert status == 409 and "replaced" in refused["error"], refused
            assert post(server, "initialize")[0] == 409
            assert post(server, "initialize", {"disk_id": member["disk_id"]}) == (200, {"granted": True})
            assert post(server, "initialize", {"disk_id": member["disk_id"]}) == (200, {"granted": False})
        leader = until(servers.leader, "they begin")
        assert get(servers.servers[leader], "member")[1]["empty"] is False
        # The third comes late, and is taken in.
        servers.start(3)
        until(lambda: get(servers.servers[3], "member")[1]["votes"], "it votes")
    finally:
        servers.stop()


def is_up(server):
    try:
        return server.http("/livez")[0] == 200
    except OSError:
        return False


@case
def shown():
    """A leader says who follows it and whether they are in step; each member how far it lags"""
    with Watched(observers=1) as servers:
        leader = servers.leader()
        server = servers.servers[leader]
        found = until(lambda: [one for one in get(server, "member")[1]["followers"] if one["in_step"]]
                      if len(get(server, "member")[1]["followers"]) == 3 else None, "three follow")
        assert {one["id"] for one in found} <= set(servers.others(leader)), found
        assert get(server, "member")[1]["apply_lag"] == 0
        text = get(server, "config")[1]
        assert text["committed_configuration"] == "0" and "server.1=" in text["text"], text


@case
def drained_follower():
    """Clients of a drained follower go to others with their sessions; it goes on voting"""
    with Watched() as servers:
        leader = servers.leader()
        follower, other = servers.others(leader)
        clients = [servers.client(follower, other) for _ in range(10)]
        sessions = {client.client_id[0] for client in clients}
        assert post(servers.servers[follower], "drain", {"seconds": 1})[0] == 200
        until(lambda: get(servers.servers[follower], "member")[1]["connections"] == 0, "all are gone")
        for client in clients:
            client.retry(client.get_children, "/")
        assert {client.client_id[0] for client in clients} == sessions
        assert get(servers.servers[follower], "member")[1]["votes"] is True
        for client in clients:
            client.stop()
