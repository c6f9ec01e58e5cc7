# SPDX-License-Identifier: Apache-2.0
"""SASL by DIGEST-MD5: kazoo, Java's zkCli and hand-made tokens; ids in ACLs, super users, what is enforced."""

import contextlib
import os

import jaas
from harness import digest_md5, wire
from harness.servers import StartFailed
from java_client import zkcli
from kazoo.client import KazooClient
from kazoo.exceptions import AuthFailedError, ConnectionClosedError
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.security import ACL, Id
from support import DEADLINE_SECONDS, Server, Session, directory, is_closed, is_denied, run_program, until
from . import case

PROVIDER = "org.apache.zookeeper.server.auth.SASLAuthenticationProvider"


class SaslServer(Server):
    """With users and passwords, unless `text` has another JAAS file."""

    def __init__(self, config=None, text=None, **more):
        self.folder = directory()
        if text is None:
            text = jaas.users(alice="alice-secret", bob="bob-secret", root="root-secret", super="super-secret")
        self.jaas = jaas.write(self.path("jaas.conf"), text)
        super().__init__({"java.security.auth.login.config": self.jaas, "authProvider.1": PROVIDER,
                          "fips-mode": "false", **(config or {})}, **more)

    def __exit__(self, *all_):
        super().__exit__(*all_)
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    @contextlib.contextmanager
    def kazoo(self, user=None, password=None):
        sasl = user and {"mechanism": "DIGEST-MD5", "username": user, "password": password or f"{user}-secret"}
        client = KazooClient(f"127.0.0.1:{self.port}", sasl_options=sasl)
        try:
            client.start(timeout=DEADLINE_SECONDS)
            yield client
        finally:
            client.stop()
            client.close()

    def java(self, user, *command):
        section = jaas.write(self.path(f"{user}.conf"), jaas.user(user, f"{user}-secret"))
        return zkcli(self, *command, java_security_auth_login_config=section)


def start_error(config=None, text=None):
    """What a server says that cannot start."""
    server = SaslServer(config, text)
    try:
        server.start()
        raise AssertionError(f"it started with {config}")
    except StartFailed as failed:
        return str(failed)
    finally:
        server.stop()
        server.folder.cleanup()


def is_refused(server, *credentials):
    """kazoo may say that it has started before it is told that it may not."""
    try:
        with server.kazoo(*credentials) as client:
            client.exists("/")
            return False
    except (AuthFailedError, ConnectionClosedError, KazooTimeoutError):
        return True


def authenticate(session, user, password, **more):
    """The last reply's error, by hand."""
    challenge = send(session, b"")[1]
    return send(session, digest_md5.answer(challenge, user, password, **more))[0]


def send(session, token):
    session.send_request(wire.SASL, wire.buffer(token))
    reader = wire.Reader(session.receive_frame())
    reader.int32(), reader.int64()
    return reader.int32(), reader.buffer()


def only(scheme, id_, perms=31):
    return [ACL(perms, Id(scheme, id_))]


@case
def test_identities():
    """Who has authenticated has the id sasl:<user>, for ACLs and for auth; others have not"""
    with SaslServer() as server:
        with server.kazoo("alice") as alice, server.kazoo("bob") as bob, server.kazoo() as stranger:
            alice.create("/named", b"x", only("sasl", "alice"))
            alice.create("/auth", b"x", only("auth", ""))
            assert alice.get_acls("/auth")[0] == only("sasl", "alice")
            for path in ("/named", "/auth"):
                assert alice.get(path)[0] == b"x"
                assert is_denied(bob.get, path) and is_denied(stranger.get, path)
            bob.add_auth("digest", "bob:other")
            bob.create("/both", b"x", only("auth", ""))
            assert sorted(entry.id.scheme for entry in bob.get_acls("/both")[0]) == ["digest", "sasl"]


@case
def test_super_users():
    """superUser and superUser.N read what no ACL gives them; the user super what names users of SASL"""
    with SaslServer({"superUser.1": "root"}) as server:
        with server.kazoo("alice") as alice, server.kazoo("root") as root, server.kazoo("super") as user_super:
            alice.create("/sasl", b"x", only("sasl", "alice"))
            alice.create("/digest", b"x", only("digest", "a:b"))
            assert root.get("/sasl")[0] == root.get("/digest")[0] == b"x"
            assert user_super.get("/sasl")[0] == b"x" and is_denied(user_super.get, "/digest")


