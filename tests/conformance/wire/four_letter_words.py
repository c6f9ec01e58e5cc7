# SPDX-License-Identifier: Apache-2.0
"""Four-letter words: which lines they answer. Numbers are blanked; names and order are compared."""

import re
import socket
import time

from harness import wire
from harness.servers import four_letter_word
from . import case


def _ask(t, word, label=None):
    return t.record(label or f"{word}", _lines(four_letter_word(t.server.address, word).decode()))


def _lines(text):
    """Blanks what differs by nature: numbers, dates, versions, paths."""
    lines = text.split("\n")
    blanked = []
    for line in lines:
        line = re.sub(r"version: .*", "version: V", line)
        line = re.sub(r"0x[0-9a-f]+", "0xN", line)
        line = re.sub(r"-?\d+(\.\d+)?", "N", line)  # Apache counts outstanding requests below zero at times.
        line = re.sub(r"^(dataDir|dataLogDir)=.*", r"\1=D", line)
        blanked.append(line)
    return blanked


@case("four-letter words/ruok and isro")
def simple(t):
    for word in ("ruok", "isro"):
        t.record(word, four_letter_word(t.server.address, word).decode())


@case("four-letter words/srvr")
def srvr(t):
    _ask(t, "srvr")


@case("four-letter words/stat with a client")
def stat(t):
    s = t.connect()
    s.still_open()
    lines = _lines(four_letter_word(t.server.address, "stat").decode())
    clients = [line for line in lines if line.startswith(" /")]
    t.record("a client's line", sorted(set(clients))[-1] if clients else None)
    t.record("other lines", [line for line in lines if not line.startswith(" /")])


@case("four-letter words/cons with a client")
def cons(t):
    s = t.connect()
    s.quiet(wire.EXISTS, wire.path_watch("/"))
    text = four_letter_word(t.server.address, "cons").decode()
    mine = [line for line in text.split("\n") if f"sid=0x{s.session_id:x}," in line]
    line = mine[0] if mine else text
    t.record("keys", re.findall(r"(\w+)=", line))
    t.record("operation", re.findall(r"lop=(\w+)", line))
    t.record("timeout", re.findall(r",to=(\d+)", line))
    t.record("cxid", re.findall(r"lcxid=(0x[0-9a-f]+)", line))
    t.record("counts", re.findall(r"recved=(\d+),sent=(\d+)", line))
    t.record("ending", text[-2:])


@case("four-letter words/conf")
def conf(t):
    _ask(t, "conf")


@case("four-letter words/conf has the true values")
def conf_values(t):
    found = dict(line.split("=", 1) for line in four_letter_word(t.server.address, "conf").decode().split("\n")
                 if "=" in line)
    for key in ("tickTime", "maxClientCnxns", "minSessionTimeout", "maxSessionTimeout", "secureClientPort",
                "clientPortListenBacklog", "serverId"):
        t.record(key, found.get(key))
    t.record("clientPort", found.get("clientPort") == str(t.server.port))


@case("four-letter words/resets")
def resets(t):
    for word in ("crst", "srst"):
        _ask(t, word)


@case("four-letter words/dirs")
def dirs(t):
    _ask(t, "dirs")


@case("four-letter words/wchs, wchc, wchp")
def watches(t):
    t.make_root()
    s = t.connect()
    s.quiet(wire.GET_DATA, wire.path_watch(t.root, True))
    s.quiet(wire.GET_CHILDREN, wire.path_watch(t.root, True))
    _ask(t, "wchs")
    text = four_letter_word(t.server.address, "wchc").decode()
    t.record("wchc has the session and path", f"0x{s.session_id:x}\n\t{t.root}\n" in text)
    text = four_letter_word(t.server.address, "wchp").decode()
    t.record("wchp has the path and session", f"{t.root}\n\t0x{s.session_id:x}\n" in text)


@case("four-letter words/dump")
def dump(t):
    t.make_root()
    s = t.connect()
    s.quiet(wire.CREATE, wire.create(t.root + "/e", flags=wire.EPHEMERAL))
    text = four_letter_word(t.server.address, "dump").decode()
    t.record("ephemeral", f"0x{s.session_id:x}:\n\t{t.root}/e\n" in text)
    t.record("headings", [re.sub(r"\d+", "N", line) for line in text.split("\n")
                          if re.match(r"[A-Z].*|ephemeral", line)])


