# SPDX-License-Identifier: Apache-2.0
"""Loads an etcd ensemble through gRPC with h2load, the load generator of nghttp2.

A gRPC call is an HTTP/2 POST whose body is the framed request, and that is all that h2load sends. It knows one
server, so one process loads each; it has one body, so all requests have one key. It writes a line per answer with
its time, and what falls into the measured time is counted here. It does not look into the answers: whether all
writes were carried out is seen at the ensemble's revision.
"""

import base64
import resource
import subprocess
import time
from statistics import quantiles

from . import etcd_requests, machine
from .servers import BenchError

PROGRAM = "h2load"
# What the processes may need to begin and to end, besides the time that they load for.
SECONDS_MORE = 30
LOAD_AFTER_SECONDS = 0.3


def _children_cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def shares(members, load):
    """What each process loads: a member, and with how many sessions.

    One process loads each member. With a rate it is one for each session: the sessions of one process would send all at
    the same moment.
    """
    if load.rate:
        return [(members[number % len(members)], 1) for number in range(load.sessions)]
    count = len(members)
    parts = [load.sessions // count + (number < load.sessions % count) for number in range(count)]
    return [(member, part) for member, part in zip(members, parts) if part > 0]


class H2load:
    """One run. `folder` is for its files."""

    def __init__(self, folder, ensemble, load):
        self.folder = folder
        self.ensemble = ensemble
        self.request = load.etcd_request
        self.load = load
        self.body = folder / "request"
        self.shares = shares(ensemble.leader_first(), load)

    def run(self, warm_up, duration):
        """The result, and from when to when it was measured, by the monotonic clock."""
        self.body.write_bytes(self.request.body)
        revision = self._put_key()
        client_cpu = _children_cpu_seconds()
        begin, end, server_cpu = self._measure(warm_up, duration)
        client_cpu = _children_cpu_seconds() - client_cpu
        answers = self._answers()
        if self.request.is_write and self._put_key() - revision < len(answers):
            raise BenchError(f"{self.ensemble.title} answered writes that it did not carry out")
        latencies = [latency for ended, latency in answers if begin <= ended < end]
        monotonic = time.monotonic() - time.time()
        result = self._result(latencies, end - begin, server_cpu, client_cpu / len(answers))
        return result, begin + monotonic, end + monotonic

    def _measure(self, warm_up, duration):
        """Begin and end of the measured time, and the processor time of all servers within."""
        seconds = warm_up + duration + LOAD_AFTER_SECONDS
        processes = []
        try:
            for number, (member, sessions) in enumerate(self.shares):
                processes.append(self._spawn(number, member, sessions, seconds))
            time.sleep(warm_up)
            begin, cpu_begin = time.time(), self._server_cpu()
            time.sleep(duration)
            end, cpu_end = time.time(), self._server_cpu()
            for process in processes:
                self._finish(process, seconds)
        finally:
            for process in processes:
                process.kill()
                process.wait()
        return begin, end, cpu_end - cpu_begin

    def _spawn(self, number, member, sessions, seconds):
        command = [
            PROGRAM, "--clients", str(sessions), "--max-concurrent-streams", str(self.load.pipeline),
            *(["--rps", f"{self.load.rate / self.load.sessions:g}"] if self.load.rate else []),
            "--duration", f"{seconds * 1000:.0f}ms", "--data", str(self.body), "--log-file", str(self._log(number)),
            "--header", "content-type: application/grpc", "--header", "te: trailers",
            f"http://{member.endpoints}/{self.request.method}",
        ]  # fmt: skip
        try:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        except FileNotFoundError as error:
            raise BenchError(
                "h2load is missing; run scripts/install-packages scripts/packages-bench.txt"
            ) from error

    def _finish(self, process, seconds):
        output, _ = process.communicate(timeout=seconds + SECONDS_MORE)
        if process.returncode != 0:
            raise BenchError(f"{self.ensemble.title}: {output.strip()}")

    def _log(self, number):
        return self.folder / f"answers-{number}"

    def _answers(self):
        """When each ended, in seconds, and its latency in microseconds."""
        answers = []
        for number, _ in enumerate(self.shares):
            log = self._log(number)
            for line in log.read_text().splitlines():
                begin, status, latency = (int(field) for field in line.split("\t")[:3])
                if status != 200:
                    raise BenchError(f"{self.ensemble.title} answered with status {status}")
                answers.append(((begin + latency) / 1e6, latency))
            log.unlink()
        if not answers:
            raise BenchError(f"{self.ensemble.title} answered nothing\n{self.ensemble.tail_of_log()}")
        return answers

    def _server_cpu(self):
        return sum(machine.cpu_seconds(member.process.pid) for member in self.ensemble.members)

    def _put_key(self):
        """What is read is there then. Returns the ensemble's revision, one for every write so far."""
        key, value = (base64.b64encode(data).decode() for data in (etcd_requests.KEY, b"v" * 100))
        return int(self.shares[0][0].ask("kv/put", {"key": key, "value": value})["header"]["revision"])

    @staticmethod
    def _result(latencies, seconds, server_cpu, client_cpu_per_answer):
        if len(latencies) < 2:
            raise BenchError("etcd: too few answers in the measured time")
        percentiles = quantiles(latencies, n=100)
        return {
            "per_second": len(latencies) / seconds,
            "p50_us": percentiles[49],
            "p99_us": percentiles[98],
            "server_cpu_us": server_cpu * 1e6 / len(latencies),
            "client_cpu_us": client_cpu_per_answer * 1e6,
        }
