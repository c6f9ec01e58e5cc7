# SPDX-License-Identifier: Apache-2.0
"""Ensembles of the measured servers: three that vote, and observers, all on loopback and on one disk."""

import re
import socket
import time
from dataclasses import dataclass
from typing import Callable

from .etcd import Etcd
from .servers import Apache, BenchError, Paddock, free_port

LEADER_SECONDS_MAX = 60
VOTERS = 3
SHORT_TITLES = {"apache": "Apache", "etcd": "etcd", "paddock": "Paddock"}


@dataclass(frozen=True)
class Target:
    """What one run of the generator loads, and whose processor time it reports."""

    title: str
    endpoints: str
    pids: str
    tail_of_log: Callable


class ZooKeeperMember:
    """What a server has besides when it is one of an ensemble with ZooKeeper's zoo.cfg."""

    number = 0

    def write_config(self):
        config = super().write_config()
        (self.folder / "data" / "myid").write_text(f"{self.number}\n")
        return config

    def ask_word(self, word):
        """The answer to a four-letter word."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(word.encode())
            return connection.makefile("r").read()

    def leads(self):
        return re.search("^Mode: leader$", self.ask_word("srvr"), re.MULTILINE) is not None

    def counts(self):
        """What mntr says, where zoo.cfg permits it."""
        return dict(line.split("\t", 1) for line in self.ask_word("mntr").splitlines() if "\t" in line)


class PaddockMember(ZooKeeperMember, Paddock):
    pass


class ApacheMember(ZooKeeperMember, Apache):
    main_class = "org.apache.zookeeper.server.quorum.QuorumPeerMain"


class EtcdMember(Etcd):
    def leads(self):
        status = self.ask("maintenance/status", {})
        return status.get("leader") == status["header"]["member_id"]


class Ensemble:
    """`members` are servers that know of one another: first those that vote, then the observers."""

    def __init__(self, name, members):
        self.name = name
        self.title = members[0].title
        self.members = members
        self.voters = members[:VOTERS]

    def start(self, members=None):
        members = members or self.members
        for member in members:
            member.spawn()
        for member in members:
            member.wait_until_answering()
        self.leader()

    def stop(self):
        for member in self.members:
            member.ask_to_stop()
        for member in self.members:
            member.wait_until_stopped()

    def leader(self):
        """The member that leads; waits until there is one."""
        deadline = time.monotonic() + LEADER_SECONDS_MAX
        while time.monotonic() < deadline:
            for member in self.voters:
                if self._leads(member):
                    return member
            time.sleep(0.05)
        raise BenchError(f"{self.title}: nobody led for {LEADER_SECONDS_MAX} s\n{self.tail_of_log()}")

    @staticmethod
    def _leads(member):
        try:
            return member.is_running and member.leads()
        except OSError:
            return False

    def leader_first(self):
        """Those that vote."""
        leader = self.leader()
        return [leader, *(member for member in self.voters if member is not leader)]

    def target(self, loaded, charged=None):
        """`loaded` get the requests; the processor time is that of `charged`, or of all."""
        return Target(
            title=self.title,
            endpoints=",".join(member.endpoints for member in loaded),
            pids=",".join(member.pids for member in charged or self.members),
            tail_of_log=self.tail_of_log,
        )

    def tail_of_log(self):
        return "\n".join(f"{member.folder.name}:\n{member.tail_of_log()}" for member in self.members)


def _zookeeper_members(make_member, observers):
    members = [make_member(number) for number in range(1, VOTERS + observers + 1)]
    lines = {"initLimit": 10, "syncLimit": 5}
    for number, member in enumerate(members, 1):
        role = "participant" if number <= VOTERS else "observer"
        member.number = number
        lines[f"server.{number}"] = f"127.0.0.1:{free_port()}:{free_port()}:{role}"
    for member in members:
        member.options.update(lines)
        if member.number > VOTERS:
            member.options["peerType"] = "observer"
    return members


def _etcd_members(folder):
    members = [EtcdMember(folder / str(number)) for number in range(1, VOTERS + 1)]
    for number, member in enumerate(members, 1):
        member.member_name = f"m{number}"
    cluster = ",".join(f"{member.member_name}={member.peer_url}" for member in members)
    for member in members:
        member.cluster = cluster
    return members


def make_ensemble(name, folder, programs, observers=0):
    """Not started yet. `folder` is new, `programs` is where Paddock's are."""
    if name == "paddock":
        make = lambda number: PaddockMember(folder / str(number), programs / "paddock-server")  # noqa: E731
        return Ensemble(name, _zookeeper_members(make, observers))
    if name == "apache":
        make = lambda number: ApacheMember(folder / str(number))  # noqa: E731
        return Ensemble(name, _zookeeper_members(make, observers))
    if name == "etcd":
        return Ensemble(name, _etcd_members(folder))
    raise BenchError(f"no ensemble is called {name}")
