# SPDX-License-Identifier: Apache-2.0
"""Compares what the audit logs of both servers say of the same operations, on a single server and on each kind of member.

Sessions become the step that they belong to, and users are sorted: Apache shows them in the order of a hash table. That
somebody has authenticated only our server tells.
"""

import concurrent.futures
import fnmatch
import os
import re
import time

from ensembles.quartet import Quartet
from harness import differences
from harness.servers import START_SECONDS, server_class
from . import script

LINE = re.compile(r"(INFO|ERROR) \S*Slf4jAuditLogger(?: -|:) (.*)$")
KEYS = {"apache": {"audit.enable": "true", "org.slf4j.simpleLogger.log.org.apache.zookeeper.audit": "info"},
        "paddock": {"audit.enable": "true", "paddock.audit.file": "audit.log"}}
LAST = "/the-last-line"


def run(kinds, report, allowed, only=None):
    """`kinds` is the pair to compare, ("apache", "paddock")."""
    for name, player in (("standalone", _standalone), ("ensemble", _ensemble)):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            left, right = (job.result() for job in [pool.submit(player, kind) for kind in kinds])
        for place in left | right:
            if only and not fnmatch.fnmatchcase(f"{name}/{place}", only):
                continue
            found = differences.compare(f"{name}/{place}", left.get(place), right.get(place))
            unlisted = [difference for difference in found if not allowed.allows("audit", difference)]
            shown = "\n".join(str(difference) for difference in unlisted[:20])
            report.check(f"audit/{name}/{place}", not unlisted, f"{len(unlisted)} unlisted differences\n{shown}")


def _standalone(kind):
    """Lines by step; those of no session are the server's own."""
    server = server_class(kind)(KEYS[kind])
    try:
        server.start()
        names = script.play(server)
        _wait_for_the_last(server, server)
        server.end()
        return _by_step(_lines(server), names)
    finally:
        server.stop()


def _ensemble(kind):
    """The same for each role; which member has seen what of a session that ended on another one is in it."""
    with Quartet(kind, KEYS[kind] | {"reconfigEnabled": "true"}) as quartet:
        servers = {role: quartet.servers[quartet.of_role(role)] for role in ("leader", "follower", "observer")}
        names = {}
        for role, server in servers.items():
            names |= script.play(server, prefix=f"{role}: ", suffix=f"-{role}")
        for server in servers.values():
            _wait_for_the_last(servers["leader"], server)
        return {role: _by_step(_lines(server), names) for role, server in servers.items()}


def _wait_for_the_last(writer, server):
    """An ephemeral node that goes is told by every server, after all that came before."""
    path = f"{LAST}-{id(server)}"
    client = script.Client(writer)
    client.call(script.wire.CREATE, script.wire.create(path, flags=script.wire.EPHEMERAL))
    client.call(script.wire.CLOSE_SESSION)
    client.close()
    deadline = time.monotonic() + START_SECONDS
    while not any(f"CloseOrExpire\tznode={path}\t" in line for line in _lines(server)):
        if time.monotonic() > deadline:
            raise AssertionError(f"the audit log of {server.kind} did not say within {START_SECONDS} s that {path} went")
        time.sleep(0.05)


def _lines(server):
    name = os.path.join(server.directory, "audit.log") if server.kind == "paddock" else server.log_path
    with open(name, encoding="utf-8", errors="replace") as file:
        found = [LINE.search(line.rstrip("\n")) for line in file]
    return [f"{match[1]} {match[2]}" for match in found if match]


def _by_step(lines, names):
    steps = {}
    for line in lines:
        session = re.search(r"session=(\w+)\t", line)
        if (session and session[1] not in names) or "\toperation=authenticate\t" in line:
            continue
        step = names[session[1]] if session else "server"
        line = re.sub(r"session=\w+", "session=S", line)
        line = re.sub(r"user=([^\t]+)", lambda match: "user=" + ",".join(sorted(match[1].split(","))), line)
        steps.setdefault(step, []).append(line)
    return steps
