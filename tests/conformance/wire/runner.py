# SPDX-License-Identifier: Apache-2.0
"""Plays every wire case against both servers and compares what was seen."""

import concurrent.futures
import fnmatch
import json
import os
import re
import time
import traceback

from harness import differences
from harness.servers import server_class
from harness.transcript import Transcript
from . import CONFIGS, load


PARALLEL = 4  # Configurations at a time; most of a case is waiting.


def _play(case, server):
    # The parent path "/conformance" does not exist: each case lives directly under the root.
    root = "/" + re.sub(r"[^a-z0-9]+", "-", case.name.lower()).strip("-")
    transcript = Transcript(server, root)
    started = time.monotonic()
    try:
        case.function(transcript)
    except Exception as error:  # A case that breaks off is compared by how it broke off.
        transcript.record("broken off", f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=-3)}")
    finally:
        transcript.finish()
    if os.environ.get("CONFORMANCE_TIMES"):
        print(f"{time.monotonic() - started:6.2f} s  {server.kind}  {case.name}")
    return transcript.normalised()


def _play_configuration(kind, config, cases):
    with server_class(kind)(CONFIGS[config]) as server:
        return [_play(case, server) for case in cases]


def _compare_configuration(kinds, config, cases, report, allowed):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(_play_configuration, kind, config, cases) for kind in kinds]
        left, right = (job.result() for job in jobs)
    for case, one, other in zip(cases, left, right):
        _judge(case, one, other, report, allowed)


def show(kind, pattern):
    """Prints the normalised transcripts of the cases that match, from one server."""
    for config, cases in _groups(_chosen(pattern)):
        for case, seen in zip(cases, _play_configuration(kind, config, cases)):
            print(case.name)
            for label, value in seen.items():
                print(f"    {label}: {json.dumps(value, ensure_ascii=False)}")


def _chosen(only):
    return [case for case in load() if not only or fnmatch.fnmatchcase(case.name, only)]


def _groups(cases):
    groups = ((config, [case for case in cases if case.config == config]) for config in CONFIGS)
    return [(config, group) for config, group in groups if group]


def run(kinds, report, allowed, only=None):
    """`kinds` is the pair of servers to compare, ("apache", "paddock")."""
    played = [case for case in _chosen(only) if not allowed.leaves_out("wire", case.name, report)]
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        jobs = {pool.submit(_compare_configuration, kinds, config, cases, report, allowed): config
                for config, cases in _groups(played)}
        for job in concurrent.futures.as_completed(jobs):
            if error := job.exception():
                report.fail(f"wire/configuration {jobs[job]}", error)


def _judge(case, one, other, report, allowed):
    found = differences.compare(case.name, one, other)
    unlisted = [difference for difference in found if not allowed.allows("wire", difference)]
    if "broken off" in one:
        unlisted.append(differences.Difference(case.name, "broken off", one["broken off"],
                                               other.get("broken off")))
    if unlisted:
        shown = "\n".join(str(difference) for difference in unlisted[:12])
        report.fail(f"wire/{case.name}", f"{len(unlisted)} unlisted differences\n{shown}")
    else:
        report.ok(f"wire/{case.name}")
