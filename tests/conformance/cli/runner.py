# SPDX-License-Identifier: Apache-2.0
"""Runs the suite: transcripts on both servers, then shells, failures and the load generator on ours."""

import concurrent.futures
import fnmatch
import functools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import traceback

from harness import differences, programs
from harness.servers import ApacheServer, PaddockServer, server_class
from . import bench, failures, shell, shell_beside_zkcli, transcript_file

HERE = pathlib.Path(__file__).resolve().parent
ZKCLI_LINES = HERE.parent / "clients" / "zkcli.txt"
ROOT = HERE.parents[2]
TRANSCRIPTS = ("oneshot", "json")
EXAMPLE_PRINTS = """\
created /lock-0000000000
me at version 0
NodeDataChanged /lock-0000000000
2 operations in one transaction
removed
"""

BLANKS = [
    (r"\b(cZxid|mZxid|pZxid|ephemeralOwner) = 0x[1-9a-f][0-9a-f]*", r"\1 = Z"),
    (r"\b(ctime|mtime) = .*", r"\1 = T"),
    (r'"(czxid|mzxid|pzxid)":\d+', r'"\1":0'),
    (r'"(ctime|mtime)":\d+', r'"\1":0'),
    (r" zxid: -?\d+| zxid=0x[0-9a-f]+", ""),
    (r'"version":"[^"]*"', '"version":"V"'),
    (r"127\.0\.0\.1:\d{4,}", "SERVER"),
]


def _normalise(text):
    for pattern, blank in BLANKS:
        text = re.sub(pattern, blank, text)
    return text


def _environment(server=None):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PADDOCK_")}
    return {**kept, "TZ": "UTC", **({"PADDOCK_SERVER": server.connect_string} if server else {})}


class Suite:
    def __init__(self, report, allowed, program, pattern):
        self.report, self.allowed, self.program, self.pattern = report, allowed, program, pattern

    def wants(self, name):
        return not self.pattern or fnmatch.fnmatchcase(name, self.pattern)

    def transcript(self, kind, name):
        with server_class(kind)() as server:
            wrong = transcript_file.check(
                HERE / f"{name}.txt", [self.program], _environment(server), _normalise)
        if kind == "paddock":
            wrong = [step for step in wrong
                     if not self.allowed.allows("cli", differences.Difference(name, step, None, None))]
        self.report.check(f"cli/{name} on {kind}", not wrong, "\n".join(wrong))

    def beside_zkcli(self):
        with ApacheServer() as one, ApacheServer() as other:
            found = shell_beside_zkcli.differences(
                one, other, self.program, ZKCLI_LINES.read_text(encoding="utf-8"))
        self.report.check("cli/zkcli", not found, "\n".join(found))

    def cases(self, name, cases, tool):
        """Cases that share one of our servers; `tool(server)` is what they are given first."""
        with server_class("paddock")({"tickTime": "500"}) as server:
            def paddock(*arguments):
                return subprocess.run([self.program, *arguments], env=_environment(server),
                                      capture_output=True, text=True, timeout=60, check=False)
            for case in cases:
                if self.allowed.leaves_out("cli", f"{name}/{case.__name__}", self.report):
                    continue
                full_name = f"cli/{name}/{case.__name__}"
                try:
                    case(*tool(server), paddock)
                    self.report.ok(full_name)
                except Exception:  # the other cases go on
                    self.report.fail(full_name, traceback.format_exc(limit=-4))
                    if server.process is None or server.process.poll() is not None:
                        self.report.say(f"the server is gone; its log:\n{server.log_tail()}")
                        server.start()

    def shell(self):
        directory = tempfile.mkdtemp(prefix="paddock-shell-")
        try:
            self.cases("shell", shell.CASES,
                       lambda server: (shell.Opener(self.program, server, _environment(server), directory), server))
        finally:
            shutil.rmtree(directory)

    def example(self):
        source = (ROOT / "client" / "example.cpp").read_text(encoding="utf-8").split("\n", 1)[1]
        page = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
        self.report.check("cli/example in docs/client.md", source in page, "it is not client/example.cpp")
        for kind in ("apache", "paddock"):
            if self.allowed.leaves_out("cli", f"example-{kind}", self.report):
                continue
            with server_class(kind)() as server:
                done = subprocess.run([programs.find("client_example"), server.connect_string],
                                      capture_output=True, text=True, timeout=60, check=False)
            self.report.check(f"cli/example on {kind}", done.stdout == EXAMPLE_PRINTS, done.stdout + done.stderr)

    def bench(self):
        self.cases("bench", bench.CASES, lambda server: (bench.Bench(self.program, server),))

    def failures(self):
        self.cases("failures", failures.CASES,
                   lambda server: (failures.Tool(self.program, server, _environment(server)),))


def run(report, allowed, program, pattern):
    suite = Suite(report, allowed, program, pattern)
    jobs = {f"{name}-{kind}": functools.partial(suite.transcript, kind, name)
            for name in TRANSCRIPTS for kind in ("apache", "paddock")}
    jobs |= {"zkcli": suite.beside_zkcli, "shell": suite.shell, "failures": suite.failures,
             "bench": suite.bench, "example": suite.example}
    # Two at a time: most of it is waiting.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = {name: pool.submit(job) for name, job in jobs.items()
                   if suite.wants(name) and not allowed.leaves_out("cli", name, report)}
        for name, job in running.items():
            try:
                job.result()
            except Exception as error:  # a server that did not start, for example
                report.fail(f"cli/{name}", f"{type(error).__name__}: {error}")


def rewrite(program, pattern):
    """Puts what the program prints on our server into the transcripts."""
    for name in TRANSCRIPTS:
        if not pattern or fnmatch.fnmatchcase(name, pattern):
            with PaddockServer() as server:
                transcript_file.rewrite(
                    HERE / f"{name}.txt", [program], _environment(server), _normalise)
