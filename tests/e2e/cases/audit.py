# SPDX-License-Identifier: Apache-2.0
"""The audit log: where its lines go, what is in them, and what becomes of them when the disk fails. That they are
ZooKeeper's, tests/conformance compares."""

import json
import os
import re

from harness import wire
from support import Server, Session, until
from . import case

SECRET = "x7-secret"
ODD = b'/a\t"\n\xff\tresult=success'
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO|ERROR) audit\.Slf4jAuditLogger: (.*)")


class AuditedServer(Server):
    def __init__(self, config=None, **more):
        super().__init__({"audit.enable": "true", "paddock.audit.file": "audit.log", **(config or {})}, **more)

    def path(self, suffix=""):
        return os.path.join(self.directory, "audit.log" + suffix)

    def audit(self, suffix=""):
        if not os.path.isfile(self.path(suffix)):
            return ""
        with open(self.path(suffix), encoding="utf-8") as file:
            return file.read()

    def events(self):
        """The fields of each line, of the text format."""
        found = [LINE.fullmatch(line) for line in self.audit().splitlines()]
        return [dict(field.split("=", 1) for field in match[2].split("\t")) for match in found]

    def until_told(self, **fields):
        def is_there():
            return next((event for event in self.events() if fields.items() <= event.items()), None)
        return until(is_there, f"{fields} in the audit log")


def session_of_an_unwritable_log(server):
    """After one write that is told; a folder in the file's place cannot be written, whoever tries."""
    session = Session(server)
    write(session, "/a")
    server.until_told(znode="/a")
    os.rename(server.path(), server.path(".before"))
    os.mkdir(server.path())
    return session


def write(session, path, data=b"x"):
    return session.call(wire.CREATE, wire.create(path, data))["err"]


@case
def text_lines():
    """Who did what, to its own file: from the start of the server to its end"""
    with AuditedServer() as server:
        session = Session(server)
        assert session.authenticate("digest", f"alice:{SECRET}") == 0
        assert write(session, "/a") == 0 and write(session, "/a") != 0
        session.close()
        server.end()
        events = server.events()
        assert events[0]["operation"] == "serverStart" and events[0]["result"] == "success"
        assert events[-1]["operation"] == "serverStop" and events[-1]["result"] == "invoked"
        assert [(event["operation"], event["result"]) for event in events[1:-1]] == [
            ("authenticate", "success"), ("create", "success"), ("create", "failure")]
        created = events[2]
        assert created["session"] == f"0x{session.session:x}" and created["user"] == "127.0.0.1,alice"
        assert (created["ip"], created["znode"], created["znode_type"]) == ("127.0.0.1", "/a", "persistent")
        assert os.stat(server.path()).st_mode & 0o777 == 0o640


@case
def json_lines():
    """Each line is a JSON object, whatever clients call themselves and their nodes"""
    with AuditedServer({"paddock.audit.format": "json"}) as server:
        session = Session(server)
        session.authenticate("digest", f'bob\n"eve:{SECRET}')
        session.call(wire.DELETE, wire.path_version(ODD))
        session.close()
        server.end()
        events = [json.loads(line) for line in server.audit().splitlines()]
        deleted = next(event for event in events if event["operation"] == "delete")
        assert deleted["znode"] == '/a\t"\n\ufffd\tresult=success' and deleted["result"] == "failure"
        assert deleted["users"] == [{"scheme": "ip", "name": "127.0.0.1"}, {"scheme": "digest", "name": 'bob\n"eve'}]


@case
def forged_lines():
    """A path with tabs and line ends stays inside its field"""
    with AuditedServer() as server:
        session = Session(server)
        session.authenticate("digest", f"eve\tresult=success\nuser=root:{SECRET}")
        session.call(wire.DELETE, wire.path_version(ODD))
        event = server.until_told(operation="delete")
        assert event["znode"] == '/a\\x09"\\x0a\\xff\\x09result=success' and event["result"] == "failure"
        assert event["user"] == "127.0.0.1,eve\\x09result=success\\x0auser=root"
        session.close()


@case
def no_secrets():
    """Credentials are in no line, right or wrong ones"""
    for form in ("text", "json"):
        with AuditedServer({"paddock.audit.format": form}) as server:
            session = Session(server)
            session.authenticate("digest", f"alice:{SECRET}")
            session.call(wire.CREATE, wire.create("/a", SECRET, [(31, "auth", "")]))
            session.call(wire.SET_ACL, wire.set_acl("/a", [(31, "digest", f"alice:{SECRET}")]))
            session.close()
            for scheme, credential in (("magic", SECRET), ("magic", f"alice:{SECRET}")):
                assert Session(server).authenticate(scheme, credential) != 0
            server.end()
            assert server.audit().count("authenticate") == 3
            assert SECRET not in server.audit() and "alice" in server.audit()


