# SPDX-License-Identifier: Apache-2.0
"""TLS between servers: who is let into an ensemble, and how its certificates and its authority are replaced."""

import json
import shutil
import socket
import ssl
import threading
import time

from cases import case
from cases.ensemble import Ensemble
from cases.reconfiguration import OPEN, joining, members, reconfigure
from certificates import Certificates, run
from harness.servers import StartFailed
from support import DEADLINE_SECONDS, AdminServer, Server, until

TWO_SUFFICE = {"db.autocreate": "true"}  # for a fresh ensemble of three to begin


def stores(certificates, name, trust="ca"):
    return {"ssl.quorum.keyStore.location": certificates.path(f"{name}.crt"),
            "ssl.quorum.trustStore.location": certificates.path(f"{trust}.crt")}


class SecureEnsemble(Ensemble):
    """Each server N with a certificate of its own, N.crt, from the authority `ca`."""

    def __init__(self, certificates, config=None, **more):
        self.certificates = certificates
        self.own = {}
        super().__init__(config=config, **more)

    def add(self, number, lines=None):
        self.certificates.issue(str(number))
        return super().add(number, {**stores(self.certificates, number), **self.own.get(number, {}), **(lines or {})})

    def ports(self, number):
        """Quorum and election port."""
        return [int(port) for port in self.lines[f"server.{number}"].split(":")[1:3]]

    def restart(self, number):
        server = self.servers[number]
        server.process.terminate()
        assert server.process.wait(DEADLINE_SECONDS) == 0
        self.start(number)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def is_let_in(certificates, port, identity=None):
    """Whether a TLS connection stands until the server has said something or has waited for a greeting."""
    context = ssl.create_default_context(cafile=certificates.path("ca.crt"))
    if identity is not None:
        context.load_cert_chain(*identity)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_SECONDS) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                return secure.recv(1) == b""
    except OSError:
        return False


