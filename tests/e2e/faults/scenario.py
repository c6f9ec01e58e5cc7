# SPDX-License-Identifier: Apache-2.0
"""One run: an ensemble under load, faults from a seed, and what must be true at the end."""

import asyncio
import os
import random
import shutil
import traceback

from faults import options
from faults.crowd import Crowd
from faults.history import History
from faults.members import Members
from faults.nemesis import Nemesis


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
        ports = {number: server.port for number, server in self.members.servers.items()}
        self.crowd = Crowd(ports, self.history, random.Random(self.random.random()))
        self.nemesis = Nemesis(self.members, self.history, random.Random(self.random.random()), self.crowd.keys)

    async def run(self):
        try:
            await self.members.network.open()
            await asyncio.to_thread(self.members.start)
            await self.crowd.start()
            await self.crowd.run_beside(self._schedule())
            await self.crowd.agree()
            self.members.kill_all()
            self.crowd.check()
        except Exception as error:
            self.members.kill_all()
            self._keep()
            text = str(error) if isinstance(error, AssertionError) else traceback.format_exc(limit=-4)
            raise Failed(self._report(text)) from None
        finally:
            self.crowd.stop()
            self.members.network.close()
            self.members.kill_all()
            self.members.stop()
        return self._summary()

    async def _schedule(self):
        self.nemesis.workers = self.crowd.workers
        seconds = options.SECONDS * min(len(self.faults), 2)
        while True:
            await asyncio.sleep(0.3)
            for fault in self.random.sample(self.faults, len(self.faults)):
                await getattr(self.nemesis, fault)()
                await self.nemesis.recover()
                if self.history.now() >= seconds:
                    return

    # What is said.

    def _summary(self):
        return f"{self.crowd.summary()}, {len(self.nemesis.done)} steps"

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
