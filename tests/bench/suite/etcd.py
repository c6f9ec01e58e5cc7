# SPDX-License-Identifier: Apache-2.0
"""etcd beside the others, for the size and the restart of a million keys only.

It speaks another protocol, so it is filled through its JSON gateway, and nothing about speed follows.
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

    def command(self):
        client = f"http://127.0.0.1:{self.port}"
        peer = f"http://127.0.0.1:{self.peer_port}"
        return [
            "etcd", "--data-dir", str(self.folder / "data"), "--log-level", "error",
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", f"default={peer}",
            "--max-txn-ops", str(KEYS_PER_TXN), "--quota-backend-bytes", str(8 << 30),
        ]  # fmt: skip

    def answer(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            reply = self.call(connection, "range", {"key": _base64(path)})
        except http.client.HTTPException as error:
            raise OSError("no answer yet") from error
        finally:
            connection.close()
        if path != "/" and reply.get("count") != "1":
            raise BenchError(f"{path} is not in etcd after the restart")

    @staticmethod
    def call(connection, method, body):
        connection.request("POST", f"/v3/kv/{method}", json.dumps(body), {"Content-Type": "application/json"})
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
            self.call(connection, "txn", {"success": puts})
        connection.close()
