# SPDX-License-Identifier: Apache-2.0
"""Three voters and an observer, of either kind, with clients on each of them."""

import json
import time
import urllib.error
import urllib.request

from harness import wire
from harness.servers import START_SECONDS, four_letter_word, free_port, server_class
from harness.transcript import Transcript

OBSERVER = 4
WORDS = "conf cons dirs dump gtmk hash isro mntr ruok srvr stat wchc wchp wchs".split()
COMMANDS = """configuration connections dirs dump get_trace_mask hash initial_configuration is_read_only last_snapshot
              leader monitor observers ruok server_stats stats voting_view watches watches_by_path watch_summary
              zabstate""".split()
RESETS = "connection_stat_reset observer_connection_stat_reset stat_reset".split()
OF_PADDOCK = {"preAllocSize": "1024", "paddock.reserveFileSizeInMb": "0", "paddock.minFreeSpaceInMb": "0"}


def until(condition, what):
    deadline = time.monotonic() + START_SECONDS
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {START_SECONDS} s: {what}")
        time.sleep(0.05)
    return found


class Quartet:
    """Formed, settled and with clients as soon as the block is entered."""

    def __init__(self, kind, config):
        self.ports = {number: (free_port(), free_port()) for number in (1, 2, 3, OBSERVER)}
        lines = {f"server.{number}": f"127.0.0.1:{quorum}:{election}:{_part(number)}"
                 for number, (quorum, election) in self.ports.items()}
        self.config = {"initLimit": "10", "syncLimit": "5", "admin.enableServer": "true",
                       "admin.serverAddress": "127.0.0.1", **lines, **config}
        if kind == "paddock":
            self.config |= OF_PADDOCK
        self.servers = {number: self._server(kind, number) for number in self.ports}
        self.clients = []

    def _server(self, kind, number):
        peer_type = {"peerType": "observer"} if number == OBSERVER else {}
        server = server_class(kind)({**self.config, **peer_type, "admin.serverPort": str(free_port())})
        server.write_myid(number)
        return server

    def __enter__(self):
        try:
            for server in self.servers.values():
                server.launch()
            for server in self.servers.values():
                server.wait_until_serving()
            until(self._is_settled, "everybody follows the leader")
            for number, server in self.servers.items():
                self._add_clients(number, server)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for transcript in self.clients:
            transcript.finish()
        for server in self.servers.values():
            server.kill()
            server.stop()

    def _add_clients(self, number, server):
        """One with an ephemeral node and watches, and one that only reads."""
        transcript = Transcript(server, "/")
        self.clients.append(transcript)
        busy, idle = transcript.quiet_session(), transcript.quiet_session()
        busy.quiet(wire.CREATE, wire.create(f"/e{number}", flags=wire.EPHEMERAL))
        busy.quiet(wire.GET_DATA, wire.path_watch("/", True))
        busy.quiet(wire.SYNC, wire.buffer("/"))
        idle.quiet(wire.EXISTS, wire.path_watch("/"))

    def _is_settled(self):
        numbers = [self._number(f"synced_{which}") for which in ("followers", "observers")]
        return numbers == ["2", "1"]

    def _number(self, name):
        text = self.word(self.of_role("leader"), "mntr")
        return next((line.split("\t")[1] for line in text.splitlines() if line.startswith(f"zk_{name}\t")), None)

    def mode(self, number):
        return next((line[6:] for line in self.word(number, "srvr").splitlines() if line.startswith("Mode: ")), None)

    def of_role(self, role):
        return until(lambda: next((number for number in self.servers if self.mode(number) == role), None), role)

    def word(self, number, word):
        return four_letter_word(self.servers[number].address, word).decode()

    def document(self, number, command):
        """The answer of the admin port; a status if it is not 200."""
        url = f"http://127.0.0.1:{self.servers[number].config['admin.serverPort']}/commands/{command}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return {"status": error.code}

    def cut_off(self, *numbers):
        """Kills all others, and waits until these serve nobody, or read-only."""
        for number, server in self.servers.items():
            if number not in numbers:
                server.kill()
        for number in numbers:
            until(lambda number=number: self.mode(number) in self._without_quorum(), f"{number} notices that it is alone")

    def _without_quorum(self):
        return ("read-only",) if "readonlymode.enabled" in self.config else (None,)


def _part(number):
    return "observer" if number == OBSERVER else "participant"
