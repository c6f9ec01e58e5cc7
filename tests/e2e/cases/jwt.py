# SPDX-License-Identifier: Apache-2.0
"""Tokens as credentials: who they make a client, for how long, and whose tokens are good."""

import os
import time

from cases import case
from harness import wire
from harness.servers import StartFailed
from kazoo.client import KazooClient
from kazoo.exceptions import AuthFailedError
from kazoo.security import ACL, Id
from support import DEADLINE_SECONDS, Server, Session, directory, is_denied, run_program, until
from tokens import Signer, write_keys

AUTH_FAILED, NO_AUTH = -115, -102
ALICE = "system:serviceaccount:apps:alice"


def claims(subject=ALICE, seconds=3600, **more):
    return {"iss": "https://issuer.example", "aud": ["paddock"], "sub": subject, "exp": int(time.time()) + seconds,
            **more}


class TokenServer(Server):
    def __init__(self, folder, config=None):
        self.keys = os.path.join(folder, "keys.json")
        super().__init__({"paddock.jwt.keys": self.keys, "paddock.jwt.issuer": "https://issuer.example",
                          "paddock.jwt.audience": "paddock", **(config or {})})

    def refuses(self, token):
        session = Session(self)
        refused = session.authenticate("jwt", token) == AUTH_FAILED
        session.close()
        return refused

    def client(self, token):
        client = KazooClient(self.connect_string, auth_data=[("jwt", token)])
        client.start(timeout=DEADLINE_SECONDS)
        return client


@case
def test_identities():
    """A token's subject is an identity for ACLs, for auth and for the super user; both algorithms are taken"""
    with directory() as folder:
        elliptic, rsa = Signer("ES256", "one"), Signer("RS256", "two")
        write_keys(os.path.join(folder, "keys.json"), elliptic, rsa)
        with TokenServer(folder, {"paddock.jwt.superUser": "root"}) as server:
            alice, again = server.client(elliptic.token(**claims())), server.client(rsa.token(**claims()))
            bob, root = server.client(rsa.token(**claims("bob"))), server.client(rsa.token(**claims("root")))
            alice.create("/alice", b"x", [ACL(31, Id("jwt", ALICE))])
            alice.create("/auth", b"x", [ACL(31, Id("auth", ""))])
            assert alice.get_acls("/auth")[0] == [ACL(31, Id("jwt", ALICE))]
            for path in ("/alice", "/auth"):
                assert alice.get(path)[0] == again.get(path)[0] == root.get(path)[0] == b"x"
                assert is_denied(bob.get, path)
            for client in (alice, again, bob, root):
                client.stop()


@case
def test_refusals():
    """A token that is not for us, not from the issuer, expired, changed or signed by another key is refused"""
    with directory() as folder:
        signer, stranger = Signer(), Signer()
        write_keys(os.path.join(folder, "keys.json"), signer)
        with TokenServer(folder) as server:
            good = signer.token(**claims())
            assert not server.refuses(good)
            header, body, signature = good.split(".")
            for bad in (stranger.token(**claims()), signer.token(**claims(aud="others")), signer.token(**claims(iss="x")),
                        signer.token(**claims(seconds=-60)), signer.token(**{**claims(), "sub": ""}),
                        f"{header}.{body}.", f"{header}.{body}", f"{header}.{body}.{signature[::-1]}", "", "a.b.c"):
                assert server.refuses(bad), bad
            until(lambda: "a token was refused: none of the keys has signed it" in server.log(), "the line in the log")
            assert good not in server.log() and body not in server.log()
            client = server.client(good)
            try:
                client.add_auth("jwt", stranger.token(**claims()))
                raise AssertionError("kazoo is somebody else now")
            except AuthFailedError:
                pass
            client.stop()


