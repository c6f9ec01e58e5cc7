# SPDX-License-Identifier: Apache-2.0
"""What may be wrong with a data directory or its disk, one case each.

A case gets a `Bench`: `bench.used()` is a server that is not running, with data of 400 nodes, several
snapshots and a log that no longer reaches back to the beginning, killed in its work; `bench.fresh()` is
one without data. The docstring says what the case is for.
"""

import os
import shutil

from harness import wire
from .place import Client, read, rot, write

NOT_READ_ONLY = -119


# --- The directory itself.

def missing_directory(bench):
    """A dataDir that does not exist, where it must: its volume is perhaps not mounted."""
    place = bench.fresh({"datadir.autocreate": "false"})
    shutil.rmtree(place.config["dataDir"])
    place.expect_refused("dataDir", "does not exist", "mount its volume")
    assert not os.path.exists(place.config["dataDir"])


def missing_log_directory(bench):
    """A dataLogDir that does not exist, where it must."""
    place = bench.used({"datadir.autocreate": "false"})
    shutil.move(place.config["dataLogDir"], place.config["dataLogDir"] + ".away")
    place.expect_refused("dataLogDir", "does not exist")
    shutil.move(place.config["dataLogDir"] + ".away", place.config["dataLogDir"])
    place.expect_whole()


def empty_where_data_must_be(bench):
    """db.autocreate=false: an empty directory is an unmounted volume, not a new server."""
    place = bench.fresh({"db.autocreate": "false"})
    place.expect_ended_at_start("holds no data", "forbids to start empty")
    assert not os.path.exists(os.path.join(place.home, "metadata"))


def file_in_place_of_directory(bench):
    """dataDir names a file."""
    place = bench.fresh()
    os.rmdir(place.config["dataDir"])
    write(place.config["dataDir"], b"data")
    place.expect_refused("is not a directory", "correct the configuration")


def file_in_place_of_own_directory(bench):
    """Something else has the name of the server's own directory."""
    place = bench.fresh()
    write(place.home, b"data")
    place.expect_refused("is not a directory", "move it away")


def directory_of_another_user(bench):
    """No permission to enter dataDir."""
    place = bench.used()
    os.chmod(place.directory, 0o755)
    if os.geteuid() == 0:
        place.user = 65534  # nobody
    texts = ("Permission denied", "give the user that runs the server")
    for path, code in ((place.home, 1), (place.config["dataDir"], 2)):
        os.chmod(path, 0o700 if os.geteuid() == 0 else 0o000)
        place.launch()
        place.expect_ended(*texts, code=code)
        os.chmod(path, 0o755)
    place.user = None
    place.expect_whole()


def read_only_file_system(bench):
    """A file system that was remounted read-only after an error."""
    place = bench.used()
    place.fail_calls(f"open EROFS {place.directory}/data")
    place.expect_refused("Read-only file system", "mount the file system writable")
    place.fail_calls()
    place.expect_whole()


def two_servers(bench):
    """A second server on the same directories."""
    first = bench.used()
    second = bench.fresh()
    second.config.update({key: first.config[key] for key in ("dataDir", "dataLogDir")})
    first.expect_whole()
    second.launch()
    second.expect_ended(f"in use by another server (process {first.process.pid})", "a directory of its own")
    client = Client(first)
    first.write(client, 20)
    client.close()
    first.kill()
    first.expect_whole()


def two_servers_on_one_log(bench):
    """A second server with its own dataDir and the first one's dataLogDir."""
    first = bench.used()
    second = bench.fresh()
    second.config["dataLogDir"] = first.config["dataLogDir"]
    first.expect_whole()
    second.launch()
    second.expect_ended("dataLogDir")
    client = Client(first)
    first.write(client, 20)
    client.close()
    first.kill()
    first.expect_whole()


# --- Somebody else's data.

def apache_data(bench):
    """Only an Apache ZooKeeper's data: it is not read, and not ignored."""
    place = bench.fresh()
    version_2 = os.path.join(place.config["dataDir"], "version-2")
    os.mkdir(version_2)
    write(os.path.join(version_2, "snapshot.0"), b"ZKSN")
    place.expect_refused("holds the data of an Apache ZooKeeper server", "move version-2 away")


def apache_log(bench):
    """The same with the Apache server's log alone, in dataLogDir."""
    place = bench.fresh()
    version_2 = os.path.join(place.config["dataLogDir"], "version-2")
    os.mkdir(version_2)
    write(os.path.join(version_2, "log.1"), b"ZKLG")
    place.expect_refused("holds the data of an Apache ZooKeeper server")


def other_servers_log(bench):
    """dataLogDir is another server's."""
    place, other = bench.used(), bench.other()
    own = place.config["dataLogDir"]
    place.config["dataLogDir"] = other.config["dataLogDir"]
    place.expect_refused("belongs to another data directory", "correct dataDir or dataLogDir")
    place.config["dataLogDir"] = own
    place.expect_whole()
    other.expect_whole()


