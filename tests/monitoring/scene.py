# SPDX-License-Identifier: Apache-2.0
"""Servers, their load, and a Prometheus that scrapes them each second and evaluates the rules."""

import itertools
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

from harness import wire
from harness.servers import free_port
from support import AdminServer, Session, until

from promtool import RULES, alerts, programs, quickened

SECONDS = 90  # Only ends a run that has failed.
QUOTA = {"/zookeeper/quota/load": b"", "/zookeeper/quota/load/zookeeper_limits": b"count=100000,bytes=100000000",
         "/zookeeper/quota/load/zookeeper_stats": b"count=0,bytes=0"}
# Small ticks, so that sessions end soon; snapshots that come soon; a limit that is never reached.
CONFIG = {"tickTime": "500", "initLimit": "40", "syncLimit": "20", "snapCount": "400",
          "audit.enable": "true", "paddock.limit.load.match": "any", "paddock.limit.load.requestsPerSecond": "1000000",
          "paddock.limit.load.sessions": "100000"}


class Prometheus:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="paddock-prometheus-")
        self.port = free_port()
        self.targets = {}
        self.process = None

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def start(self):
        os.mkdir(self.path("rules"))
        for name in alerts():
            text = quickened((RULES / f"{name}.yaml").read_text(encoding="utf-8"))
            pathlib.Path(self.path(f"rules/{name}.yaml")).write_text(text, encoding="utf-8")
        config = {"global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [self.path("rules/*.yaml")],
                  "scrape_configs": [{"job_name": "paddock", "file_sd_configs": [{"files": [self.path("targets.json")],
                                                                                  "refresh_interval": "1s"}]}]}
        pathlib.Path(self.path("prometheus.yml")).write_text(json.dumps(config), encoding="utf-8")
        self._write_targets()
        with open(self.path("log"), "wb") as log:
            self.process = subprocess.Popen(
                [programs() / "prometheus", f"--config.file={self.path('prometheus.yml')}",
                 f"--storage.tsdb.path={self.path('data')}", f"--web.listen-address=127.0.0.1:{self.port}"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until(self._is_ready, "Prometheus is ready", SECONDS)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def add(self, ensemble, instance, port):
        self.targets[instance] = {"targets": [f"127.0.0.1:{port}"], "labels": {"ensemble": ensemble, "instance": instance}}
        if self.process is not None:
            self._write_targets()

    def _write_targets(self):
        new = self.path("targets.new")
        pathlib.Path(new).write_text(json.dumps(list(self.targets.values())), encoding="utf-8")
        os.replace(new, self.path("targets.json"))

    def _is_ready(self):
        try:
            return self.get("query", query="up")["result"] or True
        except OSError:
            return False

    def get(self, what, **parameters):
        url = f"http://127.0.0.1:{self.port}/api/v1/{what}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            return json.load(answer)["data"]

    def values(self, query):
        """Of each series, the value now."""
        return [float(series["value"][1]) for series in self.get("query", query=query)["result"]]

    def names(self):
        return set(self.get("label/__name__/values"))

    def firing(self):
        """Pairs of an alert and the server that it is about, if it is about one."""
        return {(alert["labels"]["alertname"], alert["labels"].get("instance"))
                for alert in self.get("alerts")["alerts"] if alert["state"] == "firing"}


class Load:
    """Reads, writes, watches and ephemerals through one server, until it is stopped."""

    def __init__(self, server, number, pause=0.01):
        self.server, self.number, self.pause = server, number, pause
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def stop(self):
        self.stopping.set()
        self.thread.join(SECONDS)

    def _run(self):
        while not self.stopping.is_set():
            try:
                self._play(Session(self.server))
            except (OSError, AssertionError, wire.TimedOut, wire.Closed, EOFError):
                self.stopping.wait(0.2)  # The server is away: that is what some of it is for.

    def _play(self, session):
        path = f"/load/of{self.number}"
        session.call(wire.CREATE, wire.create("/load"))
        session.call(wire.CREATE, wire.create(path))
        for turn in itertools.count():
            if self.stopping.wait(self.pause):
                return session.close()
            session.call(wire.GET_DATA, wire.path_watch(path, True))
            session.call(wire.GET_CHILDREN2, wire.path_watch("/load", True))
            session.call(wire.SET_DATA, wire.set_data(path, b"x" * (turn % 200)))
            if turn % 10 == 0:
                child = f"{path}/{turn}"
                session.call(wire.CREATE, wire.create(child, flags=wire.EPHEMERAL))
                session.call(wire.DELETE, wire.path_version(child))


class Scene:
    """Three voters and an observer under load, and the Prometheus that looks at them."""

    def __init__(self):
        self.prometheus = Prometheus()
        self.load = []
        self.others = []
        numbers = range(1, 5)
        lines = {f"server.{number}": f"127.0.0.1:{free_port()}:{free_port()}:"
                                     f"{'observer' if number == 4 else 'participant'}" for number in numbers}
        self.members = {number: AdminServer({**CONFIG, **lines}) for number in numbers}
        for number, server in self.members.items():
            server.write_myid(number)
            self.prometheus.add("one", f"one-{number}", server.admin_port)

    def __enter__(self):
        try:
            for server in self.members.values():
                server.launch()
            for server in self.members.values():
                server.wait_until_serving()
            session = Session(self.members[1])
            for path, data in QUOTA.items():
                session.call(wire.CREATE, wire.create(path, data))
            session.close()
            self.load = [Load(server, number) for number, server in self.members.items()]
            self.prometheus.start()
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        for load in self.load:
            load.stopping.set()
        self.prometheus.stop()
        for load in self.load:
            load.stop()
        for server in [*self.members.values(), *self.others]:
            server.kill()
            server.stop()

    def leader(self):
        return until(lambda: next((n for n, server in self.members.items() if self._leads(server)), None), "a leader", SECONDS)

    @staticmethod
    def _leads(server):
        try:
            return server.process is not None and "Mode: leader" in server.word("srvr")
        except OSError:
            return False

    def start_other(self, name, config, **more):
        """A server of its own, an ensemble of one."""
        server = AdminServer({"tickTime": "500", **config}, **more)
        self.others.append(server)
        server.start()
        self.prometheus.add(name, name, server.admin_port)
        return server

    @staticmethod
    def settle(seconds):
        """Lets the load go on."""
        time.sleep(seconds)
