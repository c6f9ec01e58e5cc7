# SPDX-License-Identifier: Apache-2.0
"""etcd beside the others: one server, or one of an ensemble.

It speaks another protocol. Here it is asked through its JSON gateway, and nothing about speed follows;
h2load.py loads it through gRPC.
"""

import base64
import http.client
import json

from .servers import BenchError, Server, free_port

KEYS_PER_TXN = 500


def _base64(text):
    return base64.b64encode(text.encode()).decode()


class Etcd(Server):
    name = "etcd"
    title = "etcd"

    def __init__(self, folder):
        super().__init__(folder)
        self.peer_port = free_port()
        self.member_name = "default"
        self.cluster = f"default={self.peer_url}"

    @property
    def peer_url(self):
        return f"http://127.0.0.1:{self.peer_port}"

    def command(self):
        client = f"http://127.0.0.1:{self.port}"
        return [
            "etcd", "--name", self.member_name, "--data-dir", str(self.folder / "data"), "--log-level", "error",
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", self.peer_url, "--initial-advertise-peer-urls", self.peer_url,
            "--initial-cluster", self.cluster,
            "--max-txn-ops", str(KEYS_PER_TXN), "--quota-backend-bytes", str(8 << 30),
        ]  # fmt: skip

    def answer(self, path):
        reply = self.ask("kv/range", {"key": _base64(path)})
        if path != "/" and reply.get("count") != "1":
            raise BenchError(f"{path} is not in etcd after the restart")

    def ask(self, method, body):
        """One call over a connection of its own; raises OSError where there is no good answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            return self.call(connection, method, body)
        except http.client.HTTPException as error:
            raise OSError("no answer") from error
        finally:
            connection.close()

    @staticmethod
    def call(connection, method, body):
        connection.request("POST", f"/v3/{method}", json.dumps(body), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        text = reply.read()
        if reply.status != 200:
            raise OSError(f"{method}: {reply.status} {text[:200]}")
        return json.loads(text)

    def fill(self, count, value_size):
        """The same keys as the load generator's `fill`, with values as hard to compress."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for first in range(0, count, KEYS_PER_TXN):
            puts = [
                {"requestPut": {"key": _base64(f"/fill/d{n // 1000:04}/n{n:07}"),
                                "value": _base64(f"{n:x}".rjust(value_size, "v"))}}
                for n in range(first, min(count, first + KEYS_PER_TXN))
            ]  # fmt: skip
            self.call(connection, "kv/txn", {"success": puts})
        connection.close()
