# SPDX-License-Identifier: Apache-2.0
"""The crowd of the failure tests beside what is done to a cluster: on a thread of its own."""

import asyncio
import itertools
import random
import threading

from faults.crowd import Crowd
from faults.history import History
from kube import until

PAUSE_SECONDS = 0.1
_numbers = itertools.count(1)


class Load:
    """Begins with the first answer to each client's first request, and ends with what all of them must have seen:

        with Load({1: ("host", 2181)}) as load:
            what is done
        load.seen says how clients got on
    """

    def __init__(self, addresses):
        rng = random.Random(random.randrange(1 << 32))
        self.history = History()
        self.crowd = Crowd(addresses, self.history, rng, name=f".{next(_numbers)}", pause=PAUSE_SECONDS, all_roam=True)
        self.is_begun, self.is_over = threading.Event(), threading.Event()
        self.problem, self.has_failed, self.seen = None, False, ""
        self.thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.thread.start()
        self.is_begun.wait()
        return self

    def __exit__(self, kind, *_):
        self.has_failed = kind is not None
        self.is_over.set()
        self.thread.join()
        if self.problem is not None and not self.has_failed:
            raise self.problem

    def await_progress(self, changes=50):
        """Until so many changes have been made since now, or the load has failed."""
        wanted = self.history.acknowledged + changes
        until(lambda: self.problem or self.history.acknowledged >= wanted, f"{changes} changes")

    def _run(self):
        try:
            asyncio.run(self._play())
        except Exception as problem:
            self.problem = problem
        self.is_begun.set()

    async def _play(self):
        try:
            await self.crowd.start()
            self.is_begun.set()
            await self.crowd.run_beside(asyncio.to_thread(self.is_over.wait))
            if self.has_failed:
                return
            await self.crowd.agree()
            self.crowd.check()
            self.seen = self.crowd.summary()
        finally:
            self.is_over.set()
            self.crowd.stop()
