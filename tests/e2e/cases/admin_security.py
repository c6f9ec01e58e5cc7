# SPDX-License-Identifier: Apache-2.0
"""Who may do what on the admin and metrics ports and by four-letter words; TLS there; what is refused, and how."""

import base64
import hashlib
import http.client
import json
import os
import shutil
import socket
import ssl

from certificates import Certificates
from harness.servers import free_port
from harness import wire
from support import DEADLINE_SECONDS, AdminServer, Session, run_program, until
from . import case

CHANGES = ("connection_stat_reset", "observer_connection_stat_reset", "stat_reset", "set_trace_mask?traceMask=7")
CONFIDENTIAL = ("configuration", "connections", "dump", "environment", "initial_configuration", "stats",
                "system_properties", "watches", "watches_by_path")
CHANGE = "/commands/stat_reset"
OPEN = "ruok server_stats monitor is_read_only leader voting_view zabstate last_snapshot hash dirs watch_summary".split()
# Nobody is trusted for being on this machine, as a client from elsewhere is not.
STRANGERS = {"paddock.admin.trustLoopback": "false"}


def digest_id(user, password):
    return f"digest:{user}:{base64.b64encode(hashlib.sha1(f'{user}:{password}'.encode()).digest()).decode()}"


def ask(server, path, method="GET", headers=None, context=None, port=None):
    """Status, headers and text; over TLS with a context."""
    port = port or server.admin_port
    connection = (http.client.HTTPSConnection("localhost", port, timeout=DEADLINE_SECONDS, context=context) if context
                  else http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_SECONDS))
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def statuses(server, names, **more):
    return {ask(server, f"/commands/{name}", **more)[0] for name in names}


def bearer(text):
    return {"Authorization": text}


@case
def loopback_by_default():
    """Without configuration clients on the server's machine may do everything"""
    with AdminServer() as server:
        assert statuses(server, CHANGES + CONFIDENTIAL + tuple(OPEN)) == {200}
        assert ask(server, "/admin/transfer-leader", "POST")[0] == 409  # It is alone.
        assert server.word("srst") == "Server stats reset.\n"


