# SPDX-License-Identifier: Apache-2.0
"""Refusals are answers like others: a leader that others have left does not refuse from what it has."""

import asyncio

from cases import case
from faults.client import Client
from faults.history import OK, History
from faults.load import Worker
from faults.members import Members

SECONDS = 60  # only ends a run that has failed


@case
def test_forsaken_leader_refuses_nothing():
    """What the others have created is not said to be absent by the leader that they have left."""
    asyncio.run(_left_alone())


async def _left_alone():
    members = Members(observers=0)
    history = History()
    try:
        await members.network.open()
        await asyncio.to_thread(members.start)
        ports = {number: server.port for number, server in members.servers.items()}
        leader = await asyncio.to_thread(members.leader)
        there = Worker(Client("there", ports, leader), None, history, [])
        elsewhere = Worker(Client("elsewhere", ports, members.others(leader)[0]), None, history, [])
        await there.client.ready()
        await elsewhere.client.ready()
        members.network.forsake(leader)
        async with asyncio.timeout(SECONDS):
            while (await elsewhere.ask("create", "/late")).outcome != OK:
                await elsewhere.client.ready()
        late = asyncio.ensure_future(there.ask("set", "/late"))
        await asyncio.sleep(0.5)
        members.network.heal()
        assert (await late).outcome != "no node", f"{history.operations[-2]}\n{history.operations[-1]}\n{members.log_tails()}"
        there.client.close()
        elsewhere.client.close()
    finally:
        members.network.close()
        members.kill_all()
        members.stop()