@case
def test_ends():
    """With its token an identity ends, the session goes on, and a newer token gives the identity back"""
    with directory() as folder:
        signer = Signer()
        write_keys(os.path.join(folder, "keys.json"), signer)
        with TokenServer(folder) as server:
            session = Session(server)
            # Clocks may be apart by 30 s: this one ends in about four.
            assert session.authenticate("jwt", signer.token(**claims(seconds=-26))) == 0
            acl = [(31, "auth", "")]
            assert session.call(wire.CREATE, wire.create("/mine", "x", acl=acl))["err"] == 0

            def err():
                return session.call(wire.GET_DATA, wire.path_watch("/mine"))["err"]

            assert err() == 0
            until(lambda: err() == NO_AUTH, "the end of the token")
            assert session.authenticate("jwt", signer.token(**claims())) == 0
            assert err() == 0
            session.close()


@case
def test_keys_change():
    """A changed key set is in force without a restart; one that cannot be used is complained of, and the old one stays"""
    with directory() as folder:
        old, new = Signer(name="old"), Signer(name="new")
        write_keys(os.path.join(folder, "keys.json"), old)
        with TokenServer(folder) as server:
            with open(server.keys, "w", encoding="ascii") as file:
                file.write("{}")
            until(lambda: "cannot be used, and the keys in force stay: it is no JSON Web Key Set" in server.log(),
                  "the complaint")
            assert not server.refuses(old.token(**claims()))
            write_keys(server.keys, new)
            until(lambda: not server.refuses(new.token(**claims())), "the new keys")
            assert server.refuses(old.token(**claims()))


@case
def test_enforced():
    """enforce.auth.schemes=jwt lets nobody do anything without a token"""
    config = {"enforce.auth.enabled": "true", "enforce.auth.schemes": "jwt"}
    with directory() as folder:
        signer = Signer()
        write_keys(os.path.join(folder, "keys.json"), signer)
        with TokenServer(folder, config) as server:
            session = Session(server)
            assert session.authenticate("jwt", signer.token(**claims())) == 0
            assert session.call(wire.CREATE, wire.create("/node"))["err"] == 0
            session.close()
            other = Session(server)
            assert other.call(wire.GET_DATA, wire.path_watch("/node"))["err"] == -124


@case
def test_wrong_configuration():
    """Without issuer, audience or a usable file the server does not start, and says why"""
    with directory() as folder:
        path = os.path.join(folder, "keys.json")
        for content, config, text in (
                (None, {}, f"paddock.jwt.keys: cannot read {path}"),
                ('{"keys":[]}', {}, f"{path}: it holds no key for RS256 or ES256"),
                ('{"keys":[]}', {"paddock.jwt.audience": None}, "needs paddock.jwt.audience"),
                ('{"keys":[]}', {"paddock.jwt.issuer": None}, "needs paddock.jwt.issuer"),
                (None, {"paddock.jwt.keys": None}, "needs paddock.jwt.keys")):
            if content is not None:
                with open(path, "w", encoding="ascii") as file:
                    file.write(content)
            server = TokenServer(folder, config)
            try:
                server.start()
                raise AssertionError("it started")
            except StartFailed as failed:
                assert text in str(failed), failed
            finally:
                server.stop()


@case
def test_paddock():
    """The `paddock` command presents the token of a file, and one that is refused is not shown"""
    with directory() as folder:
        signer, stranger, path = Signer(), Signer(), os.path.join(folder, "token")
        write_keys(os.path.join(folder, "keys.json"), signer)

        def whoami(server, token):
            with open(path, "w", encoding="ascii") as file:
                file.write(token + "\n")
            return run_program("--server", server.connect_string, "--token-file", path, "whoami", program="paddock")

        with TokenServer(folder) as server:
            code, out, _ = whoami(server, signer.token(**claims()))
            assert code == 0 and f"jwt: {ALICE}\n" in out, (code, out)
            bad = stranger.token(**claims())
            code, out, errors = whoami(server, bad)
            assert code == 1 and out == "" and "AuthFailed for jwt" in errors and bad not in errors, (code, errors)
            assert whoami(server, "")[0] == 2