@case
def gone_clients():
    """A write whose client does not wait for the answer is told all the same"""
    with AuditedServer() as server:
        for number in range(50):
            session = Session(server)
            session.send_request(wire.CREATE, wire.create(f"/hit-and-run-{number}"))
            session.close()
        reader = Session(server)

        def those_there():
            return [n for n in range(50) if reader.call(wire.EXISTS, wire.path_watch(f"/hit-and-run-{n}"))["err"] == 0]

        until(lambda: server.gauge("outstanding_requests") == 0, "quiet")
        for number in those_there():
            server.until_told(znode=f"/hit-and-run-{number}", result="success")
        reader.close()


@case
def standard_output():
    """Without a file, lines go to standard output and say what they are"""
    with AuditedServer({"paddock.audit.file": None}) as server:
        session = Session(server)
        write(session, "/a")
        until(lambda: re.search(r"^AUDIT \d{4}.*\tznode=/a\t", server.log(), re.M), "the line")
        session.close()


@case
def rotation():
    """A full file becomes FILE.1, that FILE.2; older ones go, and no line is torn or missing"""
    with AuditedServer({"paddock.audit.fileSizeInMb": "1", "paddock.audit.oldFiles": "2"}) as server:
        session = Session(server)
        path = "/" + "x" * 200_000
        for _ in range(24):
            session.call(wire.DELETE, wire.path_version(path))
        session.close()
        server.end()
        files = sorted(name for name in os.listdir(server.directory) if name.startswith("audit.log"))
        assert files == ["audit.log", "audit.log.1", "audit.log.2"]
        for suffix in ("", ".1", ".2"):
            assert os.stat(server.path(suffix)).st_size <= 1 << 20
            assert all(LINE.fullmatch(line) for line in server.audit(suffix).splitlines())
        assert len(server.audit(".1").splitlines()) == len(server.audit(".2").splitlines()) == 5


@case
def moved_file():
    """A file that others move away or remove is made anew"""
    with AuditedServer() as server:
        session = Session(server)
        write(session, "/a")
        server.until_told(znode="/a")
        os.rename(server.path(), server.path(".moved"))
        write(session, "/b")
        until(lambda: os.path.exists(server.path()), "the new file")
        server.until_told(znode="/b")
        assert "znode=/b" not in server.audit(".moved")
        session.close()


@case
def failing_disk():
    """While the file cannot be written clients are served, events wait, and what they did is told later"""
    with AuditedServer() as server:
        session = session_of_an_unwritable_log(server)
        for number in range(100):
            assert write(session, f"/waiting-{number}") == 0
        until(lambda: "cannot open the audit log" in server.log(), "the complaint")
        os.rmdir(server.path())
        server.until_told(znode="/waiting-99")
        assert [event["znode"] for event in server.events()] == [f"/waiting-{number}" for number in range(100)]
        assert server.log().count("cannot open the audit log") == 1
        assert server.gauge("paddock_audit_events_lost_total") == 0 and server.gauge("paddock_audit_events_total") == 102
        session.close()


@case
def lost_events():
    """What finds no room while the file cannot be written is counted, in a number and in the log itself"""
    with AuditedServer() as server:
        session = session_of_an_unwritable_log(server)
        path = "/" + "x" * 900_000
        for number in range(60):
            session.call(wire.DELETE, wire.path_version(path))
        lost = until(lambda: server.gauge("paddock_audit_events_lost_total"), "a loss")
        assert 0 < lost < 60 and write(session, "/served") == 0
        os.rmdir(server.path())
        event = server.until_told(operation="auditEventsLost")
        assert event == {"operation": "auditEventsLost", "count": str(lost), "result": "failure"}
        session.close()


@case
def wrong_file():
    """A file that cannot be opened ends the start with a sentence"""
    server = Server({"audit.enable": "true", "paddock.audit.file": "no/such/folder/audit.log"})
    try:
        server.launch()
        assert server.process.wait(15) == 1
        assert "cannot open the audit log no/such/folder/audit.log: No such file or directory" in server.log()
    finally:
        server.stop()


@case
def failed_start():
    """A server that cannot start has told so"""
    with AuditedServer() as other:
        server = AuditedServer({"clientPort": str(other.port)})
        try:
            server.launch()
            assert server.process.wait(15) == 1
            assert [event["operation"] + " " + event["result"] for event in server.events()] == ["serverStart failure"]
        finally:
            server.stop()
