# SPDX-License-Identifier: Apache-2.0
"""Asks each kind of member, with a quorum and without, all words and commands, and compares the answers' forms."""

import concurrent.futures
import fnmatch
import re

from harness import differences
from . import forms
from .not_shown import NOT_SHOWN
from .quartet import COMMANDS, RESETS, WORDS, Quartet

ROLES = ("leader", "follower", "observer")
CONFIGS = {
    "": {},
    " with local sessions": {"localSessionsEnabled": "true", "localSessionsUpgradingEnabled": "true",
                             "readonlymode.enabled": "true"},
}


def run(kinds, report, allowed, only=None):
    """`kinds` is the pair to compare, ("apache", "paddock")."""
    for suffix, config in CONFIGS.items():
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(_play, kind, config) for kind in kinds]
            (left, names), (right, our_names) = (job.result() for job in jobs)
        for place in left:
            for asked in left[place]:
                name = f"{place}{suffix}/{asked}"
                if not only or fnmatch.fnmatchcase(name, only):
                    _judge(name, left[place][asked], right[place][asked], report, allowed)
        _judge_lists(kinds, names, our_names, report)


def _play(kind, config):
    """What each member answers, by place and question, and the names of all numbers."""
    with Quartet(kind, config) as quartet:
        numbers = {role: quartet.of_role(role) for role in ROLES}
        seen = {role: _ask(quartet, number) for role, number in numbers.items()}
        names = set().union(*(forms.names_of(quartet.word(number, "mntr")) for number in numbers.values()))
        for role, number in numbers.items():
            seen[role] |= _values(quartet, number) | _reset(quartet, number)
        left = {role: numbers[role] for role in ("follower", "observer")}
        quartet.cut_off(*left.values())
        seen |= {f"{role} without a quorum": _ask(quartet, number) for role, number in left.items()}
        return seen, names


def _ask(quartet, number):
    words = {word: forms.of_word(word, quartet.word(number, word)) for word in WORDS}
    return words | {f"commands/{name}": forms.of_document(name, quartet.document(number, name)) for name in COMMANDS}


def _values(quartet, number):
    """What is blanked elsewhere, and has to be right."""
    found = dict(line.split("=", 1) for line in quartet.word(number, "conf").splitlines() if "=" in line)
    quorum, election = map(str, quartet.ports[number])
    return {"values": {
        "number": found.get("serverId") == str(number),
        "ports": (found.get("quorumPort"), found.get("electionPort")) == (quorum, election),
        "members": all(found.get(key) == value for key, value in quartet.config.items() if key.startswith("server.")),
        "proposal sizes": [int(size) > 0 for size in _proposal_sizes(quartet, number)],
    }}


def _proposal_sizes(quartet, number):
    return re.findall(r"-?\d+", "".join(re.findall("Proposal sizes.*", quartet.word(number, "srvr"))))


def _reset(quartet, number):
    words = [quartet.word(number, "crst"), quartet.word(number, "srst"), _proposal_sizes(quartet, number)]
    return {"resets": {"words": words, **{name: quartet.document(number, name) for name in RESETS}}}


def _judge(name, one, other, report, allowed):
    found = differences.compare(name, one, other)
    unlisted = [difference for difference in found if not allowed.allows("ensembles", difference)]
    shown = "\n".join(str(difference) for difference in unlisted[:20])
    report.check(f"ensembles/{name}", not unlisted, f"{len(unlisted)} unlisted differences\n{shown}")


def _judge_lists(kinds, names, our_names, report):
    """What the lists of not_shown.py leave out of the comparison is there, or not, as they say."""
    unknown = [pattern for pattern in NOT_SHOWN if not any(forms.is_listed(name, [pattern]) for name in names)]
    report.check("ensembles/not_shown is Apache's", not unknown, f"no such numbers: {unknown}")
    if kinds[1] == "paddock":
        shown = [name for name in our_names if forms.is_listed(name, NOT_SHOWN)]
        report.check("ensembles/not_shown is not shown", not shown, f"they are: {shown}")
