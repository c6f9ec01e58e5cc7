# SPDX-License-Identifier: Apache-2.0
"""Backups as they are set up for good: over TLS, with credentials, again and again, with old ones removed."""

import json
import os
import signal
import subprocess
import time

from cases import case
from cases.admin_security import STRANGERS, SecureAdmin, digest_id
from cases.backup import admin, fill, numbers_of, paddock, restored
from cases.data_tools import client_of, tool_json
from cases.ensemble_admin import Watched
from cases.jwt import TokenServer, claims
from certificates import Certificates
from harness.servers import PaddockServer, free_port
from s3_server import BUCKET, CREDENTIALS, S3Server
from support import AdminServer, Server, directory, until
from tokens import Signer, write_keys


def pem_with_key(certificates, name):
    """Certificate and key in one file."""
    path = certificates.path(f"{name}.pem")
    with open(path, "w", encoding="ascii") as out:
        for part in certificates.issue(name):
            with open(part, encoding="ascii") as file:
                out.write(file.read())
    return path


def written(server, count=5):
    client = client_of(server)
    fill(client, 0, count)
    client.stop()
    client.close()


@case
def test_over_tls():
    """Over TLS the server must be who is trusted, and our certificate says that we may"""
    config = {**STRANGERS, "paddock.admin.clientAuth": "want", "paddock.admin.operators": "x509:CN=backup,O=Example"}
    with Certificates() as certificates, directory() as folder, SecureAdmin(certificates, config) as server:
        written(server)
        file, url = os.path.join(folder, "file"), ("--admin", f"https://localhost:{server.admin_port}")
        ours = ("--tls-certificate", pem_with_key(certificates, "backup"))
        trust = ("--tls-trust", certificates.path("ca.crt"))
        _, err = paddock("backup", file, *url, *ours, code=1)
        assert "certificate verify failed" in err, err
        _, err = paddock("backup", file, *url, *ours, "--tls-trust", certificates.path("other.crt"), code=1)
        assert "certificate verify failed" in err, err
        _, err = paddock("backup", file, *url, *trust, code=1)
        assert "401" in err and "paddock.admin.operators" in err, err
        _, err = paddock("backup", file, "--admin", f"http://localhost:{server.admin_port}", code=1)
        assert "speaks HTTPS only" in err, err
        assert not os.path.exists(file)
        paddock("backup", file, *url, *ours, *trust)
        assert paddock("verify", file)[0][0]["znodes"] >= 8
        repository = os.path.join(folder, "repository", "")
        paddock("backup", repository, *url, *ours, *trust)
        assert paddock("verify", repository)[0][0]["znodes"] >= 8
        new, _ = restored(file)
        with new:
            assert numbers_of(new) == list(range(5))


class TokenAdmin(AdminServer, TokenServer):
    """With tokens, and an admin port that trusts nobody for where it is."""

    def __init__(self, folder, config):
        TokenServer.__init__(self, folder)
        self.admin_port = free_port()
        self.config.update({"admin.enableServer": "true", "admin.serverAddress": "127.0.0.1",
                            "admin.serverPort": str(self.admin_port), **STRANGERS, **config})


@case
def test_credentials():
    """A password or a token lets an operator take a backup, by argument or environment; a reader it does not"""
    with directory() as folder:
        signer = Signer("ES256", "one")
        write_keys(os.path.join(folder, "keys.json"), signer)
        config = {"paddock.admin.operators": digest_id("olga", "o-secret") + ";jwt:backup",
                  "paddock.admin.readers": digest_id("rita", "r-secret")}
        with TokenAdmin(folder, config) as server:
            written(server)
            file = os.path.join(folder, "file")
            for wrong in ((), ("--auth", "olga:wrong"), ("--auth", "rita:r-secret"), ("--token", "abc"),
                          ("--token", signer.token(**claims("somebody")))):
                _, err = paddock("backup", file, *admin(server), *wrong, code=1)
                assert "refuses /admin/snapshot: 40" in err, err
                assert not os.path.exists(file)
            token = signer.token(**claims("backup"))
            for right, environment in ((("--auth", "olga:o-secret"), None), (("--token", token), None),
                                       ((), {"PADDOCK_ADMIN_AUTH": "olga:o-secret"}), ((), {"PADDOCK_ADMIN_TOKEN": token})):
                paddock("backup", file, *admin(server), *right, environment=environment)
                assert paddock("verify", file)[0][0]["znodes"] >= 8
                os.remove(file)


