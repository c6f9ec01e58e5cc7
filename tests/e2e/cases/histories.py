# SPDX-License-Identifier: Apache-2.0
"""The checker of histories itself: it explains what can be explained, and it bites."""

import random

from cases import case
from faults import linearizable, options
from faults.history import BAD_VERSION, FAILED, NO_NODE, NODE_EXISTS, OK, UNKNOWN, Operation

NEVER = float("inf")


def operation(kind, invoked, responded, outcome=OK, value=None, version=None, expected=None):
    return Operation("client", kind, "/key", value, expected, invoked, responded, outcome, version)


def create(invoked, responded, value, outcome=OK):
    return operation("create", invoked, responded, outcome, value, 0)


def put(invoked, responded, value, version, outcome=OK):
    return operation("set", invoked, responded, outcome, value, version)


def cas(invoked, responded, value, expected, outcome=OK):
    return operation("cas", invoked, responded, outcome, value, expected + 1, expected)


def delete(invoked, responded, outcome=OK):
    return operation("delete", invoked, responded, outcome)


def read(invoked, responded, value, version):
    return operation("read", invoked, responded, OK, value, version)


def absent(invoked, responded):
    return operation("read", invoked, responded, NO_NODE)


def with_zxids(*zxids):
    """Of the operations behind BORN, in their order."""
    def place(history):
        for one, zxid in zip(history[1:], zxids):
            one.zxid = zxid
        return history

    return place


BORN = create(0, 1, "a")

LINEARIZABLE = {
    "nothing": [],
    "one after the other": [BORN, put(2, 3, "b", 1), read(4, 5, "b", 1), delete(6, 7), absent(8, 9)],
    "a read beside a write sees the old value": [BORN, put(2, 9, "b", 1), read(3, 4, "a", 0)],
    "a read beside a write sees the new value": [BORN, put(2, 9, "b", 1), read(3, 4, "b", 1)],
    "old, then new, beside one write": [BORN, put(2, 9, "b", 1), read(3, 4, "a", 0), read(5, 6, "b", 1)],
    "answers come in another order": [BORN, put(2, 9, "b", 2), put(3, 4, "c", 1), read(10, 11, "b", 2)],
    "two cas, one wins": [BORN, cas(2, 9, "b", 0, BAD_VERSION), cas(3, 4, "c", 0)],
    "a refusal is explained by a delete beside it": [BORN, delete(2, 9), put(3, 4, "b", None, NO_NODE)],
    "what exists is not made again": [BORN, create(2, 3, "b", NODE_EXISTS), read(4, 5, "a", 0)],
    "unknown, and it has happened": [BORN, put(2, NEVER, "b", None, UNKNOWN), read(4, 5, "b", 1)],
    "unknown, and it has not": [BORN, put(2, NEVER, "b", None, UNKNOWN), read(4, 5, "a", 0)],
    "unknown, and it happens late": [BORN, put(2, NEVER, "b", None, UNKNOWN), read(4, 5, "a", 0),
                                     put(6, 7, "c", 1), read(8, 9, "b", 2)],
    "unknown, and nobody has read it": [BORN, put(2, NEVER, "b", None, UNKNOWN), put(4, 5, "c", 2)],
    "which of two unknown ones is told later": [BORN, put(2, NEVER, "b", None, UNKNOWN), put(2, NEVER, "c", None, UNKNOWN),
                                                put(4, 5, "d", 2), put(6, 7, "e", 4), read(8, 9, "e", 4)],
    "unknown delete": [BORN, delete(2, NEVER, UNKNOWN), create(4, 5, "b")],
    "zxids in the order of versions": with_zxids(7, 6)([BORN, put(2, 9, "b", 2), put(3, 4, "c", 1)]),
    "a delete and a create beside it, by zxid": with_zxids(5, 6)([BORN, delete(2, 9), create(3, 8, "b")]),
    "what failed leaves no trace": [BORN, put(2, 3, "b", None, FAILED), read(4, 5, "a", 0)],
}

