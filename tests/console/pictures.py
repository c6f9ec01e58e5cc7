# SPDX-License-Identifier: Apache-2.0
"""The pictures of docs/console.md: an ensemble of three voters and an observer, under a load that comes and goes."""

import itertools
import json
import math
import threading
import time

from browser import Page
from cases.ensemble_admin import Watched
from console import address, go, until_heading
from harness import wire
from support import Session

SECONDS = 150  # Of load before the overview is drawn: its charts hold five minutes.
SESSIONS = 24
SERVICES = ("checkout", "inventory", "orders", "payments", "search", "shipping")
ORDERS = {"replicas": 3, "region": "eu-west", "features": {"split-payments": True, "gift-wrap": False}, "owner": "team-orders"}


class Load:
    """Clients of all servers; how much they ask for swells and ebbs."""

    def __init__(self, servers):
        self.servers, self.stopping = list(servers), threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(SESSIONS)]
        for thread in self.threads:
            thread.start()

    def _run(self, number):
        session = Session(self.servers[number % len(self.servers)])
        service = SERVICES[number % len(SERVICES)]
        mine = f"/services/{service}/instances/{number:02}"
        session.call(wire.CREATE, wire.create(mine, json.dumps({"host": f"10.0.4.{20 + number}", "port": 8443}),
                                              flags=wire.EPHEMERAL))
        session.call(wire.GET_CHILDREN2, wire.path_watch(f"/services/{service}/instances", True))
        for turn in itertools.count():
            tide = 1.2 + math.sin(time.monotonic() / 23) + 0.4 * math.sin(time.monotonic() / 7 + number)
            if self.stopping.wait(0.08 / max(tide, 0.2)):
                return
            session.call(wire.GET_DATA, wire.path_watch(f"/services/{service}/settings"))
            if turn % 5 == 0:
                session.call(wire.SET_DATA, wire.set_data(mine, json.dumps({"host": f"10.0.4.{20 + number}", "turn": turn})))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)


def _fill(session):
    for path in ("/services", "/locks", "/elections", "/queues"):
        session.call(wire.CREATE, wire.create(path))
    for service in SERVICES:
        session.call(wire.CREATE, wire.create(f"/services/{service}"))
        session.call(wire.CREATE, wire.create(f"/services/{service}/instances"))
        session.call(wire.CREATE, wire.create(f"/services/{service}/settings", json.dumps(ORDERS, indent=2)))


def draw(browser, folder):
    with Watched(observers=1) as servers:
        server = servers.servers[servers.leader()]
        filling = Session(server)
        _fill(filling)
        filling.close()
        load = Load(servers.servers.values())
        with Page(browser, 1280, 990) as page:
            page.open(address(server))
            page.until_shown("in step")
            time.sleep(SECONDS)
            page.picture(folder / "console-overview.png")
            page.look(1280, 990, dark=True)
            page.picture(folder / "console-overview-dark.png")
            page.look(1280, 900)
            go(page, "tree:/services/orders/settings")
            until_heading(page, "/services/orders/settings")
            changed = json.dumps({**ORDERS, "replicas": 5}, indent=2)
            session = Session(server)
            session.call(wire.SET_DATA, wire.set_data("/services/orders/settings", changed))
            session.close()
            page.until_shown('"replicas": 5')
            page.picture(folder / "console-tree.png")
            go(page, "clients")
            page.until_shown("Busiest sessions")
            page.until("document.querySelectorAll('tbody tr').length > 5", "the clients")
            page.picture(folder / "console-clients.png")
            page.look(400, 860)
            go(page, "overview")
            page.until_shown("in step")
            page.picture(folder / "console-narrow.png")
        load.stop()
