# SPDX-License-Identifier: Apache-2.0
"""What the server logs: form, levels, slow operations, and not too much of it."""

import json
import os
import pathlib
import re
import subprocess
import tempfile

from harness import wire
from support import Server, Session, until
from . import case

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "slow_sync.c"
ODD = b'/a"\\\n\xff\xc3\x1b[31m\xe2\x82'


def slow_disk(milliseconds):
    """The environment of a server whose disk is slow, and the folder that must outlive it."""
    folder = tempfile.TemporaryDirectory(prefix="paddock-e2e-")
    library = os.path.join(folder.name, "slow_sync.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, str(SOURCE), "-ldl"], check=True)
    return {"LD_PRELOAD": library, "SLOW_SYNC_MS": str(milliseconds)}, folder


def odd_writes(session, count=1):
    for _ in range(count):
        session.send_request(wire.DELETE, wire.path_version(ODD))
    for _ in range(count):
        session.reply(wire.DELETE)


@case
def json_lines():
    """Every line is JSON, whatever clients call their nodes"""
    environment, folder = slow_disk(30)
    with folder, Server({"paddock.logFormat": "json", "paddock.slowOperationThresholdMs": "5"},
                        environment=environment) as server:
        session = Session(server)
        session.send_request(wire.CREATE, wire.create("/a"))
        odd_writes(session)
        session.reply(wire.CREATE)
        until(lambda: "slow operation: delete" in server.log(), "a slow operation")
        server.end()
        with open(server.log_path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        assert all(line.keys() == {"time", "level", "message"} for line in lines)
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", line["time"]) for line in lines)
        shown = [line["message"] for line in lines if "slow operation: delete" in line["message"]]
        assert '/a"\\\n\ufffd' in shown[0], shown


@case
def text_lines():
    """Text stays one line each, and free of what speaks to a terminal"""
    environment, folder = slow_disk(30)
    with folder, Server({"paddock.slowOperationThresholdMs": "5"}, environment=environment) as server:
        session = Session(server)
        session.send_request(wire.CREATE, wire.create("/a"))
        odd_writes(session)
        session.reply(wire.CREATE)
        until(lambda: "slow operation: delete" in server.log(), "a slow operation")
        server.end()
        for line in server.log().splitlines():
            assert re.match(r"\d{4}-\d\d-\d\dT\S+ (info|warning|error|critical) ", line), line
            assert "\x1b" not in line


@case
def slow_operations():
    """A slow operation names its session, path and phase; few are logged and the others counted"""
    environment, folder = slow_disk(30)
    with folder, Server({"paddock.slowOperationThresholdMs": "10", "fsync.warningthresholdms": "20"},
                        environment=environment) as server:
        session = Session(server)
        for index in range(300):
            session.send_request(wire.CREATE, wire.create(f"/n{index}"))
            session.send_request(wire.EXISTS, wire.path_watch("/"))
        for _ in range(300):
            assert session.reply(wire.CREATE)["err"] == 0
            assert session.reply(wire.EXISTS)["err"] == 0
        slow = int(server.mntr()["zk_paddock_slow_operations_total"])
        server.end()
        lines = [line for line in server.log().splitlines() if "slow operation:" in line]
        write = next(line for line in lines if "create /n0" in line)
        found = re.search(r"of session 0x([0-9a-f]+) took (\d+) ms \(queued (\d+) ms, replication and disk (\d+) ms\)",
                          write)
        assert found[1] == f"{session.session:x}" and int(found[4]) >= 10, write
        assert slow >= 300 and len(lines) < slow, (slow, len(lines))
        assert "other slow operations were not logged" in server.log()
        assert "to the log took" in server.log()


@case
def levels():
    """paddock.logLevel leaves out what is less severe"""
    with Server({"paddock.logLevel": "error", "serverCnxnFactory": "x"}) as server:
        Session(server)
        server.end()
        assert server.log() == "", server.log()
    with Server({"paddock.logLevel": "warn", "serverCnxnFactory": "x"}) as server:
        server.end()
        lines = server.log().splitlines()
        assert len(lines) == 1 and "serverCnxnFactory has no effect" in lines[0], lines


@case
def floods():
    """A flood of refused connections is a few lines"""
    with Server({"maxClientCnxns": "1"}) as server:
        kept = until(lambda: Session(server), "a session")
        for _ in range(200):
            wire.Connection(server.address).close()
        kept.call(wire.EXISTS, wire.path_watch("/"))
        server.end()
        assert 1 <= server.log().count("was closed: ") <= 3
