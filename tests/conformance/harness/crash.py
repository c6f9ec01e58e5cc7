# SPDX-License-Identifier: Apache-2.0
"""The crash test: load, kill -9 in the middle, restart; nothing acknowledged may be missing.

Several sessions write in a pipelined way and note every acknowledged write. After each kill the server
is started again on its data: every acknowledged node and value must be there, the sessions attach again
with their passwords, and their ephemerals are still theirs. A write that was sent and not answered may
be there or not, a transaction as a whole. Snapshots are so frequent that kills fall into them and
recoveries need them.
"""

import os
import random
import re
import struct
import threading
import time

from . import wire
from .servers import server_class

WRITERS = 4
PIPELINE = 32
TIMEOUT_MS = 30_000


class Writer:
    """One session that writes until its connection ends. Knows what was acknowledged and what was sent."""

    def __init__(self, server, index, generator):
        self.server = server
        self.root = f"/w{index}"
        self.random = generator
        self.connection = None
        self.session, self.password, self.last_zxid = 0, bytes(16), 0
        self.acknowledged = {}  # Path to data, None once its deletion was acknowledged.
        self.unanswered = []  # (opcode, {path: data}) in the order they were sent.
        self.ephemerals = set()
        self.count = 0
        self.writes = 0

    def attach(self):
        """Opens a connection with the session; returns whether the server still knew it."""
        self.connection = wire.Connection(self.server.address)
        self.connection.send_frame(wire.connect_request(self.session, self.password, TIMEOUT_MS, self.last_zxid))
        reader = wire.Reader(self.connection.receive_frame())
        _, timeout, session = reader.int32(), reader.int32(), reader.int64()
        known = timeout > 0 and self.session in (0, session)
        self.session, self.password = session, reader.buffer()
        return known

    def call(self, opcode, body):
        self.connection.send_request(opcode, body)
        reply = wire.decode_reply(opcode, self.connection.receive_frame())
        self.last_zxid = max(self.last_zxid, reply["zxid"])
        return reply

    def draw(self):
        """The next write: mostly new nodes, some values changed, a few deletions and ephemerals."""
        self.count += 1
        known = [path for path, state in self.acknowledged.items() if state is not None]
        choice = self.random.random()
        data = f"{self.count}:" + "x" * self.random.randrange(200)
        if choice < 0.3 and known:
            path = self.random.choice(known[-50:])
            return wire.SET_DATA, {path: data}, wire.set_data(path, data)
        if choice < 0.4 and known:
            path = self.random.choice(known[-50:])
            return wire.DELETE, {path: None}, wire.path_version(path)
        path = f"{self.root}/n{self.count}"
        if choice < 0.55:
            pair = {path: data, path + "b": data}
            return wire.MULTI, pair, wire.multi(*((wire.CREATE, wire.create(name, data)) for name in pair))
        flags = wire.EPHEMERAL if choice < 0.65 else wire.PERSISTENT
        if flags == wire.EPHEMERAL:
            self.ephemerals.add(path)
        return wire.CREATE, {path: data}, wire.create(path, data, flags=flags)

    def run(self):
        try:
            while True:
                batch = [self.draw() for _ in range(self.random.randrange(1, PIPELINE))]
                self.unanswered = [(opcode, effect) for opcode, effect, _ in batch]
                for opcode, _, body in batch:
                    self.connection.send_request(opcode, body)
                for _ in batch:
                    self.settle(self.connection.receive_frame())
        except (wire.Closed, wire.TimedOut, OSError):
            pass

    def settle(self, frame):
        _, zxid, error = struct.unpack(">iqi", frame[:16])
        self.last_zxid = max(self.last_zxid, zxid)
        opcode, effect = self.unanswered.pop(0)
        if error != 0:
            return
        if opcode == wire.MULTI and wire.decode_reply(opcode, frame)["results"][0]["err"] != 0:
            return
        self.writes += 1
        self.acknowledged.update(effect)

    def verify(self):
        """What is wrong with the server's state by this writer's notes."""
        problems = []
        possible = {}
        for _, effect in self.unanswered:
            for path, data in effect.items():
                possible.setdefault(path, set()).add(data)
        open_questions = set(possible)
        paths = list(self.acknowledged)
        for path in paths:
            self.connection.send_request(wire.GET_DATA, wire.path_watch(path))
        for path in paths:
            reply = wire.decode_reply(wire.GET_DATA, self.connection.receive_frame())
            self.last_zxid = max(self.last_zxid, reply["zxid"])
            found = reply.get("data") if reply["err"] == 0 else None
            expected = self.acknowledged[path]
            if found != expected and found not in possible.get(path, ()):
                problems.append(f"{path}: acknowledged {_short(expected)}, found {_short(found)}")
            if found is not None and path in self.ephemerals and reply["stat"]["ephemeralOwner"] != self.session:
                problems.append(f"{path}: the ephemeral belongs to another session")
            if path in open_questions:
                self.acknowledged[path] = found
        # What was sent last may exist without having been acknowledged.
        for path in open_questions - set(paths):
            reply = self.call(wire.GET_DATA, wire.path_watch(path))
            self.acknowledged[path] = reply.get("data") if reply["err"] == 0 else None
        for opcode, effect in self.unanswered:
            if opcode == wire.MULTI and len({self.acknowledged[path] for path in effect}) != 1:
                problems.append(f"half of a transaction: {', '.join(effect)}")
        self.unanswered = []
        return problems


