# SPDX-License-Identifier: Apache-2.0
"""Runs the load generator once and returns what it reports."""

import json
import signal
import subprocess

from .servers import BenchError

SECONDS_MAX = 300


class Generator:
    """`server` has a title, endpoints, pids and a tail_of_log(): a server, or some of an ensemble."""

    def __init__(self, program):
        self.program = str(program)

    def command(self, server, arguments):
        return [
            self.program, *arguments, "--server", server.endpoints,
            "--server-pid", server.pids, "--quiet", "--json", "-",
        ]  # fmt: skip

    def run(self, server, arguments):
        return self.finish(server, self.start(server, arguments))

    def start(self, server, arguments):
        """For a run beside something else: finish() it later."""
        return subprocess.Popen(
            self.command(server, arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    @staticmethod
    def end_early(process):
        process.send_signal(signal.SIGINT)

    def finish(self, server, process, allowed_errors=()):
        try:
            output, errors = process.communicate(timeout=SECONDS_MAX)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise BenchError(f"{server.title}: {errors.strip()}\n{server.tail_of_log()}")
        result = json.loads(output)
        found = {name for row in result["rows"].values() for name in row["errors"]}
        if found - set(allowed_errors):
            raise BenchError(f"{server.title}: {result['errors']} errors\n{errors}")
        return result
