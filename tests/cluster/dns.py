#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The cluster's name server: what CoreDNS answers for services and pods of StatefulSets (A, AAAA, SRV, PTR), also that a
name is not there while its pod is not. Debian has no CoreDNS; this takes Python's standard library.

    dns.py KUBECONFIG ADDRESS
"""

import base64
import http.client
import json
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ZONE = "cluster.local"
A, PTR, AAAA, SRV, SOA, ANY = 1, 12, 28, 33, 6, 255
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME = 0, 2, 3
SECONDS_TO_LIVE = 5


class Api:
    """Lists and watches one kind of object at a time."""

    def __init__(self, kubeconfig):
        text = subprocess.run(["kubectl", "--kubeconfig", kubeconfig, "config", "view", "--raw", "--flatten", "-o", "json"],
                              capture_output=True, check=True).stdout
        config = json.loads(text)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.url = urllib.parse.urlparse(cluster["server"])
        self.tls = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as file:
            file.write(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
            file.flush()
            self.tls.load_cert_chain(file.name)

    def events(self, kind):
        """First ("LIST", items), then (type, object), until the server ends the watch."""
        connection = http.client.HTTPSConnection(self.url.hostname, self.url.port, context=self.tls, timeout=320)
        connection.request("GET", f"/api/v1/{kind}")
        listed = json.loads(connection.getresponse().read())
        yield "LIST", listed["items"]
        version = listed["metadata"]["resourceVersion"]
        connection.request("GET", f"/api/v1/{kind}?watch=1&timeoutSeconds=300&resourceVersion={version}")
        for line in connection.getresponse():
            if line.strip():
                event = json.loads(line)
                yield event["type"], event["object"]


class Names:
    """name -> addresses, services and back, as services and their endpoints make them."""

    def __init__(self):
        self.objects = {"services": None, "endpoints": None}
        self.lock = threading.Lock()
        self.addresses, self.services, self.reverse = {}, {}, {}

    def follow(self, api, kind):
        while True:
            try:
                for what, found in api.events(kind):
                    if what == "ERROR":
                        break
                    self.take(kind, what, found)
            except (OSError, http.client.HTTPException, ValueError) as error:
                print(kind, error, file=sys.stderr, flush=True)
                time.sleep(0.5)

    def take(self, kind, what, found):
        def key(one):
            return one["metadata"]["namespace"], one["metadata"]["name"]
        with self.lock:
            if what == "LIST":
                self.objects[kind] = {key(one): one for one in found}
            elif what == "DELETED":
                self.objects[kind].pop(key(found), None)
            else:
                self.objects[kind][key(found)] = found
            if self.is_complete():
                self.rebuild()

    def is_complete(self):
        return all(found is not None for found in self.objects.values())

    def rebuild(self):
        self.addresses, self.services, self.reverse = {}, {}, {}
        for (namespace, name), service in self.objects["services"].items():
            full = f"{name}.{namespace}.svc.{ZONE}"
            spec = service["spec"]
            if spec.get("clusterIP") in (None, "", "None"):
                self.add_headless(full, spec, self.objects["endpoints"].get((namespace, name), {}))
            else:
                self.addresses[full] = [spec["clusterIP"]]
                self.reverse[spec["clusterIP"]] = full
                self.add_ports(full, spec.get("ports", []), full)

    def add_headless(self, full, spec, endpoints):
        self.addresses.setdefault(full, [])
        for subset in endpoints.get("subsets") or []:
            ready = subset.get("addresses") or []
            others = subset.get("notReadyAddresses") or [] if spec.get("publishNotReadyAddresses") else []
            for address in ready + others:
                host = f"{address.get('hostname') or address['ip'].replace('.', '-').replace(':', '-')}.{full}"
                self.addresses[full].append(address["ip"])
                self.addresses.setdefault(host, []).append(address["ip"])
                self.reverse[address["ip"]] = host
                self.add_ports(full, subset.get("ports") or [], host)

    def add_ports(self, full, ports, host):
        for port in ports:
            if port.get("name"):
                name = f"_{port['name']}._{port.get('protocol', 'TCP').lower()}.{full}"
                self.services.setdefault(name, []).append((port["port"], host))


def encode_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def record(name, kind, data):
    return encode_name(name) + struct.pack(">HHIH", kind, 1, SECONDS_TO_LIVE, len(data)) + data


def address_record(name, address):
    if ":" in address:
        return record(name, AAAA, socket.inet_pton(socket.AF_INET6, address))
    return record(name, A, socket.inet_aton(address))


def resolve(names, name, kind):
    """(code, records, further records)"""
    if not names.is_complete():
        return SERVER_FAILURE, [], []
    if name.endswith(".in-addr.arpa"):
        host = names.reverse.get(".".join(reversed(name.split(".")[:4])))
        if host is None:
            return NO_SUCH_NAME, [], []
        return NO_ERROR, [record(name, PTR, encode_name(host))] if kind in (PTR, ANY) else [], []
    if names.addresses.get(name):
        fitting = [one for one in names.addresses[name] if kind in (ANY, AAAA if ":" in one else A)]
        return NO_ERROR, [address_record(name, one) for one in fitting], []
    if name in names.services:
        targets = names.services[name] if kind in (SRV, ANY) else []
        found = [record(name, SRV, struct.pack(">HHH", 0, 100 // len(targets), port) + encode_name(host)) for port, host in targets]
        return NO_ERROR, found, [address_record(host, one) for _, host in targets for one in names.addresses.get(host, [])]
    # A name above others exists and has no address; a headless service without pods is not there, as with CoreDNS.
    is_above = name not in names.addresses and any(known.endswith("." + name) for known in [*names.addresses, *names.services])
    return (NO_ERROR if is_above else NO_SUCH_NAME), [], []


def answer(names, question):
    number, flags = struct.unpack(">HH", question[:4])
    at, labels = 12, []
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode("latin1"))
        at += question[at] + 1
    kind = struct.unpack(">H", question[at + 1:at + 3])[0]
    with names.lock:
        code, found, further = resolve(names, ".".join(labels).lower(), kind)
    authority = b"" if found else record(ZONE, SOA, encode_name(f"ns.{ZONE}") + encode_name(f"hostmaster.{ZONE}")
                                         + struct.pack(">IIIII", int(time.time()), 7200, 1800, 86400, SECONDS_TO_LIVE))
    header = struct.pack(">HHHHHH", number, 0x8480 | (flags & 0x0100) | code, 1, len(found), 0 if found else 1, len(further))
    return header + question[12:at + 5] + b"".join(found) + authority + b"".join(further)


def main():
    names, api = Names(), Api(sys.argv[1])

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self):
            question, out = self.request
            out.sendto(answer(names, question), self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self):
            while len(size := self.rfile.read(2)) == 2:
                told = answer(names, self.rfile.read(struct.unpack(">H", size)[0]))
                self.wfile.write(struct.pack(">H", len(told)) + told)

    for kind in names.objects:
        threading.Thread(target=names.follow, args=(api, kind), daemon=True).start()
    for server in (socketserver.ThreadingTCPServer, socketserver.ThreadingUDPServer):
        server.allow_reuse_address = server.daemon_threads = True
    stream = socketserver.ThreadingTCPServer((sys.argv[2], 53), Stream)
    threading.Thread(target=stream.serve_forever, daemon=True).start()
    socketserver.ThreadingUDPServer((sys.argv[2], 53), Datagram).serve_forever()


if __name__ == "__main__":
    main()
