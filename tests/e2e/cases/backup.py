# SPDX-License-Identifier: Apache-2.0
"""Backups of servers that run, and what is restored from them."""

import hashlib
import json
import os
import random
import signal
import subprocess
import time
import urllib.request

from cases import case
from cases.data_tools import SECONDS, assert_same, client_of, dump, tool, tool_json
from cases.ensemble_admin import Watched
from harness.servers import PaddockServer
from s3_server import BUCKET, CREDENTIALS, S3Server
from support import AdminServer, Server, directory, http, run_program, until


def paddock(*arguments, code=0, environment=None):
    status, out, err = run_program(*arguments, "--json", program="paddock", environment=environment, seconds=SECONDS)
    assert status == code, f"{arguments}: {status}\n{out}{err}"
    return [json.loads(line) for line in out.splitlines()], err


def admin(server):
    return ["--admin", f"http://127.0.0.1:{server.admin_port}"]


def restored(*arguments, environment=None, **config):
    """A server that was made of a backup, not started, and what was said."""
    server = Server(config)
    said, _ = paddock("restore", *arguments[:1], server.config["dataDir"], *arguments[1:], environment=environment)
    return server, said[0]


def fill(client, first, last):
    for number in range(first, last):
        client.create(f"/n{number}", str(number).encode())


def numbers_of(server):
    client = client_of(server)
    found = sorted(int(name[1:]) for name in client.get_children("/") if name.startswith("n"))
    client.stop()
    client.close()
    return found


@case
def test_one_file():
    """A snapshot that is fetched has the checksum that is told; what is restored from it is the same and goes on."""
    with AdminServer() as server, directory() as folder:
        assert http(server.admin_port, "/admin/snapshot")[0] in (200, 409)
        client = client_of(server)
        fill(client, 0, 50)
        before = dump(server)
        file = os.path.join(folder, "backup")
        said, _ = paddock("backup", file, *admin(server))
        with open(file, "rb") as content:
            assert said[0]["sha256"] == hashlib.sha256(content.read()).hexdigest()
        assert paddock("verify", file)[0][0]["znodes"] >= 53
        client.set("/n1", b"later")
        client.stop()
        new, said = restored(file)
        with new:
            assert_same(before, dump(new))
            client = client_of(new)
            client.create("/after", b"")
            assert client.get("/after")[1].czxid > max(node[1][1] for node in before.values())
            client.stop()
        status, headers, _ = http_bytes(server.admin_port, "/commands/snapshot?streaming=true")
        assert status == 200 and int(headers["snapshot_size"]) > 0 and headers["last_zxid"].startswith("0x")
        assert http(server.admin_port, "/commands/restore", "POST", b"")[0] == 409
        assert http(server.admin_port, "/admin/log")[0] == 400


def http_bytes(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=15) as answer:
        return answer.status, answer.headers, answer.read()


def grow_and_restore(target, *more, environment=None):
    """A repository that grows by increments, and points in between that are gone back to."""
    with AdminServer({"snapCount": "1000"}) as server:
        client = client_of(server)
        fill(client, 0, 10)
        said, _ = paddock("backup", target, *admin(server), *more, environment=environment)
        assert said[0]["stored"].startswith("base."), said
        points = []
        for step in range(1, 4):
            fill(client, step * 10, step * 10 + 10)
            points.append((client.last_zxid, int(time.time() * 1000)))
            time.sleep(0.05)  # So that each point has a time of its own.
            said, _ = paddock("backup", target, *admin(server), *more, environment=environment)
            assert [one["stored"][:4] for one in said] == ["log."], said
        said, _ = paddock("backup", target, *admin(server), "--full", *more, environment=environment)
        assert said[0]["stored"].startswith("base."), said
        client.set("/n0", b"later")
        client.stop()
        paddock("backup", target, *admin(server), *more, environment=environment)
        whole = dump(server)
    said, _ = paddock("verify", target, *more, environment=environment)
    assert any("as the log leads to" in line for line in said[0]["found"]), said
    new, _ = restored(target, *more, environment=environment)
    with new:
        assert_same(whole, dump(new))
    zxid, moment = points[1]
    for point in (["--to-zxid", hex(zxid)], ["--to-time", str(moment)]):
        new, said = restored(target, *point, *more, environment=environment)
        with new:
            assert numbers_of(new) == list(range(30)), (point, said, numbers_of(new))
    _, err = paddock("restore", target, "/nowhere", "--to-zxid", "0x7000000000000000", *more, code=1,
                     environment=environment)
    assert "ends with" in err, err


