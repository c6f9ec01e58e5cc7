#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the tables in docs/api.md are those that the schema of the admin API makes.

usage: api_reference.py [--rewrite] <admin.proto> <document>
"""
import pathlib
import re
import sys

BEGIN = "<!-- calls and messages: generated; see CONTRIBUTING.md -->\n"
CALL = re.compile(r"rpc (\w+)\((\w+)\) returns \((\w+)\) \{\s+option \(http\) = \"(\S+) (\S+)\";\s+"
                  r"option \(access\) = \"(\w+)\";")
FIELD = re.compile(r"(optional |repeated )?(map<[^>]+>|\w+) (\w+) = \d+;$")
CLASSES = {"read": "anybody", "confidential": "readers", "change": "operators"}


def blocks(text):
    """(comment, lines) of each call and message, in order."""
    comment, found = [], []
    lines = iter(text.split("\n"))
    for line in lines:
        bare = line.strip()
        if bare.startswith("//"):
            comment.append(bare[2:].strip())
        elif bare.startswith(("rpc ", "message ")):
            body = [bare]
            while not body[-1].endswith("}"):
                body.append(next(lines).strip())
            found.append((" ".join(comment), body))
            comment = []
        else:
            comment = []
    return found


def shown_type(label, kind):
    name = {"string": "text", "bytes": "bytes (base64)", "bool": "true or false"}.get(kind)
    if name is None and kind.startswith("map<"):
        name = f"by name: {kind[4:-1].split(', ')[1]}"
    if name is None:
        name = "number" if re.match(r"u?int", kind) else kind
    return {"optional ": f"{name} or null", "repeated ": f"list of {name}"}.get(label, name)


def message_table(name, comment, body):
    rows, note = [], []
    for line in body[1:-1]:
        if line.startswith("//"):
            note.append(line[2:].strip())
            continue
        field = FIELD.match(line)
        if not field:
            sys.exit(f"{name}: cannot read {line!r}")
        rows.append(f"| `{field[3]}` | {shown_type(field[1], field[2])} | {' '.join(note)} |")
        note = []
    if not rows:
        return ""
    return f"### {name}\n\n" + (f"{comment}\n\n" if comment else "") + "| field | is | meaning |\n|---|---|---|\n" + \
        "\n".join(rows) + "\n\n"


def reference(text):
    calls, messages = [], []
    for comment, body in blocks(text):
        call = CALL.match(" ".join(body))
        if call:
            _, asked, answered, method, path, access = call.groups()
            takes = "" if asked == "Nothing" else f"`{asked}`"
            calls.append(f"| `{method} {path}` | {takes} | `{answered}` | {CLASSES[access]} | {comment} |")
        elif body[0].startswith("message "):
            name = body[0].split()[1]
            messages.append(message_table(name, comment, body))
        else:
            sys.exit(f"cannot read {body}")
    return ("## Calls\n\n| call | takes | answers | for | what it does |\n|---|---|---|---|---|\n" + "\n".join(calls)
            + "\n\n## Messages\n\n" + "".join(messages)).rstrip("\n") + "\n"


def main():
    arguments = [word for word in sys.argv[1:] if word != "--rewrite"]
    schema, document = pathlib.Path(arguments[0]), pathlib.Path(arguments[1])
    text = document.read_text()
    if text.count(BEGIN) != 1:
        sys.exit(f"{document}: expected one line {BEGIN.strip()!r}")
    wanted = text.split(BEGIN)[0] + BEGIN + "\n" + reference(schema.read_text())
    if wanted == text:
        return
    if "--rewrite" in sys.argv:
        document.write_text(wanted)
        return
    sys.exit(f"{document} is not what the schema makes; run\n  tests/lint/api_reference.py --rewrite {schema} {document}")


if __name__ == "__main__":
    main()
