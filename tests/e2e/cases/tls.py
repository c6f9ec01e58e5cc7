# SPDX-License-Identifier: Apache-2.0
"""TLS on the client port: who comes in, with which stores, protocols and limits, and what is counted and logged."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess

import java_client
from certificates import PASSWORD, Certificates
from harness import wire
from harness.servers import StartFailed, free_port
from kazoo.client import KazooClient
from kazoo.exceptions import InvalidACLError
from kazoo.security import ACL, Id
from support import DEADLINE_SECONDS, Server, Session, is_denied, until
from . import case


class SecureServer(Server):
    """With a port for TLS beside the plain one; stores are PEM files unless the keys say otherwise."""

    def __init__(self, certificates, config=None):
        self.certificates = certificates
        self.secure_port = free_port()
        super().__init__({"secureClientPort": str(self.secure_port), "secureClientPortAddress": "127.0.0.1",
                          "ssl.keyStore.location": certificates.path("server.crt"),
                          "ssl.trustStore.location": certificates.path("ca.crt"), **(config or {})})

    def context(self, identity=None, version=None):
        context = ssl.create_default_context(cafile=self.certificates.path("ca.crt"))
        if version is not None:
            context.minimum_version = context.maximum_version = version
        if identity is not None:
            context.load_cert_chain(*identity)
        return context

    def connect(self, identity=None, version=None, session=None):
        plain = socket.create_connection(("127.0.0.1", self.secure_port), timeout=DEADLINE_SECONDS)
        try:
            return self.context(identity, version).wrap_socket(plain, server_hostname="localhost", session=session)
        except OSError:
            plain.close()
            raise

    def secure_word(self, word, identity=None, version=None):
        """The answer; a client that the server turns away sees an OSError, in TLS 1.3 when it reads."""
        with self.connect(identity, version) as secure:
            secure.sendall(word.encode())
            answer = b""
            while chunk := secure.recv(65536):
                answer += chunk
            return answer.decode()

    def refuses(self, identity=None, version=None):
        try:
            answer = self.secure_word("ruok", identity, version)
        except OSError:
            return True
        return answer == ""

    def kazoo(self, identity=None, port=None):
        certificate, key = identity or (None, None)
        client = KazooClient(f"localhost:{port or self.secure_port}", use_ssl=True, verify_certs=True,
                             ca=self.certificates.path("ca.crt"), certfile=certificate, keyfile=key)
        client.start(timeout=DEADLINE_SECONDS)
        return client


def start_error(certificates, config):
    """What a server says that cannot start."""
    server = SecureServer(certificates, config)
    try:
        server.start()
        raise AssertionError(f"it started with {config}")
    except StartFailed as failed:
        return str(failed)
    finally:
        server.stop()


@case
def test_certificates_needed():
    """By default clients need a certificate; with one, kazoo writes, reads and gets its events"""
    with Certificates() as certificates, SecureServer(certificates) as server:
        alice = certificates.issue("alice")
        client = server.kazoo(alice)
        events = []
        client.create("/node", b"x" * 900000)
        data, _ = client.get("/node", watch=events.append)
        assert data == b"x" * 900000
        client.set("/node", b"y")
        until(lambda: events, "the event")
        assert server.gauge("paddock_secure_connections") == 1
        client.stop()
        until(lambda: server.gauge("paddock_secure_connections") == 0, "the end of the connection")
        assert server.refuses()
        until(lambda: "refused: peer did not return a certificate" in server.log(), "the line in the log")
        assert server.gauge("unsuccessful_handshake") == 1


@case
def test_certificates_wanted_or_not():
    """ssl.clientAuth=want takes clients with and without a certificate, none asks for none"""
    with Certificates() as certificates:
        alice = certificates.issue("alice")
        stranger = certificates.issue("stranger", "other")
        with SecureServer(certificates, {"ssl.clientAuth": "want"}) as server:
            assert server.secure_word("ruok") == server.secure_word("ruok", alice) == "imok"
            assert server.refuses(stranger)
        with SecureServer(certificates, {"ssl.clientAuth": "none", "ssl.trustStore.location": None}) as server:
            assert server.secure_word("ruok") == server.secure_word("ruok", stranger) == "imok"
            client = server.kazoo()
            client.create("/node", b"x")
            client.stop()


@case
def test_bad_certificates():
    """Certificates that have expired or come from another authority are refused, in both protocols, and others served"""
    with Certificates() as certificates, SecureServer(certificates) as server:
        alice = certificates.issue("alice")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            assert server.refuses(certificates.issue("old", days=-1), version)
            assert server.refuses(certificates.issue("stranger", "other"), version)
            assert server.secure_word("ruok", alice, version) == "imok"
        log = until(lambda: server.log() if server.log().count("was refused: ") == 4 else None, "four lines in the log")
        assert "certificate has expired" in log and "unable to get local issuer certificate" in log
        assert server.gauge("unsuccessful_handshake") == 4


@case
def test_stores():
    """Key and trust stores are PEM, PKCS#12 or JKS, their passwords in zoo.cfg or in a file"""
    with Certificates() as certificates:
        alice = certificates.issue("alice")
        secret = {"ssl.keyStore.password": PASSWORD, "ssl.trustStore.password": PASSWORD}
        path = certificates.password_file()
        files = {"ssl.keyStore.passwordPath": path, "ssl.trustStore.passwordPath": path}
        for keys, trust, passwords in ((certificates.pkcs12("server"), certificates.trust_store("PKCS12"), secret),
                                       (certificates.jks("server"), certificates.trust_store("JKS"), secret),
                                       (certificates.path("server.jks"), certificates.path("trust.pkcs12"), files)):
            stores = {"ssl.keyStore.location": keys, "ssl.trustStore.location": trust, **passwords}
            with SecureServer(certificates, stores) as server:
                assert server.secure_word("ruok", alice) == "imok"
                assert server.refuses(certificates.issue("stranger", "other"))
                assert PASSWORD not in server.log()


