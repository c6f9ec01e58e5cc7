# SPDX-License-Identifier: Apache-2.0
"""Three servers from docs/docker-compose.yml, each in a network namespace of its own."""

import contextlib
import re

import yaml

from engine import ROOT, Container
from network import Network
from settings import IMAGE
from . import case
from .servers import Client

FILE = ROOT / "docs" / "docker-compose.yml"


def services():
    return yaml.safe_load(FILE.read_text())["services"]


@contextlib.contextmanager
def ensemble():
    """name -> (network, container), once all serve."""
    with contextlib.ExitStack() as stack:
        networks = {name: stack.enter_context(Network()) for name in services()}
        hosts = [(name, network.address) for name, network in networks.items()]
        members = {}
        for name, service in services().items():
            container = Container(IMAGE, networks[name], service["hostname"], environment=service["environment"], hosts=hosts)
            members[name] = (networks[name], stack.enter_context(container))
        for _, container in members.values():
            container.until_answers("/readyz")
        yield members


@case
def same_image():
    """names the image that `make image` makes, with the rights that these tests give"""
    version = re.search(r"^project\(paddock VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
    assert len(services()) == 3
    for service in services().values():
        assert service["image"] == f"paddock-server:{version}", service
        assert service["read_only"] and service["cap_drop"] == ["ALL"], service
        assert service["security_opt"] == ["no-new-privileges:true"], service


def mode(network):
    with Client(network.address) as client:
        return re.search(r"^Mode: (\w+)", client.command(b"srvr"), re.MULTILINE)[1]


@case
def three_servers():
    """one leads; a session outlives the kill of the leader's container; the others end by the stop signal with 0"""
    with ensemble() as members:
        modes = {name: mode(network) for name, (network, _) in members.items()}
        assert sorted(modes.values()) == ["follower", "follower", "leader"], modes
        leader = next(name for name, found in modes.items() if found == "leader")
        others = [name for name in members if name != leader]
        # The session begins at the leader, so that it must move.
        with Client(members[leader][0].address) as client:
            client.create("/alive", b"before", ephemeral=True)
            session = client.client_id[0]
            client.set_hosts(",".join(f"{network.address}:2181" for network, _ in members.values()))
            members[leader][1].kill()
            client.retry(client.set, "/alive", b"after")
            assert client.client_id[0] == session
        for name in others:
            assert members[name][1].stop() == 0, members[name][1].log()
