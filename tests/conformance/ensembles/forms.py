# SPDX-License-Identifier: Apache-2.0
"""The form of an answer: what is left when values that differ by nature are blanked."""

import fnmatch
import json
import re

from .not_shown import NOT_SHOWN, OURS

EXACT = ("initLimit=", "syncLimit=", "electionAlg=", "peerType=", "version=")
BLANKS = (
    (r"(ersion\"?:|zk_version\t).*", r"\1 V"),
    (r"^(dataDir|dataLogDir)=.*", r"\1=D"),
    (r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \w+ \d{4}", "DATE"),
    (r"0x[0-9a-f]+", "0xN"),
    (r"-?\d+(\.\d+)?", "N"),
)


def _blank(text):
    if text.startswith(EXACT):
        return text
    for pattern, put in BLANKS:
        text = re.sub(pattern, put, text)
    return text


def _connections_in_order(lines):
    """Each form of a client's line once: who is listed first is by chance."""
    clients = sorted({line for line in lines if line.startswith(" /")})
    return clients + [line for line in lines if not line.startswith(" /")]


def _sets_once(lines):
    """Which sessions expire together is by chance, and Apache prints sets that are empty."""
    kept = [line for line in lines if "expire at DATE" not in line]
    return [line for at, line in enumerate(kept) if at == 0 or line != kept[at - 1]]


def of_word(word, text):
    if word == "mntr" and text.startswith("zk_"):
        return _of_numbers(text)
    lines = [_blank(line) for line in text.split("\n")]
    if word in ("cons", "stat"):
        return _connections_in_order(lines)
    return _sets_once(lines) if word == "dump" else lines


def names_of(text):
    """The names that `mntr` has; a summary is one, whatever it consists of, and whichever servers have one each."""
    found = {re.sub(r"^\d+_", "", line.split("\t")[0].removeprefix("zk_")) for line in text.splitlines()}
    for name in {name[4:] for name in found if name.startswith("cnt_")}:
        part = re.compile(rf"(avg|min|max|cnt|sum|p\d+)_{re.escape(name)}")
        found = {other for other in found if not part.fullmatch(other)} | {name}
    return found


def _of_numbers(text):
    return {name: True for name in names_of(text) if not is_listed(name, NOT_SHOWN + OURS)}


def is_listed(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def of_document(command, document):
    if command == "monitor" and "version" in document:
        return _of_numbers("\n".join(document.keys() - {"command", "error"}))
    return _shape(document)


def _shape(value):
    """Members, sessions and times, which are keys at times, by their forms: who is which is by chance. Apache's dump has
    times at which no session expires."""
    if isinstance(value, dict) and value and all(key.isdigit() for key in value):
        return {"N": _distinct(item for item in value.values() if item)}
    if isinstance(value, dict):
        return {key: "V" if key in ("version", "data_dir", "data_log_dir") else _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return _distinct(value)
    if isinstance(value, bool) or value is None:
        return value
    return _blank(value) if isinstance(value, str) else "N"


def _distinct(values):
    forms = {json.dumps(form, sort_keys=True): form for form in map(_shape, values)}
    return [forms[text] for text in sorted(forms)]
