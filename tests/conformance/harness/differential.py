# SPDX-License-Identifier: Apache-2.0
"""Starts the two servers for the random differential test and runs its program against them."""

import concurrent.futures
import subprocess

from .servers import server_class

# Reaping goes by the clock, so it is put beyond the end of the run; so are Apache's snapshots.
CONFIG = {
    "enforceQuota": "true",
    "forceSync": "no",
    "snapCount": "1000000",
    "znode.container.checkIntervalMs": "86400000",
    "maxSessionTimeout": "40000",
}


def run(kinds, report, allowed, program, seeds, operations):
    """One run of `operations` for each seed; the runs share the two servers and go in parallel."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        servers = [server_class(kind)(CONFIG) for kind in kinds]
        try:
            list(pool.map(lambda server: server.start(), servers))
            for seed in seeds:
                _one(report, allowed, program, servers, seed, operations)
        finally:
            for server in servers:
                server.stop()


def _one(report, allowed, program, servers, seed, operations):
    name = f"differential/seed {seed}, {operations} operations"
    done = subprocess.run(
        [program, "--first", servers[0].connect_string, "--second", servers[1].connect_string,
         "--seed", str(seed), "--ops", str(operations), *(["--tally"] if report.verbose else []),
         *(["--second-is-apache"] if servers[1].kind == "apache" else [])],
        capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("listed: "):
            identifier = line.removeprefix("listed: ")
            if identifier in allowed.ids("differential"):
                allowed.note(identifier)
            else:
                report.fail(name, f"the program accepted {identifier}, which differences.toml does not list")
                return
    if done.returncode != 0:
        with_member = f"(with --member {servers[1].role})" if report.place else ""
        report.fail(name, done.stdout + done.stderr + with_member)
    else:
        report.ok(name)
        report.say(done.stdout.rstrip() if report.verbose else done.stdout.splitlines()[0])
