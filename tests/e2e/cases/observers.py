# SPDX-License-Identifier: Apache-2.0
"""Observers that followers feed, in an ensemble of real processes."""

import os
import signal

from cases import case
from cases.ensemble_admin import Watched
from support import until


def feeders(servers, *observers):
    return {number: servers.member(number)["feeder"] for number in observers}


def wait_until_fed(servers, followers, *observers):
    until(lambda: set(feeders(servers, *observers).values()) <= set(followers), "followers feed all observers", 30)


@case
def test_followers_feed():
    """Each follower feeds one of two observers and says so; what is written arrives; a switch leaves it to the leader."""
    with Watched(observers=2) as servers:
        leader = servers.leader()
        followers = servers.others(leader, 4, 5)
        wait_until_fed(servers, followers, 4, 5)
        fed = feeders(servers, 4, 5)
        assert sorted(fed.values()) == sorted(followers), fed
        for observer, follower in fed.items():
            assert servers.member(follower)["feeds"] == [observer], servers.member(follower)
            assert servers.servers[follower].mntr()["zk_synced_observers"] == "1"
            listed = servers.command(leader, "observers")["observers"]
            assert {"sid": observer, "feeder": follower} in listed, listed
        client = servers.client(4)
        client.ensure_path("/writes")
        for i in range(200):
            client.create(f"/writes/{i}", b"x" * 1000)
        other = servers.client(5)
        other.sync("/")
        assert len(other.get_children("/writes")) == 200
        assert feeders(servers, 4, 5) == fed
        client.stop()
        other.stop()
    with Watched(observers=1, config={"paddock.followersFeedObservers": "false"}) as servers:
        client = servers.client(4)
        for i in range(50):
            client.create(f"/n{i}", b"x")
        assert servers.member(4)["feeder"] is None
        client.stop()


@case
def test_feeder_fails():
    """The follower that feeds an observer is suspended, then killed: clients of the observer see no error."""
    with Watched(observers=1) as servers:
        leader = servers.leader()
        wait_until_fed(servers, servers.others(leader, 4), 4)
        client = servers.client(4)
        states = []
        client.add_listener(states.append)
        client.ensure_path("/writes")
        feeder = servers.member(4)["feeder"]
        os.kill(servers.servers[feeder].process.pid, signal.SIGSTOP)
        try:
            for i in range(100):
                client.create(f"/writes/a{i}", b"x")
        finally:
            os.kill(servers.servers[feeder].process.pid, signal.SIGCONT)
        wait_until_fed(servers, servers.others(leader, 4), 4)
        feeder = servers.member(4)["feeder"]
        for i in range(100):
            if i == 50:
                servers.kill(feeder)
            client.create(f"/writes/b{i}", b"x")
        wait_until_fed(servers, servers.others(leader, feeder, 4), 4)
        client.create("/writes/last", b"x")
        assert len(client.get_children("/writes")) == 201
        assert states == [], states
        client.stop()