def new_server_on_a_used_log(bench):
    """dataDir is empty, dataLogDir is not: the metadata is missing, this is no new server."""
    place = bench.used()
    shutil.move(place.home, place.home + ".away")
    place.launch()
    place.expect_ended("holds a transaction log", "is missing: dataDir was emptied")
    shutil.rmtree(place.home)
    shutil.move(place.home + ".away", place.home)
    place.expect_whole()


def another_number(bench):
    """The data of server 1 with the myid of server 2."""
    place = bench.fresh()
    myid = os.path.join(place.config["dataDir"], "myid")
    write(myid, b"1\n")
    place.expect_whole()
    place.kill()
    write(myid, b"2\n")
    place.expect_refused("belongs to server 1, but this server is configured as 2", "correct myid or dataDir")
    write(myid, b"1\n")
    place.expect_whole()


# --- Lost parts.

def log_key_lost(bench):
    """dataLogDir was dropped from the configuration."""
    place = bench.used()
    own = place.config["dataLogDir"]
    place.config["dataLogDir"] = place.config["dataDir"]
    place.expect_refused("the transaction log is missing", "dataLogDir was emptied, changed or not mounted")
    place.config["dataLogDir"] = own
    place.expect_whole()


def log_emptied(bench):
    """All segments are gone."""
    place = bench.used()
    kept = place.log_home + ".away"
    shutil.copytree(place.log_home, kept)
    for path in place.segments():
        os.remove(path)
    place.expect_refused("the transaction log is missing", "put back a copy")
    shutil.rmtree(place.log_home)
    shutil.move(kept, place.log_home)
    place.expect_whole()


def segment_lost(bench):
    """A segment in the middle of what is needed is gone."""
    place = bench.used({"snapCount": "1000000"})
    place.start()
    client = Client(place)
    while len(place.live_segments()) < 4:  # Of which at least the last three are behind every snapshot but the first.
        place.write(client, 20)
    client.close()
    place.kill()
    for path in place.snapshots()[1:]:
        os.remove(path)
    needed = place.live_segments()[-3:]
    kept = read(needed[1])
    os.remove(needed[1])
    place.expect_refused("the transaction log", "put back a copy")
    write(needed[1], kept)
    place.expect_whole()


def segment_cut_off(bench):
    """A copy that ran out of space: the last segment is shorter than it was made."""
    place = bench.used()
    last = place.live_segments()[-1]
    kept = read(last)
    write(last, kept[:4096])
    place.expect_refused(f"{last} is cut off at 4096 of at least 65536 bytes", "put back a copy")
    write(last, kept)
    place.expect_whole()


def snapshots_lost(bench):
    """All snapshots are gone and the log is not enough."""
    place = bench.used()
    kept = {path: read(path) for path in place.snapshots()}
    for path in kept:
        os.remove(path)
    place.expect_refused("holds no snapshot, though there must have been one", "put back a copy")
    for path, content in kept.items():
        write(path, content)
    place.expect_whole()


def metadata_lost(bench):
    """The metadata is gone."""
    place = bench.used()
    path = os.path.join(place.home, "metadata")
    kept = read(path)
    os.remove(path)
    place.expect_refused("metadata is missing", "put back a copy")
    write(path, kept)
    place.expect_whole()


# --- Damage.

def log_damaged(bench):
    """A flipped bit in the log, with durable records behind it."""
    place = bench.used()
    place.start()
    client = Client(place)
    segments = None
    while segments != place.live_segments():  # Several groups in the last one: the later prove the earlier.
        segments = place.live_segments()
        for _ in range(5):
            place.write(client, 1)
    client.close()
    place.kill()
    path = place.live_segments()[-1]
    rot(path, 200)
    place.expect_refused(f"the log is damaged: {path} cannot be read", "were durable there", "put back a copy")
    rot(path, 200)
    place.expect_whole()


def newest_snapshot_damaged(bench):
    """A flipped bit in the newest snapshot: an older one and the log are enough."""
    place = bench.used()
    path = place.snapshots()[-1]
    rot(path, 100)
    place.expect_whole(f"{path} is damaged")


def all_snapshots_damaged(bench):
    """No snapshot can be read and the log is not enough."""
    place = bench.used()
    for path in place.snapshots():
        rot(path, 100)
    place.expect_refused(f"{place.snapshots()[-1]} is damaged", "without it the log is not enough", "put back a copy")
    for path in place.snapshots():
        rot(path, 100)
    place.expect_whole()


def half_of_metadata_damaged(bench):
    """One of the two records of the metadata is rotten: the other one is enough."""
    place = bench.used()
    rot(os.path.join(place.home, "metadata"), 20)
    place.expect_whole()


def metadata_damaged(bench):
    """Both records of the metadata are rotten."""
    place = bench.used()
    path = os.path.join(place.home, "metadata")
    kept = read(path)
    rot(path, 20)
    rot(path, 65536 + 20)
    place.expect_refused("both records", "are unreadable", "unknown what this server has promised")
    write(path, kept)
    place.expect_whole()


def strange_files(bench):
    """Files that are not the server's disturb nothing and are left alone."""
    place = bench.used()
    strange = [os.path.join(place.home, "snapshot.old"), os.path.join(place.home, "lost+found"),
               os.path.join(place.log_home, "segment.1.bak")]
    for path in strange:
        write(path, b"?")
    place.expect_whole()
    assert all(read(path) == b"?" for path in strange)


