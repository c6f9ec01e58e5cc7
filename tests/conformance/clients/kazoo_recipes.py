#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kazoo with every recipe it has, against one server. Prints what it saw, one line each.

Usage: kazoo_recipes.py HOST:PORT. A line "@restart" asks whoever started this to restart the server;
"done" on standard input says that it has happened.
"""

import logging
import sys
import threading
import time

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import (BadVersionError, KazooException, NoAuthError, NodeExistsError, NoNodeError,
                              NotEmptyError, RolledBackError)
from kazoo.protocol.states import WatchedEvent
from kazoo.recipe.barrier import Barrier, DoubleBarrier
from kazoo.recipe.cache import TreeCache
from kazoo.recipe.lease import MultiNonBlockingLease, NonBlockingLease
from kazoo.recipe.watchers import PatientChildrenWatch
from kazoo.retry import KazooRetry
from kazoo.security import make_acl, make_digest_acl

logging.basicConfig(level=logging.CRITICAL)
HOSTS = sys.argv[1]
SECONDS = 60


def say(*words):
    print(*words, flush=True)


def started(**options):
    client = KazooClient(hosts=HOSTS, timeout=30, **options)
    client.start(SECONDS)
    return client


def ended(client):
    client.stop()
    client.close()


def waits_for(condition, what):
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {SECONDS} s for {what}")
        time.sleep(0.01)


def error_of(function, *arguments, **options):
    try:
        return function(*arguments, **options)
    except KazooException as error:
        return type(error).__name__


def stat_of(stat):
    return (stat.version, stat.cversion, stat.aversion, stat.dataLength, stat.numChildren,
            stat.ephemeralOwner != 0, stat.czxid <= stat.mzxid)


def basics(c):
    say("create", c.create("/k/basic", b"data", makepath=True))
    say("create again", error_of(c.create, "/k/basic"))
    path, stat = c.create("/k/basic/seq-", b"1", sequence=True, include_data=True)
    say("create2", path, stat_of(stat))
    say("ephemeral", c.create("/k/basic/e", b"", ephemeral=True))
    say("under ephemeral", error_of(c.create, "/k/basic/e/x"))
    say("get", c.get("/k/basic")[0], stat_of(c.get("/k/basic")[1]))
    say("set", stat_of(c.set("/k/basic", b"more data", version=0)))
    say("set old", error_of(c.set, "/k/basic", b"x", version=0))
    say("children", sorted(c.get_children("/k/basic")))
    children, stat = c.get_children("/k/basic", include_data=True)
    say("children2", sorted(children), stat_of(stat))
    say("exists", c.exists("/k/none"), stat_of(c.exists("/k/basic")))
    say("missing", error_of(c.get, "/k/none"), error_of(c.set, "/k/none", b""), error_of(c.delete, "/k/none"))
    say("not empty", error_of(c.delete, "/k/basic"))
    say("bad version", error_of(c.delete, "/k/basic/e", version=7))
    say("sync", c.sync("/k/basic"))
    say("ensure", c.ensure_path("/k/a/b/c"), c.exists("/k/a/b/c") is not None)
    c.delete("/k/a", recursive=True)
    say("recursive delete", c.exists("/k/a"))
    say("unicode", c.create("/k/basic/日本é"), "日本é" in c.get_children("/k/basic"))
    results = [c.get_async("/k/basic") for _ in range(200)] + [c.exists_async("/k/none")]
    say("pipelined", {result.get(SECONDS)[0] for result in results[:-1]}, results[-1].get(SECONDS))


def transactions(c):
    c.create("/k/tx")
    transaction = c.transaction()
    transaction.create("/k/tx/a", b"1")
    transaction.create("/k/tx/s-", b"2", sequence=True)
    transaction.set_data("/k/tx", b"3", version=0)
    transaction.check("/k/tx/a", version=0)
    transaction.delete("/k/tx/a")
    result = transaction.commit()
    say("committed", result[0], result[1], stat_of(result[2]), result[3], result[4])
    transaction = c.transaction()
    transaction.create("/k/tx/b")
    transaction.check("/k/tx", version=99)
    transaction.create("/k/tx/c")
    say("rolled back", [type(r).__name__ for r in transaction.commit()], sorted(c.get_children("/k/tx")))
    assert RolledBackError and BadVersionError and NodeExistsError and NoNodeError and NotEmptyError


def acls(c):
    owner = started(auth_data=[("digest", "kazoo:secret")])
    acl = make_digest_acl("kazoo", "secret", all=True)
    owner.create("/k/private", b"x", acl=[acl])
    say("other reads", error_of(c.get, "/k/private"), error_of(c.set, "/k/private", b""),
        error_of(c.set_acls, "/k/private", [acl]))
    say("owner reads", owner.get("/k/private")[0])
    found, stat = owner.get_acls("/k/private")
    say("acl", found, stat_of(stat))
    say("set acl", stat_of(owner.set_acls("/k/private", [acl, make_acl("world", "anyone", read=True)])))
    found, _ = c.get_acls("/k/private")
    say("masked", sorted((a.perms, a.id.scheme, a.id.id) for a in found))
    c.add_auth("digest", "kazoo:secret")
    say("after add_auth", c.get("/k/private")[0], error_of(c.set, "/k/private", b"y") is not None)
    say("is a NoAuthError", NoAuthError.__name__)
    ended(owner)


def watches(c):
    seen = []

    def note(event: WatchedEvent):
        seen.append((event.type, event.state, event.path))

    def after(action, *arguments, events=1):
        wanted = len(seen) + events
        action(*arguments)
        waits_for(lambda: len(seen) >= wanted, "an event")

    c.exists("/k/w", watch=note)
    after(c.create, "/k/w")
    c.get("/k/w", watch=note)
    after(c.set, "/k/w", b"1")
    c.get_children("/k/w", watch=note)
    after(c.create, "/k/w/c")
    c.get_children("/k/w/c", watch=note)
    after(c.delete, "/k/w/c")
    c.get("/k/w", watch=note)
    c.get_children("/k/w", watch=note)
    # One event of the server, of which the client tells each of its two watches.
    after(c.delete, "/k/w", events=2)
    say("events", seen)


def watchers(c):
    values, children, patient = [], [], []
    c.ensure_path("/k/watchers")

    @c.DataWatch("/k/watchers/data")
    def _data(data, stat, event):
        values.append((data, stat.version if stat else None, event.type if event else None))

    @c.ChildrenWatch("/k/watchers")
    def _children(names):
        children.append(sorted(names))

    c.create("/k/watchers/data", b"0")
    waits_for(lambda: values and values[-1][0] == b"0", "the first value")
    waits_for(lambda: ["data"] in children, "the child")
    c.set("/k/watchers/data", b"1")
    waits_for(lambda: values[-1][0] == b"1", "the second value")
    c.delete("/k/watchers/data")
    waits_for(lambda: values[-1][0] is None and len(values) > 1, "the deletion")
    say("DataWatch", values)
    waits_for(lambda: children[-1] == [], "no children")
    say("ChildrenWatch", children)
    for name in "ab":
        c.create(f"/k/watchers/{name}")
    result = PatientChildrenWatch(c, "/k/watchers", time_boundary=0.3).start()
    names, _ = result.get(timeout=SECONDS)
    patient.extend(sorted(names))
    say("PatientChildrenWatch", patient)


def locks(c, other):
    first, second = c.Lock("/k/lock", "first"), other.Lock("/k/lock", "second")
    say("acquired", first.acquire(timeout=SECONDS), "second at once", second.acquire(blocking=False))
    order = []

    def take():
        with second:
            order.append("second")
    thread = threading.Thread(target=take)
    thread.start()
    waits_for(lambda: len(first.contenders()) == 2, "a contender")
    say("contenders", first.contenders())
    order.append("first")
    first.release()
    thread.join(SECONDS)
    say("order", order)
    reader_1, reader_2 = c.ReadLock("/k/rw", "r1"), other.ReadLock("/k/rw", "r2")
    writer = other.WriteLock("/k/rw", "w")
    say("two readers", reader_1.acquire(timeout=SECONDS), reader_2.acquire(timeout=SECONDS),
        "writer at once", writer.acquire(blocking=False))
    reader_1.release()
    reader_2.release()
    say("writer", writer.acquire(timeout=SECONDS))
    writer.release()
    semaphores = [client.Semaphore("/k/semaphore", f"s{i}", max_leases=2)
                  for i, client in enumerate((c, other, c))]
    say("semaphore", [s.acquire(blocking=False) for s in semaphores])
    semaphores[0].release()
    say("after release", semaphores[2].acquire(timeout=SECONDS), sorted(semaphores[1].lease_holders()))


def election(c, other):
    led, hold, elected = [], threading.Event(), threading.Event()

    def lead(name, wait):
        led.append(name)
        elected.set()
        if wait:
            assert hold.wait(SECONDS)
    one = threading.Thread(target=lambda: c.Election("/k/election", "one").run(lead, "one", True))
    one.start()
    assert elected.wait(SECONDS)
    two = threading.Thread(target=lambda: other.Election("/k/election", "two").run(lead, "two", False))
    two.start()
    waits_for(lambda: len(c.Election("/k/election").contenders()) == 2, "a candidate")
    say("contenders", c.Election("/k/election").contenders())
    hold.set()
    one.join(SECONDS)
    two.join(SECONDS)
    say("leaders", led)


def barriers(c, other):
    barrier = Barrier(c, "/k/barrier")
    barrier.create()
    passed = []
    thread = threading.Thread(target=lambda: passed.append(Barrier(other, "/k/barrier").wait(SECONDS)))
    thread.start()
    say("closed", Barrier(c, "/k/barrier").wait(0.1))
    barrier.remove()
    thread.join(SECONDS)
    say("opened", passed)
    steps = []

    def member(client, name):
        double = DoubleBarrier(client, "/k/double", 2, name)
        double.enter()
        steps.append("in")
        double.leave()
        steps.append("out")
    threads = [threading.Thread(target=member, args=(client, name)) for client, name in ((c, "x"), (other, "y"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    say("double barrier", sorted(steps))


def queues(c, other):
    queue = c.Queue("/k/queue")
    for value in (b"one", b"two", b"three"):
        queue.put(value)
    queue.put(b"urgent", priority=10)
    say("queue", len(queue), [other.Queue("/k/queue").get() for _ in range(5)])
    locking = c.LockingQueue("/k/locking")
    locking.put_all([b"a", b"b"])
    locking.put(b"first", priority=1)
    consumer = other.LockingQueue("/k/locking")
    taken = consumer.get(timeout=SECONDS)
    say("locking queue", taken, consumer.holds_lock(), consumer.consume())
    say("released", consumer.get(timeout=SECONDS), consumer.release(), locking.get(timeout=SECONDS),
        locking.consume(), len(locking))


def parties(c, other):
    for kind in ("Party", "ShallowParty"):
        one, two = getattr(c, kind)(f"/k/{kind}", "one"), getattr(other, kind)(f"/k/{kind}", "two")
        one.join()
        two.join()
        say(kind, sorted(one), len(two))
        two.leave()
        say(kind, "left", sorted(one))


def counter(c, other):
    counters = [client.Counter("/k/counter") for client in (c, other)]

    def add(one):
        for _ in range(25):
            one += 1
    threads = [threading.Thread(target=add, args=(one,)) for one in counters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say("counter", counters[0].value, c.Counter("/k/float", default=1.5).value)


def leases(c, other):
    from datetime import timedelta
    say("lease", bool(NonBlockingLease(c, "/k/lease", timedelta(minutes=1), identifier="one")),
        bool(NonBlockingLease(other, "/k/lease", timedelta(minutes=1), identifier="two")),
        bool(NonBlockingLease(c, "/k/lease", timedelta(minutes=1), identifier="one")))
    say("multi lease", [bool(MultiNonBlockingLease(c, 2, "/k/leases", timedelta(minutes=1), identifier=name))
                        for name in "abc"])


def partitioner(c, other):
    found = {}
    shared = threading.Event()

    def take(client, name):
        partition = client.SetPartitioner("/k/partition", set=("p1", "p2", "p3", "p4"), identifier=name,
                                          time_boundary=1)
        # A member that comes late makes the other share again, so each goes on until both have a part.
        while not shared.is_set():
            if partition.acquired:
                found[name] = list(partition)
                if all(len(found.get(member, ())) == 2 for member in "xy"):
                    shared.set()
                shared.wait(0.01)
            elif partition.allocating:
                partition.wait_for_acquire(1)
            elif partition.release:
                partition.release_set()
        partition.finish()
    threads = [threading.Thread(target=take, args=pair, daemon=True) for pair in ((c, "x"), (other, "y"))]
    for thread in threads:
        thread.start()
    assert shared.wait(2 * SECONDS), "the set was not partitioned"
    for thread in threads:
        thread.join(SECONDS)
    say("partitions", sorted(name for names in found.values() for name in names),
        sorted(len(names) for names in found.values()))


def tree_cache(c, other):
    cache = TreeCache(c, "/k/cache")
    seen = []
    cache.listen(lambda event: seen.append((event.event_type, event.event_data.path if event.event_data else None)))
    cache.start()
    waits_for(lambda: len(seen) >= 2, "the start of the cache")
    other.create("/k/cache/a", b"1")
    other.create("/k/cache/a/b", b"2")
    waits_for(lambda: cache.get_data("/k/cache/a/b") is not None, "a new node")
    other.set("/k/cache/a", b"3")
    waits_for(lambda: cache.get_data("/k/cache/a").data == b"3", "a change")
    say("cache", cache.get_children("/k/cache"), cache.get_data("/k/cache/a/b").data)
    other.delete("/k/cache/a/b")
    waits_for(lambda: cache.get_data("/k/cache/a/b") is None and len(seen) >= 6, "a deletion")
    say("cache events", seen)
    cache.close()


def restart(c):
    """A session, its ephemerals and its watches survive a restart of the server."""
    session = c.client_id[0]
    states, events = [], []
    c.add_listener(states.append)
    c.create("/k/kept", b"before", ephemeral=True)
    c.exists("/k/not-yet", watch=lambda event: events.append((event.type, event.path)))
    say("@restart")
    assert sys.stdin.readline().strip() == "done"
    waits_for(lambda: states[-1:] == [KazooState.CONNECTED], "the connection")
    retry = KazooRetry(max_tries=-1, deadline=SECONDS)
    say("states", states, "same session", c.client_id[0] == session)
    data, stat = retry(c.get, "/k/kept")
    say("ephemeral", data, stat.ephemeralOwner == session)
    retry(c.create, "/k/not-yet")
    waits_for(lambda: events, "the watch")
    say("watch", events)


def main():
    c, other = started(), started()
    say("version of the protocol", c.connected, other.connected)
    for part in (basics, transactions, acls, watches, watchers):
        say("--", part.__name__)
        part(c)
    for part in (locks, election, barriers, queues, parties, counter, leases, partitioner, tree_cache):
        say("--", part.__name__)
        part(c, other)
    ended(other)
    say("--", "restart")
    restart(c)
    ended(c)
    again = started()
    say("after the end", again.exists("/k/kept"))
    ended(again)


main()
