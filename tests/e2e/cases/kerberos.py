# SPDX-License-Identifier: Apache-2.0
"""SASL by GSSAPI, with a KDC of the case's own: kazoo and Java's zkCli, names in ACLs, and who is refused."""

import os
import subprocess
import sys

import jaas
from harness import wire
from java_client import zkcli
from kerberos_realm import REALM, SERVICE, Realm
from support import Session, is_closed, run_program, until
from . import case
from .sasl import SaslServer, send, start_error

CLIENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "kerberos_client.py")


def kerberized(realm, config=None, section=None):
    return SaslServer({"fips-mode": None, **(config or {})}, section or realm.server_section(),
                      environment=realm.environment)


def kazoo(server, environment, *arguments):
    done = subprocess.run([sys.executable, CLIENT, f"localhost:{server.port}", *arguments], text=True, timeout=60,
                          env={**os.environ, **environment}, capture_output=True, check=False)
    return (done.stdout or done.stderr).strip()


@case
def test_tickets():
    """Who has a ticket has the id sasl:<principal>, whether kazoo's or Java's; others do not read what is its own"""
    with Realm() as realm, kerberized(realm) as server:
        alice_table = realm.key_table("alice")
        alice = realm.ticket("alice", alice_table)
        bob = realm.ticket("bob", realm.key_table("bob"))
        assert kazoo(server, alice, "create", "/alice") == f"ok alice@{REALM}", server.log()
        assert kazoo(server, alice, "get", "/alice") == "ok secret"
        assert kazoo(server, bob, "get", "/alice") == "NoAuthError"

        def java(principal, table):
            section = jaas.write(realm.path("client.conf"), realm.client_section(principal, table))
            return zkcli(server, "get", "/alice", host="localhost", java_security_auth_login_config=section,
                         java_security_krb5_conf=realm.path("krb5.conf"))

        assert "secret" in java("alice", alice_table)
        answer = java("bob", realm.path("bob.keytab"))
        assert "secret" not in answer and "Insufficient permission" in answer, answer


@case
def test_names():
    """Rules of auth_to_local, and removed hosts and realms, make the ids; superUser names one of them"""
    config = {"kerberos.removeHostFromPrincipal": "true", "kerberos.removeRealmFromPrincipal": "true",
              "security.auth_to_local": "RULE:[2:$1@$0](nn@.*)s/.*/hdfs/ DEFAULT", "superUser": "hdfs"}
    with Realm() as realm, kerberized(realm, config) as server:
        alice = realm.ticket("alice", realm.key_table("alice"))
        node = realm.ticket("nn/host1", realm.key_table("nn/host1"))
        admin = realm.ticket("carol/admin", realm.key_table("carol/admin"))
        assert kazoo(server, alice, "create", "/alice") == "ok alice"
        assert kazoo(server, node, "create", "/node") == "ok hdfs"
        assert kazoo(server, admin, "create", "/admin") == "ok carol"
        assert kazoo(server, node, "get", "/alice") == "ok secret"
        assert kazoo(server, admin, "get", "/alice") == "NoAuthError"


@case
def test_nobody_is_somebody_else():
    """A ticket of one is no way to be another"""
    with Realm() as realm, kerberized(realm) as server:
        alice = realm.ticket("alice", realm.key_table("alice"))
        realm.ticket("bob", realm.key_table("bob"))
        for name in ("alice", f"alice@{REALM}"):
            assert kazoo(server, alice, "get", "/zookeeper", name).startswith("ok")
        for name in ("bob", f"bob@{REALM}", "alice@OTHER", "super", "Alice"):
            assert not kazoo(server, alice, "get", "/zookeeper", name).startswith("ok"), name
        assert server.log().count("failed to authenticate by SASL: ") == 5


@case
def test_without_a_good_ticket():
    """No ticket, one that has expired, one for another service's key, passwords and garbage come to nothing"""
    with Realm() as realm, kerberized(realm) as server:
        table = realm.key_table("alice")
        assert not kazoo(server, {**realm.environment, "KRB5CCNAME": "FILE:/nonexistent"}, "get", "/").startswith("ok")
        short = realm.ticket("alice", table, "-l", "1s")
        until(lambda: not kazoo(server, short, "get", "/").startswith("ok"), "the end of the ticket")
        for token in (b"", b"garbage", b"\x60\x82\x02\x4e\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02" + bytes(300)):
            session = Session(server)
            assert send(session, token) == (-115, None)
            assert is_closed(session)
        # The service's key has changed, and the server's table does not have it.
        realm.run("kadmin.local", "-r", REALM, "-q", f"cpw -randkey {SERVICE}")
        fresh = realm.ticket("alice", table)
        assert not kazoo(server, fresh, "get", "/").startswith("ok")
        # A newer table is in force without a restart.
        realm.run("kadmin.local", "-r", REALM, "-q", f"ktadd -k {realm.path('zookeeper_localhost.keytab')} {SERVICE}")
        assert kazoo(server, realm.ticket("alice", table), "get", "/zookeeper").startswith("ok")
        assert "failed to authenticate by SASL" in server.log()


@case
def test_key_tables_that_are_wrong():
    """A key table without the principal's key ends the start with a sentence"""
    with Realm() as realm:
        other = realm.key_table("other/host")
        server = kerberized(realm, section=realm.server_section(other))
        try:
            server.start()
            raise AssertionError("it started")
        except Exception as failed:
            assert f"the key table {other} gives no key of {SERVICE}@{REALM}: " in str(failed), failed
        finally:
            server.stop()
            server.folder.cleanup()
    assert "a server needs a key table: useKeyTab=true" in start_error(
        text=jaas.section("Server", jaas.KERBEROS_MODULE, {"useTicketCache": "true"}))


@case
def test_paddock():
    """The `paddock` command logs in by the ticket of its user, and without one says why it does not"""
    with Realm() as realm, kerberized(realm) as server:
        alice = realm.ticket("alice", realm.key_table("alice"))

        def paddock(environment, *command):
            return run_program("--server", f"localhost:{server.port}", "--kerberos", *command, environment=environment,
                               program="paddock")

        code, out, errors = paddock(alice, "whoami")
        assert code == 0 and f"sasl: alice@{REALM}" in out, (code, out, errors)
        code, out, errors = paddock({**realm.environment, "KRB5CCNAME": "FILE:/nonexistent"}, "whoami")
        assert code == 1 and out == "" and "the login at" in errors, (code, out, errors)
