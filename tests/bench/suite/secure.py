# SPDX-License-Identifier: Apache-2.0
"""What TLS costs: the same loads with and without it, and connections beside those of openssl's test server.

New and resumed connections are made by `openssl s_time`, one after the other, so that client and handshake weigh the
same for both servers; it resumes sessions of TLS 1.2 only.
"""

import re
import subprocess

from .report import median_of, number, table, times
from .servers import BenchError, Paddock, free_port

PLAIN, SECURE, OPENSSL = "without TLS", "with TLS", "openssl s_server"
LOADS = {
    "reads, 16 × 64": ["--mix", "get", "--sessions", "16", "--pipeline", "64"],
    "reads, 16 × 1": ["--mix", "get", "--sessions", "16", "--pipeline", "1"],
    "writes, 16 × 64": ["--mix", "set", "--sessions", "16", "--pipeline", "64"],
}
STORMS = {
    "new connections, TLS 1.3": ["-new", "-tls1_3"],
    "new connections, TLS 1.2": ["-new", "-tls1_2"],
    "resumed connections, TLS 1.2": ["-reuse", "-tls1_2"],
}
WANTED = {"reads, 16 × 64": "60 % or more"}


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise BenchError(f"openssl {arguments[0]}: {done.stderr}")
    return done.stdout


def make_certificates(folder):
    """Of the authority and of one host, with keys on P-256."""
    folder.mkdir()
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *new_key, "-keyout", folder / "ca.key", "-out", folder / "ca.crt", "-subj", "/CN=ca")
    openssl("req", *new_key, "-keyout", folder / "host.key", "-out", folder / "host.csr", "-subj", "/CN=host")
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", folder / "host.csr", "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key",
            "-CAcreateserial", "-extfile", folder / "extensions", "-out", folder / "host.crt")  # fmt: skip


class SecurePort:
    """The port with TLS of a server, as the generator takes it."""

    def __init__(self, server, port):
        self.server, self.title, self.endpoints = server, "Paddock with TLS", f"127.0.0.1:{port}"

    @property
    def pids(self):
        return self.server.pids

    def tail_of_log(self):
        return self.server.tail_of_log()


class TestServer:
    """openssl's own."""

    def __init__(self, folder):
        self.port = free_port()
        self.process = subprocess.Popen(
            ["openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{self.port}", "-cert", folder / "host.crt",
             "-key", folder / "host.key"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    def stop(self):
        self.process.kill()
        self.process.wait()


def connections_per_second(port, options, seconds):
    out = openssl("s_time", "-connect", f"127.0.0.1:{port}", "-time", max(2, seconds), *options)
    # The last of these lines counts what was measured; a resuming client first makes one session.
    found = re.findall(r"(\d+) connections in (\d+) real seconds", out)
    if not found:
        raise BenchError(f"openssl s_time has not said how many connections it made:\n{out}")
    return int(found[-1][0]) / int(found[-1][1])


def load_arguments(load, seconds):
    return ["run", *load, "--keep", "--warm-up", "0.5", "--duration", str(seconds)]


def measure(work, program, generator, rounds, seconds, say):
    """{title: {server: [per second, by round]}}"""
    certificates = work / "certificates"
    make_certificates(certificates)
    server = Paddock(work / "server", program)
    secure_port = free_port()
    server.options |= {
        "secureClientPort": secure_port, "secureClientPortAddress": "127.0.0.1", "ssl.clientAuth": "want",
        "ssl.keyStore.location": certificates / "host.crt", "ssl.trustStore.location": certificates / "ca.crt",
    }  # fmt: skip
    secure = SecurePort(server, secure_port)
    tls = ["--cert", str(certificates / "host.crt"), "--ca-file", str(certificates / "ca.crt")]
    samples = {title: {} for title in [*LOADS, *STORMS]}
    theirs = TestServer(certificates)
    try:
        server.start()
        for number_of_round in range(rounds):
            say(f"round {number_of_round + 1} of {rounds}")
            for title, load in LOADS.items():
                for name, at, more in ((PLAIN, server, []), (SECURE, secure, tls)):
                    result = generator.run(at, [*load_arguments(load, seconds), *more])
                    samples[title].setdefault(name, []).append(result["total"]["per_second"])
            for title, options in STORMS.items():
                for name, port in ((OPENSSL, theirs.port), (SECURE, secure_port)):
                    rate = connections_per_second(port, options, seconds)
                    samples[title].setdefault(name, []).append(rate)
    finally:
        theirs.stop()
        server.stop()
    return samples


def share(kept, ours, other):
    pairs = sorted(a / b for a, b in zip(kept[ours], kept[other]))
    return f"{pairs[len(pairs) // 2]:.0%}"


def markdown(samples):
    loads = [[title, *(number(median_of(samples[title], name)) for name in (PLAIN, SECURE)),
              share(samples[title], SECURE, PLAIN), WANTED.get(title, "–")] for title in LOADS]  # fmt: skip
    storms = [[title, *(number(median_of(samples[title], name)) for name in (OPENSSL, SECURE)),
               share(samples[title], SECURE, OPENSSL), "80 % or more"] for title in STORMS]  # fmt: skip
    new, resumed = (samples[title][SECURE] for title in list(STORMS)[1:])
    factor = sorted(a / b for a, b in zip(resumed, new))[len(new) // 2]
    theirs = [samples[title][OPENSSL] for title in list(STORMS)[1:]]
    their_factor = sorted(a / b for a, b in zip(theirs[1], theirs[0]))[len(new) // 2]
    return "\n\n".join([
        table(["per second", PLAIN, SECURE, "share", "wanted"], loads),
        table(["per second", OPENSSL, "Paddock", "share", "wanted"], storms),
        f"Resumed connections are {times(factor)} as many as new ones (wanted: 5×; of openssl's server {times(their_factor)}).",
    ])
