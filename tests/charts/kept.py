#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that files which are made by the operator's code are as it makes them now: the CRD, the tables of
docs/operator.md, and for each sample all objects of its Ensemble.

usage: kept.py [--rewrite] <operator_manifests>
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "operator.md"
BEGIN, END = "<!-- reference: generated; see CONTRIBUTING.md -->\n", "<!-- end of reference -->\n"


def made_by(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr or done.stdout)
    return done.stdout


def document(tables):
    text = DOCUMENT.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"{DOCUMENT}: expected one line {BEGIN.strip()!r} and one {END.strip()!r}")
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n" + tables + "\n" + END + rest.split(END)[1]


def with_rules_if_known(crd):
    """Servers before 1.25 refuse rules of CEL, when they are asked by server-side apply; the operator has them anyway."""
    lines = crd.splitlines(keepends=True)
    begin = next(i for i, line in enumerate(lines) if line.strip() == "x-kubernetes-validations:")
    indent = len(lines[begin]) - len(lines[begin].lstrip())
    end = next(i for i in range(begin + 1, len(lines)) if not lines[i].startswith((" " * indent + "- ", " " * (indent + 1))))
    return "".join([*lines[:begin], "{{- if semverCompare \">=1.25.0-0\" .Capabilities.KubeVersion.Version }}\n", *lines[begin:end],
                    "{{- end }}\n", *lines[end:]])


def crd_of_chart(crd):
    """The same in the chart: kept when the chart is removed, left out on request."""
    labels = "  labels:\n    {{- include \"paddock-operator.labels\" . | nindent 4 }}\n"
    keep = "  {{- if .Values.crds.keep }}\n  annotations:\n    helm.sh/resource-policy: keep\n  {{- end }}\n"
    head, rest = crd.split("metadata:\n", 1)
    assert "{{" not in crd, "braces in a description are to be escaped for Helm"
    return "{{- if .Values.crds.create }}\n" + head + "metadata:\n" + labels + keep + with_rules_if_known(rest) + "{{- end }}\n"


def wanted(program):
    crd = made_by(program, "crd")
    yield ROOT / "manifests" / "crd.yaml", crd
    yield ROOT / "charts" / "operator" / "templates" / "crds" / "ensembles.yaml", crd_of_chart(crd)
    yield DOCUMENT, document(made_by(program, "reference"))
    for sample in sorted((ROOT / "manifests" / "samples").glob("*.yaml")):
        yield ROOT / "tests" / "charts" / "golden" / sample.name, made_by(program, "objects", sample)


def main():
    arguments = [word for word in sys.argv[1:] if word != "--rewrite"]
    stale = []
    for path, text in wanted(arguments[0]):
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--rewrite" in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        else:
            stale.append(str(path.relative_to(ROOT)))
    if stale:
        sys.exit(f"not as the operator's code makes them: {', '.join(stale)}; run\n"
                 f"  tests/charts/kept.py --rewrite {arguments[0]}")


if __name__ == "__main__":
    main()
