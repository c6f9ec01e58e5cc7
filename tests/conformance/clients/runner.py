# SPDX-License-Identifier: Apache-2.0
"""Real clients with their recipes: the same script against both servers, outputs compared line by line.

A script prints what it saw in words that do not depend on zxids, times or session ids, and ends with a
code other than 0 if something it must see did not come. A line "@restart" asks for a restart of the
server ("@kill" for kill -9 and a start) and is answered by "done" on the script's standard input.
"""

import concurrent.futures
import difflib
import fnmatch
import os
import pathlib
import signal
import subprocess
import threading

from harness import differences, programs
from harness.servers import gated, server_class
from . import setup

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 400
RESTARTS = {"@restart": signal.SIGTERM, "@kill": signal.SIGKILL}

CLIENTS = {
    "kazoo": lambda server: ["/usr/bin/python3", str(HERE / "kazoo_recipes.py"), server.connect_string],
    "java": lambda server: [*setup.JAVA, "JavaClient", server.connect_string],
    "curator": lambda server: [*setup.JAVA, "CuratorRecipes", server.connect_string],
    "npm-zookeeper": lambda server: ["node", str(HERE / "npm" / "native.js"), server.connect_string],
    "npm-node-zookeeper-client": lambda server: ["node", str(HERE / "npm" / "pure.js"), server.connect_string],
    "zkcli": lambda server: ["/usr/bin/python3", str(HERE / "zkcli.py"), server.connect_string],
    "cpp-client": lambda server: [programs.find("conformance_cpp_client"), server.connect_string],
    "c-client": lambda server: [str(setup.CACHE / "c_client"), server.connect_string],
}


class Played:
    """A script's output, its exit code, and what it wrote to standard error."""

    def __init__(self, lines, code, errors):
        self.lines, self.code, self.errors = lines, code, errors


def _play(command, server):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, cwd=server.directory,
                               env={**os.environ, "NODE_PATH": str(setup.NPM / "node_modules")})
    timer = threading.Timer(SECONDS, process.kill)
    timer.start()
    errors = []
    drain = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    drain.start()
    lines = []
    try:
        for line in process.stdout:
            if line.rstrip() in RESTARTS:
                server.restart(RESTARTS[line.rstrip()])
                process.stdin.write("done\n")
                process.stdin.flush()
            lines.append(line.rstrip())
        code = process.wait()
    finally:
        timer.cancel()
        if process.poll() is None:
            process.kill()
            process.wait()
        drain.join()
    return Played(lines, code, errors[0][-3000:])


def _play_on(kind, client):
    with gated(server_class(kind)()) as server:
        return _play(CLIENTS[client](server), server)


def run(kinds, report, allowed, only=None):
    """Two clients at a time: most of a script is waiting."""
    names = [name for name in CLIENTS if (not only or fnmatch.fnmatchcase(name, only)) and
             not allowed.leaves_out("clients", name, report)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(_compare, name, kinds, report, allowed) for name in names]:
            job.result()


def _compare(name, kinds, report, allowed):
    if problem := setup.prepare(name):
        report.fail(f"clients/{name}", f"the client could not be made ready: {problem}")
        return
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(_play_on, kind, name) for kind in kinds]
        try:
            first, second = (job.result() for job in jobs)
        except Exception as error:
            report.fail(f"clients/{name}", error)
            return
    _judge(name, kinds, first, second, report, allowed)


def _judge(name, kinds, first, second, report, allowed):
    for kind, played in zip(kinds, (first, second)):
        if played.code != 0:
            last = "\n".join(played.lines[-3:])
            report.fail(f"clients/{name}", f"against {kind} it ended with {played.code} after\n{last}\n{played.errors}")
            return
    unlisted = []
    for line in difflib.ndiff(first.lines, second.lines):
        if line[0] in "+-" and not allowed.allows("clients", differences.Difference(name, line, None, None)):
            unlisted.append(line)
    report.check(f"clients/{name} ({len(first.lines)} lines)", not unlisted,
                 "apache -, paddock +\n" + "\n".join(unlisted[:30]))