@case
def test_wrong_stores():
    """A store that is missing, or that its password does not open, ends the start with a sentence"""
    with Certificates() as certificates:
        missing = certificates.path("missing.pem")
        assert f"TLS for clients: cannot read {missing}: " in start_error(
            certificates, {"ssl.keyStore.location": missing})
        store = certificates.jks("server")
        assert f"{store}: it is damaged, or has another password" in start_error(
            certificates, {"ssl.keyStore.location": store, "ssl.keyStore.password": "wrong"})
        assert "ssl.clientAuth=need needs ssl.trustStore.location" in start_error(
            certificates, {"ssl.trustStore.location": None})
        assert "the cipher suite TLS_NO_SUCH is not known" in start_error(
            certificates, {"ssl.ciphersuites": "TLS_NO_SUCH"})


@case
def test_protocols():
    """ssl.enabledProtocols and ssl.ciphersuites, by IANA's names, decide what openssl s_client gets"""
    def spoken(server, *options):
        command = ["openssl", "s_client", "-brief", "-connect", f"127.0.0.1:{server.secure_port}", *options]
        done = subprocess.run(command, input="", capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False)
        return done.stdout + done.stderr

    with Certificates() as certificates:
        keys = {"ssl.clientAuth": "none"}
        with SecureServer(certificates, keys) as server:
            assert "Protocol version: TLSv1.3" in spoken(server)
            assert "Protocol version: TLSv1.2" in spoken(server, "-tls1_2")
            assert "Protocol version" not in spoken(server, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
        suite = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
        keys |= {"ssl.enabledProtocols": "TLSv1.2", "ssl.ciphersuites": suite}
        with SecureServer(certificates, keys) as server:
            assert "Ciphersuite: ECDHE-ECDSA-AES256-GCM-SHA384" in spoken(server)
            assert "Protocol version" not in spoken(server, "-tls1_3")


@case
def test_words_and_reports():
    """Four-letter words are answered over TLS; conf and cons know the port and its connections"""
    with Certificates() as certificates, SecureServer(certificates, {"ssl.clientAuth": "none"}) as server:
        assert f"secureClientPort={server.secure_port}\n" in server.secure_word("conf")
        assert server.secure_word("srvr").startswith("Zookeeper version: ")
        client = server.kazoo()
        assert f"sid=0x{client.client_id[0]:x}" in server.word("cons")
        client.stop()


@case
def test_resumption():
    """A client that comes back resumes its session"""
    with Certificates() as certificates, SecureServer(certificates) as server:
        alice = certificates.issue("alice")
        context = server.context(alice)

        def visit(session):
            plain = socket.create_connection(("127.0.0.1", server.secure_port), timeout=DEADLINE_SECONDS)
            with context.wrap_socket(plain, server_hostname="localhost", session=session) as secure:
                secure.sendall(b"ruok")
                assert secure.recv(100) == b"imok"
                outcome = secure.session_reused, secure.session
                with contextlib.suppress(OSError):
                    secure.unwrap()  # Python, too, forgets a session that has not ended properly.
                return outcome

        reused, session = visit(None)
        assert not reused
        assert visit(session)[0]


@case
def test_limits():
    """maxClientCnxns counts the connections of both ports"""
    with Certificates() as certificates:
        with SecureServer(certificates, {"ssl.clientAuth": "none", "maxClientCnxns": "2"}) as server:
            plain = Session(server)
            client = server.kazoo()
            assert server.refuses()
            client.stop()
            client.close()
            until(lambda: not server.refuses(), "room for another")
            plain.close()


@case
def test_silent_clients():
    """Who does not finish a TLS handshake is closed, as is who speaks plainly, and others are served meanwhile"""
    config = {"ssl.clientAuth": "none", "nio.sessionlessCnxnTimeout": "1500", "tickTime": "100"}
    with Certificates() as certificates, SecureServer(certificates, config) as server:
        with socket.create_connection(("127.0.0.1", server.secure_port), timeout=DEADLINE_SECONDS) as silent:
            assert server.secure_word("ruok") == "imok"
            assert silent.recv(1) == b""
        with socket.create_connection(("127.0.0.1", server.secure_port), timeout=DEADLINE_SECONDS) as plain:
            request = wire.connect_request(0, bytes(16), 30000)
            plain.sendall(wire.int32(len(request)) + request)
            answer = b""
            try:
                while chunk := plain.recv(100):
                    answer += chunk
            except ConnectionResetError:
                pass
            assert len(answer) < 20, answer
        assert server.gauge("outstanding_tls_handshake") == 0
        assert server.gauge("sessionless_connections_expired") == 1


@case
def test_only_tls():
    """A server may have no plain port"""
    with Certificates() as certificates:
        server = SecureServer(certificates, {"clientPort": None, "clientPortAddress": None, "ssl.clientAuth": "none"})
        try:
            server.launch()

            def answers():
                try:
                    return server.secure_word("ruok") == "imok"
                except OSError:
                    return False

            until(answers, "an answer over TLS")
            assert "clientPort=-1\n" in server.secure_word("conf")
        finally:
            server.stop()


@case
def test_identities():
    """A certificate's subject is an identity of the scheme x509, for ACLs and for the super user; auth means it too"""
    with Certificates() as certificates:
        config = {"ssl.clientAuth": "want", "X509AuthenticationProvider.superUser": "CN=admin,O=Example"}
        with SecureServer(certificates, config) as server:
            alice, bob, admin = (server.kazoo(certificates.issue(name)) for name in ("alice", "bob", "admin"))
            nobody = server.kazoo()
            alice.create("/alice", b"x", [ACL(31, Id("x509", "CN=alice,O=Example"))])
            alice.create("/auth", b"x", [ACL(31, Id("auth", ""))])
            assert alice.get_acls("/auth")[0] == [ACL(31, Id("x509", "CN=alice,O=Example"))]
            for path in ("/alice", "/auth"):
                assert alice.get(path)[0] == admin.get(path)[0] == b"x"
                assert is_denied(bob.get, path) and is_denied(nobody.get, path)
            try:
                alice.create("/wrong", b"", [ACL(31, Id("x509", "alice"))])
                raise AssertionError("an id that is no name was taken")
            except InvalidACLError:
                pass
            for client in (alice, bob, admin, nobody):
                client.stop()


@case
def test_java():
    """Java's own client comes in over TLS by its certificate, and does not with one of another authority"""
    with Certificates() as certificates, SecureServer(certificates) as server:
        certificates.issue("alice")
        certificates.issue("stranger", "other")
        alice = java_client.tls(certificates, "alice")
        stranger = {**alice, "zookeeper_ssl_keyStore_location": certificates.jks("stranger")}

        def java(properties, *command):
            return java_client.zkcli(server, *command, host="localhost", port=server.secure_port, **properties)

        assert "Created /java" in java(alice, "create", "/java", "secret", "auth::cdrwa")
        client = server.kazoo((certificates.path("alice.crt"), certificates.path("alice.key")))
        assert client.get("/java")[0] == b"secret"
        assert client.get_acls("/java")[0] == [ACL(31, Id("x509", "CN=alice,O=Example"))]
        client.stop()
        refused = server.gauge("unsuccessful_handshake")
        assert "secret" not in java(stranger, "get", "/java")
        assert server.gauge("unsuccessful_handshake") > refused


@case
def test_enforced_scheme():
    """enforce.auth.schemes=x509 lets nobody do anything without a certificate"""
    config = {"ssl.clientAuth": "want", "enforce.auth.enabled": "true", "enforce.auth.schemes": "x509"}
    with Certificates() as certificates, SecureServer(certificates, config) as server:
        alice = server.kazoo(certificates.issue("alice"))
        alice.create("/node", b"x")
        alice.stop()
        plain = Session(server)
        try:
            err = plain.call(wire.GET_DATA, wire.path_watch("/node"))["err"]
        except wire.Closed:
            err = None
        assert err != 0


def _serial(server, identity):
    with server.connect(identity) as secure:
        return secure.getpeercert()["serialNumber"]


@case
def test_reload():
    """Certificates that are replaced by the swap of a link are in force without a restart; bad ones change nothing"""
    with Certificates() as certificates:
        alice = certificates.issue("alice")

        def version(name, certificate, key, trust):
            os.mkdir(certificates.path(name))
            for source, target in ((certificate, "tls.crt"), (key, "tls.key"), (trust, "ca.crt")):
                shutil.copy(certificates.path(source), os.path.join(certificates.path(name), target))

        def switch(name):
            os.symlink(name, certificates.path("next"))
            os.replace(certificates.path("next"), certificates.path("current"))

        version("one", "server.crt", "server.key", "ca.crt")
        certificates.issue("server")
        version("two", "server.crt", "server.key", "ca.crt")
        version("bad", "server.crt", "alice.key", "ca.crt")
        version("three", "server.crt", "server.key", "other.crt")
        switch("one")
        with SecureServer(certificates, {"ssl.keyStore.location": certificates.path("current/tls.crt"),
                                         "ssl.trustStore.location": certificates.path("current/ca.crt")}) as server:
            first = _serial(server, alice)
            client = server.kazoo(alice)
            session = client.client_id[0]
            switch("two")
            until(lambda: _serial(server, alice) != first, "the new certificate")
            second = _serial(server, alice)
            switch("bad")
            until(lambda: "what was in force stays" in server.log(), "the complaint")
            assert _serial(server, alice) == second
            switch("three")
            stranger = certificates.issue("stranger", "other")
            until(lambda: not server.refuses(stranger), "the new trust store")
            assert server.refuses(alice)
            client.create("/node", b"x")
            assert client.client_id[0] == session
            client.stop()
            assert server.log().count("what was in force stays") == 1


@case
def test_port_unification():
    """client.portUnification=true: clientPort takes plain clients, words, and clients with TLS"""
    config = {"client.portUnification": "true", "secureClientPort": None, "secureClientPortAddress": None}
    with Certificates() as certificates, SecureServer(certificates, config) as server:
        alice = certificates.issue("alice")
        plain = Session(server)
        client = server.kazoo(alice, server.port)
        client.create("/alice", b"x", [ACL(31, Id("auth", ""))])
        assert plain.call(wire.GET_DATA, wire.path_watch("/alice"))["err"] == -102
        assert client.get("/alice")[0] == b"x"
        server.secure_port = server.port
        assert server.secure_word("ruok", alice) == server.word("ruok") == "imok"
        assert server.refuses()
        assert server.gauge("paddock_secure_connections") == 1
        client.stop()
        plain.close()