@case
def test_who_is_refused():
    """Wrong passwords and unknown users are told so and closed, which the log has without a password; others go on"""
    with SaslServer() as server, server.kazoo("alice") as alice:
        assert is_refused(server, "bob", "alice-secret") and is_refused(server, "mallory")
        for user in ("bob", "mallory"):
            session = Session(server)
            assert authenticate(session, user, "alice-secret") == -115
            assert is_closed(session)
        alice.create("/x")
        log = until(lambda: server.log() if server.log().count("failed to authenticate by SASL: ") == 4 else None, "log")
        assert "secret" not in log


@case
def test_nobody_is_somebody_else():
    """A client that asks to be somebody else is refused; asking to be itself is fine"""
    with SaslServer() as server:
        assert authenticate(Session(server), "alice", "alice-secret", authzid="alice") == 0
        for other in ("bob", "super", "root"):
            session = Session(server)
            assert authenticate(session, "alice", "alice-secret", authzid=other) == -115
            assert is_closed(session)


@case
def test_zookeeper_4839():
    """ZOOKEEPER-4839: exchanges that overlap end with each its own user"""
    with SaslServer() as server:
        alice, bob, mallory = Session(server), Session(server), Session(server)
        challenges = [send(session, b"")[1] for session in (alice, bob, mallory)]
        assert send(bob, digest_md5.answer(challenges[1], "bob", "bob-secret"))[0] == 0
        assert send(mallory, digest_md5.answer(challenges[1], "bob", "bob-secret"))[0] == -115
        assert send(alice, digest_md5.answer(challenges[0], "alice", "alice-secret"))[0] == 0
        for session, user in ((alice, "alice"), (bob, "bob")):
            reply = session.call(wire.WHO_AM_I)
            assert ("sasl", user) in [tuple(entry) for entry in next(v for v in reply.values() if isinstance(v, list))]


@case
def test_required():
    """sessionRequireClientSASLAuth: who has not authenticated is refused, in whatever way it did not"""
    with SaslServer({"sessionRequireClientSASLAuth": "true", "allowSaslFailedClients": "true"}) as server:
        with server.kazoo("alice") as alice:
            alice.create("/x")
        session = Session(server)
        assert session.call(wire.GET_DATA, wire.path_watch("/x"))["err"] == -124
        assert is_closed(session)
        session = Session(server)
        assert session.authenticate("digest", "alice:alice-secret") == 0
        assert session.call(wire.GET_DATA, wire.path_watch("/x"))["err"] == -124
        session = Session(server)
        assert authenticate(session, "alice", "wrong") == -124
        assert is_closed(session)


@case
def test_failed_clients_may_stay():
    """allowSaslFailedClients: who fails goes on, as one who has not tried"""
    with SaslServer({"allowSaslFailedClients": "true"}) as server, server.kazoo("alice") as alice:
        alice.create("/alice", b"x", only("auth", ""))
        alice.create("/open", b"x")
        session = Session(server)
        assert authenticate(session, "alice", "wrong") == 0
        assert session.call(wire.GET_DATA, wire.path_watch("/open"))["data"] == "x"
        assert session.call(wire.GET_DATA, wire.path_watch("/alice"))["err"] == -102


@case
def test_java():
    """Java's zkCli authenticates by its JAAS file, writes and reads what is its own, and is refused with a bad one"""
    with SaslServer() as server, server.kazoo("alice") as alice:
        alice.create("/alice", b"of alice", only("auth", ""))
        assert "of alice" in server.java("alice", "get", "/alice")
        assert "Created /java" in server.java("bob", "create", "/java", "x", "auth::cdrwa")
        assert "'sasl,'bob" in server.java("bob", "getAcl", "/java") and is_denied(alice.get, "/java")
        assert "of alice" not in server.java("bob", "get", "/alice")
        assert "AuthFailed" in server.java("mallory", "get", "/java")


