# SPDX-License-Identifier: Apache-2.0
"""Clients that change and read a few keys, and record it."""

import asyncio

from faults.client import Lost
from faults.history import BAD_VERSION, FAILED, NO_NODE, NODE_EXISTS, OK, UNKNOWN
from harness import wire

SESSION_MOVED = -118
OUTCOMES = {0: OK, -101: NO_NODE, -103: BAD_VERSION, -110: NODE_EXISTS, SESSION_MOVED: FAILED}
KINDS = {"set": 30, "cas": 30, "read": 25, "create": 9, "delete": 3, "append": 8}
JOURNAL = "/journal"
PAUSE_SECONDS = 0.02


class Worker:
    """One client under load: requests of `keys` chosen by `random`, each recorded in `history`; `pause` seconds on average
    behind every other one."""

    def __init__(self, client, random, history, keys, pause=PAUSE_SECONDS):
        self.client, self.random, self.history, self.keys, self.pause = client, random, history, keys, pause
        self.versions = {}  # as last seen, for cas
        self.count = 0
        self.journal = []  # nodes that the server said it has created
        self.is_quiet = False
        self.is_done = False

    async def run(self):
        """Until `is_done`, and then until its last request is answered or lost."""
        while not self.is_done:
            await self.client.ready()
            if self.is_quiet:
                await asyncio.sleep(0.01)
                continue
            kind = self.random.choices(tuple(KINDS), KINDS.values())[0]
            if kind == "append":
                await self.append()
            else:
                await self.ask(kind, self.random.choice(self.keys))
            if self.random.random() < 0.5:
                await asyncio.sleep(self.random.expovariate(1 / self.pause))

    async def append(self):
        self.count += 1
        path = f"{JOURNAL}/{self.client.name}.{self.count}"
        try:
            if (await self.client.call(wire.CREATE, wire.create(path)))["err"] == 0:
                self.journal.append(path)
        except Lost:
            pass

    async def ask(self, kind, key):
        """One recorded operation; the connection is there."""
        self.count += 1
        value = None if kind in ("read", "delete") else f"{self.client.name}.{self.count}"
        expected = self.versions.get(key, 0) if kind == "cas" else None
        operation = self.history.invoke(self.client.name, self.client.server, kind, key, value, expected)
        try:
            reply = await self._send(kind, key, value, expected)
        except Lost:
            return operation
        outcome = OUTCOMES.get(reply["err"], UNKNOWN)
        stat = reply.get("stat")
        version = stat["version"] if stat else None
        zxid = stat["mzxid"] if stat else reply["zxid"]
        self.history.respond(operation, outcome, reply.get("data"), version, int(zxid))
        if stat:
            self.versions[key] = version
        return operation

    async def _send(self, kind, key, value, expected):
        call = self.client.call
        if kind == "create":
            return await call(wire.CREATE2, wire.create(key, value))
        if kind == "delete":
            return await call(wire.DELETE, wire.path_version(key))
        if kind == "read":
            return (await self.client.call_all((wire.SYNC, wire.buffer(key)), (wire.GET_DATA, wire.path_watch(key))))[1]
        return await call(wire.SET_DATA, wire.set_data(key, value, -1 if expected is None else expected))
