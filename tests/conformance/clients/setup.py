# SPDX-License-Identifier: Apache-2.0
"""Makes each client ready: compiles the C and Java programs, installs the npm packages.

What is made lies in a cache outside the source tree, by default ~/.cache/paddock-conformance, and is
made again when its source is newer.
"""

import os
import pathlib
import shutil
import subprocess
import threading

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("PADDOCK_CONFORMANCE_CACHE") or
                     pathlib.Path.home() / ".cache" / "paddock-conformance")
SECONDS = 300
_one_at_a_time = threading.Lock()


def prepare(name):
    """None when the client can run; else what is wrong, for a person."""
    step = STEPS.get(name)
    if not step:
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        with _one_at_a_time:
            step()
    except (OSError, subprocess.SubprocessError) as error:
        return f"{error}\n{getattr(error, 'stderr', '') or ''}"
    return None


def _newer(target, *sources):
    return target.exists() and all(target.stat().st_mtime > source.stat().st_mtime for source in sources)


def _run(*command, **options):
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS, **options)


def c_client():
    source, target = HERE / "c_client.c", CACHE / "c_client"
    if not _newer(target, source):
        _run("cc", "-O1", "-g", "-Wall", "-Wextra", "-DTHREADED", "-o", str(target), str(source), "-lzookeeper_mt",
             "-lpthread")


JAVA_JARS = [f"/usr/share/java/{name}.jar" for name in (
    "zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-simple", "curator-client", "curator-framework",
    "curator-recipes", "guava", "jackson-databind", "jackson-core", "jackson-annotations")]
JAVA = ["java", "-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", ":".join([str(CACHE), *JAVA_JARS])]


def _java(name):
    source, target = HERE / f"{name}.java", CACHE / f"{name}.class"
    if not _newer(target, source):
        _run("javac", "-nowarn", "-d", str(CACHE), "-cp", ":".join(JAVA_JARS), str(source))


NPM = CACHE / "npm"


def _npm(package):
    """Installs the packages of npm/package.json; `zookeeper` compiles its addon against Node's headers."""
    wanted = HERE / "npm" / "package.json"
    if not shutil.which("npm") or not os.path.exists("/usr/include/node/node.h"):
        root = [] if os.geteuid() == 0 else ["sudo"]
        _run(*root, "apt-get", "install", "-y", "--no-install-recommends", "npm", "libnode-dev")
    if not _newer(NPM / "installed", wanted):
        NPM.mkdir(exist_ok=True)
        shutil.copy(wanted, NPM / "package.json")
        _run("npm", "install", "--no-audit", "--no-fund", cwd=NPM,
             env={**os.environ, "npm_config_nodedir": "/usr"})
        (NPM / "installed").touch()
    if not (NPM / "node_modules" / package / "package.json").exists():
        raise OSError(f"npm installed no {package} in {NPM}")


STEPS = {
    "npm-zookeeper": lambda: _npm("zookeeper"),
    "npm-node-zookeeper-client": lambda: _npm("node-zookeeper-client"),
    "c-client": c_client,
    "java": lambda: _java("JavaClient"),
    "curator": lambda: _java("CuratorRecipes"),
}
