# SPDX-License-Identifier: Apache-2.0
"""Clients that look at a key only when a watch tells them to: one watch lost, and they stay behind for good."""

import asyncio

from faults.client import Lost
from harness import wire

PING_SECONDS = 1.0
PERSISTENT = 0


class Watcher:
    """What one client believes of `key`: `seen` is the mzxid, 0 if there is no node, None at first.

    With `is_persistent` one persistent watch, set again on each connection, and behind that a look, because the protocol
    promises nothing of changes in between. Without, data watches that are set again at each look; the server fires
    those that a lost connection has missed.
    """

    def __init__(self, client, key, is_persistent):
        self.client, self.key, self.is_persistent = client, key, is_persistent
        self.seen = None
        self.events = 0
        self.armed = None  # which kind of watch is set: a lost connection carries it over
        self.is_dirty = asyncio.Event()
        self.is_dirty.set()
        client.on_event = self._on_event
        client.on_connected = self._on_connected

    def _on_event(self, event):
        if event["path"] == self.key:
            self.events += 1
            self.armed = None
            self.is_dirty.set()

    async def _on_connected(self):
        if self.is_persistent:
            await self.client.call(wire.ADD_WATCH, wire.buffer(self.key) + wire.int32(PERSISTENT))
            self.is_dirty.set()
        elif self.armed is not None:
            watches = {self.armed: [self.key]}
            await self.client.call(wire.SET_WATCHES, wire.set_watches(self.client.last_zxid, **watches), wire.XID_SET_WATCHES)

    async def run(self):
        """Until it is cancelled."""
        while True:
            await self.client.ready()
            try:
                try:
                    await asyncio.wait_for(self.is_dirty.wait(), PING_SECONDS)
                except asyncio.TimeoutError:
                    await self.client.call(wire.PING, xid=wire.XID_PING)
                    continue
                self.is_dirty.clear()
                await self._look()
            except Lost:
                pass

    async def _look(self):
        try:
            reply = await self.client.call(wire.EXISTS, wire.path_watch(self.key, not self.is_persistent))
        except Lost:
            self.is_dirty.set()
            raise
        self.seen = int(reply["stat"]["mzxid"]) if reply["err"] == 0 else 0
        # An event that came with the answer has used the watch already.
        if not self.is_persistent and not self.is_dirty.is_set():
            self.armed = "data" if reply["err"] == 0 else "exist"
