# SPDX-License-Identifier: Apache-2.0
"""The network of the failure tests itself: what it holds, delays and cuts."""

import asyncio

from cases import case
from faults.proxy import HOST, Network
from harness.servers import free_port

SECONDS = 15  # only ends a run that has failed


def between_two(play):
    """Runs `play(network, reader, writer, far)` on a connection that 1 has to 2, where `far` is 2's end."""
    async def main():
        network = Network({1: [free_port()], 2: [free_port()]})
        accepted = asyncio.Queue()
        server = await asyncio.start_server(lambda *streams: accepted.put_nowait(streams), HOST, network.servers[2][0])
        await network.open()
        try:
            async with asyncio.timeout(SECONDS):
                near = await asyncio.open_connection(HOST, network.ports[1, 2][0])
                far = await accepted.get()
                await play(network, near, far)
        finally:
            network.close()
            server.close()

    asyncio.run(main())


async def send(source, target, text):
    source[1].write(text)
    assert await target[0].readexactly(len(text)) == text


async def is_silent(end):
    try:
        await asyncio.wait_for(end[0].read(1), 0.2)
        return False
    except asyncio.TimeoutError:
        return True


async def is_reset(end):
    try:
        await end[0].read(1)
        return False
    except ConnectionResetError:
        return True


@case
def test_holds_one_way():
    """What is held comes when it is released, in order; the other direction goes on; an end is held too."""
    async def play(network, near, far):
        await send(near, far, b"one")
        network.hold((1, 2))
        near[1].write(b"two")
        await send(far, near, b"back")
        assert await is_silent(far)
        near[1].write(b"three")
        near[1].close()
        assert await is_silent(far)
        network.heal()
        assert await far[0].read() == b"twothree"

    between_two(play)


@case
def test_half_open():
    """A connection to a server that nothing reaches is taken, and reaches it behind the repair."""
    async def play(network, *_):
        network.hold((1, 2), (2, 1))
        near = await asyncio.open_connection(HOST, network.ports[1, 2][0])
        near[1].write(b"hello")
        assert await is_silent(near)
        network.heal()
        near[1].close()

    between_two(play)


@case
def test_cuts():
    """A cut resets what stands and what comes; behind the repair new connections stand."""
    async def play(network, near, far):
        await send(near, far, b"x")
        network.cut((2, 1))
        for end in (near, far, await asyncio.open_connection(HOST, network.ports[1, 2][0])):
            assert await is_reset(end)
        network.heal()
        near = await asyncio.open_connection(HOST, network.ports[1, 2][0])
        assert await is_silent(near)

    between_two(play)


@case
def test_forsakes():
    """The others' ends are reset at once; the forsaken one hears nothing until the repair, and then of its own bytes only."""
    async def play(network, near, far):
        await send(near, far, b"x")
        network.forsake(2)
        assert await is_reset(near)
        assert await is_silent(far)
        network.heal()
        assert await is_silent(far)
        far[1].write(b"y")
        assert await is_reset(far)

    between_two(play)


@case
def test_delays():
    """What is delayed comes later, and in order."""
    async def play(network, near, far):
        loop = asyncio.get_running_loop()
        network.delay(0.2, (1, 2))
        before = loop.time()
        near[1].write(b"a")
        await asyncio.sleep(0.05)
        network.delay(0.0, (1, 2))
        near[1].write(b"b")
        assert await far[0].readexactly(2) == b"ab"
        assert loop.time() - before >= 0.2

    between_two(play)
