# SPDX-License-Identifier: Apache-2.0
"""Sessions that one server alone knows, and how they become sessions of the ensemble."""

from cases import case
from cases.ensemble import ensemble
from harness import wire
from support import Server, Session, is_closed, until

LOCAL = {"localSessionsEnabled": "true", "4lw.commands.whitelist": "*"}
UPGRADING = {**LOCAL, "localSessionsUpgradingEnabled": "true"}
EPHEMERAL_ON_LOCAL_SESSION = -120
RUNTIME_INCONSISTENCY = -2


def counts(server):
    found = server.mntr()
    return int(found["zk_local_sessions"]), int(found["zk_global_sessions"])


def zxid(server):
    return next(line for line in server.word("srvr").splitlines() if line.startswith("Zxid"))


def ephemeral(path):
    return wire.create(path, flags=wire.EPHEMERAL)


@case
def test_standalone():
    """A session begins and ends without a transaction, writes, and owns no ephemeral node."""
    with Server(LOCAL) as server:
        before = zxid(server)
        session = Session(server)
        assert counts(server) == (1, 0)
        assert zxid(server) == before
        assert session.call(wire.CREATE, wire.create("/a", "x"))["err"] == 0
        assert session.call(wire.GET_DATA, wire.path_watch("/a"))["data"] == "x"
        assert session.call(wire.CREATE, ephemeral("/e"))["err"] == EPHEMERAL_ON_LOCAL_SESSION
        assert session.call(wire.CREATE, ephemeral("/no/parent"))["err"] == EPHEMERAL_ON_LOCAL_SESSION
        failed = session.call(wire.MULTI, wire.multi(
            (wire.CREATE, wire.create("/m")), (wire.CREATE, ephemeral("/e")), (wire.DELETE, wire.path_version("/a"))))
        errors = [one["code"] for one in failed["results"][:-1]]
        assert errors == [0, EPHEMERAL_ON_LOCAL_SESSION, RUNTIME_INCONSISTENCY], failed
        assert session.call(wire.EXISTS, wire.path_watch("/m"))["err"] == -101
        dump = server.word("dump")
        assert "Local Session Sets (1)/(1):\n1 expire at" in dump and "Global Session Sets (0)/(0):\n" in dump, dump
        after = zxid(server)
        assert session.call(wire.CLOSE_SESSION)["err"] == 0
        until(lambda: counts(server) == (0, 0), "the session's end")
        assert zxid(server) == after


@case
def test_expiry():
    """A session of which nothing is heard ends on its server, without a transaction; one that comes back goes on."""
    with Server({**LOCAL, "tickTime": "100", "minSessionTimeout": "500"}) as server:
        session = Session(server, timeout=20000)
        session.close()
        again = Session(server, timeout=500, session=session.session, password=session.password)
        assert again.session == session.session and again.timeout == 500
        before = zxid(server)
        assert is_closed(again)
        assert counts(server) == (0, 0) and zxid(server) == before
        late = Session(server, session=session.session, password=session.password)
        assert late.timeout == 0


@case
def test_upgrade():
    """With its first ephemeral node a session becomes one of the ensemble, on a follower and on the leader."""
    with ensemble(config=UPGRADING) as servers:
        leader = servers.leader()
        follower, other = servers.others(leader)
        for number, kind in ((follower, "plain"), (leader, "plain"), (follower, "multi"), (leader, "multi")):
            server = servers.servers[number]
            before = counts(server)
            session = Session(server)
            assert session.call(wire.CREATE, wire.create(f"/{kind}-{number}"))["err"] == 0
            until(lambda: counts(server) == (before[0] + 1, before[1]), "a local session")
            path = f"/{kind}-{number}-e"
            if kind == "multi":
                found = session.call(wire.MULTI, wire.multi((wire.CREATE, ephemeral(path))))["results"][0]["err"]
            else:
                # The later ones are judged by the session that the first one makes.
                for i in range(5):
                    session.send_request(wire.CREATE, ephemeral(f"{path}{i}"))
                found = max(abs(session.reply(wire.CREATE)["err"]) for i in range(5))
                path += "4"
            assert found == 0, found
            until(lambda: counts(server) == (before[0], before[1] + 1), "a session of the ensemble")
            # Elsewhere it is known, and goes on.
            session.close()
            moved = Session(servers.servers[other], session=session.session, password=session.password)
            assert moved.session == session.session
            assert moved.call(wire.SYNC, wire.buffer("/"))["err"] == 0
            stat = moved.call(wire.EXISTS, wire.path_watch(path))
            assert stat["stat"]["ephemeralOwner"] == session.session, stat
            assert moved.call(wire.CLOSE_SESSION)["err"] == 0
            late = Session(servers.servers[other])
            assert late.call(wire.SYNC, wire.buffer("/"))["err"] == 0
            assert late.call(wire.EXISTS, wire.path_watch(path))["err"] == -101
            late.close()


@case
def test_moves():
    """A local session is known to its own server only: elsewhere it has ended, and then everywhere."""
    with ensemble(config=UPGRADING) as servers:
        first, second = 1, 2
        session = Session(servers.servers[first])
        assert session.call(wire.CREATE, wire.create("/a"))["err"] == 0
        elsewhere = Session(servers.servers[second], session=session.session, password=session.password)
        assert elsewhere.timeout == 0 and elsewhere.session == 0
        # And then it ends at home too, also if it asks for nothing any more.
        assert is_closed(session)
        late = Session(servers.servers[first], session=session.session, password=session.password)
        assert late.timeout == 0
        fresh = Session(servers.servers[first])
        assert fresh.call(wire.SYNC, wire.buffer("/"))["err"] == 0
        assert fresh.call(wire.GET_DATA, wire.path_watch("/a"))["data"] == ""


@case
def test_kazoo():
    """kazoo works with local sessions that are upgraded: a lock is held, and let go when its holder ends."""
    with ensemble(config=UPGRADING) as servers:
        one, two = servers.client(1), servers.client(2)
        lock = one.Lock("/lock", "one")
        assert lock.acquire(timeout=10)
        assert not two.Lock("/lock", "two").acquire(blocking=False)
        one.stop()
        assert two.Lock("/lock", "two").acquire(timeout=10)
        two.stop()
