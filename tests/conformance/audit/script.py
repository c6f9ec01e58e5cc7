# SPDX-License-Identifier: Apache-2.0
"""What clients do while a server keeps its audit log: each step in a session of its own, by which its lines are known."""

from harness import wire

HASHED = [(wire.ALL, "digest", "bob:x1X0A1E8W0HJ8VkkQHvTIKXpQdQ="), (wire.READ | wire.WRITE, "world", "anyone")]
ALICE_ONLY = [(wire.ALL, "auth", "")]


class Client(wire.Connection):
    def __init__(self, server, timeout=30000):
        super().__init__(server.address)
        self.send_frame(wire.connect_request(timeout=timeout))
        reader = wire.Reader(self.receive_frame())
        reader.int32()
        reader.int32()
        self.session = f"0x{reader.int64():x}"

    def call(self, opcode, body=b"", xid=None):
        self.send_request(opcode, body, xid)
        return wire.decode_reply(opcode, self.receive_frame())["err"]

    def auth(self, scheme, credential):
        return self.call(wire.AUTH, wire.auth(scheme, credential), wire.XID_AUTH)


def creates(client, root):
    for name, opcode, flags in (("p", wire.CREATE, wire.PERSISTENT), ("e", wire.CREATE2, wire.EPHEMERAL),
                                ("s-", wire.CREATE, wire.SEQUENTIAL), ("t-", wire.CREATE2, wire.EPHEMERAL_SEQUENTIAL),
                                ("c", wire.CREATE_CONTAINER, wire.CONTAINER)):
        client.call(opcode, wire.create(f"{root}/{name}", flags=flags))
    client.call(wire.CREATE, wire.create(f"{root}/p"))
    client.call(wire.CREATE, wire.create(f"{root}/missing/below", flags=wire.EPHEMERAL))
    client.call(wire.CREATE, wire.create(f"{root}/e/below"))
    client.call(wire.CREATE, wire.create("no path"))


def nodes_with_a_ttl(client, root):
    client.call(wire.CREATE_TTL, wire.create_ttl(f"{root}/ttl", 1_000_000))


def changes(client, root):
    client.call(wire.CREATE, wire.create(f"{root}/a"))
    client.call(wire.SET_DATA, wire.set_data(f"{root}/a", "new"))
    client.call(wire.SET_DATA, wire.set_data(f"{root}/a", "new", 99))
    client.call(wire.SET_DATA, wire.set_data(f"{root}/missing", "new"))
    client.call(wire.DELETE, wire.path_version(f"{root}/a", 99))
    client.call(wire.DELETE, wire.path_version(f"{root}/a"))
    client.call(wire.DELETE, wire.path_version(f"{root}/a"))


def permissions(client, root):
    client.call(wire.CREATE, wire.create(f"{root}/a"))
    client.call(wire.SET_ACL, wire.set_acl(f"{root}/a", HASHED))
    client.call(wire.SET_ACL, wire.set_acl(f"{root}/a", [(wire.ALL, "nosuch", "id")]))
    client.call(wire.SET_ACL, wire.set_acl(f"{root}/missing", wire.OPEN_ACL))


def silence(client, root):
    client.call(wire.EXISTS, wire.path_watch(root))
    client.call(wire.GET_DATA, wire.path_watch(f"{root}/missing"))
    client.call(wire.SYNC, wire.buffer(root))
    client.call(wire.PING, b"", wire.XID_PING)


def multis(client, root):
    create, check = wire.create(f"{root}/a"), wire.path_version("/", -1)
    client.call(wire.MULTI, wire.multi((wire.CREATE, create), (wire.CHECK, check),
                                       (wire.CREATE2, wire.create(f"{root}/s-", flags=wire.SEQUENTIAL)),
                                       (wire.CREATE, wire.create(f"{root}/e", flags=wire.EPHEMERAL)),
                                       (wire.SET_DATA, wire.set_data(f"{root}/a", "x")),
                                       (wire.DELETE, wire.path_version(f"{root}/a"))))
    client.call(wire.MULTI, wire.multi((wire.CREATE, wire.create(f"{root}/b")),
                                       (wire.DELETE, wire.path_version(f"{root}/missing"))))
    client.call(wire.MULTI, wire.multi((wire.CHECK, check)))
    client.call(wire.MULTI, wire.multi())


def users(client, root):
    client.auth("digest", "alice:secret")
    client.call(wire.CREATE, wire.create(f"{root}/mine", acl=ALICE_ONLY))
    client.auth("digest", "bob:secret")
    client.call(wire.SET_DATA, wire.set_data(f"{root}/mine", "x"))


def strangers(client, root):
    mine = root.replace("strangers", "users") + "/mine"
    client.call(wire.SET_DATA, wire.set_data(mine, "x"))
    client.call(wire.DELETE, wire.path_version(mine))
    client.call(wire.CREATE, wire.create(f"{mine}/below"))


def super_users(client, root):
    client.auth("digest", "super:admin")
    client.call(wire.SET_DATA, wire.set_data(root.replace("super_users", "users") + "/mine", "x"))


def reconfigurations(client, root):
    client.call(wire.RECONFIG, wire.reconfig(joining="server.9=127.0.0.1:1:2;3"))


def ended_sessions(client, root):
    client.call(wire.CREATE, wire.create(f"{root}/a", flags=wire.EPHEMERAL))
    client.call(wire.CREATE, wire.create(f"{root}/b", flags=wire.EPHEMERAL))
    client.call(wire.DELETE, wire.path_version(f"{root}/b"))
    client.call(wire.CLOSE_SESSION)


STEPS = (creates, nodes_with_a_ttl, changes, permissions, silence, multis, users, strangers, super_users,
         reconfigurations, ended_sessions)


def play(server, prefix="", suffix=""):
    """Does all of it; the steps by their sessions. `suffix`: of the paths, so that it can be done again."""
    names = {}
    for step in STEPS:
        client = Client(server)
        root = f"/{step.__name__}{suffix}"
        names[client.session] = prefix + step.__name__
        client.call(wire.CREATE, wire.create(root))
        step(client, root)
        client.close()
    return names
