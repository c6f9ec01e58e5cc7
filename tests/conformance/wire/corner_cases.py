# SPDX-License-Identifier: Apache-2.0
"""Corner cases of the protocol that servers get wrong, and the case that plays each.

Four-letter words over TLS are the one that is missing: there is no TLS yet. A node under an ephemeral
parent cannot exist already, so that NodeExists before NoChildrenForEphemerals shows on the parent alone.
"""

PLAYED_BY = {
    "exists on a missing node with a watch, then a create by another": "watches/exists on a missing node sees its creation",
    "a child watch, and the node itself is deleted": "watches/child watches see creation and deletion of children only",
    "data and child watch of one connection on one node": "watches/data and child watch of one node are told of its deletion once",
    "setData with version -1": "operations/setData and its errors",
    "delete with a wrong version of a node with children": "operations/delete and its errors",
    "create under a missing parent without permission": "acl/order of errors",
    "create of what exists, and under an ephemeral": "operations/create and its errors",
    "null data": "operations/null and empty data differ",
    "null acl": "acl/validation on create and setACL",
    "null path": "multi/null paths",
    "check outside a multi": "operations/check outside a multi is refused and the connection closed",
    "an unknown opcode": "operations/unknown opcodes are refused and the connection closed",
    "re-attaching with a wrong password": "handshake/a wrong password is answered as an expired session, then closed",
    "a zxid ahead of the server": "handshake/a zxid ahead of the server closes without a byte",
    "a second connection of one session": "handshake/a second connection of a session closes the first",
    "closeSession": "operations/closeSession is answered, then the connection closed",
    "the ephemeral of an expired session": "watches/an expired session's ephemerals are told of",
    "sequence numbers after deletions": "operations/sequence numbers count creates and are never used again",
    "cversion after a create and a delete": "operations/stats follow every kind of change",
    "masked digests in getACL": "acl/getACL masks digests without the admin permission",
    "the scheme auth": "acl/auth expands to each authenticated identity",
    "a recursive watch on the root": "watches/a recursive watch on the root",
    "removing a watch that is not there": "watches/checkWatches and removeWatches by kind",
    "setWatches2 in several packets": "watches/batches of 128 KiB",
    "a multi whose third operation fails": "multi/a failure gives its code, zero before and runtime inconsistency after",
    "a packet of one byte too many": "limits/a request of jute.maxbuffer is served, a longer one closes",
    "pings while others write and sync": "operations/pings of others are answered during a flood of writes and syncs",
    "createTTL when it is switched off": "operations/ttl nodes are unimplemented when switched off",
    "delete of /zookeeper/config": "operations/delete and its errors",
    "reconfig of a standalone server": "operations/reconfig is unimplemented in a standalone server",
    "the short handshake": "handshake/44 bytes without readOnly are answered with 36",
    "silence instead of a handshake": "handshake/a connection that says nothing is closed",
    "garbage instead of a handshake": "handshake/garbage closes",
    "getAllChildrenNumber of the root": "operations/getAllChildrenNumber of the root is the nodes less two",
    "auth with an unknown scheme": "acl/auth packets: known, unknown and malformed",
}
