# SPDX-License-Identifier: Apache-2.0
"""An ensemble whose servers reach one another through the proxies of a Network only.

Its calls block, so from an event loop they go through asyncio.to_thread.
"""

import signal

from cases.ensemble import Ensemble
from faults.proxy import Network
from harness.servers import free_port
from support import Server, until

RECOVERY_SECONDS = 60  # only ends a run that has failed


class Members(Ensemble):
    """`voters` and `observers`, and the `network` between them, which the caller opens and closes."""

    def __init__(self, voters=3, observers=1):
        ids = range(1, voters + observers + 1)
        self.network = Network({number: [free_port(), free_port()] for number in ids})
        self.stopped = set()
        self.servers = {}
        for number in ids:
            lines = {}
            for other in ids:
                quorum, election = self.network.servers[other] if other == number else self.network.ports[number, other]
                role = "participant" if other <= voters else "observer"
                lines[f"server.{other}"] = f"127.0.0.1:{quorum}:{election}:{role}"
            server = Server({"initLimit": "10", "syncLimit": "5", **lines})
            server.write_myid(number)
            self.servers[number] = server
        self.voters = list(ids)[:voters]

    def mode(self, number):
        """What the server says that it is; None if it does not serve."""
        process = self.servers[number].process
        if process is None or process.poll() is not None or number in self.stopped:
            return None
        try:
            return super().mode(number)
        except OSError:
            return None

    def leader(self):
        """Who says that it leads; waits until somebody does."""
        return until(lambda: next((n for n in self.voters if self.mode(n) == "leader"), None),
                     "a leader", RECOVERY_SECONDS)

    def wait_until_serving(self, *numbers):
        for number in numbers or self.servers:
            until(lambda number=number: self.mode(number), f"server {number} serves", RECOVERY_SECONDS)

    def terminate(self, number):
        """SIGTERM; returns the exit code."""
        process = self.servers[number].process
        process.terminate()
        return process.wait(timeout=RECOVERY_SECONDS)

    def suspend(self, number):
        """SIGSTOP: the process holds its connections and says nothing."""
        self.stopped.add(number)
        self.servers[number].process.send_signal(signal.SIGSTOP)

    def resume(self, number):
        self.servers[number].process.send_signal(signal.SIGCONT)
        self.stopped.discard(number)

    def kill_all(self):
        """Ends every process at once, a suspended one too; directories stay."""
        for server in self.servers.values():
            if server.process is not None:
                server.kill()

    def log_tails(self, lines=25):
        return "\n".join(f"server {number}:\n{server.log_tail(lines)}" for number, server in self.servers.items())
