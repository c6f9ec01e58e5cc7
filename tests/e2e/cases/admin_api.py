# SPDX-License-Identifier: Apache-2.0
"""The admin API of one server: each call, who is refused, and what a page of another site cannot do."""

import base64
import json
import pathlib
import re
import subprocess
import threading
from http.client import HTTPConnection

from cases.admin_security import STRANGERS, ask, bearer, digest_id
from cases.audit import AuditedServer
from harness import wire
from support import AdminServer, Session, http, until
from . import case

SCHEMA = pathlib.Path(__file__).resolve().parents[3] / "server" / "admin" / "admin.proto"
CALLS = re.findall(r'option \(http\) = "(GET|POST) (\S+)";\s+option \(access\) = "(\w+)"', SCHEMA.read_text())


def get(server, call):
    status, _, text = server.http(f"/admin/{call}")
    return status, json.loads(text)


def post(server, call, message=None, headers=None):
    """Status and message."""
    connection = HTTPConnection("127.0.0.1", server.admin_port, timeout=40)
    try:
        connection.request("POST", f"/admin/{call}", json.dumps(message or {}), headers or {})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def packed(data):
    return base64.b64encode(data).decode()


@case
def every_call_has_a_class():
    """Whoever has not said who it is changes nothing; what is confidential is for readers"""
    assert len(CALLS) >= 20, CALLS
    config = {**STRANGERS, "paddock.admin.readers": digest_id("rita", "r-secret")}
    with AdminServer(config) as server:
        for method, path, access in CALLS:
            status, headers, text = ask(server, path, method)
            assert status == (200 if access == "read" else 401), (path, status)
            if status == 401:
                assert "paddock.admin.operators" in json.loads(text)["error"], text
                assert headers["WWW-Authenticate"], path
                assert ask(server, path, method, {"X-Paddock-Console": "1"})[1]["WWW-Authenticate"] is None
            if access == "change":
                assert ask(server, path, method, bearer("digest rita:r-secret"))[0] == 403, path
            other = {"GET": "POST", "POST": "GET"}[method]
            if not any(call[:2] == (other, path) for call in CALLS):
                assert ask(server, path, other)[0] == 405, path
        assert get(server, "whoami")[1]["may_change"] is False


@case
def other_sites():
    """A browser's request on behalf of another site changes nothing, on the server's own machine neither"""
    with AdminServer() as server:
        for header in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                       {"Origin": f"http://127.0.0.1:{server.admin_port}"}):
            status, answer = post(server, "drain", {}, header)
            assert status == 403 and "X-Paddock-Console" in answer["error"], answer
        # A name that was made to point here.
        rebound = {"Host": f"evil.example:{server.admin_port}"}
        assert ask(server, "/admin/drain", "POST", rebound)[0] == 401
        assert ask(server, "/admin/whoami", headers=rebound)[2].count('"may_change" : false') == 1
        cross = {"Sec-Fetch-Site": "cross-site"}
        assert ask(server, "/commands/stat_reset", headers=cross)[0] == 403
        assert ask(server, "/commands/stat_reset")[0] == 200
        good = {"Origin": f"http://127.0.0.1:{server.admin_port}", "X-Paddock-Console": "1"}
        assert post(server, "log-level", {"level": "debug"}, good)[0] == 200
        assert get(server, "log-level")[1] == {"level": "debug"}


