# SPDX-License-Identifier: Apache-2.0
"""Is there an order of a key's operations that explains all answers and keeps to the times of the requests?

The search of Wing and Gong with Lowe's memory of what was tried: from each configuration the next operation is one
that was asked for before any other that is left was answered. Unknown operations may come at any time after they were
asked for, or never.
"""

import dataclasses

from faults.history import FAILED, UNKNOWN
from faults.model import ABSENT, IMPOSSIBLE, answered, changed

NEAR = 12  # operations shown before those that do not fit
CONFIGURATIONS_MAX = 2_000_000  # behind so many it is not known, which counts as a violation


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


def versions_read(operations):
    """The version at which each value was read. Values are unique, so this is where an unknown write must have gone:
    without it a search would try each one everywhere."""
    return {operation.value: operation.version for operation in operations
            if operation.kind == "read" and operation.version is not None}


def check(operations, initial=ABSENT):
    """None if the operations of one key are linearizable, otherwise a Violation."""
    known = sorted((o for o in operations if o.outcome not in (UNKNOWN, FAILED)), key=lambda o: o.invoked)
    unknown = [o for o in operations if o.outcome == UNKNOWN and o.kind != "read"]
    read_at = versions_read(known)
    # How many of `known` are explained without a gap, which ones behind the gap, which of `unknown`, and the state.
    start = (0, frozenset(), frozenset(), initial)
    came_from = {start: None}
    stack = [(start, False)]
    best = start
    while stack and len(came_from) < CONFIGURATIONS_MAX:
        configuration, is_second_visit = stack.pop()
        if configuration[0] == len(known):
            return None
        if configuration[0] + len(configuration[1]) > best[0] + len(best[1]):
            best = configuration
        if is_second_visit:
            steps = _unknown_steps(configuration, known, unknown, read_at)
        else:
            # The last one pushed is tried first: of the known operations the one that was answered first.
            stack.append((configuration, True))
            steps = _known_steps(configuration, known)
        for step in steps:
            if step not in came_from:
                came_from[step] = configuration
                stack.append((step, False))
    return _violation(best, came_from, known, unknown, is_certain=not stack)


def _open(configuration, known):
    """Indices of the operations that may be next, and the time before which they were asked for."""
    first, ahead, _, _ = configuration
    answered_at = float("inf")
    found = []
    for index in range(first, len(known)):
        if known[index].invoked > answered_at:
            break
        if index not in ahead:
            found.append(index)
            answered_at = min(answered_at, known[index].responded)
    return found, answered_at


def _known_steps(configuration, known):
    first, ahead, spent, state = configuration
    steps = []
    for index in sorted(_open(configuration, known)[0], key=lambda i: -known[i].responded):
        behind = answered(state, known[index])
        if behind is IMPOSSIBLE:
            continue
        now_first, now_ahead = first, ahead | {index}
        while now_first in now_ahead:
            now_ahead -= {now_first}
            now_first += 1
        steps.append((now_first, now_ahead, spent, behind))
    return steps


def _unknown_steps(configuration, known, unknown, read_at):
    first, ahead, spent, state = configuration
    answered_at = _open(configuration, known)[1]
    steps = []
    for index, operation in enumerate(unknown):
        if index in spent or operation.invoked > answered_at:
            continue
        behind = changed(state, operation)
        if behind is IMPOSSIBLE or (behind is not ABSENT and read_at.get(behind[0], behind[1]) != behind[1]):
            continue
        steps.append((first, ahead, spent | {index}, behind))
    return steps


def _violation(best, came_from, known, unknown, is_certain):
    explained = []
    at = best
    while came_from[at] is not None and len(explained) < NEAR:
        before = came_from[at]
        if at[2] != before[2]:
            explained += [unknown[index] for index in at[2] - before[2]]
        else:
            explained += [known[index] for index in _done(at) - _done(before)]
        at = before
    stuck, answered_at = _open(best, known)
    return Violation(explained[::-1], best[3], [known[index] for index in stuck],
                     [o for i, o in enumerate(unknown) if i not in best[2] and o.invoked <= answered_at], is_certain)


def _done(configuration):
    return set(range(max(0, configuration[0] - 64), configuration[0])) | configuration[1]
