# SPDX-License-Identifier: Apache-2.0
"""One run: an ensemble under load, faults from a seed, and what must be true at the end."""

import asyncio
import os
import random
import shutil
import traceback

from faults import linearizable, options
from faults.client import Client
from faults.history import History
from faults.load import JOURNAL, Worker
from faults.members import Members
from faults.nemesis import Nemesis
from faults.watcher import Watcher
from harness import wire

KEYS = ["/a", "/b", "/c"]
WATCHED = "/watched"
FINAL_SECONDS = 30  # only ends a run that has failed
PATIENCE_MAX = 12.0


class Failed(AssertionError):
    """With all that is needed to understand it."""


def run(name, *faults):
    """Plays a scenario: the named faults of Nemesis in a random order, again and again for the seconds asked for. Returns a
    line about what was seen."""
    seed = f"{options.SEED}/{name}"
    return asyncio.run(_Scenario(name, seed, faults).run())


class _Scenario:
    def __init__(self, name, seed, faults):
        self.name, self.seed, self.faults = name, seed, faults
        self.members = Members()
        self.history = History()
        self.random = random.Random(seed)
        self.nemesis = Nemesis(self.members, self.history, random.Random(self.random.random()), KEYS)
        self.ports = {number: server.port for number, server in self.members.servers.items()}
        self.workers, self.watchers, self.tasks = [], [], []

    async def run(self):
        try:
            await self.members.network.open()
            await asyncio.to_thread(self.members.start)
            await self._load()
            await self._finish()
        except Exception as error:
            self.members.kill_all()
            self._keep()
            text = str(error) if isinstance(error, AssertionError) else traceback.format_exc(limit=-4)
            raise Failed(self._report(text)) from None
        finally:
            for task in self.tasks:
                task.cancel()
            self._close(*(one.client for one in self.workers + self.watchers))
            self.members.network.close()
            self.members.kill_all()
            self.members.stop()
        return self._summary()

    async def _load(self):
        self._make_clients()
        self.history.start()
        first = self.workers[0]
        await first.client.ready()
        await first.client.call(wire.CREATE, wire.create(JOURNAL))
        for key in KEYS + [WATCHED]:
            await first.ask("create", key)
        self.tasks = [asyncio.ensure_future(one.run()) for one in self.watchers + self.workers]
        schedule = asyncio.ensure_future(self._schedule())
        done, _ = await asyncio.wait([schedule, *self.tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        for worker in self.workers:
            worker.is_done = True
        await self._soon(asyncio.gather(*self.tasks[len(self.watchers):]), "a client finds no server that takes it")

    def _make_clients(self):
        """At each server one that stays with it and one that goes elsewhere when it does not answer, and as many that watch."""
        for number in self.ports:
            for roams in (False, True):
                kind = "roams" if roams else "stays"
                # The patient have requests with a suspended leader when it wakes up.
                patience = self.random.uniform(1.5, 3.0) if roams else PATIENCE_MAX
                worker = Client(f"{number}-{kind}", self.ports, number, roams, patience)
                keys = KEYS * 4 + [WATCHED]
                self.workers.append(Worker(worker, random.Random(self.random.random()), self.history, keys))
                watcher = Client(f"{number}-{kind}-watches", self.ports, number, roams)
                self.watchers.append(Watcher(watcher, WATCHED, is_persistent=not roams))

    async def _schedule(self):
        self.nemesis.workers = self.workers
        seconds = options.SECONDS * min(len(self.faults), 2)
        while True:
            await asyncio.sleep(0.3)
            for fault in self.random.sample(self.faults, len(self.faults)):
                await getattr(self.nemesis, fault)()
                await self.nemesis.recover()
                if self.history.now() >= seconds:
                    return

    # The end.

    async def _finish(self):
        last = await self._soon(self._last_change(), "no change is made")
        trees = {number: await self._soon(self._look(number), f"server {number} does not answer") for number in self.ports}
        first = next(iter(trees.values()))
        for number, tree in trees.items():
            assert tree == first, f"servers differ:\n{first}\n{number}: {tree}"
        await self._soon(self._watchers_see(last), lambda: f"lost watches of change {last:x}: {self._blind(last)}")
        for client in [one.client for one in self.workers + self.watchers]:
            assert client.sessions_lost == 0, f"{client.name} lost {client.sessions_lost} sessions"
            assert not client.went_back, f"{client.name} was shown an older state: {client.went_back}"
        self.members.kill_all()
        for key in KEYS + [WATCHED]:
            violation = linearizable.check(self.history.of_key(key))
            assert violation is None, str(violation)

    async def _last_change(self):
        """Changes what is watched once more; returns its mzxid."""
        worker = self.workers[0]
        while True:
            await worker.client.ready()
            for kind in ("create", "set"):
                operation = await worker.ask(kind, WATCHED)
            if operation.outcome == "ok":
                return operation.zxid

    async def _look(self, number):
        """What a server holds, behind a sync: also recorded as reads."""
        client = Client(f"{number}-final", self.ports, number, patience=FINAL_SECONDS)
        await client.ready()
        worker = Worker(client, self.random, self.history, KEYS)
        reads = [await worker.ask("read", key) for key in KEYS + [WATCHED]]
        journal = set((await client.call(wire.GET_CHILDREN2, wire.path_watch(JOURNAL)))["paths"])
        client.close()
        for one in self.workers:
            lost = [path for path in one.journal if path.rsplit("/", 1)[1] not in journal]
            assert not lost, f"server {number} has lost what it acknowledged: {lost[:10]}"
        return [(read.outcome, read.value, read.version) for read in reads], hash(frozenset(journal))

    async def _watchers_see(self, last):
        while not all(watcher.seen == last for watcher in self.watchers):
            await asyncio.sleep(0.02)

    def _blind(self, last):
        return [(w.client.name, w.client.server, w.seen and f"{w.seen:x}", w.armed) for w in self.watchers if w.seen != last]

    async def _soon(self, what, otherwise):
        """Awaits `what`; the bound only ends a run that has failed."""
        try:
            async with asyncio.timeout(FINAL_SECONDS):
                return await what
        except TimeoutError:
            raise AssertionError(f"not in {FINAL_SECONDS} s: {otherwise() if callable(otherwise) else otherwise}") from None

    def _close(self, *clients):
        for client in clients:
            client.close()

    # What is said.

    def _summary(self):
        operations = self.history.operations
        unknown = sum(o.outcome == "unknown" for o in operations)
        return (f"{len(operations)} operations, {unknown} unknown, {self.history.acknowledged} changes, "
                f"longest pause {self.history.longest_pause():.2f} s, {len(self.nemesis.done)} steps")

    def _report(self, text):
        done = "\n".join(self.nemesis.done)
        return (f"{text}\nseed {options.SEED}: tests/e2e/run --only '{self.name}' --seed {options.SEED} "
                f"--seconds {options.SECONDS:g}\nwhat was done:\n{done}\n{self._summary()}\n{self.members.log_tails()}")

    def _keep(self):
        if options.KEEP is None:
            return
        place = os.path.join(options.KEEP, self.name.replace("/", "-").replace(" ", "-")[:60])
        os.makedirs(place, exist_ok=True)
        for number, server in self.members.servers.items():
            shutil.copy(server.log_path, os.path.join(place, f"server-{number}.log"))
        with open(os.path.join(place, "history.txt"), "w", encoding="utf-8") as file:
            file.writelines(f"{operation}\n" for operation in self.history.operations)
