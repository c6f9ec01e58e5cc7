# SPDX-License-Identifier: Apache-2.0
"""The server's image as a plain StatefulSet of three, without any operator: ../server.yaml."""

import time

from kazoo.client import KazooClient

from kube import HERE, Refused, await_pods, condition, get, identity, kubectl, machine, node_of, until
from load import Load
from . import case

PODS = [f"paddock-{number}" for number in range(3)]
MEMBERS = {number + 1: (f"{pod}.members", 2181) for number, pod in enumerate(PODS)}


def session(hosts):
    client = KazooClient(hosts=hosts, timeout=20, connection_retry={"max_tries": -1, "max_delay": 0.5},
                         command_retry={"max_tries": -1, "max_delay": 0.5})
    client.start(timeout=90)
    return client


def mode(pod):
    """What its server says that it is; nothing if it says nothing."""
    try:
        said = kubectl("exec", pod, "--", "/usr/bin/paddock", "--connect-timeout", "4s", "status")
    except Refused:
        return None
    return next((word for word in ("leader", "follower") if word in said), None)


def leader():
    return until(lambda: next((pod for pod in PODS if mode(pod) == "leader"), None), "somebody leads")


@case
def becomes_ready():
    """three pods become ready by their probes, each on a node of its own"""
    started = time.monotonic()
    kubectl("apply", "-f", HERE / "server.yaml")
    await_pods(PODS)
    taken = time.monotonic() - started
    assert sorted(map(node_of, PODS)) == ["node1", "node2", "node3"], list(map(node_of, PODS))
    return f"{taken:.1f} s from apply to three ready"


@case
def is_reached_from_outside():
    """kazoo reaches it from outside the pods' network: by a port of every node, and by each pod's name"""
    port = get("service", "paddock-outside")["spec"]["ports"][0]["nodePort"]
    nodes = [next(one["address"] for one in node["status"]["addresses"] if one["type"] == "InternalIP")
             for node in get("nodes")["items"]]
    writer = session(",".join(f"{address}:{port}" for address in nodes))
    writer.create("/written", b"x")
    for pod in PODS:
        reader = session(f"{pod}.members:2181")
        reader.sync("/written")
        assert reader.get("/written")[0] == b"x"
        reader.stop()
    writer.stop()


@case
def is_reached_from_inside():
    """kazoo reaches it from a pod by the service's name"""
    kubectl("apply", "-f", HERE / "client" / "pod.yaml")
    until(lambda: get("pod", "client")["status"].get("phase") in ("Succeeded", "Failed"), "the pod has ended")
    said = kubectl("logs", "client")
    assert get("pod", "client")["status"]["phase"] == "Succeeded" and "found /written" in said, said
    kubectl("delete", "pod", "client", "--wait=false")


@case
def pod_is_killed():
    """the leader's pod is killed without a warning under load: it comes back and has everything"""
    with Load(MEMBERS) as load:
        pod = leader()
        before = identity(pod)
        kubectl("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false")
        taken = await_pods([pod], instead_of={before})
        load.await_progress()
    return f"ready again after {taken:.1f} s; {load.seen}"


@case
def rolls():
    """a rolling restart by the StatefulSet under load ends with all ready"""
    with Load(MEMBERS) as load:
        before = set(map(identity, PODS))
        kubectl("rollout", "restart", "statefulset/paddock")
        taken = await_pods(PODS[::-1], instead_of=before)
        load.await_progress()
    return f"{taken:.1f} s; {load.seen}"


@case
def node_is_powered_off():
    """the leader's node is powered off under load, is seen to be gone, and comes back with its pod"""
    with Load(MEMBERS) as load:
        pod = leader()
        node = node_of(pod)
        machine("power-off", node[-1])
        try:
            until(lambda: not condition("node", node), "the node's absence is seen")
            load.await_progress()
        finally:
            machine("power-on", node[-1])
        started = time.monotonic()
        until(lambda: condition("node", node), "the node is back")
        await_restart(pod)
        taken = time.monotonic() - started
        load.await_progress()
    return f"ready {taken:.1f} s after power was back; {load.seen}"


def await_restart(pod):
    """Until its server answers: until then the pod may be called ready for what it was before."""
    until(lambda: condition("pod", pod) and mode(pod), f"{pod} serves")


@case
def node_is_unplugged():
    """the leader's node is cut off from all others under load, and plugged in again"""
    with Load(MEMBERS) as load:
        pod = leader()
        node = node_of(pod)
        machine("unplug", node[-1])
        try:
            until(lambda: not condition("node", node), "the node's absence is seen")
            load.await_progress()
        finally:
            machine("plug", node[-1])
        until(lambda: condition("node", node), "the node is back")
        await_restart(pod)
        load.await_progress()
    return load.seen


@case
def nodes_are_drained():
    """a node is drained under load; the budget refuses a second one until its pod is back"""
    with Load(MEMBERS) as load:
        pod = leader()
        node, before = node_of(pod), identity(pod)
        drain = ("drain", "--ignore-daemonsets", "--delete-emptydir-data")
        kubectl(*drain, node, "--timeout=80s")
        other = node_of(next(one for one in PODS if one != pod))
        try:
            kubectl(*drain, other, "--timeout=5s")
            raise AssertionError("a second node was drained")
        except Refused as refusal:
            assert "disruption budget" in str(refusal), refusal
        kubectl("uncordon", node, other)
        await_pods([pod], instead_of={before})
        kubectl(*drain, other, "--timeout=80s")
        kubectl("uncordon", other)
        await_pods(PODS)
        load.await_progress()
    return load.seen


@case
def ends():
    """all of it is deleted; volumes stay until their claims go"""
    kubectl("delete", "-f", HERE / "server.yaml")
    until(lambda: not get("pods", "-l", "app=paddock")["items"], "pods are gone")
    assert len(get("persistentvolumeclaims", "-l", "app=paddock")["items"]) == 3
    kubectl("delete", "persistentvolumeclaims", "-l", "app=paddock")
