# SPDX-License-Identifier: Apache-2.0
"""A forwarding port that is shut while a server restarts.

Apache 3.8.0 accepts connections before it can answer them and then neither answers nor closes those, so
a client that reconnects at once waits for its whole timeout. Behind a gate, clients meet a refused
connection until the server serves. Our server stands without one.
"""

import socket
import threading


class Gate:
    """Forwards connections to `address`; one thread accepts, two carry each connection."""

    def __init__(self, address):
        self.address = address
        self.port = None
        self._listener = None
        self._sockets = set()
        self._lock = threading.Lock()

    def open(self):
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port or 0))
        self.port = self._listener.getsockname()[1]
        self._listener.listen(50)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def shut(self):
        """Refuses new connections and ends those that are open."""
        if self._listener is None:
            return
        # shutdown() wakes the accepting thread, which close() alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._listener = None
        with self._lock:
            sockets, self._sockets = self._sockets, set()
        for one in sockets:
            self._end(one)

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.address, timeout=5)
            except OSError:
                client.close()
                continue
            for one in (client, server):
                one.settimeout(None)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._sockets |= {client, server}
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source, target):
        try:
            while chunk := source.recv(1 << 16):
                target.sendall(chunk)
        except OSError:
            pass
        self._end(target)
        self._end(source)

    @staticmethod
    def _end(one):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()
