# SPDX-License-Identifier: Apache-2.0
"""Prometheus and its promtool, and what promtool says of the rules and of what a server exposes."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "charts" / "ensemble" / "files" / "rules"
RULE_TESTS = pathlib.Path(__file__).resolve().parent / "rules"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "paddock" / "prometheus"


def programs():
    """The folder of `prometheus` and `promtool`. Debian's package starts a service when it is installed, so it is unpacked
    beside the other caches instead."""
    if found := shutil.which("promtool"):
        return pathlib.Path(found).parent
    folder = CACHE / "usr" / "bin"
    if not (folder / "promtool").exists():
        with tempfile.TemporaryDirectory() as download:
            subprocess.run(["apt-get", "download", "-qq", "prometheus"], cwd=download, check=True, stderr=subprocess.DEVNULL)
            package = next(pathlib.Path(download).glob("prometheus_*.deb"))
            CACHE.mkdir(parents=True, exist_ok=True)
            subprocess.run(["dpkg", "-x", str(package), str(CACHE)], check=True)
    return folder


def promtool(*arguments, text=None):
    done = subprocess.run([programs() / "promtool", *arguments], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def alerts():
    return sorted(path.stem for path in RULES.glob("*.yaml"))


def without_annotations(text):
    """A unit test would have to repeat them."""
    return text.split("        annotations:\n")[0]


def test_rules(*names):
    """Each fires in its case, and is silent otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        tests = []
        for name in names:
            rule = pathlib.Path(folder) / f"{name}.yaml"
            rule.write_text(without_annotations((RULES / f"{name}.yaml").read_text(encoding="utf-8")), encoding="utf-8")
            text = (RULE_TESTS / f"{name}.yaml").read_text(encoding="utf-8")
            assert "exp_labels" in text and "exp_alerts: []" in text, "a rule is tested in both cases"
            tests.append(pathlib.Path(folder) / f"test-{name}.yaml")
            tests[-1].write_text(text.replace("RULES/", f"{folder}/"), encoding="utf-8")
        promtool("test", "rules", *map(str, tests))


def check_rules(*names):
    promtool("check", "rules", *(str(RULES / f"{name}.yaml") for name in names))


def quickened(text):
    """A rule that decides within seconds, for servers that are asked each second."""
    text = re.sub(r"\bfor: \w+", "for: 2s", text)
    return re.sub(r"\[(1d|1h|5m)\]", "[30s]", text).replace("[15m]", "[3m]")
