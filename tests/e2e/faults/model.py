# SPDX-License-Identifier: Apache-2.0
"""What one key does: it is absent (None), or has a value and a version, which counts from its creation."""

from faults.history import BAD_VERSION, NO_NODE, NODE_EXISTS, OK

ABSENT = None
IMPOSSIBLE = object()


def changed(state, operation):
    """The state behind a change that succeeds; IMPOSSIBLE if it would be refused."""
    if operation.kind == "create":
        return (operation.value, 0) if state is ABSENT else IMPOSSIBLE
    if state is ABSENT:
        return IMPOSSIBLE
    if operation.kind == "delete":
        return ABSENT
    if operation.kind == "cas" and state[1] != operation.expected:
        return IMPOSSIBLE
    return (operation.value, state[1] + 1)


def answered(state, operation):
    """The state behind an operation with this answer; IMPOSSIBLE if it cannot be answered so."""
    if operation.outcome == NO_NODE:
        return state if state is ABSENT and operation.kind != "create" else IMPOSSIBLE
    if operation.outcome == NODE_EXISTS:
        return state if state is not ABSENT and operation.kind == "create" else IMPOSSIBLE
    if operation.outcome == BAD_VERSION:
        refuses = state is not ABSENT and operation.kind == "cas" and state[1] != operation.expected
        return state if refuses else IMPOSSIBLE
    assert operation.outcome == OK, operation
    if operation.kind == "read":
        return state if state == (operation.value, operation.version) else IMPOSSIBLE
    behind = changed(state, operation)
    if behind not in (ABSENT, IMPOSSIBLE) and behind[1] != operation.version:
        return IMPOSSIBLE
    return behind
