# SPDX-License-Identifier: Apache-2.0
"""The `paddock` command over TLS: what it says to good and bad servers, and that sessions outlive servers and files."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading

from cases import case
from cases.ensemble import Ensemble
from cases.tls import SecureServer
from certificates import Certificates
from harness.servers import PaddockServer, free_port
from support import DEADLINE_SECONDS, Server, run_program, until

ALICE = "CN=alice,O=Example"


def options(certificates, identity=None, authority="ca"):
    chosen = ["--ca-file", certificates.path(f"{authority}.crt")]
    return chosen + ["--cert", certificates.path(f"{identity}.crt")] if identity else chosen


def paddock(server, *arguments, host="localhost", environment=None):
    """Exit code, output and errors of one command at the port for TLS."""
    return run_program("--server", f"{host}:{server.secure_port}", "--connect-timeout", "5s", *arguments,
                       environment=environment, program="paddock")


def assert_refused(done, *texts):
    code, out, errors = done
    assert code == 3 and out == "", done
    for text in texts:
        assert text in errors, errors


class Shell:
    """`paddock` without a command, its lines typed by the case and what it prints kept as it comes."""

    def __init__(self, *arguments, environment=None):
        self.out = os.path.join(PaddockServer.bin_directory, "paddock")
        self.lines = open(os.memfd_create("shell"), "r+", encoding="utf-8")  # pylint: disable=consider-using-with
        self.process = subprocess.Popen([self.out, *arguments], stdin=subprocess.PIPE, stdout=self.lines,
                                        stderr=subprocess.STDOUT, text=True, env={**os.environ, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(DEADLINE_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            self.lines.close()

    def type(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def printed(self):
        return os.pread(self.lines.fileno(), 1 << 20, 0).decode()

    def ask(self, line, *expected):
        """Types the line and waits until what came since has all of `expected`."""
        before = len(self.printed())
        self.type(line)
        self.wait(*expected, after=before)

    def wait(self, *expected, after=0):
        until(lambda: all(text in self.printed()[after:] for text in expected),
              f"{expected} in {self.printed()!r}", 30)


@case
def commands():
    """Commands, words and JSON over TLS, by options and by environment; a certificate is an identity"""
    with Certificates() as certificates, SecureServer(certificates) as server:
        certificates.issue("alice")
        mine = options(certificates, "alice")
        for version in ("1.2", "1.3"):
            assert paddock(server, *mine, "--tls-version-min", version, "whoami")[:2] == (
                0, f"Auth scheme: User\nip: 127.0.0.1\nx509: {ALICE}\nsan: DNS:localhost\nsan: IP:127.0.0.1\n")
        large = certificates.path("large")
        with open(large, "wb") as file:
            file.write(b"x" * 900000)
        assert paddock(server, *mine, "create", "/large", "--file", large)[0] == 0
        assert paddock(server, *mine, "get", "/large")[1] == "x" * 900000 + "\n"
        code, out, _ = paddock(server, *mine, "--json", "status")
        (status,) = json.loads(out)["servers"]
        assert code == 0 and status["state"] == "serving" and status["mode"] == "standalone", out
        environment = {"PADDOCK_SERVER": f"localhost:{server.secure_port}", "PADDOCK_TLS": "1",
                       "PADDOCK_CA_FILE": certificates.path("ca.crt"), "PADDOCK_CERT": certificates.path("alice.crt"),
                       "PADDOCK_KEY": certificates.path("alice.key")}
        assert run_program("get", "/large", environment=environment, program="paddock")[0] == 0
        code, out, errors = run_program("bench", "--duration", "0.2", "--warm-up", "0", "--sessions", "2", "-q",
                                        environment=environment, program="paddock")
        assert code == 0 and "errors: none" in out, (code, out, errors)


@case
def bad_servers():
    """A server of another authority, with another name or out of date is refused, and the reason is told"""
    with Certificates() as certificates:
        certificates.issue("alice")
        with SecureServer(certificates) as server:
            other = options(certificates, "alice", "other")
            assert_refused(paddock(server, *other, "ls", "/"), "its certificate is refused here", "--ca-file")
            trusted_by_nobody = ["--tls", "--cert", certificates.path("alice.crt")]
            assert_refused(paddock(server, *trusted_by_nobody, "ls", "/"), "its certificate is refused here")
            code, out, _ = paddock(server, *other, "status")
            assert code == 3 and "unreachable" in out and "its certificate is refused here" in out, out
        mine = options(certificates, "alice")
        certificates.issue("server", hosts="DNS:elsewhere")
        with SecureServer(certificates) as server:
            assert_refused(paddock(server, *mine, "ls", "/"), "its certificate is refused here: hostname mismatch")
            assert_refused(paddock(server, *mine, "ls", "/", host="127.0.0.1"), "IP address mismatch")
            assert paddock(server, *mine, "--no-verify-host", "ls", "/")[0] == 0
        certificates.issue("server", days=-1)
        with SecureServer(certificates) as server:
            assert_refused(paddock(server, *mine, "ls", "/"), "certificate has expired")


@case
def bad_clients():
    """A client without a certificate, or with one that is no good, learns that it was refused, and why"""
    with Certificates() as certificates:
        certificates.issue("alice")
        certificates.issue("stranger", "other")
        certificates.issue("old", days=-1)
        nobody, mine = options(certificates), options(certificates, "alice")
        with SecureServer(certificates) as server:
            assert_refused(paddock(server, *nobody, "ls", "/"), "it wants a certificate of this client", "--cert")
            for name in ("stranger", "old"):
                assert_refused(paddock(server, *options(certificates, name), "ls", "/"),
                               "it refuses this client's certificate")
        with SecureServer(certificates, {"ssl.enabledProtocols": "TLSv1.2"}) as server:
            assert paddock(server, *mine, "ls", "/")[0] == 0
            assert_refused(paddock(server, *nobody, "ls", "/"), "it refuses, perhaps for want of a certificate")
            assert_refused(paddock(server, *mine, "--tls-version-min", "1.3", "ls", "/"), "no TLS with")
        with SecureServer(certificates, {"ssl.clientAuth": "want"}) as server:
            assert paddock(server, *nobody, "ls", "/")[0] == paddock(server, *mine, "ls", "/")[0] == 0
            assert_refused(paddock(server, *options(certificates, "stranger"), "ls", "/"),
                           "it refuses this client's certificate")


@case
def wrong_ports():
    """TLS to a plain port, and plain words to a port for TLS, end at once with a sentence that says so"""
    with Certificates() as certificates, SecureServer(certificates, {"ssl.clientAuth": "none"}) as server:
        assert_refused(paddock(server, "ls", "/"), "it closed the connection", "one for TLS needs --tls")
        plain = run_program("--server", f"localhost:{server.port}", *options(certificates), "ls", "/", program="paddock")
        assert_refused(plain, "no TLS with", "is this its port for TLS?")
    # Other servers say in TLS's words that they did not understand.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def alert():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"\x15\x03\x03\x00\x02\x02\x46")
                while connection.recv(4096):
                    pass

        thread = threading.Thread(target=alert)
        thread.start()
        done = run_program("--server", f"127.0.0.1:{listener.getsockname()[1]}", "ls", "/", program="paddock")
        thread.join()
        assert_refused(done, "speaks TLS on this port, and this client does not", "--tls")


@case
def wrong_files():
    """Files that are missing or no good end a command with 2 before anything is sent"""
    with Certificates() as certificates:
        missing, text = certificates.path("missing.crt"), certificates.path("text")
        certificates.issue("alice")
        certificates.issue("bob")
        with open(text, "w", encoding="ascii") as file:
            file.write("no certificate\n")
        for arguments, expected in (
                (["--ca-file", missing], f"cannot read {missing}"), (["--ca-file", text], text),
                (["--cert", missing], f"cannot read {missing}"), (["--cert", certificates.path("ca.crt")[:-6] + "text"], text),
                (["--cert", certificates.path("alice.crt"), "--key", certificates.path("bob.key")], "private key"),
                (["--key", certificates.path("alice.key")], "of no use without its certificate"),
                (["--tls", "--tls-version-min", "1.1"], "1.2 and 1.3")):
            code, out, errors = run_program("--server", "localhost:1", *arguments, "ls", "/", program="paddock")
            assert code == 2 and out == "" and expected in errors, (arguments, errors)


@case
def silence():
    """A port that takes connections and says nothing is given up after --connect-timeout"""
    with Certificates() as certificates:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            done = run_program("--server", f"127.0.0.1:{silent.getsockname()[1]}", "--connect-timeout", "300ms",
                               *options(certificates), "ls", "/", program="paddock")
            assert_refused(done, "did not answer within 300 ms")


class SecureMember(Server):
    """With a port for TLS in the place of the plain one, which is left for the harness's own words."""

    certificates = None

    def __init__(self, config=None):
        self.secure_port = free_port()
        super().__init__({"secureClientPort": str(self.secure_port), "secureClientPortAddress": "127.0.0.1",
                          "ssl.keyStore.location": self.certificates.path("server.crt"),
                          "ssl.trustStore.location": self.certificates.path("ca.crt"), **(config or {})})


