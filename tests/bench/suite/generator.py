# SPDX-License-Identifier: Apache-2.0
"""Runs the load generator once and returns what it reports."""

import json
import subprocess

from .servers import BenchError

SECONDS_MAX = 300


class Generator:
    def __init__(self, program):
        self.program = str(program)

    def command(self, server, arguments):
        return [
            self.program, *arguments, "--server", f"127.0.0.1:{server.port}",
            "--server-pid", str(server.pid), "--quiet", "--json", "-",
        ]  # fmt: skip

    def run(self, server, arguments):
        return self.finish(server, self.start(server, arguments))

    def start(self, server, arguments):
        """For a run beside something else: finish() it later."""
        return subprocess.Popen(
            self.command(server, arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def finish(self, server, process):
        try:
            output, errors = process.communicate(timeout=SECONDS_MAX)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise BenchError(f"{server.title}: {errors.strip()}\n{server.tail_of_log()}")
        result = json.loads(output)
        if result["errors"]:
            raise BenchError(f"{server.title}: {result['errors']} errors\n{errors}")
        return result
