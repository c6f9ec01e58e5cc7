# SPDX-License-Identifier: Apache-2.0
"""Disks that are nearly full, as a high limit has it, in an ensemble."""

from kazoo.exceptions import NotReadOnlyCallError

from cases import case
from cases.ensemble import Ensemble
from support import until

LIMIT = "paddock.minFreeSpaceInMb"
NO_DISK_HAS_SO_MUCH = "1000000000"


def restart_with(servers, number, limit):
    config = servers.servers[number].config
    config.pop(LIMIT, None)
    if limit is not None:
        config[LIMIT] = limit
    servers.servers[number].end()
    servers.start(number)


def writes(client):
    try:
        client.set("/a", b"x")
    except NotReadOnlyCallError:
        return False
    return True


@case
def test_quorum_of_disks():
    """Writes end while those with room on their disks are no quorum, and go on when they are."""
    servers = Ensemble(3)
    try:
        servers.start()
        leader = servers.leader()
        one, other = servers.others(leader)
        client = servers.client(leader)
        client.create("/a", b"")
        restart_with(servers, one, NO_DISK_HAS_SO_MUCH)
        until(lambda: "nearly full" in servers.servers[one].log(), "a follower that says so")
        for _ in range(20):
            assert writes(client), "one full follower stopped the writes"

        restart_with(servers, other, NO_DISK_HAS_SO_MUCH)
        until(lambda: not writes(client), "the end of writes")
        assert servers.leader() == leader
        assert client.get("/a")[0] == b"x"
        late = servers.client(other)
        assert late.get("/a")[0] == b"x" and not writes(late)
        late.stop()

        restart_with(servers, one, None)
        until(lambda: writes(client), "writes again")
        client.stop()
    finally:
        servers.stop()