@case
def loopback_of_a_port_for_all_addresses():
    """A client on the server's machine is one whether its address is written as IPv4 or IPv6"""
    with AdminServer({"admin.serverAddress": "0.0.0.0"}) as server:
        assert ask(server, "/admin/transfer-leader", "POST")[0] == 409
        with socket.create_connection(("::1", server.admin_port), timeout=DEADLINE_SECONDS) as plain:
            plain.sendall(b"POST /admin/transfer-leader HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert plain.recv(1000).startswith(b"HTTP/1.1 409")


@case
def denied_by_default():
    """From anywhere else nobody changes anything, and numbers and probes are answered"""
    with AdminServer(STRANGERS) as server:
        assert statuses(server, CHANGES) == {401}
        assert statuses(server, CONFIDENTIAL + tuple(OPEN)) == {200}
        for path in ("/livez", "/readyz", "/startupz", "/metrics", "/admin/member", "/commands"):
            assert ask(server, path)[0] == 200, path
        status, headers, text = ask(server, "/admin/transfer-leader", "POST")
        assert status == 401 and headers["WWW-Authenticate"] == 'Basic realm="paddock"'
        assert "paddock.admin.operators" in text and "Authorization: digest user:password" in text
        error = json.loads(ask(server, "/commands/stat_reset")[2])
        assert error["command"] == "stat_reset" and "paddock.admin.operators" in error["error"]
        for word in ("srst", "crst"):
            assert "paddock.admin.operators" in server.word(word)
        assert server.word("ruok") == "imok" and server.word("cons")


@case
def operators_and_readers():
    """Those that the lists name may, by ZooKeeper's form of the header and by the web's; others may not"""
    config = {**STRANGERS, "paddock.admin.operators": digest_id("olga", "o-secret"),
              "paddock.admin.readers": digest_id("rita", "r-secret") + ";ip:10.0.0.0/8"}
    with AdminServer(config) as server:
        olga, rita = bearer("digest olga:o-secret"), bearer("digest rita:r-secret")
        web = bearer("Basic " + base64.b64encode(b"olga:o-secret").decode())
        assert statuses(server, CHANGES + CONFIDENTIAL, headers=olga) == {200}
        assert statuses(server, CHANGES + CONFIDENTIAL, headers=web) == {200}
        assert statuses(server, CONFIDENTIAL, headers=rita) == {200}
        assert statuses(server, CHANGES, headers=rita) == {403}
        assert statuses(server, CONFIDENTIAL) == statuses(server, CHANGES) == {401}
        assert statuses(server, OPEN) == {200}
        for wrong in ("digest olga:wrong", "digest olga", "digest", "Basic !!!!", "magic olga:o-secret", "x509", "ip"):
            assert statuses(server, CHANGES + CONFIDENTIAL, headers=bearer(wrong)) <= {401, 403}, wrong
        assert "paddock.admin.readers" in server.word("cons") and "is confidential" in server.word("wchc")
        assert server.word("ruok") == "imok"


@case
def guesses_are_slowed_down():
    """Who tries one password after the other gets a 429 after ten, good or not; another address is answered"""
    config = {**STRANGERS, "admin.serverAddress": "0.0.0.0", "paddock.admin.operators": digest_id("olga", "o-secret")}
    with AdminServer(config) as server:
        reset = lambda password: ask(server, CHANGE, headers=bearer(f"digest olga:{password}"))[0]  # noqa: E731
        assert [reset("old") for _ in range(30)] == [403] * 30, "one that is repeated is no guess"
        assert [reset(f"guess {number}") for number in range(9)] == [403] * 9
        assert any(reset(f"another guess {number}") == 429 for number in range(1000))
        assert ask(server, CHANGE)[0] == 401 and ask(server, "/metrics")[0] == 200
        with socket.create_connection(("127.0.0.1", server.admin_port), DEADLINE_SECONDS, ("127.0.0.2", 0)) as other:
            other.sendall(f"GET {CHANGE} HTTP/1.1\r\nHost: x\r\nAuthorization: digest olga:o-secret\r\n"
                          "Connection: close\r\n\r\n".encode())
            assert other.recv(1000).startswith(b"HTTP/1.1 200")
        until(lambda: reset("o-secret") == 200, "a second has passed")


@case
def super_users():
    """The super user of the sessions is one here too"""
    with AdminServer({**STRANGERS, "paddock.admin.readers": "ip:10.0.0.0/8"}) as server:
        assert statuses(server, CHANGES + CONFIDENTIAL, headers=bearer("digest super:admin")) == {200}
        assert statuses(server, CHANGES, headers=bearer("digest super:wrong")) == {403}


@case
def cve_2024_51504():
    """CVE-2024-51504: what a request says of its address is never believed"""
    config = {**STRANGERS, "paddock.admin.operators": "ip:10.1.2.3", "paddock.admin.readers": "ip:10.1.2.3"}
    with AdminServer(config) as server:
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP", "X-Client-IP"):
            for value in ("10.1.2.3", "127.0.0.1", "::1", "for=10.1.2.3"):
                for more in ({}, bearer("ip"), bearer("ip 10.1.2.3")):
                    # 429: one credential after the other is tried here.
                    assert statuses(server, CHANGES + CONFIDENTIAL, headers={header: value, **more}) <= {401, 429}
    with AdminServer({**STRANGERS, "IPAuthenticationProvider.usexforwardedfor": "true",
                      "paddock.admin.operators": "ip:10.1.2.3"}) as server:
        assert statuses(server, CHANGES, headers={"X-Forwarded-For": "10.1.2.3"}) == {401}


@case
def cve_2025_58457():
    """CVE-2025-58457: no way around the one layer: aliases, methods, escapes and words meet the same rules"""
    with AdminServer({**STRANGERS, "paddock.admin.readers": "ip:10.0.0.0/8"}) as server:
        for name in ("srst", "crst", "orst", "stmk", "conf", "config", "cons", "env", "envi", "icfg", "stat", "sysp",
                     "wchc", "wchp", "dump", "%73tat_reset", "stat%5Freset", "stat_reset?x=/livez"):
            assert ask(server, f"/commands/{name}")[0] == 401, name
            assert ask(server, f"/commands/{name}", "HEAD")[0] == 401, name
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
            assert ask(server, "/commands/stat_reset", method)[0] == 405, method
        for path in ("/admin/transfer-leader?x=1", "/admin/transfer%2Dleader", "/%61dmin/transfer-leader"):
            assert ask(server, path, "POST")[0] == 401, path
        for path in ("/livez/../commands/dump", "//commands/dump", "/commands//dump", "/commands/DUMP"):
            assert '"session' not in ask(server, path)[2], path
        assert set(server.word("envi").splitlines()) == set(server.word("envi").splitlines()[:1])


@case
def cve_2014_0085():
    """CVE-2014-0085: no list, no answer and no log shows a password or what it could be guessed from"""
    principal = digest_id("olga", "o-secret")
    digest = principal.split(":", 2)[2]
    with AdminServer({"paddock.admin.operators": principal, "audit.enable": "true"}) as server:
        seen = "".join(ask(server, f"/commands/{name}", headers=bearer("digest olga:o-secret"))[2]
                       for name in CONFIDENTIAL)
        seen += "".join(server.word(word) for word in ("conf", "envi"))
        ask(server, "/commands/stat_reset", headers=bearer("digest olga:o-secret"))
        until(lambda: "adminCommand" in server.log(), "the audit log")
        seen += server.log()
        _, shown, _ = run_program("--check-config", server.zoo_cfg())
        assert digest not in seen + shown and "o-secret" not in seen
        assert "digest:olga:(hidden)" in shown or "paddock.admin.operators=(hidden)" in shown


@case
def audited():
    """Changes, and whatever is refused, are in the audit log, with who it was"""
    config = {**STRANGERS, "audit.enable": "true", "paddock.audit.file": "audit.log", "paddock.admin.readers": "ip:1.2.3.4",
              "paddock.admin.operators": digest_id("olga", "o-secret")}
    with AdminServer(config) as server:
        ask(server, "/commands/stat_reset", headers=bearer("digest olga:o-secret"))
        ask(server, "/admin/transfer-leader", "POST")
        server.word("wchc")
        ask(server, "/commands/srvr")
        server.end()
        with open(os.path.join(server.directory, "audit.log"), encoding="utf-8") as file:
            lines = [line.split("Logger: ")[1].rstrip("\n") for line in file if "adminCommand" in line]
        assert lines == [
            "user=127.0.0.1,olga\tip=127.0.0.1\toperation=adminCommand\tcommand=stat_reset\tresult=invoked",
            "user=127.0.0.1\tip=127.0.0.1\toperation=adminCommand\tcommand=/admin/transfer-leader\tresult=failure",
            "user=127.0.0.1\tip=127.0.0.1\toperation=adminCommand\tcommand=wchc\tresult=failure"], lines


class SecureAdmin(AdminServer):
    """Its admin port speaks TLS, with the stores of the links between servers."""

    def __init__(self, certificates, config=None):
        self.certificates = certificates
        super().__init__({"admin.forceHttps": "true", "ssl.quorum.keyStore.location": certificates.path("server.crt"),
                          "ssl.quorum.trustStore.location": certificates.path("ca.crt"), **(config or {})})

    def context(self, identity=None):
        context = ssl.create_default_context(cafile=self.certificates.path("ca.crt"))
        if identity is not None:
            context.load_cert_chain(*identity)
        return context


def refuses(server, context):
    try:
        ask(server, "/livez", context=context)
        return False
    except (OSError, http.client.HTTPException):
        return True


@case
def https():
    """admin.forceHttps: commands, probes and metrics over TLS; who speaks plainly is told so, at once"""
    with Certificates() as certificates, SecureAdmin(certificates) as server:
        for path in ("/commands/server_stats", "/livez", "/metrics", "/admin/member"):
            assert ask(server, path, context=server.context())[0] == 200, path
        status, headers, text = ask(server, "/livez")
        assert (status, headers["Connection"], text) == (400, "close", "this port speaks HTTPS only\n")
        assert ask(server, "/admin/transfer-leader", "POST", context=server.context())[0] == 409
        assert "admin server on port" in server.log() and " with TLS: " in server.log()


@case
def tls_on_a_plain_port():
    """A client that speaks TLS to the plain port is closed at once, and others are served"""
    with Certificates() as certificates, AdminServer() as server:
        context = ssl.create_default_context(cafile=certificates.path("ca.crt"))
        assert refuses(server, context)
        assert ask(server, "/livez")[0] == 200


@case
def both_on_one_port():
    """admin.portUnification takes both kinds; stores of ssl.* do when the servers' links have none"""
    with Certificates() as certificates:
        keys = {"admin.forceHttps": None, "admin.portUnification": "true", "ssl.quorum.keyStore.location": None,
                "ssl.quorum.trustStore.location": None, "ssl.keyStore.location": certificates.path("server.crt")}
        with SecureAdmin(certificates, keys) as server:
            assert ask(server, "/livez")[0] == ask(server, "/livez", context=server.context())[0] == 200


@case
def certificates_of_clients():
    """admin.needClientAuth lets nobody in without a certificate; want takes both, and knows who is who"""
    with Certificates() as certificates:
        alice, stranger = certificates.issue("alice"), certificates.issue("stranger", "other")
        with SecureAdmin(certificates, {"admin.needClientAuth": "true"}) as server:
            assert ask(server, "/livez", context=server.context(alice))[0] == 200
            assert refuses(server, server.context()) and refuses(server, server.context(stranger))
            until(lambda: "to the admin server was refused: " in server.log(), "the line in the log")
        config = {**STRANGERS, "paddock.admin.clientAuth": "want", "paddock.admin.readers": "x509:CN=alice,O=Example",
                  "paddock.admin.operators": "x509:CN=olga,O=Example;x509:CN=oleg,O=Example"}
        with SecureAdmin(certificates, config) as server:
            olga = certificates.issue("olga")
            assert statuses(server, CHANGES + CONFIDENTIAL, context=server.context(olga)) == {200}
            assert statuses(server, CONFIDENTIAL, context=server.context(alice)) == {200}
            assert statuses(server, CHANGES, context=server.context(alice)) == {403}
            assert statuses(server, CHANGES + CONFIDENTIAL, context=server.context()) == {401}
            assert refuses(server, server.context(stranger))


@case
def silent_clients():
    """Who shows nothing, or never finishes a handshake or a request, is closed; others are served meanwhile"""
    with Certificates() as certificates, SecureAdmin(certificates, {"admin.idleTimeout": "1500"}) as server:
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
        silent = [socket.create_connection(("127.0.0.1", server.admin_port), timeout=DEADLINE_SECONDS) for _ in range(3)]
        silent[1].sendall(hello[:1])
        silent[2].sendall(hello)
        half = server.context().wrap_socket(
            socket.create_connection(("127.0.0.1", server.admin_port), timeout=DEADLINE_SECONDS),
            server_hostname="localhost")
        half.sendall(b"GET /livez HTTP/1.1\r\n")
        assert ask(server, "/livez", context=server.context())[0] == 200
        for client in (half, *silent):
            try:
                assert client.recv(100) == b""
            except ConnectionResetError:
                pass
            client.close()


@case
def large_answers():
    """An answer larger than the socket takes, and requests behind one another, go over TLS as over plain TCP"""
    with Certificates() as certificates:
        keys = {"admin.forceHttps": None, "admin.portUnification": "true"}
        with SecureAdmin(certificates, keys) as server:
            sessions = [Session(server) for _ in range(5)]
            for number, session in enumerate(sessions):
                for name in range(500):
                    session.send_request(wire.EXISTS, wire.path_watch(f"/{number}/{name}/" + "x" * 400, True))
                for _ in range(500):
                    session.reply(wire.EXISTS)
            request = b"GET /commands/watches HTTP/1.1\r\nHost: x\r\n\r\n" * 3 + \
                      b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            for context in (None, server.context()):
                client = socket.socket()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.settimeout(DEADLINE_SECONDS)
                client.connect(("127.0.0.1", server.admin_port))
                if context:
                    client = context.wrap_socket(client, server_hostname="localhost")
                client.sendall(request)
                chunks = []
                while chunk := client.recv(65536):
                    chunks.append(chunk)
                client.close()
                answer = b"".join(chunks)
                assert answer.count(b"HTTP/1.1 200 OK") == 4 and answer.endswith(b"alive\n")
                assert len(answer) > 3_000_000, len(answer)


@case
def metrics_over_tls():
    """metricsProvider.httpsPort with its own stores; with httpPort beside it, or both on one port"""
    provider = {"metricsProvider.className": "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider",
                "metricsProvider.httpHost": "127.0.0.1"}
    with Certificates() as certificates:
        alice = certificates.issue("alice")
        provider |= {"metricsProvider.ssl.keyStore.location": certificates.path("server.crt"),
                     "metricsProvider.ssl.trustStore.location": certificates.path("ca.crt")}
        plain, secure = free_port(), free_port()

        def context(identity=None):
            made = ssl.create_default_context(cafile=certificates.path("ca.crt"))
            if identity:
                made.load_cert_chain(*identity)
            return made

        with AdminServer({**provider, "metricsProvider.httpsPort": str(secure)}) as server:
            status, _, text = ask(server, "/metrics", context=context(alice), port=secure)
            assert status == 200 and "znode_count" in text
            assert ask(server, "/livez", context=context(alice), port=secure)[0] == 404
            try:
                ask(server, "/metrics", context=context(), port=secure)
                raise AssertionError("a client without a certificate came in")
            except (OSError, http.client.HTTPException):
                pass
            assert ask(server, "/metrics", port=secure)[0] == 400
        nobody = {"metricsProvider.ssl.need.client.auth": "false", "metricsProvider.ssl.want.client.auth": "false"}
        for http_port, https_port in ((plain, secure), (secure, secure)):
            with AdminServer({**provider, **nobody, "metricsProvider.httpPort": str(http_port),
                              "metricsProvider.httpsPort": str(https_port)}) as server:
                assert ask(server, "/metrics", port=http_port)[0] == 200
                assert ask(server, "/metrics", context=context(), port=https_port)[0] == 200


@case
def changed_certificates():
    """Certificates of the admin port that are replaced are in force without a restart; bad ones change nothing"""
    with Certificates() as certificates:
        store = certificates.path("admin.crt")

        def use(name):
            for end in ("crt", "key"):
                shutil.copy(certificates.path(f"{name}.{end}"), certificates.path(f"new.{end}"))
                os.replace(certificates.path(f"new.{end}"), certificates.path(f"admin.{end}"))

        use("server")
        with SecureAdmin(certificates, {"ssl.quorum.keyStore.location": store}) as server:
            def serial():
                with server.context().wrap_socket(
                        socket.create_connection(("127.0.0.1", server.admin_port), timeout=DEADLINE_SECONDS),
                        server_hostname="localhost") as secure:
                    return secure.getpeercert()["serialNumber"]

            first = serial()
            certificates.issue("server")
            use("server")
            second = until(lambda: serial() if serial() != first else None, "the new certificate")
            with open(certificates.path("admin.key"), "w", encoding="ascii") as file:
                file.write("no key\n")
            until(lambda: "TLS files for the admin port cannot be used" in server.log(), "the complaint")
            assert serial() == second


@case
def wrong_configurations():
    """What would open the port when it was meant to be closed ends the start with a sentence"""
    def errors(*keys):
        code, _, text = run_program("clientPort=2181", "dataDir=/tmp/no-such", "admin.enableServer=true", *keys)
        assert code == 2, text
        return text

    assert "admin.forceHttps needs ssl.quorum.keyStore.location or ssl.keyStore.location" in errors("admin.forceHttps=true")
    assert "admin.needClientAuth needs admin.forceHttps=true" in errors("admin.needClientAuth=true")
    assert "paddock.admin.clientAuth needs admin.forceHttps=true" in errors("paddock.admin.clientAuth=want")
    assert "to ask clients for certificates needs the trust store" in errors(
        "admin.forceHttps=true", "ssl.keyStore.location=/x", "admin.needClientAuth=true")
    assert "needs paddock.admin.clientAuth=want or need" in errors("paddock.admin.operators=x509:CN=alice")
    text = errors("paddock.admin.operators=digest:alice-secret")
    assert "expected digest:user:hash" in text and "alice-secret" not in text
    assert "expected an id as in ACLs" in errors("paddock.admin.readers=alice")
    assert "metricsProvider.httpsPort needs metricsProvider.ssl.keyStore.location" in errors(
        "metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider",
        "metricsProvider.httpsPort=7443")
