# SPDX-License-Identifier: Apache-2.0
"""Starts and stops the two servers under comparison, each in a temporary directory of its own.

A server is a child process on a free loopback port. It is ended by its process id, on failure too:
every started server is registered, and `stop_all` runs at exit.
"""

import atexit
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from .gate import Gate

APACHE_JAR = "/usr/share/java/zookeeper.jar"
APACHE_LIBRARIES = """slf4j-simple jetty9-server jetty9-servlet jetty9-http jetty9-io jetty9-util jetty9-util-ajax
                      jetty9-security servlet-api jackson-core jackson-databind jackson-annotations commons-cli
                      metrics-core snappy-java""".split()  # All but the first are for its admin port.
APACHE_CLASSPATH = ":".join([APACHE_JAR, *(f"/usr/share/java/{name}.jar" for name in APACHE_LIBRARIES)])
APACHE_MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
SUPER_DIGEST = "super:xQJmxLMiHGwaqBvst5y6rkB6HQs="  # super:admin
START_SECONDS = 180  # Only ends a run that has failed.

_live = set()
_live_lock = threading.Lock()


PORTS = range(20_000, 32_000)  # Below those that the system gives to connections that go out.
_given_ports = set()


def free_port():
    """A port that nobody listens on and that this program has not given before."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        with _live_lock:
            if port not in _given_ports:
                _given_ports.add(port)
                return port


def four_letter_word(address, word, seconds=5.0):
    """The whole answer to a four-letter word, as bytes; raises OSError if nobody listens."""
    with socket.create_connection(address, timeout=seconds) as sock:
        sock.sendall(word if isinstance(word, bytes) else word.encode())
        answer = b""
        while chunk := sock.recv(65536):
            answer += chunk
        return answer


def gated(server):
    """`server`, with its clients sent through a gate if it needs one (see Gate)."""
    if server.kind == "apache":
        server.gate = Gate(server.address)
    return server


class StartFailed(Exception):
    """The server did not answer `ruok` in time, or ended; the text carries the end of its log."""


class Server:
    """One server process. `config` holds zoo.cfg keys that replace or add to the defaults."""

    kind = "server"

    def __init__(self, config=None):
        self.directory = tempfile.mkdtemp(prefix=f"conformance-{self.kind}-")
        self.port = free_port()
        self.process = None
        self.gate = None
        self.config = {
            "tickTime": "2000",
            "dataDir": os.path.join(self.directory, "data"),
            "clientPort": str(self.port),
            "clientPortAddress": "127.0.0.1",
            "maxClientCnxns": "0",
            "4lw.commands.whitelist": "*",
            "extendedTypesEnabled": "true",
            "admin.enableServer": "false",
            "DigestAuthenticationProvider.superDigest": SUPER_DIGEST,
        }
        self.config.update(config or {})
        os.mkdir(self.config["dataDir"])
        with _live_lock:
            _live.add(self)

    def write_myid(self, number):
        """Makes it a member of an ensemble."""
        with open(os.path.join(self.config["dataDir"], "myid"), "w", encoding="ascii") as file:
            file.write(f"{number}\n")

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    @property
    def connect_string(self):
        return f"127.0.0.1:{self.gate.port if self.gate else self.port}"

    @property
    def log_path(self):
        return os.path.join(self.directory, "server.log")

    def command(self):
        raise NotImplementedError

    def zoo_cfg(self):
        path = os.path.join(self.directory, "zoo.cfg")
        with open(path, "w", encoding="utf-8") as out:
            for key, value in self.config.items():
                if value is not None:
                    out.write(f"{key}={value}\n")
        return path

    def launch(self):
        """Starts the process without waiting for it to serve."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                cwd=self.directory)

    def wait_until_serving(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise StartFailed(f"{self.kind} ended with {self.process.returncode}\n{self.log_tail()}")
            try:
                if four_letter_word(self.address, "srvr").startswith(b"Zookeeper version"):
                    return self
            except OSError:
                pass
            time.sleep(0.02)
        raise StartFailed(f"{self.kind} does not serve after {START_SECONDS} s\n{self.log_tail()}")

    def start(self):
        self.launch()
        self.wait_until_serving()
        if self.gate:
            self.gate.open()
        return self

    def end(self, how=signal.SIGTERM):
        """Ends the process and waits for it; a server that ignores SIGTERM for 20 s is killed."""
        if self.process is None:
            return None
        if self.gate:
            self.gate.shut()
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        code = self.process.returncode
        self.process = None
        return code

    def kill(self):
        return self.end(signal.SIGKILL)

    def restart(self, how=signal.SIGTERM):
        self.end(how)
        return self.start()

    def stop(self):
        """Ends the process and removes its directory."""
        self.end()
        with _live_lock:
            _live.discard(self)
        shutil.rmtree(self.directory, ignore_errors=True)

    def log_tail(self, lines=30):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                return "".join(log.readlines()[-lines:])
        except OSError as error:
            return f"(no log: {error})"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class ApacheServer(Server):
    """Apache ZooKeeper 3.8.0 as Debian packages it."""

    kind = "apache"

    # These keys have no "zookeeper." prefix, so Apache takes them as system properties only.
    PROPERTIES_ONLY = ("znode.container.", "jute.", "readonlymode.", "org.slf4j.", "java.security.")

    def command(self):
        properties = [f"-D{key}={value}" for key, value in self.config.items()
                      if key.startswith(self.PROPERTIES_ONLY)]
        return [
            "java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", *properties,
            "-cp", APACHE_CLASSPATH, APACHE_MAIN, self.zoo_cfg(),
        ]


class PaddockServer(Server):
    """Our server, from a directory of built programs."""

    kind = "paddock"
    bin_directory = None
    role = None  # Of the members of an ensemble, see ensemble.py.

    def command(self):
        return [os.path.join(self.bin_directory, "paddock-server"), self.zoo_cfg()]


CLASSES = {"apache": ApacheServer, "paddock": PaddockServer}


def server_class(kind):
    return CLASSES[kind]


def stop_all():
    with _live_lock:
        servers = list(_live)
    for server in servers:
        server.stop()


atexit.register(stop_all)
# A signal ends the run through SystemExit, so that the servers go with it.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, lambda *_: os.sys.exit(143))