@contextlib.contextmanager
def secure_ensemble(certificates):
    class Servers(Ensemble):
        server_class = type("Member", (SecureMember,), {"certificates": certificates})

    servers = Servers()
    try:
        yield servers.start()
    finally:
        servers.stop()


def holder(servers, session):
    """Who has the session's connection."""
    for number, server in servers.servers.items():
        if server.process.poll() is None and session in server.word("cons"):
            return number
    return None


@case
def another_server():
    """After kill -9 of its server a session goes on at another one over TLS, with its ephemeral and its watches"""
    with Certificates() as certificates, secure_ensemble(certificates) as servers:
        certificates.issue("alice")
        hosts = ",".join(f"localhost:{server.secure_port}" for server in servers.servers.values())
        with Shell("--server", hosts, *options(certificates, "alice")) as shell:
            shell.ask("create -e /mine x", "Created /mine")
            shell.ask("create /watched x", "Created /watched")
            shell.ask("get -w /watched", "x")
            shell.ask("stat /mine", "ephemeralOwner")
            owner = shell.printed().split("ephemeralOwner = ")[1].split()[0]
            assert owner != "0x0", shell.printed()
            first = until(lambda: holder(servers, owner), "the server of the session")
            servers.servers[first].process.send_signal(signal.SIGKILL)
            servers.servers[first].process.wait()
            second = until(lambda: holder(servers, owner), "another server with the session", 30)
            assert second != first
            other = servers.client(second)
            assert other.get("/mine")[1].ephemeralOwner == int(owner, 16)
            before = len(shell.printed())
            other.set("/watched", b"y")
            shell.wait("WATCHER::", "NodeDataChanged", "/watched", after=before)
            shell.ask("get /watched", "y")
            other.stop()


