# SPDX-License-Identifier: Apache-2.0
"""What is done to an ensemble under load. Each fault lasts until clients have got on in spite of it, and is undone
before it returns, so that any of them may follow any other."""

import asyncio
import contextlib
import signal
import time

from faults.client import Client
from faults.load import Worker

PROGRESS = 20  # acknowledged changes
PROGRESS_SECONDS = 60  # only ends a run that has failed
LONGER_THAN_SILENCE = (2.5, 3.5)
PROBES = 4  # of each key
PROBED = (0.1, 2.2)
PROBE_SECONDS = 5.0
QUIET_SECONDS = 0.1
SLOW_SECONDS = 0.05


class Nemesis:
    """Does things to `members` at random; `history` tells it how the clients get on."""

    def __init__(self, members, history, random, keys):
        self.keys = keys
        self.workers = []
        self.members, self.network, self.history, self.random = members, members.network, history, random
        self.probes = 0
        self.done = []  # what it did, with times

    # Faults.

    async def kill_leader(self):
        await self._kill(await self._leader())

    async def kill_follower(self):
        leader = await self._leader()
        await self._kill(self.random.choice([number for number in self.members.servers if number != leader]))

    async def kill_everybody(self):
        self._note("SIGKILL to all")
        self.members.kill_all()
        for server in self.members.servers.values():
            server.launch()
        await asyncio.to_thread(self.members.wait_until_serving)

    async def suspend_leader(self):
        """For longer than the silence that makes the others elect: it wakes up and believes that it leads."""
        leader = await self._leader()
        async with self._asked(leader):
            self._note(f"SIGSTOP {leader}")
            self.members.suspend(leader)
            await self._endure(LONGER_THAN_SILENCE)
            self._note(f"SIGCONT {leader}")
            self.members.resume(leader)

    async def isolate_leader(self):
        """Nothing goes from or to it: held, or with every connection reset."""
        leader = await self._leader()
        pairs = self.network.pairs_of(leader)
        async with self._asked(leader):
            await self._disturb(self.random.choice(("hold", "cut")), pairs, f"all links of {leader}, the leader")

    async def isolate_leader_one_way(self):
        """It hears the others and they do not hear it, or the other way round."""
        leader = await self._leader()
        side = self.random.choice((0, 1))
        pairs = [pair for pair in self.network.flows if pair[side] == leader]
        async with self._asked(leader):
            await self._disturb("hold", pairs, f"all that {leader}, the leader, {('sends', 'is sent')[side]}")

    async def forsake_leader(self):
        """The others lose their connections with it and elect at once; for a while it still believes that it leads."""
        leader = await self._leader()
        async with self._asked(leader):
            self._note(f"the others' connections with {leader}, the leader, end")
            self.network.forsake(leader)
            await self._endure(LONGER_THAN_SILENCE)
            self._note("heal")
            self.network.heal()

    async def half_open_links(self):
        """Some flows are held, each in its own direction; one voter keeps all of its own, so that a quorum is left."""
        hub = self.random.choice(self.members.voters)
        pairs = [pair for pair in self.network.flows if hub not in pair]
        await self._disturb("hold", self.random.sample(pairs, self.random.randint(2, len(pairs))), "half-open links")

    async def reset_links(self):
        """Connections between servers are reset now and then, and come back at once."""
        for _ in range(self.random.randint(3, 6)):
            pair = self.random.choice(list(self.network.flows))
            self._note(f"reset {pair}")
            self.network.cut(pair)
            await asyncio.sleep(self.random.uniform(0.0, 0.3))
            self.network.heal()
            await self._endure((0.1, 0.6))

    async def slow_server(self):
        """All links of one server are slow."""
        number = self.random.choice(self.members.voters)
        self._note(f"{SLOW_SECONDS * 1000:.0f} ms to and from {number}")
        self.network.delay(SLOW_SECONDS, *self.network.pairs_of(number))
        await self._endure(LONGER_THAN_SILENCE)
        self._note("no delay")
        self.network.heal()

    async def rolling_restart(self):
        """SIGTERM and a new start, one server after the other; each ends with 0."""
        numbers = list(self.members.servers)
        self.random.shuffle(numbers)
        for number in numbers:
            self._note(f"SIGTERM {number}")
            code = await asyncio.to_thread(self.members.terminate, number)
            assert code == 0, f"server {number} ended with {code} on SIGTERM"
            await self._start(number)
            await self._endure((0.2, 0.4))

    # What they share.

    async def recover(self):
        """Undoes what is left and waits until every server serves and changes are made."""
        self.network.heal()
        await asyncio.to_thread(self.members.wait_until_serving)
        await self._endure((0.1, 0.5))

    def _note(self, text):
        self.done.append(f"{self.history.now():8.4f} {text}")

    @contextlib.asynccontextmanager
    async def _asked(self, number):
        """While a leader is left alone others go on: who asks it then, at any time, must not be answered from what it has.

        A change that it cannot commit holds back all that comes behind it, so most times its clients make none."""
        probes = [await self._probe(number, key) for key in self.keys * PROBES]
        if self.random.random() < 0.7:
            self._quieten(self.workers)
            await asyncio.sleep(QUIET_SECONDS)
        asks = [asyncio.ensure_future(self._ask_late(probe)) for probe in probes]
        asyncio.get_running_loop().call_later(
            QUIET_SECONDS, lambda: self._quieten([one for one in self.workers if one.is_quiet and one.client.server == number]))
        yield
        self._quieten([])
        await asyncio.gather(*asks)
        for probe in probes:
            probe.client.close()

    def _quieten(self, workers):
        for worker in self.workers:
            worker.is_quiet = worker in workers

    async def _probe(self, number, key):
        self.probes += 1
        port = self.members.servers[number].port
        client = Client(f"{number}-probe{self.probes}", {number: port}, number, patience=PROBE_SECONDS)
        await client.ready()
        return Worker(client, self.random, self.history, [key])

    async def _ask_late(self, probe):
        await asyncio.sleep(self.random.uniform(*PROBED))
        await probe.ask(self.random.choice(("read", "read", "create", "cas")), probe.keys[0])

    async def _leader(self):
        return await asyncio.to_thread(self.members.leader)

    async def _start(self, number):
        self._note(f"start {number}")
        self.members.servers[number].launch()
        await asyncio.to_thread(self.members.wait_until_serving, number)

    async def _kill(self, number):
        self._note(f"SIGKILL {number}")
        self.members.servers[number].process.send_signal(signal.SIGKILL)
        self.members.servers[number].process.wait()
        await self._endure((0.5, 2.5))
        await self._start(number)

    async def _disturb(self, how, pairs, what):
        self._note(f"{how} {what}: {sorted(pairs)}")
        getattr(self.network, how)(*pairs)
        await self._endure(LONGER_THAN_SILENCE)
        self._note("heal")
        self.network.heal()

    async def _endure(self, seconds):
        """For a while, and until clients have got on since now."""
        before = self.history.acknowledged
        await asyncio.sleep(self.random.uniform(*seconds))
        deadline = time.monotonic() + PROGRESS_SECONDS
        while self.history.acknowledged < before + PROGRESS:
            assert time.monotonic() < deadline, (
                f"{self.history.acknowledged - before} changes in {PROGRESS_SECONDS} s, with: {self.done[-1]}")
            await asyncio.sleep(0.02)
