# SPDX-License-Identifier: Apache-2.0
"""An ensemble of which one member, always of the same role, stands for "the server" of a test.

Three voters and an observer run on loopback. The member that is tested has the interface of a single
server: its restart is that of this one process, after which it has its role again.
"""

import threading
import time
import urllib.error
import urllib.request

from . import servers
from .servers import PaddockServer, START_SECONDS, free_port

ROLES = ("leader", "follower", "observer")
TESTED, HEIR = 1, 2  # The number of a single server, and who leads when the tested member must not.
NUMBERS = (1, 2, 3, 4)
# Small disks, because there are many; limits that hold whatever the tick is.
CONFIG = {"initLimit": "50", "syncLimit": "50", "preAllocSize": "1024", "paddock.reserveFileSizeInMb": "0",
          "paddock.minFreeSpaceInMb": "0", "admin.enableServer": "true", "admin.serverAddress": "127.0.0.1"}

problems = []  # What went wrong behind the backs of the tests: a member that ended, a role that changed.
_problems_lock = threading.Lock()


def use_members(role):
    """From now on a "paddock" server is the member of that role of an ensemble of its own."""
    servers.CLASSES["paddock"] = type("Member", (Member,), {"role": role})


def _lines(observer):
    """Who is in the ensemble, as lines of zoo.cfg."""
    return {f"server.{number}": f"127.0.0.1:{free_port()}:{free_port()}:"
                                f"{'observer' if number == observer else 'participant'}"
            for number in NUMBERS}


class Member(PaddockServer):
    """The member under test. The others start with it the first time, and end when it is stopped."""

    def __init__(self, config=None):
        shared = {**CONFIG, **_lines(TESTED if self.role == "observer" else NUMBERS[-1]), **(config or {})}
        super().__init__({**shared, "admin.serverPort": str(free_port())})
        self.others = {number: PaddockServer({**shared, "admin.serverPort": str(free_port())})
                       for number in NUMBERS if number != TESTED}
        for number, server in {TESTED: self, **self.others}.items():
            server.write_myid(number)
        self.is_formed = False

    def start(self):
        if self.is_formed:
            super().start()
        else:
            for other in self.others.values():
                other.launch()
            super().start()
            for other in self.others.values():
                other.wait_until_serving()
            self.is_formed = True
        self._take_role()
        return self

    def stop(self):
        """Ends all members. The others' data are not needed any more, so that they need not end in order."""
        if self.is_formed:
            self._look_for_problems()
        super().stop()
        for other in self.others.values():
            other.kill()
            other.stop()

    def mode(self):
        """What it says it is; None while it does not serve."""
        try:
            answer = servers.four_letter_word(self.address, "srvr").decode()
        except OSError:
            return None
        return next((line[6:] for line in answer.splitlines() if line.startswith("Mode: ")), None)

    def _take_role(self):
        deadline = time.monotonic() + START_SECONDS
        while self.mode() != self.role:
            if time.monotonic() > deadline:
                raise servers.StartFailed(f"the member is {self.mode()}, and does not become {self.role} within "
                                          f"{START_SECONDS} s\n{self.log_tail()}")
            self._hand_over(TESTED if self.role == "leader" else HEIR)
            time.sleep(0.1)

    def _hand_over(self, to):
        """Asks each voter; the one that leads does it, the others refuse."""
        for server in (self, *self.others.values()):
            url = f"http://127.0.0.1:{server.config['admin.serverPort']}/admin/transfer-leader?to={to}"
            try:
                urllib.request.urlopen(urllib.request.Request(url, method="POST", data=b""), timeout=5).close()
            except (urllib.error.URLError, OSError):
                pass

    def _look_for_problems(self):
        found = [f"member {number} ended with {other.process.returncode}\n{other.log_tail()}"
                 for number, other in self.others.items() if other.process.poll() is not None]
        if self.process is not None and (mode := self.mode()) != self.role:
            found.append(f"the member was to be tested as {self.role} and is {mode}\n{self.log_tail()}")
        with _problems_lock:
            problems.extend(found)