NOT_LINEARIZABLE = {
    "a read of nothing that was written": [BORN, read(2, 3, "x", 1)],
    "a stale read": [BORN, put(2, 3, "b", 1), read(4, 5, "a", 0)],
    "an acknowledged write is lost": [BORN, put(2, 3, "b", 1), put(4, 5, "c", 1)],
    "new, then old, beside one write": [BORN, put(2, 9, "b", 1), read(3, 4, "b", 1), read(5, 6, "a", 0)],
    "a write has happened twice": [BORN, put(2, 3, "b", 1), read(4, 5, "b", 2)],
    "an unknown write has happened twice": [BORN, put(2, NEVER, "b", None, UNKNOWN), put(4, 5, "c", 3)],
    "an unknown write happens before it is asked for": [BORN, read(2, 3, "b", 1), put(4, NEVER, "b", None, UNKNOWN)],
    "an unknown write is gone again": [BORN, put(2, NEVER, "b", None, UNKNOWN), read(4, 5, "b", 1), read(6, 7, "a", 0)],
    "two cas, both win": [BORN, cas(2, 9, "b", 0), cas(3, 4, "c", 0)],
    "a cas is refused without a reason": [BORN, cas(2, 3, "b", 0, BAD_VERSION)],
    "what is there is made again": [BORN, create(2, 3, "b")],
    "what is deleted is read": [BORN, delete(2, 3), read(4, 5, "a", 0)],
    "what is there is not found": [BORN, absent(2, 3)],
    "zxids against the order of versions": with_zxids(6, 7)([BORN, put(2, 9, "b", 2), put(3, 4, "c", 1)]),
    "zxids against the order of times": with_zxids(7, 6)([BORN, delete(2, 3), create(4, 5, "b")]),
    "what failed has happened": [BORN, put(2, 3, "b", None, FAILED), read(4, 5, "b", 1)],
}


@case
def test_explains():
    """Histories that one order explains."""
    for name, history in LINEARIZABLE.items():
        assert linearizable.check(history) is None, f"{name}: {linearizable.check(history)}"


@case
def test_bites():
    """Histories that no order explains."""
    for name, history in NOT_LINEARIZABLE.items():
        violation = linearizable.check(history)
        assert violation is not None, name
        assert violation.stuck and str(violation), name


def made_history(rng, count, has_zxids, clients=6):
    """What `clients` see of a key that does one thing after the other, some of them without an answer."""
    history, state, zxid, now = [], None, 0, 0.0
    free_at = [0.0] * clients
    for number in range(count):
        client = min(range(clients), key=free_at.__getitem__)
        now = max(now, free_at[client]) + rng.uniform(0.1, 1)
        one = Operation(str(client), rng.choice(("create", "set", "set", "cas", "cas", "read", "read", "delete")), "/key",
                        invoked=now - rng.uniform(0, 1), responded=now + rng.uniform(0, 3))
        free_at[client] = one.responded + 1
        one.value = None if one.kind in ("read", "delete") else str(number)
        one.expected = rng.choice((0, state[1] if state else 0)) if one.kind == "cas" else None
        one.outcome, state = answer_of(one, state)
        if one.outcome == OK and state is not None:
            one.version = state[1]
            one.value = state[0]
        if has_zxids and one.outcome == OK:
            zxid = one.zxid = zxid if one.kind == "read" else number
        if one.kind != "read" and rng.random() < 0.05:
            one.outcome, one.version, one.zxid, one.responded = UNKNOWN, None, None, NEVER
        history.append(one)
    return history


def answer_of(one, state):
    """The rules of a key once more, by another hand than the checker's."""
    if one.kind == "create":
        return (NODE_EXISTS, state) if state else (OK, (one.value, 0))
    if state is None:
        return NO_NODE, None
    if one.kind == "delete":
        return OK, None
    if one.kind == "read":
        return OK, state
    if one.kind == "cas" and one.expected != state[1]:
        return BAD_VERSION, state
    return OK, (one.value, state[1] + 1)


@case
def test_random_histories():
    """Histories made at random are explained, and no longer when one read is of a write that was overwritten long before."""
    for number in range(40):
        seed = f"{options.SEED}/{number}"
        rng = random.Random(seed)
        history = made_history(rng, 200, has_zxids=number % 2 == 0)
        violation = linearizable.check(history)
        assert violation is None, f"seed {seed}: {violation}"
        reads = [one for one in history if one.kind == "read" and one.outcome == OK]
        late = rng.choice(reads[len(reads) // 2:])
        old = next(one for one in history if one.kind in ("set", "cas") and one.outcome == OK)
        late.value, late.version, late.zxid = old.value, old.version, old.zxid
        assert linearizable.check(history) is not None, f"seed {seed}: {late} is explained"
