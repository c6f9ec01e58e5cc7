# SPDX-License-Identifier: Apache-2.0
"""scripts/quickstart --secure as its user sees it, and its ports as somebody sees them who looks by himself."""

import concurrent.futures
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile

from cases import case
from cases.quorum_tls import answer_without_tls
from harness import wire
from harness.servers import PaddockServer
from support import until

SCRIPT = pathlib.Path(__file__).resolve().parents[3] / "scripts" / "quickstart"
SECONDS = 300
PORTS = re.compile(r"server (\d): \w+, clients (\d+), servers (\d+) and (\d+), admin (\d+), metrics (\d+)")
REFUSED = ("Insufficient permission : /vault", "Insufficient permission : /elsewhere",
           "it wants a certificate of this client", "it refuses this client's certificate",
           "its certificate is refused here", "it closed the connection", "nothing is answered", "no link is made", "401")


def listening(pids):
    """Ports that these processes listen on, by what the system says."""
    inodes = set()
    for pid in pids:
        for name in os.listdir(f"/proc/{pid}/fd"):
            try:
                inodes.update(re.findall(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{name}")))
            except FileNotFoundError:
                pass
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as file:
            rows = [line.split() for line in list(file)[1:]]
        ports.update(int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and row[9] in inodes)
    return ports


@case
def ports():
    """Each port of a quickstart is given once, and is none that the system gives to a connection which goes out"""
    draws = f". {SCRIPT.parent}/quickstart.d/common.sh; for _ in $(seq 40); do free_port; done"
    given = [int(port) for port in subprocess.run(["bash", "-c", draws], capture_output=True, check=True).stdout.split()]
    first_going_out = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert len(set(given)) == 40 and max(given) < first_going_out, given


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        found = file.read().split()
    return [child for child in found if "paddock-server" in pathlib.Path(f"/proc/{child}/cmdline").read_text("utf-8")]


@case
def secure():
    """The secure quickstart shows what is refused; no port of it, told or not, answers plain words; it leaves nothing"""
    request = wire.connect_request(0, bytes(16), 30000)
    plain = (b"ruok\n", b"srvr\n", wire.int32(len(request)) + request, b"GET /admin/member HTTP/1.1\r\nHost: x\r\n\r\n")
    with tempfile.TemporaryDirectory(prefix="paddock-e2e-") as folder, tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen([SCRIPT, "--secure"], stdout=output, stderr=subprocess.STDOUT, text=True, env={
            **os.environ, "KEEP": "1", "TMPDIR": folder, "PADDOCK_BIN": PaddockServer.bin_directory})

        def printed():
            return os.pread(output.fileno(), 1 << 20, 0).decode()

        try:
            until(lambda: "Still running" in printed() or process.poll() is not None, "the end", SECONDS)
            assert process.poll() is None, printed()
            text = printed()
            for words in REFUSED:
                assert words in text, (words, text)
            assert re.search(r"\d+ writes, 0 errors", text), text
            told = PORTS.findall(text)
            assert [row[0] for row in told] == ["1", "2", "3", "4"], text
            running = children(process.pid)
            assert len(running) == 3, running  # The leader was killed.
            ports = listening(running)
            assert ports <= {int(port) for row in told for port in row[1:]} and len(ports) >= 3 * 4, (ports, told)
            # Some ports wait for more of what could become TLS.
            asked = [(port, sent) for port in ports for sent in plain]
            with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
                for question, answer in zip(asked, pool.map(lambda one: answer_without_tls(*one), asked)):
                    assert len(answer) <= 7 or b"this port speaks HTTPS only" in answer, (question, answer)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        assert os.listdir(folder) == [], os.listdir(folder)
        for port in ports:
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", port)) != 0, port