@case
def forms():
    """A message comes as JSON, as a query or as protobuf, and goes as JSON or protobuf; what is wrong is told"""
    with AdminServer() as server:
        connection = HTTPConnection("127.0.0.1", server.admin_port, timeout=15)
        connection.request("GET", "/admin/member", headers={"Accept": "application/x-protobuf"})
        answer = connection.getresponse()
        assert answer.headers["Content-Type"] == "application/x-protobuf"
        raw = answer.read()
        said = subprocess.run(["protoc", f"-I{SCHEMA.parent}", "--decode=paddock.admin.pb.MemberAnswer", SCHEMA.name],
                              input=raw, capture_output=True, check=True).stdout.decode()
        assert 'role: "standalone"' in said and "serving: true" in said, said
        message = subprocess.run(["protoc", f"-I{SCHEMA.parent}", "--encode=paddock.admin.pb.SetLogLevelRequest",
                                  SCHEMA.name], input=b'level: "warn"', capture_output=True, check=True).stdout
        connection.request("POST", "/admin/log-level", message, {"Content-Type": "application/x-protobuf"})
        assert json.loads(connection.getresponse().read()) == {"level": "warn"}
        connection.close()
        assert http(server.admin_port, "/admin/log-level?level=info", "POST", b"")[0] == 200
        for call, wrong in (("log-level", {"level": "loud"}), ("log-level", {"depth": 1}), ("drain", {"seconds": 5000}),
                            ("drain", {"seconds": "soon"}), ("connections/close", {}), ("reconfig", {}),
                            ("limits", {"name": "a b", "match": "any"}), ("limits", {"name": "a", "match": "host:x"}),
                            ("tree/create", {"path": "/x", "acl": [{"perms": "z"}]})):
            status, refused = post(server, call, wrong)
            assert status == 400 and len(refused["error"]) > 10, (call, wrong, status, refused)
        assert http(server.admin_port, "/admin/log-level", "POST", b"{")[0] == 400
        assert post(server, "limits/remove", {"name": "none"})[0] == 404


@case
def standing():
    """What a server says of itself: its disk, its settings by their hashes, its configuration without secrets"""
    with AdminServer({"maxClientCnxns": "77"}) as server:
        _, member = get(server, "member")
        assert member["role"] == "standalone" and member["serving"] and member["leader"] is None, member
        assert re.fullmatch("[0-9a-f]{32}", member["disk_id"]), member
        _, config = get(server, "config")
        settings = {one["name"]: one["value"] for one in config["settings"]}
        assert settings["maxClientCnxns"] == "77", settings
        assert "xQJmxLMiHGwaqBvst5y6rkB6HQs" not in json.dumps(config)
        # The file changes: one setting that a reload puts in force, and one that needs a restart.
        server.config.update({"maxClientCnxns": "78", "paddock.limit.all.match": "any", "paddock.limit.all.watches": "9",
                              "paddock.configurationLabel": "second"})
        server.command()
        status, done = post(server, "reload")
        assert status == 200 and done["limits"] == 1 and done["restart_needed_for"] == ["maxClientCnxns"], done
        assert done["reload_hash"] != member["reload_hash"] and done["restart_hash"] == member["restart_hash"], done
        assert member["configuration_label"] == "" and get(server, "member")[1]["configuration_label"] == "second"
        assert get(server, "limits")[1]["limits"][0]["limit"]["watches"] == 9
        server.config["paddock.configurationLabel"] = "third"
        server.config["paddock.limit.all.match"] = "nobody"
        server.command()
        status, refused = post(server, "reload")
        assert status == 409 and "paddock.limit.all" in refused["error"], refused
        assert get(server, "member")[1]["configuration_label"] == "second", "what was refused is not in force"
        assert get(server, "limits")[1]["limits"][0]["limit"]["watches"] == 9


@case
def limits():
    """A limit is put in force, counts, and is removed while clients are there"""
    with AdminServer() as server:
        session = Session(server)
        assert session.call(wire.CREATE, wire.create("/a", "x"))["err"] == 0
        status, answer = post(server, "limits", {"name": "all", "match": "any", "watches": 1})
        assert status == 200 and answer["limits"][0]["limit"]["match"] == "any", answer
        until(lambda: post(server, "limits", {"name": "all", "match": "any", "watches": 1})[0] == 200, "in force")
        assert session.call(wire.GET_DATA, wire.path_watch("/a", True))["err"] == 0
        assert session.call(wire.EXISTS, wire.path_watch("/b", True))["err"] == -125
        standing_now = get(server, "limits")[1]["limits"][0]
        assert standing_now["refused"] == 1 and standing_now["watches"] == 1, standing_now
        status, answer = post(server, "limits", {"name": "some", "match": "any", "sessions": 5, "ephemerals": 1})
        some = next(one for one in answer["limits"] if one["limit"]["name"] == "some")
        assert some["limit"]["sessions"] == 5 and some["sessions"] == 1, some
        assert session.call(wire.CREATE, wire.create("/own", flags=wire.EPHEMERAL))["err"] == 0
        assert session.call(wire.CREATE, wire.create("/own-2", flags=wire.EPHEMERAL))["err"] == -125
        assert post(server, "limits/remove", {"name": "some"})[0] == 200
        assert post(server, "limits/remove", {"name": "all"})[1]["limits"] == []
        assert session.call(wire.EXISTS, wire.path_watch("/b", True))["err"] == -101
        session.close()


