# SPDX-License-Identifier: Apache-2.0
"""Clients at every server that change, read and watch a few keys, and what must be true of all that they were told."""

import asyncio
import random

from faults import linearizable
from faults.client import Client
from faults.load import JOURNAL, PAUSE_SECONDS, Worker
from faults.watcher import Watcher
from harness import wire

KEYS = ["/a", "/b", "/c"]
WATCHED = "/watched"
FINAL_SECONDS = 30  # only ends a run that has failed
PATIENCE_MAX = 12.0


class Crowd:
    """At each of `ports` one worker that stays with it and one that goes elsewhere when it does not answer, and as many that
    watch. With a `name` it has keys of its own, beside those of other crowds. All go elsewhere if servers may be away for
    longer than sessions last."""

    def __init__(self, ports, history, rng, name="", pause=PAUSE_SECONDS, all_roam=False):
        self.ports, self.history, self.random, self.name, self.pause = ports, history, rng, name, pause
        self.all_roam = all_roam
        self.keys, self.watched = [key + name for key in KEYS], WATCHED + name
        self.workers, self.watchers, self.tasks = [], [], []

    async def start(self):
        """Makes the keys, which must not be there, and begins."""
        self._make_clients()
        self.history.start()
        first = self.workers[0]
        await first.client.ready()
        await first.client.call(wire.CREATE, wire.create(JOURNAL))
        for key in self.keys + [self.watched]:
            await first.ask("create", key)
        self.tasks = [asyncio.ensure_future(one.run()) for one in self.watchers + self.workers]

    def _make_clients(self):
        for number in self.ports:
            for is_persistent in (True, False):
                roams = self.all_roam or not is_persistent
                kind = f"{'roams' if roams else 'stays'}{'-on' if roams and is_persistent else ''}{self.name}"
                # The patient have requests with a suspended leader when it wakes up.
                patience = self.random.uniform(1.5, 3.0) if roams else PATIENCE_MAX
                worker = Client(f"{number}-{kind}", self.ports, number, roams, patience)
                keys = self.keys * 4 + [self.watched]
                self.workers.append(Worker(worker, random.Random(self.random.random()), self.history, keys, self.pause))
                watcher = Client(f"{number}-{kind}-watches", self.ports, number, roams)
                self.watchers.append(Watcher(watcher, self.watched, is_persistent))

    async def run_beside(self, schedule):
        """Until that ends, which may end only if nothing fails; then no worker asks for more."""
        schedule = asyncio.ensure_future(schedule)
        done, _ = await asyncio.wait([schedule, *self.tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        for worker in self.workers:
            worker.is_done = True
        await _soon(asyncio.gather(*self.tasks[len(self.watchers):]), "a client finds no server that takes it")

    async def agree(self):
        """All servers must hold the same, with all that was acknowledged; and every watch must see the last change."""
        last = await _soon(self._last_change(), "no change is made")
        trees = {number: await _soon(self._look(number), f"server {number} does not answer") for number in self.ports}
        first = next(iter(trees.values()))
        for number, tree in trees.items():
            assert tree == first, f"servers differ:\n{first}\n{number}: {tree}"
        await _soon(self._watchers_see(last), lambda: f"lost watches of change {last:x}: {self._blind(last)}")
        for client in self.clients():
            assert client.sessions_lost == 0, f"{client.name} lost {client.sessions_lost} sessions"
            assert not client.went_back, f"{client.name} was shown an older state: {client.went_back}"

    def check(self):
        """The answers must be linearizable."""
        for key in self.keys + [self.watched]:
            violation = linearizable.check(self.history.of_key(key))
            assert violation is None, str(violation)

    def stop(self):
        for task in self.tasks:
            task.cancel()
        for client in self.clients():
            client.close()

    def clients(self):
        return [one.client for one in self.workers + self.watchers]

    async def _last_change(self):
        """Changes what is watched once more; returns its mzxid."""
        worker = self.workers[0]
        while True:
            await worker.client.ready()
            for kind in ("create", "set"):
                operation = await worker.ask(kind, self.watched)
            if operation.outcome == "ok":
                return operation.zxid

    async def _look(self, number):
        """What a server holds, behind a sync: also recorded as reads."""
        client = Client(f"{number}-final{self.name}", self.ports, number, patience=FINAL_SECONDS)
        await client.ready()
        worker = Worker(client, self.random, self.history, self.keys)
        reads = [await worker.ask("read", key) for key in self.keys + [self.watched]]
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

    def summary(self):
        operations = self.history.operations
        unknown = sum(o.outcome == "unknown" for o in operations)
        return (f"{len(operations)} operations, {unknown} unknown, {self.history.acknowledged} changes, "
                f"longest pause {self.history.longest_pause():.2f} s")


async def _soon(what, otherwise):
    """Awaits `what`; the bound only ends a run that has failed."""
    try:
        async with asyncio.timeout(FINAL_SECONDS):
            return await what
    except TimeoutError:
        raise AssertionError(f"not in {FINAL_SECONDS} s: {otherwise() if callable(otherwise) else otherwise}") from None
