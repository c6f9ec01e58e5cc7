# SPDX-License-Identifier: Apache-2.0
"""What a member of an ensemble says of it on its admin port, and leadership that is handed over on demand."""

import json

from cases import case
from cases.ensemble import Ensemble
from support import AdminServer, http, until


class Watched(Ensemble):
    """With an admin port each."""

    server_class = AdminServer

    def member(self, number):
        return json.loads(self.servers[number].http("/admin/member")[2])

    def command(self, number, name):
        return json.loads(self.servers[number].http(f"/commands/{name}")[2])

    def transfer(self, number, to=None):
        query = f"?to={to}" if to else ""
        return http(self.servers[number].admin_port, f"/admin/transfer-leader{query}", "POST", b"")[0]

    def __enter__(self):
        try:
            return self.start()
        except Exception:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()


@case
def test_member():
    """Each member says its role, who leads and which configuration counts; the old commands are filled too."""
    with Watched(observers=1) as servers:
        leader = servers.leader()
        for number in servers.servers:
            found = servers.member(number)
            role = "leader" if number == leader else "observer" if number == 4 else "follower"
            assert (found["id"], found["role"], found["leader"]) == (number, role, leader), found
            assert found["phase"] == "broadcast" and found["votes"] == (number != 4), found
            assert found["committed_configuration"] == found["activated_configuration"] == "0", found
            assert sorted(found["members"]) == ["1", "2", "3", "4"], found
            lead = servers.command(number, "leader")
            assert (lead["leader_id"], lead["is_leader"], lead["leader_ip"]) == (
                leader, number == leader, "127.0.0.1"), lead
            assert servers.command(number, "zabstate")["zabstate"] == "broadcast"
            view = servers.command(number, "voting_view")["current_config"]
            assert sorted(view) == ["1", "2", "3"], view
        until(lambda: servers.servers[leader].mntr().get("zk_synced_followers") == "2", "two followers in step")
        words = servers.servers[leader].mntr()
        assert words["zk_peer_state"] == "leading - broadcast" and words["zk_quorum_size"] == "3", words
        assert words["zk_learners"] == words["zk_followers"] == "3" and words["zk_synced_observers"] == "1", words
        follower = servers.servers[servers.others(leader, 4)[0]].mntr()
        assert follower["zk_peer_state"] == "following - broadcast" and "zk_learners" not in follower, follower


def _counted(servers, number, *names):
    """Each of the numbers is there and not 0."""
    words = servers.servers[number].mntr()
    return all(int(words.get(f"zk_{name}", "0")) > 0 for name in names)


@case
def test_counts():
    """Each member counts its elections and times without a leader; the leader whom it has synchronized, the others what came."""
    with Watched(observers=1) as servers:
        leader = servers.leader()
        follower = servers.others(leader, 4)[0]
        client = servers.client(follower)
        client.create("/node", b"")
        client.stop()
        for names in (("cnt_election_time", "cnt_unavailable_time", "cnt_leader_unavailable_time", "diff_count"),
                      ("leader_uptime", "last_proposal_size", "min_proposal_size", "max_proposal_size")):
            assert _counted(servers, leader, *names), servers.servers[leader].mntr()
        names = ("cnt_election_time", "cnt_unavailable_time", "learner_proposal_received_count")
        for number, kind in ((follower, "follower"), (4, "observer")):
            assert _counted(servers, number, *names, f"cnt_{kind}_sync_time"), servers.servers[number].mntr()
        assert servers.servers[4].mntr()["zk_observer_master_id"] in map(str, servers.others(4))


@case
def test_transfer():
    """Leadership goes to the chosen follower on demand, clients see no error; who cannot lead is refused."""
    with Watched(observers=1) as servers:
        leader = servers.leader()
        chosen, other = servers.others(leader, 4)
        client = servers.client(other)
        client.ensure_path("/writes")
        assert servers.transfer(chosen) == 409, "it does not lead"
        assert servers.transfer(leader, 4) == 409, "an observer cannot lead"
        assert servers.transfer(leader, 300) == 400
        assert http(servers.servers[leader].admin_port, "/admin/transfer-leader")[0] == 405
        for i in range(300):
            if i == 100:
                assert servers.transfer(leader, chosen) == 202
            client.create(f"/writes/{i}", b"x")
        until(lambda: servers.leader() == chosen, "the chosen one leads")
        assert len(client.get_children("/writes")) == 300
        client.stop()


@case
def test_readiness():
    """A server without a quorum is alive, not ready, and says that it looks for a leader."""
    with Watched() as servers:
        assert servers.servers[1].http("/readyz")[0] == 200
        for number in (2, 3):
            servers.kill(number)
        until(lambda: servers.servers[1].http("/readyz")[0] == 503, "it is not ready", 30)
        assert servers.servers[1].http("/livez")[0] == 200
        assert servers.member(1)["role"] in ("looking", "leader", "follower"), servers.member(1)


@case
def test_ensemble_id():
    """All members have one id, which stays; a member of another ensemble is refused and told so."""
    with Watched() as servers, Watched() as others:
        ids = until(lambda: {servers.member(number)["ensemble_id"] for number in servers.servers} - {""}, "an id")
        assert len(ids) == 1, ids
        foreign = until(lambda: others.member(1)["ensemble_id"], "another id")
        assert foreign not in ids
        servers.kill(3)
        servers.start(3)
        until(lambda: servers.member(3)["ensemble_id"] in ids, "the id stays")
        # Server 3 of the others is given the addresses of these.
        lost = others.servers[3]
        until(lambda: others.member(3)["ensemble_id"] == foreign, "it knows its ensemble")
        lost.process.terminate()
        assert lost.process.wait(30) == 0
        servers.kill(3)
        for key, value in servers.lines.items():
            lost.config[key] = value
        lost.launch()
        until(lambda: "to the ensemble" in lost.log(), "it is told that it belongs elsewhere")


@case
def test_drain():
    """A server that is told to stop sends its clients away over the given time, then ends; they lose nothing."""
    with Watched(config={"paddock.drainMs": "400"}) as servers:
        leader = servers.leader()
        follower, other = servers.others(leader)
        clients = []
        for _ in range(20):
            client = servers.client(follower, other)
            client.create("/e", ephemeral=True, sequence=True)
            clients.append(client)
        sessions = {client.client_id[0] for client in clients}
        process = servers.servers[follower].process
        process.send_signal(15)
        until(lambda: servers.servers[follower].http("/readyz")[0] == 503 or process.poll() is not None, "not ready")
        assert process.wait(30) == 0
        for client in clients:
            assert len(client.retry(client.get_children, "/")) == 21
        assert {client.client_id[0] for client in clients} == sessions
        for client in clients:
            client.stop()
