# SPDX-License-Identifier: Apache-2.0
"""Is there an order of a key's operations that explains all answers and keeps to the times of the requests?

The search of Wing and Gong with Lowe's memory of what was tried: from each configuration the next operation is one
that was asked for before any other that is left was answered. Unknown operations may come at any time after they were
asked for, or never. Changes whose zxid is known come in its order, which is stricter than what a client could tell, and
leaves a search little to guess.
"""

import dataclasses

from faults.history import FAILED, OK, UNKNOWN
from faults.model import ABSENT, IMPOSSIBLE, answered, changed

NEAR = 12  # operations shown before those that do not fit
CONFIGURATIONS_MAX = 500_000  # behind so many it is not known, which counts as a violation


@dataclasses.dataclass
class Violation:
    """Where the longest explanation ends: its last operations, the state behind it, and what does not fit there."""

    explained: list
    state: object
    stuck: list
    unknown: list
    is_certain: bool

    def __str__(self):
        lines = ["no order of these operations explains what clients were told" if self.is_certain else
                 "no order was found that explains what clients were told"]
        for title, operations in (("the last that are explained", self.explained[-NEAR:]),
                                  (f"state: {self.state}; one of these must be next, and none can", self.stuck),
                                  ("unknown, and so perhaps between them", self.unknown[-NEAR:])):
            lines += [title + ":"] + [f"    {operation}" for operation in operations]
        return "\n".join(lines)


def check(operations, initial=ABSENT):
    """None if the operations of one key are linearizable, otherwise a Violation."""
    return _Search(_with_what_was_read(operations)).run(initial)


def _with_what_was_read(operations):
    """The same, where an unknown change whose value was read has happened, as the first who read it saw."""
    readers = {}
    for one in sorted(operations, key=lambda one: -one.responded):
        if one.kind == "read" and one.outcome == OK:
            readers[one.value] = one
    result = []
    for one in operations:
        reader = readers.get(one.value) if one.outcome == UNKNOWN and one.kind != "read" else None
        if reader is not None:
            one = dataclasses.replace(one, outcome=OK, responded=reader.responded, version=reader.version, zxid=reader.zxid)
        result.append(one)
    return result


@dataclasses.dataclass(frozen=True)
class _Configuration:
    """How many of the known operations are explained without a gap, which ones behind the gap, how many of those that
    have a place by zxid, which of the unknown ones, and the state."""

    first: int
    ahead: frozenset
    placed: int
    spent: frozenset
    state: object

    def __len__(self):
        return self.first + len(self.ahead)


class _Search:
    def __init__(self, operations):
        self.known = sorted((o for o in operations if o.outcome not in (UNKNOWN, FAILED)), key=lambda o: o.invoked)
        self.unknown = [o for o in operations if o.outcome == UNKNOWN and o.kind != "read"]
        changes = [o for o in self.known if o.outcome == OK and o.kind != "read" and o.zxid is not None]
        self.placed = sorted(changes, key=lambda o: o.zxid)
        self.place = {change: number for number, change in enumerate(self.placed)}
        self.all_are_placed = all(o.zxid is not None for o in self.known if o.outcome == OK and o.kind != "read")
        self.tried = {}
        self.came_from = {}

    def run(self, initial):
        start = best = _Configuration(0, frozenset(), 0, frozenset(), initial)
        self.came_from[start] = None
        stack = [(start, False)]
        while stack and len(self.came_from) < CONFIGURATIONS_MAX:
            at, is_second_visit = stack.pop()
            if at.first == len(self.known):
                return None
            if len(at) > len(best):
                best = at
            if not is_second_visit:
                stack.append((at, True))
            # The last one pushed is tried first: of the known operations the one that was answered first.
            for step in self._unknown_steps(at) if is_second_visit else self._known_steps(at):
                if self._is_new(step):
                    self.came_from[step] = at
                    stack.append((step, False))
        return self._violation(best, is_certain=not stack)

    def _is_new(self, at):
        """Notes it. What has spent more of the unknown than one that was tried, and is the same otherwise, leads no further."""
        others = self.tried.setdefault((at.first, at.ahead, at.state), [])
        if any(other <= at.spent for other in others):
            return False
        others.append(at.spent)
        return True

    def _open(self, at):
        """Indices of the operations that may be next, and the time before which they were asked for."""
        answered_at = float("inf")
        found = []
        for index in range(at.first, len(self.known)):
            if self.known[index].invoked > answered_at:
                break
            if index not in at.ahead:
                found.append(index)
                answered_at = min(answered_at, self.known[index].responded)
        return found, answered_at

    def _known_steps(self, at):
        for index in sorted(self._open(at)[0], key=lambda i: -self.known[i].responded):
            place = self.place.get(self.known[index])
            behind = answered(at.state, self.known[index]) if place in (None, at.placed) else IMPOSSIBLE
            if behind is IMPOSSIBLE:
                continue
            first, ahead = at.first, at.ahead | {index}
            while first in ahead:
                ahead -= {first}
                first += 1
            yield _Configuration(first, ahead, at.placed + (place is not None), at.spent, behind)

    def _unknown_steps(self, at):
        """Of those that are left nobody has read a value, so one is as good as another of its kind, now and later."""
        found, answered_at = self._open(at)
        seen = set()
        for index, operation in enumerate(self.unknown):
            kind = (operation.kind, operation.expected)
            if index in at.spent or operation.invoked > answered_at or kind in seen:
                continue
            behind = changed(at.state, operation)
            if behind is not IMPOSSIBLE and self._may_help(at, operation, [self.known[i] for i in found]):
                seen.add(kind)
                yield _Configuration(at.first, at.ahead, at.placed, at.spent | {index}, behind)

    def _may_help(self, at, operation, possible):
        """Whether an answer can depend on it: that of the next change by zxid, or a refusal."""
        if not self.all_are_placed or any(one.outcome != OK for one in possible):
            return True
        if at.placed == len(self.placed):
            return False
        after = self.placed[at.placed]
        if operation.kind == "create":
            return after.kind != "create"
        needs_version = after.version - 1 if after.kind in ("set", "cas") else None
        if operation.kind == "delete":
            return after.kind == "create" or (needs_version is not None and needs_version < at.state[1])
        return needs_version is not None and at.state[1] < needs_version

    # What is shown.

    def _violation(self, at, is_certain):
        stuck, answered_at = self._open(at)
        unknown = [o for i, o in enumerate(self.unknown) if i not in at.spent and o.invoked <= answered_at]
        return Violation(self._explained(at), at.state, [self.known[index] for index in stuck], unknown, is_certain)

    def _explained(self, at):
        explained = []
        while self.came_from[at] is not None and len(explained) < NEAR:
            before = self.came_from[at]
            explained += [self.unknown[index] for index in at.spent - before.spent]
            explained += [self.known[index] for index in range(before.first, at.first) if index not in before.ahead]
            explained += [self.known[index] for index in at.ahead - before.ahead]
            at = before
        return explained[::-1]
