# SPDX-License-Identifier: Apache-2.0
"""What is done to servers, and the alerts that have to fire for it."""

import signal
import threading
import time

from certificates import Certificates
from harness import wire
from support import Session



def fail_to_authenticate(scene):
    for _ in range(40):
        session = Session(scene.members[4])
        assert session.authenticate(b"unknown", b"nobody") != 0
        session.close()


def let_sessions_expire(scene):
    """Clients that go without a word."""
    for session in [Session(scene.members[3], timeout=1000) for _ in range(60)]:
        session.socket.close()


def use_up_connections(scene):
    server = scene.start_other("crowded", {"maxCnxns": "40"})
    scene.kept = [Session(server) for _ in range(39)]


def exceed_a_limit(scene):
    server = scene.start_other("limited", {"paddock.limit.few.match": "ip:127.0.0.0/8", "paddock.limit.few.watches": "1"})

    def go_on():
        session = Session(server)
        while not scene.is_over.wait(0.05):
            for path in ("/a", "/b"):
                session.call(wire.EXISTS, wire.path_watch(path, True))
    scene.in_background(go_on)


def lack_memory(scene):
    scene.start_other("short", {"paddock.memoryLimit": "1000000"})


def lack_room(scene):
    scene.start_other("full", {"paddock.minFreeSpaceInMb": "100000000"})


def show_an_old_certificate(scene):
    certificates = Certificates()
    scene.kept_certificates = certificates
    certificates.issue("server", days=1)
    scene.start_other("dated", {"secureClientPort": "0", "ssl.keyStore.location": certificates.path("server.crt"),
                                "ssl.trustStore.location": certificates.path("ca.crt")})


def stand_still(scene):
    server = scene.start_other("halting", {})

    def go_on():
        while not scene.is_over.is_set():
            server.process.send_signal(signal.SIGSTOP)
            time.sleep(0.5)
            server.process.send_signal(signal.SIGCONT)
            scene.is_over.wait(0.5)
    scene.in_background(go_on)


def lose_leaders(scene):
    for _ in range(5):
        scene.members[scene.leader()].restart(signal.SIGKILL)


def end_a_server(scene):
    scene.members[4].kill()


def end_a_quorum(scene):
    for number in (1, 2):
        scene.members[number].kill()


# In this order, each with its alerts and the server that they are about. Clients that fail to authenticate leave sessions that
# expire; faults that take voters away come last.
FAULTS = (
    (let_sessions_expire, {("PaddockSessionsExpiredSpike", None)}),
    (fail_to_authenticate, {("PaddockAuthFailuresSpike", "one-4")}),
    (use_up_connections, {("PaddockConnectionsNearLimit", "crowded")}),
    (exceed_a_limit, {("PaddockRequestsThrottled", "limited")}),
    (lack_memory, {("PaddockMemoryShort", "short")}),
    (lack_room, {("PaddockWritesRefused", "full")}),
    (show_an_old_certificate, {("PaddockCertificateExpires", "dated"), ("PaddockCertificateExpiresSoon", "dated")}),
    (stand_still, {("PaddockStalls", "halting")}),
    (lose_leaders, {("PaddockLeaderFlapping", None)}),
    (end_a_server, {("PaddockDown", "one-4")}),
    (end_a_quorum, {("PaddockQuorumLost", None), ("PaddockNoLeader", None)}),
)
# Those that may fire without any fault where a machine is slow or its disk nearly full: nobody's fault here.
OF_THE_MACHINE = {"PaddockStalls", "PaddockFsyncSlow", "PaddockLatencyP99High", "PaddockOutstandingRequestsHigh", "PaddockDiskFull"}


class Faults:
    """Does them one after the other and sees that alerts fire from then on, and not before."""

    def __init__(self, scene):
        self.scene = scene
        self.threads = []
        scene.is_over = threading.Event()
        scene.in_background = self._in_background

    def _in_background(self, function):
        thread = threading.Thread(target=function, daemon=True)
        self.threads.append(thread)
        thread.start()

    def expect(self, fault, wanted, until):
        firing = self.scene.prometheus.firing
        early = wanted & firing()
        assert not early, f"before the fault: {early}"
        fault(self.scene)
        until(lambda: wanted <= firing(), f"{sorted(wanted, key=str)} fire")

    def end(self):
        self.scene.is_over.set()
        for thread in self.threads:
            thread.join(10)
