# SPDX-License-Identifier: Apache-2.0
"""`paddock bench`: its numbers where they are known beforehand, and its end in every way it can end."""

import json
import os
import signal
import subprocess
import threading
import time

SECONDS = 60
PAUSE_S = 1.0


class Bench:
    """Runs `paddock bench` against one server."""

    def __init__(self, paddock, server):
        self.paddock, self.server = paddock, server

    def start(self, *arguments):
        return subprocess.Popen(
            [self.paddock, "bench", *arguments, "--server", self.server.connect_string],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, process):
        try:
            output, errors = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
        return process.returncode, output, errors

    def json(self, *arguments):
        code, output, errors = self.finish(self.start(*arguments, "--json"))
        assert code == 0, errors
        return json.loads(output)

    def pause(self, seconds):
        os.kill(self.server.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.server.process.pid, signal.SIGCONT)


def _after_the_first_answers(process):
    """Returns when the progress lines show answers; keeps the pipe drained from then on."""
    for line in process.stderr:
        words = line.split()
        if "in" in words and int(words[words.index("in") - 1]) > 0:
            break
    else:
        raise AssertionError("it ended without progress")
    threading.Thread(target=process.stderr.read, daemon=True).start()


def _output_of(process):
    """All of its standard output, when it has ended."""
    output = process.stdout.read()
    process.wait(SECONDS)
    return output


def every_operation(bench, _):
    result = bench.json("--mix", "get,exists,set,create,delete,children,multi,sync", "-n", "2000", "-p", "4")
    assert result["total"]["count"] == 2000 and result["errors"] == 0, result
    assert len(result["rows"]) == 8, list(result["rows"])
    for row in result["rows"].values():
        latency = row["latency_us"]
        assert 0 < latency["min"] <= latency["p50"] <= latency["p99"] <= latency["max"], row


def linearizable_reads(bench, _):
    """Every session asks for them first, and what answers nothing else must grant that."""
    result = bench.json("--linearizable", "--mix", "get,set", "-n", "2000", "-c", "4", "-p", "4")
    assert result["total"]["count"] == 2000 and result["errors"] == 0, result


def errors_are_counted(bench, paddock):
    assert paddock("create", "/benchlocked0", "x", "world:anyone:r").returncode == 0
    # The key exists and may only be read.
    result = bench.json("--mix", "get,set", "-n", "200", "-k", "1", "--path", "/benchlocked", "--keep")
    assert result["rows"]["get"]["errors"] == {}, result
    assert result["rows"]["set"]["errors"] == {"NoAuth": result["rows"]["set"]["count"]}, result


def a_pause_is_seen(bench, _, arguments=()):
    """Whatever is measured around a pause of the server is at least as long as the pause."""
    process = bench.start("-c", "4", "-w", "0", "-d", "4", "--json", *arguments)
    _after_the_first_answers(process)
    bench.pause(PAUSE_S)
    output = _output_of(process)
    result = json.loads(output)
    assert result["total"]["latency_us"]["max"] >= PAUSE_S * 1e6 * 0.95, result
    return result


def a_pause_with_a_rate(bench, paddock):
    result = a_pause_is_seen(bench, paddock, ("--rate", "400"))
    # All that fell due was sent, and what fell due in the pause waited too: of 4 s x 400, the 400 of
    # the pause waited half of it each.
    assert 1500 <= result["total"]["count"] <= 1601 and result["errors"] == 0, result
    assert result["total"]["latency_us"]["avg"] >= PAUSE_S * 1e6 / 2 / 4 * 0.8, result
    # While nothing can be sent the generator sleeps, else it would take a processor from the server.
    own_cpu_s = result["generator_cpu_us_per_answer"] * result["total"]["count"] / 1e6
    assert own_cpu_s < PAUSE_S / 2, result


def a_pause_over_the_end(bench, _):
    """A server that stops before the end of the measured time must not look fast."""
    process = bench.start("-c", "4", "-w", "0", "-d", "3", "--json", "--rate", "400")
    _after_the_first_answers(process)
    bench.pause(3.0)
    output = _output_of(process)
    result = json.loads(output)
    assert 1100 <= result["total"]["count"] <= 1201 and result["errors"] == 0, result
    assert result["figures"]["longest silence"] >= 100, result
    assert result["total"]["latency_us"]["max"] >= 1e6, result


def control_c_gives_the_result(bench, _):
    for arguments in (("run", "-d", "60"), ("run", "-n", "100000000"), ("stall", "-d", "60"),
                      ("fanout", "-c", "20", "--rounds", "1000000"),
                      ("sessions", "-c", "20", "--rounds", "1000000"),
                      ("fill", "-n", "5000000", "--path", "/filled")):
        process = bench.start(*arguments, "--json")
        _after_the_first_answers(process)
        process.send_signal(signal.SIGINT)
        output = _output_of(process)
        assert process.returncode == 0, arguments
        result = json.loads(output)
        assert result["interrupted"] and any(row["count"] > 0 for row in result["rows"].values()), result


def a_dead_server(bench, _):
    process = bench.start("-d", "3", "-w", "0", "--json")
    _after_the_first_answers(process)
    bench.server.kill()
    output = _output_of(process)
    assert process.returncode == 1
    result = json.loads(output)
    assert result["rows"]["get"]["errors"]["ConnectionLoss"] > 0 and result["failure"], result
    for kind in ("run", "fanout", "sessions", "fill"):
        code, output, errors = bench.finish(bench.start(kind))
        assert code == 1 and output == "" and "Connection refused" in errors, (kind, errors)
    bench.server.start()


def wrong_usage(bench, _):
    for arguments in (("nosuch",), ("run", "--nosuch"), ("run", "--rate", "-1"), ("sessions", "-c", "0")):
        code, output, errors = bench.finish(bench.start(*arguments))
        assert code == 2 and output == "" and errors, (arguments, code, output, errors)
    for arguments in (("--mix", "nosuch=1"), ("--path", "nosuch")):
        code, output, errors = bench.finish(bench.start(*arguments))
        assert code == 1 and output == "" and "nosuch" in errors, (arguments, code, errors)


CASES = [every_operation, linearizable_reads, errors_are_counted, a_pause_is_seen, a_pause_with_a_rate, a_pause_over_the_end,
         control_c_gives_the_result, a_dead_server, wrong_usage]
