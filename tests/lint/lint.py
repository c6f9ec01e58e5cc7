#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules that no compiler and no other tool knows. Prints what breaks them; status 1 if anything does.

usage: lint.py [file...]     without files: every file that git knows
"""
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Machines: they are told the time, own no thread, and reach neither files nor sockets.
PURE = {
    "server": "base jute txn tree audit auth request session election zab replica shard config wire".split(),
    "operator": "kube model api observe plan resource objects control".split(),
}
CODE = (".h", ".cpp")
SOURCES = CODE + (".proto", ".py")
LINES_MAX = 600
COLUMNS_MAX = 100

RULES = []  # (name, does it apply to this path, check of path and text)


def rule(applies):
    """Registers a check: a generator of (line, message) for a path relative to ROOT and its text."""
    def register(check):
        RULES.append((check.__name__.replace("_", "-"), applies, check))
        return check
    return register


def is_code(path):
    return path.suffix in CODE


def is_pure(path):
    return is_code(path) and path.parts[1] in PURE.get(path.parts[0], [])


def never_sleeps(path):
    return is_code(path) and path.parts[:2] != ("client", "bench") and (
        path.parts[0] in ("server", "client", "operator") or path.parts[1] == "unit")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def without_comments(text):
    """The code with comments and the insides of literals blanked, lines kept."""
    def blank(match):
        found = match.group(0)
        if found[0] in "\"'":
            return found[0] * 2 + "\n" * found.count("\n")
        return "\n" * found.count("\n")
    literal = r'R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\''
    return re.sub(rf"//[^\n]*|/\*(?:.|\n)*?\*/|{literal}",
                  lambda m: '""' + "\n" * m.group(0).count("\n") if m.group(0)[0] == "R" else blank(m),
                  text)


def findings(pattern, text, message):
    for match in re.finditer(pattern, text, re.MULTILINE):
        yield line_of(text, match.start()), message.format(match.group(0).strip())


@rule(lambda path: path.suffix in SOURCES)
def licence(path, text):
    lines = text.splitlines()[:2]
    expected = ("# " if path.suffix == ".py" else "// ") + "SPDX-License-Identifier: Apache-2.0"
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
    if lines[:1] != [expected]:
        yield 1, f"the first line must be: {expected}"


@rule(lambda path: path.suffix == ".h")
def file_comment(path, text):
    if not re.match(r"[^\n]*\n//\n// \S", text):
        yield 2, "a header begins with a comment: what it is, who owns it, its main invariant"


@rule(is_code)
def pragma_once(path, text):
    if (path.suffix == ".h") != ("#pragma once" in text.splitlines()):
        yield 1, "#pragma once belongs into every header and nowhere else"


@rule(never_sleeps)
def sleeping(path, text):
    pattern = r"\b(?:sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\("
    yield from findings(pattern, without_comments(text), "{}: nothing sleeps; wait for an event")


@rule(is_pure)
def impure(path, text):
    pattern = (r"\b(?:system_clock|steady_clock|high_resolution_clock)\b|\bstd::time\s*\("
               r"|\b(?:clock_gettime|gettimeofday|getenv|s?rand|fopen|getrandom)\s*\("
               r"|\bstd::(?:j?thread\b(?!::id)|async|random_device|mt19937|[io]?fstream|c(?:out|err|in)\b)"
               r"|#\s*include\s*<(?:thread|fstream|iostream|random|filesystem|unistd\.h|sys/\w+\.h)>")
    yield from findings(pattern, without_comments(text), "{}: a pure module is told such things")


@rule(is_code)
def catch_all(path, text):
    pattern = r"\bcatch\s*\(\s*\.\.\.\s*\)"
    yield from findings(pattern, without_comments(text), "{}: catch what is expected, by its type")


@rule(is_code)
def suppression(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"NOLINT(?!END)", line) and not re.search(r"NOLINT\w*\([\w.,* -]+\): \S", line):
            yield number, "a suppression names its check and its reason: NOLINT(check): why"


@rule(lambda path: path.suffix in SOURCES + (".md", ".txt", ".cmake", ".sh", ""))
def unfinished(path, text):
    words = "TO" "DO|FIX" "ME|XX" "X"
    pattern = rf"\b(?:{words})\b(?!\(#\d+\))"
    yield from findings(pattern, text, "{}: finish it, or name its issue: (#123)")


@rule(is_code)
def macro(path, text):
    pattern = r"^[ \t]*#[ \t]*define[ \t]+(?!PADDOCK_)\w+"
    yield from findings(pattern, without_comments(text), "{}: macros are PADDOCK_ and few")


@rule(is_code)
def slow_to_compile(path, text):
    """What takes a compiler seconds in each file that has it."""
    code = without_comments(text)
    yield from findings(r"\b(?:format_to|formatted_size)\s*\(", code, "{}: compiles half of fmt once more; append fmt::format(…)")
    if path.parts[:2] != ("client", "arguments"):
        yield from findings(r"#\s*include\s*<CLI/[^>]*>", code, "{}: client/arguments wraps it, for all others")


@rule(lambda path: path.suffix in SOURCES)
def length(path, text):
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        yield LINES_MAX, f"{len(lines)} lines; more than {LINES_MAX} are more than one idea"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX and path.suffix != ".py" and "://" not in line:
            yield number, f"{len(line)} columns; {COLUMNS_MAX} are allowed"


@rule(lambda path: True)
def machine_path(path, text):
    pattern = r"(?<![\w.}])/(?:work|home|root|tmp/dev)/\w[\w./-]*"
    yield from findings(pattern, text, "{}: a path of somebody's machine")


@rule(lambda path: path.suffix == ".md")
def link(path, text):
    for match in re.finditer(r"\[[^\]]*\]\(([^)#\s]*)(#[^)\s]*)?\)", text):
        target, anchor = match.group(1), match.group(2)
        if "://" in target or target.startswith("mailto:"):
            continue
        file = (ROOT / path).parent / target if target else ROOT / path
        if not file.exists():
            yield line_of(text, match.start()), f"{target}: there is no such file"
        elif anchor and file.suffix == ".md" and anchor[1:] not in anchors(file.read_text()):
            yield line_of(text, match.start()), f"{target}{anchor}: there is no such heading"


def anchors(text):
    """The anchors that GitHub makes of headings."""
    headings = re.findall(r"^#+ +(.*?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@rule(lambda path: str(path) == "ARCHITECTURE.md")
def module_table(path, text, cmake=None):
    for program in ("server", "operator"):
        source = cmake[program] if cmake else (ROOT / program / "CMakeLists.txt").read_text()
        built = re.findall(r"^paddock_module\((\w+)", source, re.MULTILINE)
        section = re.search(rf"^## Modules of the {program}\n((?:.|\n)*?)(?=^## |\Z)", text, re.MULTILINE)
        told = re.findall(r"^\| (\w+) \|", section.group(1), re.MULTILINE)[1:] if section else []
        if sorted(told) != sorted(built):
            yield (line_of(text, section.start()) if section else 1,
                   f"the table of modules says {told}, {program}/CMakeLists.txt builds {built}")


def difference_rows():
    """How docs/compatibility.md shows each difference that the conformance tests accept."""
    listed = tomllib.loads((ROOT / "tests/conformance/differences.toml").read_text())["difference"]
    return [f"| `{entry['id']}` | {entry['reason']} |" for entry in listed]


@rule(lambda path: str(path) == "docs/compatibility.md")
def listed_difference(path, text):
    """The page has the row of each listed difference and no other."""
    expected, found = difference_rows(), text.splitlines()
    for row in expected:
        if row not in found:
            yield 1, f"there is no row: {row}"
    for number, line in enumerate(found, 1):
        if re.match(r"\| `[a-z0-9-]+` \|", line) and line not in expected:
            yield number, "differences.toml does not list this"


@rule(lambda path: path.name == "mutations.toml")
def mutation_place(path, text):
    """The bugs that the simulators must notice have their places in the sources."""
    for one in tomllib.loads(text)["mutation"]:
        for change in (one, *one.get("also", [])):
            count = (ROOT / change["file"]).read_text().count(change["old"])
            if count != 1:
                line = line_of(text, text.index(f'name = "{one["name"]}"'))
                yield line, f"{one['name']}: its place occurs {count} times in {change['file']}"


@rule(lambda path: str(path) == "Dockerfile")
def image_context(path, text):
    """The image's build stage gets all folders that CMake asks for."""
    given = (ROOT / ".dockerignore").read_text()
    for folder in re.findall(r"^add_subdirectory\((\w+)\)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE):
        if not re.search(rf"^COPY {folder}[ /]", text, re.MULTILINE):
            yield 1, f"{folder}: CMakeLists.txt adds it, and nothing copies it"
        if not re.search(rf"^!{folder}\b", given, re.MULTILINE):
            yield 1, f"{folder}: nothing copies it while .dockerignore hides it"


@rule(lambda path: path.suffix == ".md")
def documented_name(path, text, known=None):
    """Names that begin with paddock_ (metrics, CMake functions) must exist where things are made."""
    for match in re.finditer(r"`(paddock_[a-z0-9_]+)", text):
        known = known if known is not None else all_sources()
        if match.group(1) not in known:
            yield line_of(text, match.start()), f"{match.group(1)}: nothing in the sources has this name"


@rule(lambda path: path.suffix == ".md")
def named_test(path, text, known=None):
    """Unit tests that a page names must exist."""
    for match in re.finditer(r"`([A-Z]\w+)\.([A-Z]\w+)`", text):
        known = known if known is not None else unit_tests()
        if match.groups() not in known and match.group(0) != "`Suite.Name`":
            yield line_of(text, match.start()), f"{match.group(0)}: there is no such test"


def unit_tests():
    files = (ROOT / path for path in tracked() if path.suffix == ".cpp" and path.parts[0] == "tests")
    return {found for file in files
            for found in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", file.read_text(), re.MULTILINE)}


def all_sources():
    return "".join((ROOT / path).read_text(errors="replace") for path in tracked()
                   if path.suffix in CODE + (".cmake", ".txt"))


def misformatted(paths):
    """Where the first files' lines are not as clang-format-19 writes them; one run for all files."""
    files = [str(ROOT / path) for path in paths if is_code(path)]
    command = ["clang-format-19", "--dry-run", f"--style=file:{ROOT / '.clang-format'}"]
    told = subprocess.run(command + files, capture_output=True, text=True, check=True).stderr if files else ""
    places = re.findall(r"^([^\s:]+):(\d+):\d+: warning: code should be", told, re.MULTILINE)
    for file, line in dict(reversed(places)).items():
        yield f"{file.removeprefix(f'{ROOT}/')}:{line}: not as clang-format-19 -i writes it [formatting]"


def tracked():
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z", "-co", "--exclude-standard"],
                            capture_output=True, text=True, check=True).stdout
    return [pathlib.Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def check(path, text):
    """All problems of a file; a line may say `lint(rule): why` in a comment to be let off that rule."""
    lines = text.splitlines()
    for name, applies, function in RULES:
        if not applies(path):
            continue
        for line, message in function(path, text):
            if not re.search(rf"lint\({name}\): \S", lines[line - 1] if line <= len(lines) else ""):
                yield f"{path}:{line}: {message} [{name}]"


def main():
    paths = [pathlib.Path(word).resolve().relative_to(ROOT) for word in sys.argv[1:]] or tracked()
    problems = list(misformatted(paths))
    for path in paths:
        try:
            problems += check(path, (ROOT / path).read_text())
        except UnicodeDecodeError:
            pass  # Golden bytes and the like.
    print("\n".join(problems + [f"{len(problems)} broken rules" if problems else "no broken rules"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
