# SPDX-License-Identifier: Apache-2.0
"""A client with a session that outlives its connections, on the event loop of a scenario.

One call at a time; a reply that does not come is Lost, and the caller decides what that means.
"""

import asyncio
import struct

from harness import wire

HOST = "127.0.0.1"
CONNECT_SECONDS = 2.0
SESSION_MS = 30_000


class Lost(Exception):
    """The connection ended before the answer came: what was asked for may or may not happen."""


class Client:
    """A session at `home`, one of `ports` (id to client port, or to host and port). One that `roams` goes to another server
    when its own does not answer for `patience` seconds; others wait for it to come back."""

    def __init__(self, name, ports, home, roams=False, patience=3.0):
        self.name, self.ports, self.home, self.roams, self.patience = name, ports, home, roams, patience
        self.session, self.password = 0, bytes(16)
        self.last_zxid = 0
        self.server = None
        self.sessions_lost = 0
        self.went_back = []  # zxids seen that were older than one seen before
        self.on_event = lambda event: None
        self.on_connected = None  # a coroutine: the first to ask something on each new connection
        self.reader = self.writer = self.reading = None
        self.replies = None  # the future of what is asked
        self.frames, self.wanted = [], 0
        self.next_xid = 1

    async def ready(self):
        """Connects if need be, for as long as it takes."""
        while self.writer is None:
            order = sorted(self.ports, key=lambda number: (number - self.home) % 256)
            for number in order if self.roams else [self.home]:
                if await self._connect(number):
                    break
            else:
                await asyncio.sleep(0.05)

    async def call(self, opcode, body=b"", xid=None):
        """The reply to a request that is sent at once. Raises Lost, also if there is no connection."""
        return (await self.call_all((opcode, body), xid=xid))[0]

    async def call_all(self, *requests, xid=None):
        """The replies to requests that are sent together."""
        if self.writer is None:
            raise Lost
        replies = self.replies = asyncio.get_running_loop().create_future()
        self.frames, self.wanted = [], len(requests)
        xids = [self._send(opcode, body, xid) for opcode, body in requests]
        try:
            frames = await asyncio.wait_for(replies, self.patience)
        except asyncio.TimeoutError:
            self._drop()
            raise Lost from None
        return [self._reply(opcode, number, frame) for (opcode, _), number, frame in zip(requests, xids, frames)]

    def _send(self, opcode, body, xid):
        if xid is None:
            xid, self.next_xid = self.next_xid, self.next_xid + 1
        payload = wire.int32(xid) + wire.int32(opcode) + body
        self.writer.write(wire.int32(len(payload)) + payload)
        return xid

    def _reply(self, opcode, xid, frame):
        reply = wire.decode_reply(opcode, frame)
        assert reply["xid"] == xid, f"{self.name}: request {xid} was answered by {reply}"
        zxid = int(reply["zxid"])
        if 0 < zxid < self.last_zxid:
            self.went_back.append((self.last_zxid, zxid, self.server))
        self.last_zxid = max(self.last_zxid, zxid)
        return reply

    def close(self):
        """Ends the connection; the session stays."""
        self._drop()

    async def _connect(self, number):
        writer = None
        try:
            reader, writer = await asyncio.wait_for(
                asyncio.open_connection(*self._address(number)), CONNECT_SECONDS)
            request = wire.connect_request(self.session, self.password, SESSION_MS, self.last_zxid)
            writer.write(wire.int32(len(request)) + request)
            answer = wire.Reader(await asyncio.wait_for(_frame(reader), CONNECT_SECONDS))
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            if writer is not None:
                writer.close()
            return False
        _, timeout, session, password = answer.int32(), answer.int32(), answer.int64(), answer.buffer()
        if timeout <= 0:
            writer.close()
            self.sessions_lost += 1
            self.session, self.password = 0, bytes(16)
            return False
        self.session, self.password, self.server = session, password, number
        self.reader, self.writer = reader, writer
        self.reading = asyncio.ensure_future(self._read(reader, writer))
        if self.on_connected is not None:
            try:
                await self.on_connected()
            except Lost:
                return False
        return self.writer is not None

    def _address(self, number):
        port = self.ports[number]
        return port if isinstance(port, tuple) else (HOST, port)

    async def _read(self, reader, writer):
        try:
            while True:
                frame = await _frame(reader)
                if struct.unpack(">i", frame[:4])[0] == wire.XID_EVENT:
                    self.on_event(wire.decode_event(frame))
                else:
                    self._take(frame)
        except (OSError, asyncio.IncompleteReadError):
            if self.writer is writer:
                self._drop()
        except ValueError as error:  # no reply of this protocol
            self.replies.set_exception(error)

    def _take(self, frame):
        self.frames.append(frame)
        if len(self.frames) == self.wanted and not self.replies.done():
            self.replies.set_result(self.frames)

    def _drop(self):
        if self.writer is None:
            return
        self.writer.close()
        self.reader = self.writer = None
        if self.reading is not asyncio.current_task():
            self.reading.cancel()
        if self.replies is not None and not self.replies.done():
            self.replies.set_exception(Lost())


async def _frame(reader):
    length = struct.unpack(">i", await reader.readexactly(4))[0]
    return await reader.readexactly(length)