@case
def watching():
    """A watch is told over TLS, also to a client that waits with nothing else to say"""
    with Certificates() as certificates, SecureServer(certificates, {"ssl.clientAuth": "none"}) as server:
        mine = options(certificates)
        assert paddock(server, *mine, "create", "/a", "x")[0] == 0
        with Shell("--server", f"localhost:{server.secure_port}", *mine, "watch", "--count", "2", "/a") as watcher:
            until(lambda: "zk_watch_count\t0" not in server.word("mntr"), "the watch")
            for value in ("y", "z"):
                assert paddock(server, *mine, "set", "/a", value)[0] == 0
            assert watcher.process.wait(DEADLINE_SECONDS) == 0
            assert watcher.printed().count("NodeDataChanged") == 2, watcher.printed()


@case
def new_certificates():
    """A client outlives its certificates: replaced files are in force with its next connection, without a restart"""
    with Certificates() as certificates:
        certificates.issue("alice")
        with SecureServer(certificates) as server:
            with Shell("--server", f"localhost:{server.secure_port}", *options(certificates, "alice")) as shell:
                shell.ask("create -e /mine x", "Created /mine")
                for name in ("server", "alice"):
                    certificates.issue(name, "other")
                os.replace(certificates.path("other.crt"), certificates.path("ca.crt"))
                before = len(shell.printed())
                server.restart(signal.SIGKILL)
                shell.wait("state:SyncConnected", after=before)
                shell.ask("get /mine", "x\n")


@case
def secrets():
    """Credentials come from files and the environment, and from the command line they are gone for others to see"""
    with Certificates() as certificates, SecureServer(certificates, {"ssl.clientAuth": "none"}) as server:
        mine = options(certificates)
        auths = certificates.path("auths")
        with open(auths, "w", encoding="ascii") as file:
            file.write("# who I am\ndigest:carol:carol-secret\n\ndigest:dave:dave-secret\n")
        identities = paddock(server, *mine, "--auth-file", auths, "whoami")[1]
        assert "digest: carol" in identities and "digest: dave" in identities, identities
        assert paddock(server, *mine, "whoami", environment={"PADDOCK_AUTH_FILE": auths})[1] == identities
        with open(auths, "w", encoding="ascii") as file:
            file.write("digest:carol:carol-secret\nmistyped-secret\n")
        code, _, errors = paddock(server, *mine, "--auth-file", auths, "whoami")
        assert code == 2 and "line 2 is not scheme:credential" in errors and "secret" not in errors, errors
        with Shell("--server", f"localhost:{server.secure_port}", *mine, "--auth", "digest:erin:erin-secret",
                   "--auth=digest:fred:fred-secret") as shell:
            shell.ask("whoami", "digest: erin", "digest: fred")
            with open(f"/proc/{shell.process.pid}/cmdline", "rb") as file:
                shown = file.read()
            assert b"secret" not in shown and b"erin" not in shown and b"--auth" in shown, shown
