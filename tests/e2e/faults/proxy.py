# SPDX-License-Identifier: Apache-2.0
"""The network between servers: each dials the others through proxies, which delay, hold and reset on command.

What is held is delivered when the flow is released, as TCP would: bytes are never lost inside a connection.
So a server whose link was held may get, late, what an old leader sent it. All of it lives on one event loop.
"""

import asyncio
import collections
import socket
import struct

from harness.servers import free_port

HOST = "127.0.0.1"
HELD_BYTES_MAX = 8 << 20


class Flow:
    """What goes from one server to another, whoever has dialed."""

    def __init__(self):
        self.delay = 0.0
        self.is_held = False
        self.ends = set()  # where its bytes come in

    def release(self):
        self.is_held = False
        for end in tuple(self.ends):
            end.forward()


class End(asyncio.Protocol):
    """One of the two connections of a link, with the server that `flow` begins at: what it sends goes out at `other`."""

    def __init__(self, flow, on_made=None):
        self.flow, self.on_made = flow, on_made
        self.other = self.transport = None
        self.held = collections.deque()
        self.held_bytes = 0
        self.is_closed = False

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.flow.ends.add(self)
        if self.on_made:
            self.on_made(self)

    def data_received(self, data):
        self._hold(data)

    def connection_lost(self, _):
        self.is_closed = True
        self._hold(b"")

    def pause_writing(self):
        self._let_other_read(False)

    def resume_writing(self):
        self._let_other_read(True)

    def _let_other_read(self, may):
        if self.other is not None and not self.other.is_closed:
            (self.other.transport.resume_reading if may else self.other.transport.pause_reading)()

    def _hold(self, data):
        self.held.append((asyncio.get_running_loop().time() + self.flow.delay, data))
        self.held_bytes += len(data)
        if self.held_bytes > HELD_BYTES_MAX and not self.is_closed:
            self.transport.pause_reading()
        self.forward()

    def forward(self):
        """Sends on what is due, if the flow lets it."""
        while self.held and not self.flow.is_held and self.other is not None:
            due, data = self.held[0]
            loop = asyncio.get_running_loop()
            if due > loop.time():
                loop.call_at(due, self.forward)
                return
            self.held.popleft()
            was_full = self.held_bytes > HELD_BYTES_MAX
            self.held_bytes -= len(data)
            if was_full and self.held_bytes <= HELD_BYTES_MAX and not self.is_closed:
                self.transport.resume_reading()
            if not data:
                self.flow.ends.discard(self)
                self.other.transport.close()
            elif self.other.is_closed:
                self.reset()
            else:
                self.other.transport.write(data)

    def reset(self):
        """Ends the connection as a cable that is cut and plugged in again does: with RST."""
        self.held.clear()
        self.flow.ends.discard(self)
        if not self.is_closed:
            linger = struct.pack("ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.transport.abort()


class Network:
    """All links between `servers`, a map from id to the ports that a server listens on."""

    def __init__(self, servers):
        self.servers = servers
        pairs = [(a, b) for a in servers for b in servers if a != b]
        self.flows = {pair: Flow() for pair in pairs}
        self.ports = {(a, b): [free_port() for _ in servers[b]] for a, b in pairs}
        self.cut_pairs = set()
        self.listeners = []
        self.dials = set()

    async def open(self):
        loop = asyncio.get_running_loop()
        for pair, ports in self.ports.items():
            for port, target in zip(ports, self.servers[pair[1]]):
                def accept(pair=pair, target=target):
                    return End(self.flows[pair], lambda end: self._on_accepted(end, pair, target))

                self.listeners.append(await loop.create_server(accept, HOST, port))

    def close(self):
        for listener in self.listeners:
            listener.close()
        for dial in self.dials:
            dial.cancel()
        for flow in self.flows.values():
            for end in tuple(flow.ends):
                end.reset()

    def _on_accepted(self, end, pair, target):
        if pair in self.cut_pairs:
            end.reset()
            return
        dial = asyncio.ensure_future(self._dial(end, pair, target))
        self.dials.add(dial)
        dial.add_done_callback(self.dials.discard)

    async def _dial(self, end, pair, target):
        while self.flows[pair].is_held:  # a SYN is sent again and again
            await asyncio.sleep(0.05)
        if end.is_closed:
            self.flows[pair].ends.discard(end)
            return
        try:
            _, far = await asyncio.get_running_loop().create_connection(
                lambda: End(self.flows[pair[::-1]]), HOST, target)
        except OSError:
            end.reset()
            return
        end.other, far.other = far, end
        if pair in self.cut_pairs:
            self._reset(*pair)
        end.forward()
        far.forward()

    def pairs_of(self, server):
        """The flows from and to `server`."""
        return [pair for pair in self.flows if server in pair]

    def hold(self, *pairs):
        """Nothing comes through from now on, and nobody is told."""
        for pair in pairs:
            self.flows[pair].is_held = True

    def delay(self, seconds, *pairs):
        for pair in pairs:
            self.flows[pair].delay = seconds

    def cut(self, *pairs):
        """The connections of the pairs, in both directions, end now; new ones end at once."""
        for a, b in pairs:
            self.cut_pairs |= {(a, b), (b, a)}
            self._reset(a, b)

    def forsake(self, server):
        """The others' connections with `server` end now, and nobody tells it: it learns of it by silence, or when it sends
        something behind the repair."""
        self.hold(*self.pairs_of(server))
        for (_, target), flow in self.flows.items():
            if target == server:
                for end in tuple(flow.ends):
                    end.reset()

    def _reset(self, a, b):
        for pair in ((a, b), (b, a)):
            for end in tuple(self.flows[pair].ends):
                end.reset()

    def heal(self):
        """Everything comes through again at once; what was held is delivered first."""
        self.cut_pairs.clear()
        for flow in self.flows.values():
            flow.delay = 0.0
            flow.release()