class Every:
    """A backup that goes on."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [os.path.join(PaddockServer.bin_directory, "paddock"), "backup", *arguments, "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self):
        """Exit code, what was said, complaints."""
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], err


def logs_in(folder):
    return [name for name in os.listdir(folder) if name.startswith("log.")]


@case
def test_every():
    """It ships what is written again and again, lives through a restart of the server, and ends when it is told to"""
    with directory() as folder, AdminServer() as server:
        written(server, 3)
        every = Every(folder, *admin(server), "--every", "100ms", "--full-every", "24h", "--keep", "30d")
        until(lambda: any(name.startswith("base.") for name in os.listdir(folder)), "the base", 60)
        client = client_of(server)
        fill(client, 3, 6)
        until(lambda: logs_in(folder), "a part of the log", 60)
        client.stop()
        client.close()
        server.end()
        server.launch()
        server.wait_until_serving()
        before = len(logs_in(folder))
        client = client_of(server)
        fill(client, 6, 9)
        client.stop()
        client.close()
        until(lambda: len(logs_in(folder)) > before, "it goes on", 60)
        code, said, err = every.end()
        assert code == 0 and all("stored" in one for one in said), (code, said, err)
        assert len([one for one in said if one["stored"].startswith("base.")]) == 1, said
        paddock("backup", folder, *admin(server))
        new, _ = restored(folder)
        with new:
            assert numbers_of(new) == list(range(9))


def outlive(target, *more, environment=None):
    """Two bases with what is between them; all that only older states than now need goes."""
    with AdminServer() as server:
        client = client_of(server)
        stored = []
        for step in range(3):
            fill(client, step * 10, step * 10 + 10)
            said, _ = paddock("backup", target, *admin(server), "--full", "--keep", "1d", *more, environment=environment)
            assert not any("removed" in one for one in said), said
            stored += [one["stored"] for one in said]
        client.stop()
        client.close()
        moment = int(time.time() * 1000)
        until(lambda: int(time.time() * 1000) > moment + 1, "another millisecond")
        said, _ = paddock("backup", target, *admin(server), "--keep", "1ms", *more, environment=environment)
    removed = [one["removed"] for one in said if "removed" in one]
    newest = max(name for name in stored if name.startswith("base."))
    assert sorted(removed) == sorted(name for name in stored if name != newest), (stored, removed)
    assert paddock("verify", target, *more, environment=environment)[0][0]["znodes"] >= 33
    new, _ = restored(target, *more, environment=environment)
    with new:
        assert numbers_of(new) == list(range(30))


@case
def test_keep():
    """What only states that nobody wants any more need is removed; the newest base stays"""
    with directory() as folder:
        outlive(folder)
        _, err = paddock("backup", os.path.join(folder, "file"), "--keep", "1d", code=1)
        assert "--keep need a directory" in err, err


@case
def test_keep_in_a_bucket():
    """The same in a bucket"""
    with S3Server() as s3:
        outlive(f"s3://{BUCKET}/kept", "--s3-endpoint", s3.endpoint, environment=CREDENTIALS)


@case
def test_log_directory():
    """A restore with --log-dir puts the log there, and a server starts from both"""
    with directory() as folder, AdminServer() as server:
        written(server)
        file, log = os.path.join(folder, "file"), os.path.join(folder, "log")
        os.mkdir(log)
        paddock("backup", file, *admin(server))
        new = Server({"dataLogDir": log})
        paddock("restore", file, new.config["dataDir"], "--log-dir", log)
        assert os.path.isdir(os.path.join(log, "paddock", "log"))
        assert not os.path.exists(os.path.join(new.config["dataDir"], "paddock", "log"))
        assert tool_json("check", new.config["dataDir"], "--log-dir", log)["ok"]
        with new:
            assert numbers_of(new) == list(range(5))


@case
def test_forget_members():
    """What reconfigurations did to the members is restored, unless --forget-members says otherwise"""
    with Watched(config={"reconfigEnabled": "true", "skipACL": "yes"}) as servers, directory() as folder:
        leader = servers.leader()
        follower = servers.others(leader)[0]
        client = servers.client(leader)
        fill(client, 0, 4)
        client.reconfig(joining=None, leaving=str(follower), new_members=None)
        client.stop()
        client.close()
        file = os.path.join(folder, "file")
        paddock("backup", file, *admin(servers.servers[leader]))
        for more, members in (("--forget-members",), 0), ((), 2):
            server, _ = restored(file, *more)
            with server:
                assert numbers_of(server) == list(range(4))
                client = client_of(server)
                assert client.get("/zookeeper/config")[0].count(b"server.") == members
                client.stop()
                client.close()
