# SPDX-License-Identifier: Apache-2.0
"""The program itself: arguments, exit codes, what --check-config says, what is never printed."""

import os

from harness import wire
from harness.servers import free_port
from support import SMALL, AdminServer, Server, Session, directory, run_program
from . import case

SECRETS = ("c2VjcmV0LWRpZ2VzdA==", "hunter2", "opensesame")
SECRET_LINES = ("DigestAuthenticationProvider.superDigest=super:c2VjcmV0LWRpZ2VzdA==\n"
                "ssl.keyStore.password=hunter2\nmy.unknown.password=opensesame\n")


def write(folder, text, name="zoo.cfg"):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


@case
def wrong_arguments():
    """Wrong arguments end with 2 and say what is wrong"""
    with directory() as folder:
        unreadable = write(folder, "", "secret.cfg")
        os.chmod(unreadable, 0)
        for arguments, expected in ((["--nonsense"], "unknown option --nonsense"),
                                    (["a.cfg", "b.cfg"], "neither key=value nor an option"),
                                    ([os.path.join(folder, "none.cfg")], "there is no file"),
                                    ([folder], "directory"),
                                    (["=x"], "no key before"),
                                    (["2181"], "<clientPort> <dataDir>")):
            code, _, errors = run_program(*arguments)
            assert code == 2 and expected in errors and errors.startswith("paddock-server: "), (arguments, errors)
        if os.geteuid() != 0:
            code, _, errors = run_program(unreadable)
            assert code == 2 and "cannot read" in errors, errors


@case
def help_and_version():
    """--help and --version end with 0"""
    for argument, expected in (("--help", "Usage: paddock-server"), ("--version", "paddock-server ")):
        code, out, errors = run_program(argument)
        assert code == 0 and expected in out and errors == ""


@case
def wrong_configuration():
    """A wrong configuration ends with 2 and names every mistake, with and without --check-config"""
    with directory() as folder:
        path = write(folder, "tickTime=soon\nmaxClientCnxns=-1\n")
        for arguments in ([path], ["--check-config", path]):
            code, out, errors = run_program(*arguments)
            assert code == 2, (code, out, errors)
            for expected in ("zoo.cfg:1: tickTime=soon: expected", "zoo.cfg:2: maxClientCnxns=-1", "dataDir is missing",
                             "clientPort is missing"):
                assert expected in out + errors, out + errors


@case
def right_configuration():
    """--check-config shows what is in force and where it came from, and starts nothing"""
    with directory() as folder:
        path = write(folder, f"dataDir={folder}/data\nclientPort=2181\nzookeeper.snapCount=500\n"
                             "serverCnxnFactory=x\nfancyNewKey=1\n")
        code, out, _ = run_program("--check-config", path, "tickTime=1000",
                                   environment={"SERVER_JVMFLAGS": "-Dzookeeper.maxCnxns=9"})
        assert code == 0, out
        for expected in (f"dataDir={folder}/data  # {path}:1", "tickTime=1000  # command line",
                         f"snapCount=500  # {path}:3", "maxCnxns=9  # ", "clientPort=2181", "skipACL=false  # default",
                         "serverCnxnFactory has no effect", "fancyNewKey is not a known key", "is valid (standalone)"):
            assert expected in out, (expected, out)
        assert out.count("serverCnxnFactory") == 1 and out.count("fancyNewKey is not") == 1
        assert not os.path.exists(f"{folder}/data")


@case
def ensembles():
    """A configuration of an ensemble is checked as one, and links that would be open are refused; nothing is made"""
    members = "".join(f"server.{i}=zk{i}:2888:3888\n" for i in (1, 2, 3))
    with directory() as folder:
        os.mkdir(f"{folder}/data")
        write(f"{folder}/data", "2\n", "myid")
        path = write(folder, f"dataDir={folder}/data\nclientPort=2181\ninitLimit=10\nsyncLimit=5\n{members}")
        code, out, errors = run_program("--check-config", path)
        assert code == 0 and "is valid (ensemble)" in out, (out, errors)
        for arguments in ([path, "sslQuorum=true"], ["--check-config", path, "sslQuorum=true"]):
            code, out, errors = run_program(*arguments)
            assert code == 2 and "sslQuorum" in out + errors, errors
        assert os.listdir(f"{folder}/data") == ["myid"]


@case
def secrets():
    """Secrets are printed nowhere"""
    with directory() as folder:
        path = write(folder, f"dataDir={folder}\nclientPort=2181\n{SECRET_LINES}")
        _, out, errors = run_program("--check-config", path)
        shown = [out, errors]
    with AdminServer({"ssl.keyStore.password": "hunter2", "my.unknown.password": "opensesame",
                      "DigestAuthenticationProvider.superDigest": f"super:{SECRETS[0]}",
                      "paddock.logLevel": "trace"}) as server:
        for name in ("system_properties", "initial_configuration", "configuration", "environment"):
            shown.append(server.http(f"/commands/{name}")[2])
        shown += [server.word(word) for word in ("conf", "envi")]
        assert "my.unknown.password" in shown[2] and "clientPort=" in shown[3], shown[2:4]
        server.end()
        shown.append(server.log())
    for text in shown:
        assert not any(secret in text for secret in SECRETS), text


@case
def port_and_directory():
    """<clientPort> <dataDir> [tickTime] [maxClientCnxns] is enough"""
    server = Server()
    positional = [str(server.port), server.config["dataDir"], "800", "9"]
    keys = [f"{key}={value}" for key, value in SMALL.items()]
    server.command = lambda: [os.path.join(server.bin_directory, "paddock-server"), *positional, *keys,
                              "clientPortAddress=127.0.0.1", "admin.enableServer=false", "4lw.commands.whitelist=*"]
    with server:
        conf = server.word("conf")
        assert "tickTime=800\n" in conf and "maxClientCnxns=9\n" in conf


@case
def ports_in_use():
    """A port that is taken is named, and the exit code is 1"""
    port = free_port()
    with Server() as first:
        for config, expected in (({"clientPort": str(first.port)}, str(first.port)),
                                 ({"admin.enableServer": "true", "admin.serverPort": str(first.port),
                                   "admin.serverAddress": "127.0.0.1", "clientPort": str(port)}, str(first.port))):
            second = Server(config)
            second.launch()
            assert second.process.wait(20) == 1
            assert f"port {expected}" in second.log() and "another server" in second.log(), second.log()
            second.stop()


@case
def clean_end():
    """SIGTERM and SIGINT end with 0, and what was written is there again"""
    import signal
    with Server() as server:
        for number, how in enumerate((signal.SIGTERM, signal.SIGINT)):
            session = Session(server)
            assert session.call(wire.CREATE, wire.create(f"/n{number}", "x"))["err"] == 0
            assert server.end(how) == 0
            assert "everything is on disk" in server.log()
            server.start()
        assert Session(server).call(wire.GET_CHILDREN, wire.path_watch("/"))["paths"] == ["n0", "n1", "zookeeper"]