@case
def test_starts_that_are_refused():
    """A JAAS file, section, user or key table that is missing ends the start with a sentence, without a password"""
    users = jaas.users(alice="hunter2")
    missing = "/nonexistent/jaas.conf"
    assert f"cannot read {missing}: No such file" in start_error({"java.security.auth.login.config": missing})
    assert "has no section Other" in start_error({"sasl.serverconfig": "Other"}, users)
    assert "names nobody; add user_<name>=" in start_error(text="Server { " + jaas.DIGEST_MODULE + " required; };")
    assert "fips-mode=true forbids" in start_error({"fips-mode": "true"}, users)
    assert "fips-mode=true forbids" in start_error({"fips-mode": None}, users)
    assert "security.auth_to_local: the rule 'NONE' is none" in start_error({"security.auth_to_local": "NONE"}, users)
    error = start_error(text=users.replace(";\n};", " hunter2;\n};"))
    assert "jaas.conf:3: expected '=' behind the name of an option, found ';'" in error and "hunter2" not in error
    table = jaas.section("Server", jaas.KERBEROS_MODULE, {
        "useKeyTab": "true", "keyTab": "/nonexistent/x.keytab", "principal": "zookeeper/h@R"})
    assert "the key table /nonexistent/x.keytab gives no key of zookeeper/h@R: " in start_error(text=table)


@case
def test_plugin_is_missing():
    """Without the plugin of Cyrus SASL the start is refused, and it is said what to install"""
    with directory() as empty:
        server = SaslServer(environment={"SASL_PATH": empty})
        try:
            server.start()
            raise AssertionError("it started")
        except StartFailed as failed:
            assert "the plugin of Cyrus SASL for DIGEST-MD5 is not there; Debian has it in libsasl2-modules" in str(failed)
        finally:
            server.stop()
            server.folder.cleanup()


@case
def test_file_of_links_alone():
    """A JAAS file without a section Server, as for links between servers, is no reason not to start"""
    with SaslServer({"authProvider.1": None}, jaas.users("QuorumServer", x="y")) as server:
        session = Session(server)
        assert send(session, b"token") == (0, None)
        assert session.call(wire.EXISTS, wire.path_watch("/"))["err"] == 0


@case
def test_flags_of_java():
    """The file and the section may come from -D in SERVER_JVMFLAGS"""
    with directory() as folder:
        file = jaas.write(os.path.join(folder, "jaas.conf"), jaas.users("Mine", alice="alice-secret"))
        flags = f"-Djava.security.auth.login.config={file} -Dzookeeper.sasl.serverconfig=Mine -Dzookeeper.fips-mode=false"
        with SaslServer({"java.security.auth.login.config": None, "fips-mode": None},
                        environment={"SERVER_JVMFLAGS": flags}) as server, server.kazoo("alice") as alice:
            alice.create("/x", b"", only("sasl", "alice"))


@case
def test_paddock():
    """The `paddock` command logs in with a password of a file; a wrong one, and a server without SASL, are refused"""
    def paddock(server, login, *command):
        with directory() as folder:
            path = os.path.join(folder, "auths")
            with open(path, "w", encoding="ascii") as file:
                file.write(f"sasl:{login}\n")
            return run_program("--server", server.connect_string, "--auth-file", path, *command, program="paddock")

    with SaslServer({"sessionRequireClientSASLAuth": "true"}) as server:
        code, out, errors = paddock(server, "alice:alice-secret", "whoami")
        assert code == 0 and "sasl: alice" in out, (code, out, errors)
        assert paddock(server, "alice:alice-secret", "create", "/alice", "x", "auth::cdrwa")[0] == 0
        assert paddock(server, "alice:alice-secret", "get", "/alice")[:2] == (0, "x\n")
        code, _, errors = paddock(server, "bob:bob-secret", "get", "/alice")
        assert code == 1 and "Insufficient permission" in errors, errors
        for login in ("alice:wrong-secret", "nobody:secret"):
            code, out, errors = paddock(server, login, "get", "/alice")
            assert code == 1 and out == "" and "the login at" in errors and "secret" not in errors, (code, out, errors)
        assert paddock(server, "alice", "whoami")[0] == 2
        assert run_program("--server", server.connect_string, "get", "/", program="paddock")[0] != 0
    with Server() as server:
        code, _, errors = paddock(server, "alice:alice-secret", "whoami")
        assert code == 1 and "the server does not do SASL" in errors, (code, errors)