@case
def test_directory():
    """A directory gets a base and then what was committed since; any point in between can be restored."""
    with directory() as folder:
        target = os.path.join(folder, "backups")
        os.mkdir(target)
        grow_and_restore(target)
        with AdminServer() as server, directory() as elsewhere:
            client = client_of(server)
            fill(client, 0, 3)
            client.stop()
            status, _, err = run_program("backup", target, *admin(server), program="paddock")
            assert status == 1 and "lags, or is of another history" in err, err
            assert os.listdir(elsewhere) == []
        # What is stored rots: verify says where, and a restore leaves nothing.
        name = max(name for name in os.listdir(target) if name.startswith("log."))
        with open(os.path.join(target, name), "r+b") as file:
            file.seek(-40, os.SEEK_END)
            byte = file.read(1)
            file.seek(-40, os.SEEK_END)
            file.write(bytes([byte[0] ^ 1]))
        _, err = paddock("verify", target, code=1)
        assert name in err and "damaged" in err, err
        with directory() as data:
            paddock("restore", target, data, code=1)
            assert os.listdir(data) == [], os.listdir(data)


@case
def test_bucket():
    """The same in the bucket of an S3-compatible server, which refuses wrong signatures."""
    with S3Server() as s3:
        target, more = f"s3://{BUCKET}/some/where", ("--s3-endpoint", s3.endpoint)
        grow_and_restore(target, *more, environment=CREDENTIALS)
        wrong = {**CREDENTIALS, "AWS_SECRET_ACCESS_KEY": "wrong"}
        _, err = paddock("verify", target, *more, code=1, environment=wrong)
        assert "SignatureDoesNotMatch" in err, err
        _, err = paddock("verify", "s3://missing/x", *more, code=1, environment=CREDENTIALS)
        assert "NoSuchBucket" in err, err


@case
def test_old_members_stay_away():
    """A restored member and the members of the ensemble that was backed up do not talk to one another."""
    with Watched() as servers, directory() as folder:
        client = servers.client(1, 2, 3)
        fill(client, 0, 5)
        client.stop()
        file = os.path.join(folder, "backup")
        paddock("backup", file, *admin(servers.servers[servers.leader()]))
        one = servers.servers[1]
        one.end()
        data = one.config["dataDir"]
        os.rename(os.path.join(data, "paddock"), os.path.join(folder, "old"))
        said, _ = paddock("restore", file, data, "--myid", "1")
        one.launch()
        until(lambda: f"ensemble '{said[0]['ensemble_id']}'" in one.log(), "a refusal", 30)
        assert servers.mode(2) in ("leader", "follower") and servers.mode(1) is None
        # Its own kind, restored with the same id, is an ensemble again.
        for number in (2, 3):
            servers.servers[number].end()
            data = servers.servers[number].config["dataDir"]
            os.rename(os.path.join(data, "paddock"), os.path.join(folder, f"old{number}"))
            paddock("restore", file, data, "--myid", str(number), "--ensemble-id", said[0]["ensemble_id"])
            servers.servers[number].launch()
        for number in (1, 2, 3):
            servers.servers[number].wait_until_serving()
        client = servers.client(1, 2, 3)
        client.create("/again", b"")
        assert client.get("/n4")[0] == b"4"
        client.stop()


def killed(seconds, *arguments):
    """Starts the program and kills it; whether it had ended before."""
    program = subprocess.Popen([os.path.join(PaddockServer.bin_directory, "paddock"), *arguments],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        program.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        program.send_signal(signal.SIGKILL)
        program.wait()
        return False


@case
def test_killed_in_the_middle():
    """kill -9 at any moment of backup and restore leaves what is whole, or nothing that looks so."""
    chance = random.Random(7)
    with AdminServer() as server, directory() as folder:
        client = client_of(server)
        for number in range(300):
            client.create(f"/n{number}", os.urandom(20000))
        client.stop()
        file, repository = os.path.join(folder, "file"), os.path.join(folder, "repository")
        os.mkdir(repository)
        started = time.monotonic()
        assert killed(60, "backup", file, *admin(server))
        took = time.monotonic() - started
        os.remove(file)
        ended = 0
        for _ in range(4):
            ended += killed(chance.random() * took, "backup", file, *admin(server))
            killed(chance.random() * took, "backup", repository, "--full", *admin(server))
            if os.path.exists(file):
                paddock("verify", file)
                os.remove(file)
            if any(name.startswith("base.") and not name.endswith(".tmp") for name in os.listdir(repository)):
                paddock("verify", repository)
        paddock("backup", file, *admin(server))
        paddock("backup", repository, "--full", *admin(server))
        paddock("verify", repository)
        started = time.monotonic()
        with directory() as data:
            assert killed(60, "restore", file, data)
        took = time.monotonic() - started
        for _ in range(4):
            with directory() as data:
                if killed(chance.random() * took, "restore", file, data) or "paddock" in os.listdir(data):
                    assert tool_json("check", data)["ok"]
                else:
                    assert tool("check", data)[0] == 1
                    # The next run goes through, whatever is left.
                    paddock("restore", file, data)
                    assert tool_json("check", data)["ok"]
                assert os.listdir(data) == ["paddock"], os.listdir(data)
