# SPDX-License-Identifier: Apache-2.0
"""What is in the image, and what it says of itself."""

import json
import os
import pathlib
import re
import stat
import subprocess

from engine import ROOT, inspect_image, podman
from settings import IMAGE
from . import case

BYTES_MAX = 60_000_000
SBOM = "usr/share/doc/paddock/sbom.spdx.json"


class Files:
    """The image's files, as a folder."""

    def __enter__(self):
        return pathlib.Path(podman("image", "mount", IMAGE))

    def __exit__(self, *_):
        podman("image", "unmount", IMAGE)


def regular_files(root):
    for folder, _, names in os.walk(root):
        for name in names:
            path = pathlib.Path(folder) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


@case
def size():
    """smaller than 60 MB, uncompressed"""
    size_of_all = inspect_image(IMAGE)["Size"]
    assert size_of_all < BYTES_MAX, size_of_all
    return f"{size_of_all / 1e6:.1f} MB"


@case
def user():
    """runs as a numeric user that is not root, and its data folder is that user's"""
    assert inspect_image(IMAGE)["Config"]["User"] == "1000:1000"
    with Files() as root:
        data = (root / "data").stat()
        assert (data.st_uid, data.st_gid) == (1000, 1000), data
        assert not [name for name in (root / "data").iterdir()]


@case
def labels():
    """labels of OCI, stop signal, ports, volume, health check and entry point"""
    config = inspect_image(IMAGE)["Config"]
    labels_found = {name.rsplit(".", 1)[-1]: value for name, value in config["Labels"].items()
                    if name.startswith("org.opencontainers.image.")}
    version = re.search(r"^project\(paddock VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
    commit = subprocess.run(["git", "-C", str(ROOT), "log", "-1", "--format=%H %ct"], capture_output=True, text=True, check=True).stdout
    revision, epoch = commit.split()
    assert labels_found["version"] == version, labels_found
    assert labels_found["licenses"] == "Apache-2.0", labels_found
    assert labels_found["revision"].removesuffix("-changed") == revision, labels_found
    created = subprocess.run(["date", "-u", "-d", f"@{epoch}", "+%Y-%m-%dT%H:%M:%SZ"], capture_output=True, text=True, check=True).stdout
    assert labels_found["created"] == created.strip(), labels_found
    assert labels_found["title"] and labels_found["description"], labels_found
    assert config["StopSignal"] == "SIGTERM", config
    assert set(config["ExposedPorts"]) == {"2181/tcp", "2888/tcp", "3888/tcp", "8080/tcp"}, config
    assert set(config["Volumes"]) == {"/data"}, config
    assert config["Entrypoint"] == ["/usr/bin/paddock-server"], config
    assert inspect_image(IMAGE)["Healthcheck"]["Test"][:2] == ["CMD", "/usr/bin/paddock"]


@case
def nothing_to_run():
    """no file that runs with another's rights, and no program but ours"""
    with Files() as root:
        files = list(regular_files(root))
        assert len(files) > 50, files
        assert not [path for path in files if path.stat().st_mode & (stat.S_ISUID | stat.S_ISGID)]
        runnable = {path.relative_to(root).name for path in files
                    if path.stat().st_mode & 0o111 and ".so" not in path.name}
        assert runnable == {"paddock", "paddock-server"}, runnable
        assert not [path for path in files if path.stat().st_mode & stat.S_IWOTH]


@case
def bill_of_materials():
    """the SBOM names every package that a file of the image is from, as its own record has it"""
    with Files() as root:
        document = json.loads((root / SBOM).read_text())
        assert document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0", document
        told = {entry["name"]: entry for entry in document["packages"]}
        records = list((root / "var/lib/dpkg/status.d").iterdir())
        assert len(records) > 15, records
        for record in records:
            fields = dict(re.findall(r"^(Package|Version|Architecture): (.*)$", record.read_text(), re.MULTILINE))
            entry = told[fields["Package"]]
            assert entry["versionInfo"] == fields["Version"], (entry, fields)
            assert entry["externalRefs"][0]["referenceLocator"].startswith(f"pkg:deb/debian/{fields['Package']}@".replace("+", "%2B"))
        for compiled_in in ("libboost1.81-dev", "libcli11-dev"):
            assert compiled_in in told, told.keys()
        ids = {entry["SPDXID"] for entry in document["packages"]}
        related = {relation["relatedSpdxElement"] for relation in document["relationships"]}
        assert related == ids and len(ids) == len(document["packages"])
        known = {record.name for record in records}
        libraries = {path.relative_to(root) for path in regular_files(root / "usr/lib") if ".so" in path.name}
        owners = owners_of(libraries)
        strange = [str(library) for library in libraries if not owners.get(library, set()) & known]
        assert not strange, f"of none of the packages in the SBOM: {strange}"
        return f"{len(records)} packages"


def owners_of(paths):
    """path -> the packages that have it on this machine, which is of the same Debian release."""
    spelled = [f"/{path}" for path in paths] + [f"/{path}".removeprefix("/usr") for path in paths]
    lines = subprocess.run(["dpkg-query", "-S", *spelled], capture_output=True, text=True, check=False).stdout.splitlines()
    owners = {}
    for line in lines:
        names, _, path = line.rpartition(": ")
        path = pathlib.Path("usr") / path.removeprefix("/").removeprefix("usr/")
        owners.setdefault(path, set()).update(re.sub(r":\w+", "", names).split(", "))
    return owners


@case
def licences():
    """the copyright of each package, and our own licence"""
    with Files() as root:
        for record in (root / "var/lib/dpkg/status.d").iterdir():
            assert (root / "usr/share/doc" / record.name / "copyright").exists(), record.name
        assert "Apache License" in (root / "usr/share/doc/paddock/copyright").read_text()