def answer_without_tls(port, sent):
    """What comes until the connection ends."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_SECONDS) as plain:
        try:
            plain.sendall(sent)
            while chunk := plain.recv(4096):
                answer += chunk
        except ConnectionResetError:
            pass
    return answer


def says(server, text):
    until(lambda: text in server.log(), f"the log says: {text}")


class Load:
    """A client that writes and reads without a pause until it is stopped; every failure counts."""

    def __init__(self, client):
        self.client, self.done, self.failures = client, 0, []
        client.ensure_path("/load")
        self.stopping = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.stopping:
            try:
                self.client.set("/load", str(self.done).encode())
                assert self.client.get("/load")[0] == str(self.done).encode()
                self.done += 1
            except Exception as error:  # pylint: disable=broad-except
                self.failures.append(repr(error))

    def goes_on(self):
        before = self.done
        until(lambda: self.done > before + 20 or self.failures, "further requests")
        assert not self.failures, self.failures[:3]

    def stop(self):
        self.stopping = True
        self.thread.join()
        self.client.stop()


@case
def test_on_by_default():
    """Servers with certificates speak TLS to one another; without one, or without TLS, nobody is let in."""
    with Certificates() as certificates, SecureEnsemble(certificates, observers=1) as servers:
        servers.start()
        client = servers.client(4)
        client.create("/node", b"x" * 900_000)
        assert client.get("/node")[0] == b"x" * 900_000
        client.stop()
        server = servers.servers[1]
        for port in servers.ports(1):
            assert is_let_in(certificates, port, certificates.issue("member"))
            assert not is_let_in(certificates, port)
            assert not is_let_in(certificates, port, certificates.issue("stranger", "other"))
            assert not is_let_in(certificates, port, certificates.issue("old", days=-1))
            # A TLS alert at most.
            assert len(answer_without_tls(port, bytes(64))) < 20
            assert len(answer_without_tls(port, b"GET / HTTP/1.0\r\n\r\n")) < 20
        says(server, "is no link: no TLS with it: peer did not return a certificate")
        assert server.word("srvr").split("Mode: ")[1].split()[0] in ("leader", "follower")


@case
def test_cve_2018_8012_nobody_joins_without_credentials():
    """A server without TLS, or with a certificate of a foreign authority, gets no link and no data; the others go on."""
    with Certificates() as certificates:
        certificates.issue("foreign", "other")
        for own in ({key: None for key in stores(certificates, 3)}, stores(certificates, "foreign", "other")):
            with SecureEnsemble(certificates, TWO_SUFFICE) as servers:
                servers.servers[3].config.update(own)
                servers.start(1, 2)
                servers.servers[3].launch()
                client = servers.client(1, 2)
                client.create("/secret", b"x")
                client.stop()
                says(servers.servers[servers.leader()], "is no link: no TLS with it: ")
                says(servers.servers[3], "no link with server ")
                assert servers.servers[3].word("srvr").startswith("This ZooKeeper instance is not currently serving")


@case
def test_cve_2023_44981_nobody_is_who_it_only_says():
    """A good certificate for another host does not make a server the member that it says it is."""
    with Certificates() as certificates, SecureEnsemble(certificates, TWO_SUFFICE) as servers:
        certificates.issue("3", hosts="DNS:elsewhere.example")
        servers.start(1, 2)
        servers.servers[3].launch()
        # It is dialed as well, and then is not who the others look for.
        says(servers.servers[2], "IP address mismatch")
        says(servers.servers[3], "refuses the link: it says that it is server 3, and its certificate is not for "
                                 "'127.0.0.1'; give it a certificate with that host")
        assert servers.servers[3].word("srvr").startswith("This ZooKeeper instance is not currently serving")
        certificates.issue("3")  # and that is all that has to be done
        servers.servers[3].wait_until_serving()
        assert servers.mode(3) == "follower"


@case
def test_host_checks_can_be_left_out():
    """With both checks of host names off, any certificate of the authority will do."""
    off = {"ssl.quorum.hostnameVerification": "false", "ssl.quorum.clientHostnameVerification": "false"}
    with Certificates() as certificates, SecureEnsemble(certificates, off) as servers:
        for number in servers.servers:
            certificates.issue(str(number), hosts="DNS:elsewhere.example")
        servers.start()
        client = servers.client()
        client.create("/node", b"x")
        client.stop()


@case
def test_joins_over_tls():
    """A new server with a certificate learns everything over TLS and becomes a member."""
    with Certificates() as certificates, SecureEnsemble(certificates, OPEN) as servers:
        servers.start()
        client = servers.client(1)
        for i in range(10):
            client.create(f"/large-{i}", bytes([i]) * 900_000)
        line = joining(servers, 4)
        reconfigure(client, line, None, None)
        assert sorted(members(client)[0]) == [1, 2, 3, 4]
        fourth = servers.client(4)
        fourth.sync("/")
        assert all(fourth.get(f"/large-{i}")[0] == bytes([i]) * 900_000 for i in range(10))
        fourth.stop()
        client.stop()


@case
def test_migration():
    """An ensemble goes over to TLS and back, server by server, without losing its quorum for longer than elections."""
    both, dialed = {"portUnification": "true", "sslQuorum": "false"}, {"portUnification": "true", "sslQuorum": "true"}
    plain, strict = {"portUnification": None, "sslQuorum": "false"}, {"portUnification": None, "sslQuorum": "true"}
    with Certificates() as certificates, SecureEnsemble(certificates, plain) as servers:
        servers.start()
        for step, keys in enumerate((both, dialed, strict, dialed, both, plain)):
            for number, server in servers.servers.items():
                server.config.update(keys)
                servers.restart(number)
            client = servers.client()
            client.create(f"/step-{step}", b"x")
            client.sync("/")
            assert len(client.get_children("/")) == step + 2
            client.stop()
            assert is_let_in(certificates, servers.ports(1)[0], certificates.issue("member")) == (keys is not plain)


@case
def test_authority_is_replaced_under_load():
    """A new authority in three phases, files swapped and servers restarted under load: no request fails."""
    with Certificates() as certificates, SecureEnsemble(certificates) as servers:
        servers.start()
        load = Load(servers.client(servers.leader()))
        others = servers.others(servers.leader())

        def swap(paths):
            """Files first, then the links: each server that can go without the client takes new ones."""
            seen = {number: server.log().count("are in force") for number, server in servers.servers.items()}
            for source, target in paths:
                shutil.copy(source, certificates.path("next"))
                shutil.move(certificates.path("next"), target)
            for number, server in servers.servers.items():
                until(lambda server=server, number=number: server.log().count("are in force") > seen[number],
                      "the new files are in force")
            load.goes_on()
            for number in others:
                servers.restart(number)
                load.goes_on()

        try:
            with open(certificates.path("both.crt"), "w", encoding="ascii") as bundle:
                for name in ("ca", "other"):
                    with open(certificates.path(f"{name}.crt"), encoding="ascii") as one:
                        bundle.write(one.read())
            load.goes_on()
            swap([(certificates.path("both.crt"), certificates.path("ca.crt"))])
            news = [(certificates.issue(f"new-{number}", "other"), number) for number in servers.servers]
            swap([(file, certificates.path(f"{number}.{kind}")) for files, number in news
                  for file, kind in zip(reversed(files), ("key", "crt"))])
            swap([(certificates.path("other.crt"), certificates.path("ca.crt"))])
        finally:
            load.stop()
        assert not load.failures, load.failures[:3]


@case
def test_certificates_are_visible():
    """/admin/member has serial and end of each certificate in force, and a number says which ends first."""
    with Certificates() as certificates:
        certificates.issue("server", days=9)
        tls = {"ssl.keyStore.location": certificates.path("server.crt"),
               "ssl.trustStore.location": certificates.path("ca.crt")}
        with AdminServer({"secureClientPort": "0", "admin.portUnification": "true", **tls}) as server:
            shown = json.loads(server.http("/admin/member")[2])["certificates"]
            serial = run("openssl", "x509", "-in", certificates.path("server.crt"), "-noout", "-serial").strip()
            assert sorted(shown) == ["admin", "clients"], shown
            assert all(f"serial={one['serial']}" == serial for one in shown.values()), (shown, serial)
            end = int(server.mntr()["zk_clients_paddock_certificate_end_seconds"])
            assert end == shown["clients"]["end"] and 8 * 86400 < end - time.time() < 10 * 86400


@case
def test_wrong_files():
    """What cannot be used ends the start with a sentence."""
    with Certificates() as certificates:
        for own, text in ((stores(certificates, "missing"), "TLS for servers: cannot read "),
                          ({**stores(certificates, "server"), "ssl.quorum.trustStore.location": None},
                           "sslQuorum=true needs ssl.quorum.trustStore.location"),
                          ({"sslQuorum": "true"}, "sslQuorum=true needs ssl.quorum.keyStore.location")):
            server = Server({"server.1": "127.0.0.1:20001:20002", "server.2": "127.0.0.1:20003:20004",
                             "initLimit": "10", "syncLimit": "5", **own})
            server.write_myid(1)
            try:
                server.start()
                raise AssertionError(f"it started with {own}")
            except StartFailed as failed:
                assert text in str(failed), failed
            finally:
                server.stop()