@case
def slow_and_top():
    """What was slow is told with where its time went; which paths and sessions are busiest, by a sample"""
    with AdminServer({"paddock.slowOperationThresholdMs": "200"}) as server:
        session = Session(server)
        assert session.call(wire.CREATE, wire.create("/busy", "x"))["err"] == 0
        for _ in range(3000):
            session.send_request(wire.GET_DATA, wire.path_watch("/busy"))
        for _ in range(3000):
            session.reply(wire.GET_DATA)
        _, top = get(server, "top")
        assert top["paths"][0]["path"] == "/busy" and 1500 < top["paths"][0]["requests"] < 6000, top
        assert top["sessions"][0]["session"] == hex(session.session), top
        assert get(server, "slow-operations")[1]["threshold_ms"] == 200
        post(server, "limits", {"name": "slow", "match": "any", "requests_per_second": 2})
        for _ in range(3):
            session.call(wire.GET_DATA, wire.path_watch("/busy"))
        found = until(lambda: get(server, "slow-operations")[1]["operations"], "a slow operation")
        assert found[0]["operation"] == "getData" and found[0]["path"] == "/busy", found
        assert found[0]["total_ms"] >= 200 and found[0]["session"] == hex(session.session), found
        post(server, "limits/remove", {"name": "slow"})
        session.close()


def is_open(session):
    try:
        return session.call(wire.EXISTS, wire.path_watch("/"))["err"] == 0
    except (OSError, EOFError, wire.Closed):
        return False


@case
def connections():
    """Connections end by session, identity or number; sessions live on"""
    with AdminServer() as server:
        sessions = [Session(server) for _ in range(6)]
        assert sessions[0].authenticate("digest", "olga:secret") == 0
        assert post(server, "connections/close", {"session": hex(sessions[1].session)})[1] == {"closed": 1}
        assert not is_open(sessions[1])
        again = Session(server, session=sessions[1].session, password=sessions[1].password)
        assert again.session == sessions[1].session
        olga = digest_id("olga", "secret")
        assert post(server, "connections/close", {"identity": olga})[1] == {"closed": 1}
        assert not is_open(sessions[0])
        assert post(server, "connections/close", {"ip": "10.9.9.9"})[1] == {"closed": 0}
        assert post(server, "connections/close", {"count": 2})[1] == {"closed": 2}
        assert post(server, "connections/close", {"ip": "127.0.0.1"})[1] == {"closed": 3}


@case
def drain():
    """A drained server is not ready, ends its clients' connections and takes none, until it is cancelled"""
    with AdminServer() as server:
        sessions = [Session(server) for _ in range(5)]
        assert post(server, "drain", {"seconds": 0})[1]["draining"] is True
        assert server.http("/readyz")[0] == 503 and server.http("/livez")[0] == 200
        assert get(server, "member")[1]["leaving"] is True
        until(lambda: get(server, "member")[1]["connections"] == 0, "all are gone")
        assert not any(is_open(session) for session in sessions)
        try:
            assert not is_open(Session(server)), "no new client is taken"
        except (OSError, EOFError, wire.Closed):
            pass
        assert post(server, "drain", {"cancel": True})[1]["draining"] is False
        assert server.http("/readyz")[0] == 200
        again = Session(server, session=sessions[0].session, password=sessions[0].password)
        assert again.session == sessions[0].session and is_open(again)
        # Over a long time, and then the server is told to end.
        assert post(server, "drain", {"seconds": 3600})[0] == 200
        server.process.terminate()
        assert server.process.wait(30) == 0


