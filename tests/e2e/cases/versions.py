# SPDX-License-Identifier: Apache-2.0
"""Ensembles of two versions: `paddock-server` and the next feature level, through an upgrade and back."""

import os
import signal

from cases import case
from cases.ensemble import Ensemble
from cases.ensemble_admin import Watched
from support import AdminServer, until

PROGRAMS = {"old": "paddock-server", "new": "paddock-server-next"}


class Versioned(AdminServer):
    """Of a version that may change between two starts."""

    version = "old"

    def command(self):
        program, *arguments = super().command()
        return [os.path.join(os.path.dirname(program), PROGRAMS[self.version]), *arguments]


class Versions(Watched):
    server_class = Versioned

    def become(self, number, version):
        """One step of a rolling change: the server ends as it should and comes back as another version."""
        server = self.servers[number]
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0, server.log()[-2000:]
        server.version = version
        self.start(number)
        until(lambda: self.member(number)["leader"] is not None, f"server {number} is back")

    def lead(self, number):
        leader = until(self.leader, "a leader")
        if leader != number:
            assert self.transfer(leader, number) == 202
        until(lambda: self.leader() == number, f"server {number} leads")

    def levels(self):
        """The level in force, as each server knows it."""
        return {number: self.member(number)["feature_level"] for number in self.servers}

    def in_force(self, level, what):
        until(lambda: set(self.levels().values()) == {level}, what)


@case
def test_upgrade_and_back():
    """Servers are upgraded one by one, go back, and go on again, under a client: the level rises with the last one."""
    with Versions(observers=1) as servers:
        base = servers.member(1)["feature_level_max"]
        servers.in_force(base, "the first level is in force")
        client = servers.client()
        client.create("/counter", b"0", ephemeral=True)
        written = 0

        def write():
            nonlocal written
            written += 1
            client.retry(client.set, "/counter", str(written).encode())

        for number in (4, 1, 2):
            servers.become(number, "new")
            write()
            assert set(servers.levels().values()) == {base}, servers.levels()
        for number in (2, 1, 4):
            servers.become(number, "old")
            write()
        for number in (4, 1, 2, 3):
            assert set(servers.levels().values()) == {base}, servers.levels()
            servers.become(number, "new")
            write()
        servers.in_force(base + 1, "all are new: the next level comes into force")
        client.retry(client.sync, "/counter")
        assert client.retry(client.get, "/counter")[0] == str(written).encode()
        assert client.retry(client.get, "/counter")[1].version == written
        client.stop()


@case
def test_no_way_back():
    """Once the level has risen, the old version says so and stops: on its data, and with an empty disk."""
    with Versions() as servers:
        base = servers.member(1)["feature_level_max"]
        servers.in_force(base, "the first level is in force")
        for number in (1, 2, 3):
            servers.become(number, "new")
        servers.in_force(base + 1, "the next level is in force")
        last = servers.servers[3]
        last.process.send_signal(signal.SIGTERM)
        assert last.process.wait(30) == 0
        last.version = "old"
        last.launch()
        assert last.process.wait(30) == 1
        assert f"feature level {base + 1}, and this version has {base}" in last.log(), last.log()[-1000:]

        servers.add(4, {"server.4": Ensemble.address("observer")})
        servers.servers[4].launch()
        until(lambda: f"at feature level {base + 1}, and server 4" in servers.servers[4].log(), "it is told why")
        assert servers.servers[4].process.poll() is None, "it waits to be upgraded"
        last.version = "new"
        servers.start(3)
        assert servers.member(3)["feature_level"] == base + 1


@case
def test_left_behind():
    """The level rises without a server that the leader does not see: under the next leader it says so and ends with 1."""
    with Versions() as servers:
        base = servers.member(1)["feature_level_max"]
        servers.in_force(base, "the first level is in force")
        servers.lead(2)
        left = servers.add(4, {"server.4": Ensemble.address("observer"), "server.1": Ensemble.address("participant")})
        servers.start(4)
        until(lambda: servers.member(4)["leader"] == 2, "it learns")
        for number in (1, 3, 2):
            servers.become(number, "new")
        servers.lead(1)
        until(lambda: all(servers.member(number)["feature_level"] == base + 1 for number in (1, 2, 3)), "the level rises")
        assert left.process.poll() is None, "its links are from before"
        servers.lead(2)
        assert left.process.wait(30) == 1, left.log()[-2000:]
        assert f"the ensemble is at feature level {base + 1}, and this version has {base}: upgrade this server" in left.log()
        left.version = "new"
        servers.start(4)
        until(lambda: servers.member(4)["feature_level"] == base + 1, "upgraded, it is back")
