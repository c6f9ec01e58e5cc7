#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of lint.py: every rule lets a good sample pass and finds what is wrong with a bad one."""
import pathlib
import sys
import tempfile
import unittest

import lint

LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
HEADER = LICENCE + "//\n// What it is.\n#pragma once\n"
# Put together here, so that this file does not break the rules itself.
UNFINISHED = "TO" + "DO"
SOMEBODYS = "/ho" + "me/somebody/paddock"
SUPPRESS = "NO" + "LINT"

DIFFERENCES = "\n".join(lint.difference_rows()) + "\n"

# (rule, path, good text, bad text, line at which the bad one is found)
MUTATION = '[[mutation]]\nname = "a"\nfile = "{}"\nold = "the only {} of it"\n'
ONLY = "the only place of it"
COPIES = "COPY server server\nCOPY client client\nCOPY operator operator\nCOPY tests/CMakeLists.txt tests/\n"

SAMPLES = [
    ("licence", "server/base/a.cpp", LICENCE, "#include <string>\n", 1),
    ("licence", "tests/a.py", "#!/usr/bin/env python3\n# SPDX-License-Identifier: Apache-2.0\n",
     "#!/usr/bin/env python3\nimport os\n", 1),
    ("file-comment", "server/base/a.h", HEADER, LICENCE + "#pragma once\n", 2),
    ("pragma-once", "server/base/a.h", HEADER, LICENCE + "//\n// What it is.\n", 1),
    ("pragma-once", "server/base/a.cpp", LICENCE, "#pragma once\n", 1),
    ("sleeping", "server/net/a.cpp", "// sleep(5)\nasleep(5);\n", "\n::sleep (5);\n", 2),
    ("sleeping", "operator/kube/a.cpp", "loop.make_timer(f);\n", "usleep(1);\n", 1),
    ("sleeping", "tests/unit/a.cpp", 'log("sleep_for(1)");\n', "sleep_for(1);\n", 1),
    ("impure", "server/tree/a.cpp", "// std::thread\nint time(int);\n", "\n\nstd::thread t;\n", 3),
    ("impure", "server/zab/a.h", "std::thread::id id;\n", "std::chrono::steady_clock::now();\n", 1),
    ("impure", "operator/kube/a.cpp", "Now now;\n", "std::chrono::system_clock::now();\n", 1),
    ("impure", "operator/plan/a.cpp", "Now now;\n", "std::chrono::system_clock::now();\n", 1),
    ("impure", "server/jute/a.h", "operand(1);\n", "std::rand();\n", 1),
    ("impure", "server/config/a.cpp", 'x = R"(a\n"std::cout)";\n', "std::ifstream file(path);\n", 1),
    ("impure", "server/base/a.h", "#include <string>\n", "#include <sys/mman.h>\n", 1),
    ("impure", "server/base/b.h", "std::thread t;  // lint(impure): for a test of this\n",
     "std::thread t;  // lint(impure)\n", 1),
    ("catch-all", "client/a.cpp", "catch (const E& e)\n// catch (...)\n", "}\ncatch ( ... ) {\n", 2),
    ("suppression", "server/base/a.cpp", f"x;  // {SUPPRESS}(bugprone-a): because\n",
     f"x;  // {SUPPRESS}\n", 1),
    ("suppression", "server/base/a.cpp", f"// {SUPPRESS}END(bugprone-a)\n",
     f"x;  // {SUPPRESS}NEXTLINE(bugprone-a)\n", 1),
    ("unfinished", "docs/a.md", f"{UNFINISHED}(#12): more\n", f"more\n{UNFINISHED}: more\n", 2),
    ("macro", "server/base/a.h", "#define PADDOCK_ASSERT(x) y\n", "#if 1\n#  define MAX 5\n", 2),
    ("slow-to-compile", "client/arguments/a.cpp", "#include <CLI/App.hpp>\nvformat(x);\n",
     "fmt::format_to(out, x);\n", 1),
    ("slow-to-compile", "client/cli/a.cpp", "// <CLI/App.hpp>\n", "\n#include <CLI/CLI.hpp>\n", 2),
    ("length", "server/base/a.cpp", "x\n" * 600, "x\n" * 601, 600),
    ("length", "server/base/a.cpp", "é" * 100 + "\n", "x\n" + "x" * 101 + "\n", 2),
    ("machine-path", "scripts/a", "cp a /data/home/b; cd build/work/c\n", f"\ncd {SOMEBODYS}\n", 2),
    ("link", "README.md", "[a](CONTRIBUTING.md#commits) [b](https://x.y/z) [c](#try-it)\n",
     "[a](docs/there-is-no-such-page.md)\n", 1),
    ("link", "README.md", "", "\n[a](CONTRIBUTING.md#there-is-no-such-heading)\n", 2),
    ("listed-difference", "docs/compatibility.md", DIFFERENCES, DIFFERENCES.split("\n", 1)[1], 1),
    ("listed-difference", "docs/compatibility.md", DIFFERENCES, "| `none-such` | x |\n" + DIFFERENCES, 1),
    ("mutation-place", "tests/simulation/mutations.toml", MUTATION.format("tests/lint/lint_test.py", "place"),
     MUTATION.format("README.md", "there is no such place"), 2),
    ("mutation-place", "tests/simulation/mutations.toml", MUTATION.format("tests/lint/lint_test.py", "place"),
     MUTATION.format("tests/lint/lint_test.py", "place") + '[[mutation.also]]\nfile = "README.md"\nold = "none such"\n',
     2),
    ("image-context", "Dockerfile", COPIES, COPIES.replace("COPY operator operator\n", ""), 1),
    ("named-test", "docs/a.md", "`Log.TruncatesAtEveryRecord` `Suite.Name`\n", "`Log.WorksAtFirst`\n", 1),
    ("documented-name", "docs/a.md", "`paddock_module(x)`\n", "`paddock_there_is_no_such_name`\n", 1),
]