@case
def tree():
    """The tree is read and changed with the caller's identities: its ACLs hold as for any client"""
    config = {**STRANGERS, "paddock.admin.operators": digest_id("olga", "o") + ";" + digest_id("oleg", "o")}
    with AdminServer(config) as server:
        olga, oleg = bearer("digest olga:o"), bearer("digest oleg:o")

        def node(path, headers):
            status, _, text = ask(server, f"/admin/tree?path={path}", headers=headers)
            return status, json.loads(text)

        own = [{"perms": "cdrwa", "scheme": "digest", "id": digest_id("olga", "o")[len("digest:"):]}]
        assert post(server, "tree/create", {"path": "/mine", "data": packed(b"\0\xff"), "acl": own}, olga)[0] == 200
        status, found = node("/mine", olga)
        assert status == 200 and base64.b64decode(found["data"]) == b"\0\xff", found
        assert found["acl"][0]["perms"] == "cdrwa" and found["stat"]["version"] == 0, found
        for status, refused in (node("/mine", oleg), node("/mine", {}),
                                post(server, "tree/set", {"path": "/mine", "data": packed(b"x")}, oleg),
                                post(server, "tree/create", {"path": "/mine/a"}, oleg)):
            assert status == 403 and refused["code"] == "NoAuth", refused
        assert post(server, "tree/set", {"path": "/mine", "data": packed(b"x"), "version": 5}, olga)[1]["code"] == "BadVersion"
        assert post(server, "tree/set", {"path": "/mine", "data": packed(b"x"), "version": 0}, olga)[0] == 200
        assert node("/mine", olga)[1]["stat"]["version"] == 1
        for i in range(5):
            assert post(server, "tree/create", {"path": f"/mine/{i}"}, olga)[0] == 200
        assert post(server, "tree/delete", {"path": "/mine"}, olga)[1]["code"] == "NotEmpty"
        first = node("/mine%26limit", olga)
        assert first[0] == 404 and first[1]["code"] == "NoNode"
        page = json.loads(ask(server, "/admin/tree?path=/mine&limit=2&after=1", headers=olga)[2])
        assert page["children"] == ["2", "3"] and page["more"] is True, page
        assert post(server, "tree/delete", {"path": "/mine/4"}, olga)[0] == 200
        assert post(server, "tree/create", {"path": "no"}, olga)[1]["code"] == "BadArguments"
        assert post(server, "tree/create", {"path": "/mine/0"}, olga)[1]["code"] == "NodeExists"
        assert node("/", olga)[1]["children"] == ["mine", "zookeeper"]
        until(lambda: get(server, "member")[1]["sessions"] == 0, "the sessions of calls are closed behind them")


class AuditedAdmin(AuditedServer, AdminServer):
    pass


@case
def audited():
    """Each call that changes something is told, and what it does in the tree under the caller's name"""
    with AuditedAdmin() as server:
        olga = bearer("digest olga:o")
        assert post(server, "tree/create", {"path": "/a"}, olga)[0] == 200
        server.until_told(operation="adminCommand", command="/admin/tree/create", result="invoked")
        told = server.until_told(operation="create", znode="/a", result="success")
        assert told["user"].startswith("127.0.0.1") and "olga" in told["user"], told
        assert post(server, "log-level", {"level": "info"})[0] == 200
        server.until_told(command="/admin/log-level", result="invoked")
        assert ask(server, "/admin/drain", "POST", {"Host": "evil.example"})[0] == 401
        server.until_told(command="/admin/drain", result="failure")


@case
def calls_at_once():
    """Calls that wait do so one behind the other, and each is answered; probes do not wait for them"""
    with AdminServer() as server:
        answers = []
        threads = [threading.Thread(target=lambda i=i: answers.append(post(server, "tree/create", {"path": f"/n{i}"})[0]))
                   for i in range(20)]
        for thread in threads:
            thread.start()
        for _ in range(20):
            assert server.http("/livez")[0] == 200
        for thread in threads:
            thread.join()
        assert answers == [200] * 20, answers
        status, barrier = post(server, "barrier")
        assert status == 200 and barrier["zxid"].startswith("0x") and barrier["activated_configuration"] is None, barrier
