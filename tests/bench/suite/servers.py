# SPDX-License-Identifier: Apache-2.0
"""The servers that are measured: how each is started, found and stopped.

Every server gets its own folder below the work folder (so all are on one disk), a free port on
loopback, and the same zoo.cfg. A process is only ever signalled by the pid that was started here.
"""

import random
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 30
HANDSHAKE = struct.pack(">iqiqi16s?", 0, 0, 30000, 0, 16, b"", False)


class BenchError(Exception):
    """Something that the user has to know of: what is wrong and what to do."""


_given_ports = set()


def free_port():
    """Below the range from which the kernel takes ports for outgoing connections, so that it stays free."""
    while True:
        port = random.randrange(20000, 32000)
        if port in _given_ports:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given_ports.add(port)
        return port


def _read_frame(connection):
    data = b""
    while len(data) < 4 or len(data) < 4 + struct.unpack(">i", data[:4])[0]:
        received = connection.recv(65536)
        if not received:
            raise ConnectionError("closed")
        data += received
    return data[4:]


def first_answer(port, path):
    """One attempt at a session and a read of `path`; raises OSError until the server answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(struct.pack(">i", len(HANDSHAKE)) + HANDSHAKE)
        _read_frame(connection)
        name = path.encode()
        request = struct.pack(">iii", 1, 4, len(name)) + name + b"\0"
        connection.sendall(struct.pack(">i", len(request)) + request)
        error = struct.unpack(">i", _read_frame(connection)[12:16])[0]
        close = struct.pack(">iii", 8, 2, -11)
        connection.sendall(close)
        if error != 0:
            raise BenchError(f"{path} is not there after the restart (error {error})")


class Server:
    """One server process at a time; start() and stop() may be repeated on the same data."""

    name = ""
    title = ""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.port = free_port()
        # More lines of zoo.cfg; read at every start.
        self.options = {}
        self.process = None
        self.log = self.folder / "output.log"

    def command(self):
        raise NotImplementedError

    def answer(self, path):
        """One attempt at reading `path`; raises OSError until the server answers."""
        first_answer(self.port, path)

    @property
    def pids(self):
        """As the generator takes them."""
        return str(self.process.pid)

    @property
    def endpoints(self):
        return f"127.0.0.1:{self.port}"

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def spawn(self):
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def start(self, path="/"):
        """Starts and returns the seconds until the first answer to a read of `path`."""
        begin = time.monotonic()
        self.spawn()
        self.wait_until_answering(path)
        return time.monotonic() - begin

    def wait_until_answering(self, path="/"):
        begin = time.monotonic()
        while time.monotonic() - begin < START_SECONDS_MAX:
            if self.process.poll() is not None:
                raise BenchError(f"{self.title} ended at once:\n{self.tail_of_log()}")
            try:
                return self.answer(path)
            except OSError:
                time.sleep(0.002)
        raise BenchError(f"{self.title} did not answer for {START_SECONDS_MAX} s:\n{self.tail_of_log()}")

    def ask_to_stop(self):
        if self.is_running:
            self.process.send_signal(signal.SIGTERM)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.ask_to_stop()
        self.wait_until_stopped()

    def wait_until_stopped(self):
        if self.is_running:
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def resident_bytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise BenchError(f"{self.title} has no resident size")

    def snapshots(self):
        """Snapshot files with their sizes: what changes while one is written."""
        files = {}
        for path in self.folder.rglob("*snapshot*"):
            try:
                files[str(path)] = path.stat().st_size
            except FileNotFoundError:
                pass
        return files

    def tail_of_log(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def write_config(self):
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        lines = [
            "tickTime=2000",
            f"dataDir={data}",
            f"clientPort={self.port}",
            "clientPortAddress=127.0.0.1",
            "maxClientCnxns=0",
            "admin.enableServer=false",
            *(f"{key}={value}" for key, value in self.options.items()),
        ]
        config = self.folder / "zoo.cfg"
        config.write_text("\n".join(lines) + "\n")
        return config


class Apache(Server):
    """Apache ZooKeeper as Debian packages it, with a heap of 2 GiB, logging warnings."""

    name = "apache"
    title = "Apache ZooKeeper 3.8.0"
    main_class = "org.apache.zookeeper.server.ZooKeeperServerMain"
    JARS = Path("/usr/share/java")
    LOG4J = """log4j.rootLogger=WARN, CONSOLE
log4j.logger.org.apache.zookeeper.server.NIOServerCnxn=ERROR
log4j.appender.CONSOLE=org.apache.log4j.ConsoleAppender
log4j.appender.CONSOLE.layout=org.apache.log4j.PatternLayout
log4j.appender.CONSOLE.layout.ConversionPattern=%d{ISO8601} %-5p %c{1} - %m%n
"""

    def command(self):
        if not (self.JARS / "zookeeper.jar").exists():
            raise BenchError("Apache ZooKeeper is missing; run scripts/install-packages scripts/packages-bench.txt")
        (self.folder / "log4j.properties").write_text(self.LOG4J)
        jars = ["zookeeper.jar", "slf4j-log4j12.jar", "log4j-1.2.jar"]
        classpath = ":".join([*(str(self.JARS / jar) for jar in jars), str(self.folder)])
        return [
            "java", "-Xmx2g", "-cp", classpath,
            self.main_class, str(self.write_config()),
        ]  # fmt: skip


class Paddock(Server):
    name = "paddock"
    title = "Paddock"

    def __init__(self, folder, program):
        super().__init__(folder)
        self.program = program

    def command(self):
        return [str(self.program), str(self.write_config())]


class Stub(Server):
    """Answers without looking anything up, and syncs writes in groups; see tests/bench/stub."""

    name = "stub"
    title = "stub"

    def __init__(self, folder, program):
        super().__init__(folder)
        self.program = program

    def command(self):
        return [str(self.program), str(self.port), str(self.folder / "log")]
