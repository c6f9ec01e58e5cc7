# SPDX-License-Identifier: Apache-2.0
"""Compares two transcripts and judges each difference by differences.toml, the list of intended ones.

An entry names the suites, cases and places where it holds (shell patterns) and, optionally, the exact
values on both sides. Every entry has a reason and is documented in docs/compatibility.md. An entry with
`members` counts only when a member of an ensemble, of one of these roles, is compared. An entry that
never matched in a full run is reported: it describes a difference that is gone.
"""

import fnmatch
import json
import pathlib
import threading
import tomllib

LIST = pathlib.Path(__file__).resolve().parent.parent / "differences.toml"
ABSENT = "(absent)"


class Difference:
    def __init__(self, case, at, apache, paddock):
        self.case, self.at, self.apache, self.paddock = case, at, apache, paddock

    def __str__(self):
        return f"{self.case}: {self.at}\n      apache:  {_show(self.apache)}\n      paddock: {_show(self.paddock)}"


def _show(value):
    return json.dumps(value, ensure_ascii=False)[:600]


def compare(case, apache, paddock):
    """The leaf differences of two normalised transcripts."""
    found = []

    def walk(at, left, right):
        if isinstance(left, dict) and isinstance(right, dict):
            for key in left | right:
                walk(f"{at}.{key}" if at else key, left.get(key, ABSENT), right.get(key, ABSENT))
        elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
            for index, (one, other) in enumerate(zip(left, right)):
                walk(f"{at}[{index}]", one, other)
        elif left != right:
            found.append(Difference(case, at, left, right))

    walk("", apache, paddock)
    return found


def _any_matches(patterns, text):
    """Whether one pattern, or one of several, matches. Brackets are indexes, not character sets."""
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatch.fnmatchcase(text, pattern.replace("[", "[[]")) for pattern in patterns)


class AllowList:
    """The entries of differences.toml, and which of them this run needed. Any thread."""

    def __init__(self, exact=True, member=None, path=LIST):
        """`exact`: the values count too. Apache compared with itself may differ the other way round.
        `member`: the role of the member that is compared, None for a single server."""
        self.exact = exact
        self.path = path
        self.matched = set()
        self._lock = threading.Lock()
        with open(path, "rb") as source:
            listed = tomllib.load(source)
        self.entries = [entry for entry in listed["difference"]
                        if self._is_complete(entry, {"id", "suites", "reason"}) and
                        ("members" not in entry or member in entry["members"])]
        self.left_out = [entry for entry in listed["left_out"]
                         if self._is_complete(entry, {"suite", "case", "members", "reason"}) and
                         member in entry["members"]]

    def _is_complete(self, entry, keys):
        if missing := keys - entry.keys():
            raise SystemExit(f"{self.path}: entry {entry.get('id', entry)} lacks {sorted(missing)}")
        return True

    def leaves_out(self, suite, case, report):
        """Whether a case is not played with this member; the report says so, and why."""
        for entry in self.left_out:
            if suite == entry["suite"] and _any_matches(entry["case"], case):
                report.leave_out(f"{suite}/{case}", entry["reason"])
                return True
        return False

    def ids(self, suite):
        return {entry["id"] for entry in self.entries if suite in entry["suites"]}

    def note(self, identifier):
        with self._lock:
            self.matched.add(identifier)

    def allows(self, suite, difference):
        for entry in self.entries:
            if suite in entry["suites"] and self._matches(entry, difference):
                self.note(entry["id"])
                return True
        return False

    def _matches(self, entry, difference):
        if not _any_matches(entry.get("case", "*"), difference.case):
            return False
        if not _any_matches(entry.get("at", "*"), difference.at):
            return False
        return not self.exact or all(getattr(difference, side) == entry[side]
                   for side in ("apache", "paddock") if side in entry)

    def unmatched(self, suites):
        return [entry["id"] for entry in self.entries
                if suites & set(entry["suites"]) and entry["id"] not in self.matched]