def _short(value):
    return "nothing" if value is None else f"'{value[:20]}'"


def run(kind, report, seed, rounds=5):
    name = f"crash/{rounds} rounds, seed {seed}"
    generator = random.Random(seed)
    server = server_class(kind)({"znode.container.checkIntervalMs": "86400000", "snapCount": "400",
                                 "preAllocSize": "64"})
    try:
        problems, writes = _play(server, generator, rounds)
    except Exception as error:
        problems, writes = [f"{type(error).__name__}: {error}\n{server.log_tail()}"], 0
    finally:
        server.stop()
    if report.check(name, not problems, "\n".join(problems[:20])):
        report.say(f"crash: {writes} acknowledged writes survived {rounds} kills (seed {seed})")


def _play(server, generator, rounds):
    server.start()
    problems = []
    writers = [Writer(server, index, random.Random(generator.random())) for index in range(WRITERS)]
    for writer in writers:
        writer.attach()
        writer.call(wire.CREATE, wire.create(writer.root))
    for round_ in range(rounds):
        threads = [threading.Thread(target=writer.run, daemon=True) for writer in writers]
        for thread in threads:
            thread.start()
        time.sleep(generator.uniform(0.2, 1.0))  # The kill falls anywhere in the load.
        server.kill()
        for thread in threads:
            thread.join()
        server.start()
        for writer in writers:
            if not writer.attach():
                problems.append(f"round {round_}: session of {writer.root} was lost")
                return problems, 0
            problems += [f"round {round_}: {problem}" for problem in writer.verify()]
        if problems:
            break
    if server.kind == "paddock":
        problems += _check_disk(server)
    return problems, sum(writer.writes for writer in writers)


def _check_disk(server):
    """Snapshots were taken, and what they have replaced is gone: otherwise the kills were tested by halves."""
    home = os.path.join(server.config["dataDir"], "paddock")
    snapshots = [name for name in os.listdir(home) if re.fullmatch("snapshot[.][0-9a-f]{16}", name)]
    segments = os.listdir(os.path.join(home, "log"))
    problems = []
    if not 3 <= len(snapshots) <= 4:  # The fourth one may be new.
        problems.append(f"there are {len(snapshots)} snapshots instead of 3: {snapshots}")
    if "segment.0000000000000001" in segments:
        problems.append(f"the log was not released: {sorted(segments)}")
    return problems