def lines_found(name, path, text):
    path = pathlib.Path(path)
    checks = [check for rule, applies, check in lint.RULES if rule == name and applies(path)]
    assert len(checks) == 1, f"{name} does not apply to {path}"
    return [int(problem.split(":")[1]) for problem in lint.check(path, text)
            if problem.endswith(f"[{name}]")]


class Rules(unittest.TestCase):
    def test_samples(self):
        for name, path, good, bad, line in SAMPLES:
            with self.subTest(rule=name, bad=bad[:60]):
                self.assertEqual(lines_found(name, path, good), [])
                self.assertEqual(lines_found(name, path, bad)[:1], [line])

    def test_every_rule_has_a_sample(self):
        own_tests = {"module-table"}
        self.assertEqual({name for name, _, _ in lint.RULES} - own_tests,
                         {sample[0] for sample in SAMPLES})

    def test_machines_alone_are_pure(self):
        for path in ("server/net/a.cpp", "server/storage/a.cpp", "server/kube/a.cpp", "operator/kube_client/a.cpp",
                     "operator/main.cpp", "tests/unit/tree/a.cpp"):
            self.assertFalse(lint.is_pure(pathlib.Path(path)))

    def test_tools_may_sleep(self):
        self.assertFalse(lint.never_sleeps(pathlib.Path("client/bench/a.cpp")))
        self.assertFalse(lint.never_sleeps(pathlib.Path("tests/conformance/a.cpp")))

    def test_module_table(self):
        cmake = {"server": "paddock_module(base LIBS fmt)\nif(X)\npaddock_module(jute DEPS base)\n",
                 "operator": "paddock_module(kube DEPS base)\n"}
        table = ("# A\n## Modules of the server\n| module | what |\n|---|---|\n| {} |\n## B\n| x | y |\n"
                 "## Modules of the operator\n| module | what |\n|---|---|\n| kube | k |\n")
        check = next(check for name, _, check in lint.RULES if name == "module-table")

        def problems(text):
            return [line for line, _ in check(pathlib.Path("ARCHITECTURE.md"), text, cmake)]

        self.assertEqual(problems(table.format("base | b |\n| jute | j")), [])
        self.assertEqual(problems(table.format("base | b")), [2])
        self.assertEqual(problems(table.format("base | b |\n| jute | j |\n| tree | t")), [2])
        self.assertEqual(problems(table.format("base | b |\n| jute | j").replace("| kube |", "| plan |")), [9])
        self.assertEqual(problems("# no table\n"), [1, 1])

    def test_formatting(self):
        with tempfile.TemporaryDirectory() as folder:
            good = pathlib.Path(folder) / "good.cpp"
            good.write_text("int f();\n")
            bad = pathlib.Path(folder) / "bad.cpp"
            bad.write_text("int f();\nint  g( );\n")
            self.assertEqual(list(lint.misformatted([good])), [])
            found = list(lint.misformatted([good, bad]))
        self.assertEqual(found, [f"{bad}:2: not as clang-format-19 -i writes it [formatting]"])

    def test_comments_and_literals_keep_their_lines(self):
        text = 'a("//x\\"y"); /* b\nc */ d(\'"\');\ne(1\'000); // "f\ng("h");\n'
        self.assertEqual(lint.without_comments(text), 'a(""); \n d(\'\');\ne(1\'000); \ng("");\n')


if __name__ == "__main__":
    sys.exit(unittest.main())