# --- A disk that fails.

def unreadable_at_start(bench):
    """The device returns errors for a file that is needed."""
    for part in ("metadata", "snapshot.", "segment."):
        place = bench.used()
        place.fail_calls(f"read EIO {part}")
        place.expect_refused("cannot read", "Input/output error", "check the device and the kernel's log")
        place.fail_calls()
        place.expect_whole()


def log_write_error(bench):
    """The device refuses a write of the log in the middle of a load: nothing more is acknowledged."""
    _fails_while_writing(bench, "write EIO segment.", "cannot write")


def log_sync_error(bench):
    """The same with a sync, after which it is unknown what was written."""
    _fails_while_writing(bench, "sync EIO segment.", "cannot sync")


def _fails_while_writing(bench, rule, text):
    place = bench.used()
    place.expect_whole()
    client = Client(place)
    place.write(client, 20)
    place.fail_calls(rule)
    errors = place.try_to_write(client, 20)
    assert errors == [], f"a write was answered {errors[0]} though it could not be durable"
    place.expect_ended("the log cannot be written, so nothing can be acknowledged", text)
    place.fail_calls()
    place.expect_whole()


def nearly_full(bench):
    """Little free space: writes are refused before the disk is full, reads go on, until there is room."""
    place = bench.used({"paddock.minFreeSpaceInMb": "10"})
    place.start()
    client = Client(place)
    place.write(client, 5)
    place.fail_calls(f"free 5000000 {place.directory}")
    place.wait_for_log("the disk is nearly full")
    assert place.try_to_write(client, 3) == [NOT_READ_ONLY] * 3
    assert client.missing(place.known) == []
    late = Client(place)
    assert late.missing(place.known) == [], "a new session cannot read"
    late.close()
    place.restart()
    place.wait_for_log("the disk is nearly full")
    place.fail_calls()
    place.wait_for_log("there is room on the disk again")
    client = Client(place)
    place.write(client, 5)
    client.close()
    place.kill()
    place.expect_whole()


def full_while_writing(bench):
    """A disk that is full at once: what the log has room for is written, then the server stops."""
    place = bench.used()
    place.start()
    client = Client(place)
    place.write(client, 5)
    place.fail_calls(f"grow ENOSPC {place.directory}")
    for _ in range(100):
        if place.try_to_write(client, 20).count(0) < 20:
            break
    place.expect_ended("the log cannot be written", "No space left on device", "free or add space")
    place.fail_calls()
    place.expect_whole()


def full_at_snapshot(bench):
    """No room for a snapshot: the log keeps everything, the server goes on."""
    place = bench.used()
    place.start()
    client = Client(place)
    place.fail_calls("grow ENOSPC snapshot.")
    before = place.snapshots()
    place.write(client, 200)
    place.wait_for_log("no snapshot could be taken")
    assert place.snapshots() == before, "a failed snapshot has left something behind, or older ones are gone"
    place.kill()
    place.expect_whole()


def full_at_start(bench):
    """A full disk does not keep a server from starting and serving reads."""
    place = bench.used({"paddock.minFreeSpaceInMb": "10"})
    place.fail_calls(f"grow ENOSPC {place.directory}", f"free 0 {place.directory}")
    place.start()
    place.wait_for_log("the disk is nearly full")
    client = Client(place)
    assert client.missing(place.known) == []
    client.close()
    place.kill()
    place.fail_calls()
    place.expect_whole()


# --- Configurations of the past.

def odd_segment_size(bench):
    """A preAllocSize that is no multiple of a block, and one that differs from what is there."""
    for kilobytes in ("1", "65", "200"):
        place = bench.used({"preAllocSize": kilobytes})
        place.expect_whole()
        client = Client(place)
        place.write(client, 400)
        client.close()
        place.kill()
        place.expect_whole()


def purge_never(bench):
    """autopurge.purgeInterval=0 is ZooKeeper's word for keeping every snapshot."""
    place = bench.used({"autopurge.purgeInterval": "0"})
    before = place.snapshots()
    place.start()
    client = Client(place)
    for count in range(1, 4):
        place.write(client, 60)
        place.wait_for_log("snapshot at zxid", count + 1)  # "recovered …: snapshot at zxid" is the first
    client.close()
    assert set(before) <= set(place.snapshots())


CASES = [
    missing_directory, missing_log_directory, empty_where_data_must_be, file_in_place_of_directory,
    file_in_place_of_own_directory, directory_of_another_user, read_only_file_system, two_servers,
    two_servers_on_one_log, apache_data, apache_log, other_servers_log, new_server_on_a_used_log, another_number,
    log_key_lost, log_emptied, segment_lost, segment_cut_off, snapshots_lost, metadata_lost, log_damaged,
    newest_snapshot_damaged, all_snapshots_damaged, half_of_metadata_damaged, metadata_damaged, strange_files,
    unreadable_at_start, log_write_error, log_sync_error, nearly_full, full_while_writing, full_at_snapshot,
    full_at_start, odd_segment_size, purge_never,
]