@case("four-letter words/mntr has every key that dashboards read")
def mntr(t):
    text = four_letter_word(t.server.address, "mntr").decode()
    keys = {line.split("\t")[0] for line in text.split("\n") if line}
    for key in """zk_version zk_server_state zk_avg_latency zk_max_latency zk_min_latency zk_packets_received
            zk_packets_sent zk_num_alive_connections zk_outstanding_requests zk_znode_count zk_watch_count
            zk_ephemerals_count zk_approximate_data_size zk_open_file_descriptor_count
            zk_max_file_descriptor_count zk_uptime zk_global_sessions""".split():
        t.record(key, key in keys)
    values = dict(line.split("\t", 1) for line in text.split("\n") if "\t" in line)
    t.record("state", values.get("zk_server_state"))
    t.record("form", all(re.fullmatch(r"zk_\S+\t.*", line) for line in text.split("\n") if line))


@case("four-letter words/envi")
def envi(t):
    lines = four_letter_word(t.server.address, "envi").decode().split("\n")
    t.record("first", lines[0])
    keys = {line.split("=")[0] for line in lines[1:] if line}
    for key in ("zookeeper.version", "host.name", "os.name", "os.arch", "os.version", "user.name", "user.dir"):
        t.record(key, key in keys)


@case("four-letter words/trace mask")
def trace(t):
    t.record("gtmk", four_letter_word(t.server.address, "gtmk").decode())


@case("four-letter words/not in the whitelist", config="whitelist")
def whitelist(t):
    for word in ("ruok", "srvr"):
        _ask(t, word)
    for word in ("stat", "mntr", "conf", "isro"):
        t.record(word, _four_or_error(t, word))


@case("four-letter words/unknown words are lengths")
def unknown(t):
    for word in ("none", "RUOK", "xxxx", "stop"):
        t.record(word, _four_or_error(t, word))


@case("four-letter words/with more bytes behind")
def more(t):
    t.record("ruok newline", _four_or_error(t, "ruok\n"))
    t.record("ruok twice", _four_or_error(t, "ruokruok"))


@case("four-letter words/in pieces")
def pieces(t):
    for label, parts in (("byte by byte", (b"r", b"u", b"o", b"k")), ("two halves", (b"sr", b"vr"))):
        t.record(label, _lines(_in_parts(t, parts).decode()))
    # Nothing but a part of a word, then the end.
    t.record("a part", _in_parts(t, (b"ruo",), end=True).decode())


@case("four-letter words/after the handshake they are lengths")
def after_handshake(t):
    for word in ("ruok", "srvr"):
        connection = t.connect().connection
        connection.send(word.encode())
        t.record(word, connection.receive_until_closed().decode("latin-1"))


@case("four-letter words/the trace mask is set by eight bytes")
def set_trace(t):
    t.record("stmk", _four_or_error(t, b"stmk" + (306).to_bytes(8, "big")))
    t.record("gtmk", _four_or_error(t, "gtmk"))


@case("four-letter words/mntr has every key once")
def mntr_once(t):
    keys = [line.split("\t")[0] for line in four_letter_word(t.server.address, "mntr").decode().split("\n")]
    t.record("twice", [key for key in keys if keys.count(key) > 1])


@case("four-letter words/the znode count follows the tree")
def counts(t):
    def count():
        return int(re.search(r"Node count: (\d+)", four_letter_word(t.server.address, "srvr").decode())[1])
    s = t.quiet_session()
    before = count()
    s.quiet(wire.CREATE, wire.create(t.root))
    s.quiet(wire.CREATE, wire.create(t.root + "/a"))
    t.record("after two creates", count() - before)
    s.quiet(wire.DELETE, wire.path_version(t.root + "/a"))
    t.record("after a delete", count() - before)


def _in_parts(t, parts, end=False):
    """What comes back for bytes that are sent one after the other, each on its way before the next."""
    with socket.create_connection(t.server.address, timeout=15) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            sock.sendall(part)
            time.sleep(0.05)
        if end:
            sock.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := sock.recv(65536):
            answer += chunk
        return answer


def _four_or_error(t, word):
    try:
        return four_letter_word(t.server.address, word).decode("utf-8", "backslashreplace")
    except OSError:
        return ""
