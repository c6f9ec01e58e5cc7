# SPDX-License-Identifier: Apache-2.0
"""The image as it is run: a root that cannot be written, no capabilities, configured by variables."""

import pathlib
import tempfile

from kazoo.client import KazooClient

from engine import Container, podman
from network import Network
from settings import IMAGE
from . import case


class Client:
    """A session of kazoo that has begun."""

    def __init__(self, *addresses, **more):
        self.client = KazooClient(hosts=",".join(f"{address}:2181" for address in addresses), timeout=10,
                                  connection_retry={"max_tries": -1, "max_delay": 0.5},
                                  command_retry={"max_tries": -1, "max_delay": 0.5}, **more)

    def __enter__(self):
        self.client.start(timeout=90)
        return self.client

    def __exit__(self, *_):
        self.client.stop()
        self.client.close()


@case
def keeps_data():
    """serves and answers probes, ends by its stop signal with 0, and has its data when it is started again"""
    volume = podman("volume", "create")
    try:
        with Network() as network, Container(IMAGE, network, "single", volume=volume) as server:
            server.until_answers("/readyz")
            with Client(network.address) as client:
                client.create("/kept", b"a")
                assert client.get_children("/") == ["kept", "zookeeper"]
            for path in ("/livez", "/readyz", "/startupz"):
                assert server.answer(path) == 200, path
            code, said = server.execute("/usr/bin/paddock", "--connect-timeout", "4s", "status")
            assert code == 0 and "standalone" in said, said
            status = pathlib.Path(f"/proc/{server.state()['Pid']}/status").read_text()
            assert "Uid:\t1000\t1000\t1000\t1000" in status, status
            assert "CapEff:\t0000000000000000" in status and "NoNewPrivs:\t1" in status, status
            assert server.stop() == 0, server.log()
            podman("start", server.name)
            with Client(network.address) as client:
                assert client.get("/kept")[0] == b"a"
    finally:
        podman("volume", "rm", "--force", volume)


@case
def health():
    """the health check's command fails where nobody serves"""
    with Network() as network, Container(IMAGE, network, "lonely", environment={
            "ZOO_MY_ID": 1, "ZOO_SERVERS": "server.1=a:2888:3888;2181 server.2=b:2888:3888;2181 server.3=c:2888:3888;2181"},
            hosts=[("a", network.address), ("b", "10.77.0.201"), ("c", "10.77.0.202")]) as server:
        server.until_answers("/livez")
        assert server.answer("/readyz") == 503
        assert server.execute("/usr/bin/paddock", "--connect-timeout", "4s", "status")[0] != 0


@case
def wrong_variables():
    """a value that is wrong ends the start with code 2 and a sentence"""
    with Network() as network:
        server = Container(IMAGE, network, "wrong", environment={"ZOO_TICK_TIME": "2s", "ZOO_SERVERS": "server.1=a"})
        code, said = server.run_to_end()
        assert code == 2 and "ZOO_TICK_TIME: tickTime=2s: expected" in said and "ZOO_SERVERS: server.1=a" in said, (code, said)


@case
def java_variables():
    """what is meant for Java, or spelled wrongly, is said in the log and does no harm"""
    variables = {"JVMFLAGS": "-Xmx512m -Dzookeeper.snapCount=77", "ZOO_HEAP_SIZE": "1024", "JMXPORT": "9999",
                 "ZOO_LOG4J_PROP": "INFO,CONSOLE", "ZOO_TICKTIME": "3000"}
    with Network() as network, Container(IMAGE, network, "java", environment=variables) as server:
        server.until_answers("/readyz")
        for sentence in ("JVMFLAGS has no effect but for -D", "ZOO_HEAP_SIZE has no effect", "JMXPORT has no effect",
                         "ZOO_LOG4J_PROP has no effect", "did you mean ZOO_TICK_TIME?"):
            assert sentence in server.log(), server.log()


@case
def given_file():
    """a zoo.cfg in /conf counts before the variables"""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        (folder / "zoo.cfg").write_text("dataDir=/data\nclientPort=2181\nadmin.serverPort=8080\n4lw.commands.whitelist=conf\n")
        with Network() as network, Container(IMAGE, network, "file", environment={"ZOO_4LW_COMMANDS_WHITELIST": "ruok"},
                                             flags=[f"--volume={folder}:/conf:ro"]) as server:
            server.until_answers("/readyz")
            with Client(network.address) as client:
                assert b"clientPort=2181" in client.command(b"conf").encode()
                assert "not in the whitelist" in client.command(b"ruok")
