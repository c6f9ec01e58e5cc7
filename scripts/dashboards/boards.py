# SPDX-License-Identifier: Apache-2.0
"""What the dashboards show. Queries name labels of servers through {S} and {E}: see grafana.py."""

from grafana import dashboard, panel, stat

NAME = "{{instance}}"


def _chosen(labels):
    return "{{S}" + labels + "}"


def rate(metric, by="instance", labels=""):
    return f"sum by ({by}) (rate({metric}{_chosen(labels)}[{{R}}]))"


def gauge(metric, labels=""):
    return metric + _chosen(labels)


def quantile(share, histogram, by="instance", labels=""):
    return f"histogram_quantile({share}, sum by (le, {by}) (rate({histogram}_bucket{_chosen(labels)}[{{R}}])))"


def average(summary, by="instance", labels=""):
    return f"{rate(summary + '_sum', by, labels)} / {rate(summary + '_count', by, labels)}"


def _of_all(function, metric, labels=""):
    return f"{function}({metric}{{" + "{E}" + f"{labels}}})"


OVERVIEW = dashboard("paddock-overview", "Paddock / Overview", "Whether ensembles are well, at a glance.", [
    ("State", [
        stat("Servers that serve", "short", "Members that serve all clients.", (_of_all("sum", "paddock_serving"), "")),
        stat("Leaders", "short", "One for each ensemble; 0 while one is looked for.",
             (_of_all("sum", "paddock_role", ',role="leader"'), "")),
        stat("Voters", "short", "Members of the ensemble that vote.", (_of_all("max", "quorum_size"), "")),
        stat("Sessions", "short", "Of clients, in the whole ensemble.", (_of_all("max", "global_sessions"), "")),
        stat("Znodes", "short", "Of the tree.", (_of_all("max", "znode_count"), "")),
        stat("Data", "bytes", "Bytes of paths and data.", (_of_all("max", "approximate_data_size"), "")),
    ]),
    ("Load", [
        panel("Reads", "reqps", "Reads answered, by server.", (rate("paddock_reads_total"), NAME), stack=True),
        panel("Writes", "reqps", "Writes received, by server.", (rate("paddock_writes_total"), NAME), stack=True),
        panel("Requests by kind", "reqps", "Of all servers.", (rate("paddock_requests_total", "op"), "{{op}}"), stack=True),
    ]),
    ("How fast", [
        panel("Write latency", "s", "From the turn in which a write was received until its answer: median and 99th percentile "
              "of all servers' clients.", (quantile(0.5, "paddock_write_seconds", "ensemble"), "median"),
              (quantile(0.99, "paddock_write_seconds", "ensemble"), "99 %")),
        panel("Outstanding requests", "short", "Writes that are not answered yet. From globalOutstandingLimit on, clients wait.",
              (gauge("outstanding_requests"), NAME)),
        panel("Sync of the log", "s", "99th percentile: what a write waits for at least.",
              (quantile(0.99, "paddock_log_sync_seconds"), NAME)),
    ]),
    ("What it takes", [
        panel("Processor", "percentunit", "1 is one processor.", (rate("process_cpu_seconds_total"), NAME)),
        panel("Memory", "bytes", "Resident.", (gauge("process_resident_memory_bytes"), NAME)),
        panel("Disk free", "percentunit", "Of the file systems of data and log.",
              (f"{gauge('paddock_disk_free_bytes')} / {gauge('paddock_disk_size_bytes')}", NAME + " {{directory}}")),
    ]),
])

ENSEMBLE = dashboard("paddock-ensemble", "Paddock / Ensemble and consensus", "Who leads, who follows, and how fast they agree.", [
    ("Members", [
        panel("Roles", "short", "Servers by the part that they have.",
              ("sum by (role) (paddock_role{{E}})", "{{role}}"),
              stack=True),
        panel("Epoch", "short", "It rises with each new leader; 0 on a server without one.", (gauge("paddock_epoch"), NAME)),
        panel("Learners", "short", "Servers that follow the leader; in step; not in step yet.",
              (gauge("learners"), "learners"), (gauge("synced_followers"), "followers in step"),
              (gauge("synced_observers"), "observers in step " + NAME), (gauge("pending_syncs"), "not in step")),
    ]),
    ("Agreement", [
        panel("Phases of a write", "s", "Averages: queued for the core, on this server's disk, held by a quorum (on followers: "
              "known to be).", (average("paddock_write_phase_seconds", "phase"), "{{phase}}")),
        panel("Acknowledgements", "ms", "Average time until each learner has acknowledged a proposal.",
              (average("ack_latency", "key"), "server {{key}}")),
        panel("Propagation", "ms", "99th percentile from a proposal until it is applied by each server, by two clocks.",
              (gauge("propagation_latency", ',quantile="0.99"'), NAME)),
        panel("Proposals and commits", "ops", "A leader's proposals, and what each server applied.",
              (rate("proposal_count"), "proposed by " + NAME), (rate("commit_count"), "applied by " + NAME)),
        panel("Lag", "short", "Transactions that a learner has not acknowledged.",
              (gauge("paddock_follower_lag_transactions"), "server {{peer}}")),
        panel("In flight", "short", "Transactions of the leader that are not applied, and requests of a server's clients that "
              "have no answer.", (gauge("paddock_proposals_in_flight"), "proposals " + NAME),
              (gauge("paddock_core_requests"), "requests " + NAME)),
    ]),
    ("Elections", [
        panel("Looked for a leader", "short", "How often, in the last hour.", (f"increase({gauge('looking_count')}[1h])", NAME)),
        panel("Time of elections", "ms", "Average of all since the start.",
              (f"{gauge('election_time_sum')} / {gauge('election_time_count')}", NAME)),
        panel("Without a leader", "ms", "Sum of the times from the loss of a leader until the next one was there.",
              (gauge("unavailable_time_sum"), NAME)),
    ]),
    ("Links", [
        panel("Round trip", "s", "Between servers, as the system measures it.",
              (gauge("paddock_peer_round_trip_seconds"), NAME + " to {{peer}}")),
        panel("Sent", "Bps", "To each other server.", (rate("paddock_peer_sent_bytes_total", "instance, peer"), NAME + " to {{peer}}")),
        panel("Queued", "bytes", "What waits for a link to take it.", (gauge("paddock_peer_queued_bytes"), NAME + " to {{peer}}")),
        panel("Links that stand", "short", "To how many others each server has one.",
              (f"sum by (instance) ({gauge('paddock_peer_up')})", NAME)),
        panel("Synchronizations", "ops", "Learners that were sent what they lacked, or a snapshot.",
              (rate("diff_count"), "diff " + NAME), (rate("snap_count"), "snapshot " + NAME)),
        panel("Trees that differ", "short", "Comparisons that found a difference, and servers that rebuilt themselves: "
              "always 0, or disks or memory are bad.", (gauge("digest_mismatches_count"), "differences " + NAME),
              (gauge("paddock_rebuilds_total"), "rebuilds " + NAME)),
    ]),
])

CLIENTS = dashboard("paddock-clients", "Paddock / Clients and sessions", "Who connects, what is asked and what is refused.", [
    ("Connections and sessions", [
        panel("Connections", "short", "Of clients, by server.", (gauge("num_alive_connections"), NAME), stack=True),
        panel("Sessions", "short", "Of the ensemble, and local ones of each server.", (gauge("global_sessions"), NAME),
              (gauge("local_sessions"), "local " + NAME)),
        panel("Sessions that expired", "ops", "As the leader decided.", (rate("stale_sessions_expired"), NAME)),
        panel("New connections", "ops", "Accepted; with a session that they had before.",
              (rate("connection_request_count"), "accepted " + NAME),
              (rate("connection_revalidate_count"), "came back " + NAME)),
        panel("Ended or refused", "ops", "Closed because of a limit, dropped, failed handshakes.",
              (rate("connection_rejected"), "rejected " + NAME), (rate("connection_drop_count"), "dropped " + NAME),
              (rate("unsuccessful_handshake"), "failed " + NAME)),
        panel("TLS", "short", "Connections with TLS, and handshakes that are not done.",
              (gauge("paddock_secure_connections"), "with TLS " + NAME),
              (gauge("outstanding_tls_handshake"), "handshakes " + NAME)),
    ]),
    ("Requests", [
        panel("By kind", "reqps", "Of all chosen servers.", (rate("paddock_requests_total", "op"), "{{op}}"), stack=True),
        panel("Read latency", "s", "99th percentile of the time that reads wait; 0 within one turn of the server.",
              (quantile(0.99, "paddock_read_seconds"), NAME)),
        panel("Write latency", "s", "99th percentile.", (quantile(0.99, "paddock_write_seconds"), NAME)),
        panel("Received", "Bps", "Bytes of requests.", (rate("bytes_received_count"), NAME)),
        panel("Sent", "Bps", "Bytes of answers and events.", (rate("response_bytes"), NAME)),
        panel("Slow operations", "ops", "Slower than paddock.slowOperationThresholdMs.", (rate("paddock_slow_operations_total"), NAME)),
    ]),
    ("Watches", [
        panel("Watches", "short", "That are set.", (gauge("watch_count"), NAME), stack=True),
        panel("Events", "ops", "Sent to clients.", (rate("paddock_events_total"), NAME)),
        panel("Fired by one event", "short", "Watches, on average, of events that fire any.",
              (f"sum by (instance) ({gauge('node_changed_watch_count_sum')}) / "
               f"clamp_min(sum by (instance) ({gauge('node_changed_watch_count_count')}), 1)", "changed " + NAME),
              (f"sum by (instance) ({gauge('node_children_watch_count_sum')}) / "
               f"clamp_min(sum by (instance) ({gauge('node_children_watch_count_count')}), 1)", "children " + NAME)),
    ]),
    ("Limits", [
        panel("Delayed", "ops", "Clients of a limit that waited for their rate.",
              (rate("paddock_limit_delayed_total", "limit"), "{{limit}}")),
        panel("Refused", "ops", "Connections and requests that a limit refused.",
              (rate("paddock_limit_refused_total", "limit"), "{{limit}}")),
        panel("Under a limit", "short", "Connections of its clients.",
              (f"sum by (limit) ({gauge('paddock_limit_connections')})", "{{limit}}")),
        panel("Throttled", "ops", "Requests that waited too long, and connections that were not read from.",
              (rate("throttled_ops"), "throttled " + NAME), (rate("request_throttle_wait_count"), "not read from " + NAME)),
        panel("Authentication that failed", "ops", "Packets of addAuth, and what SASL says no to.",
              (rate("auth_failed_count"), NAME)),
        panel("Quotas", "percentunit", "How much of its quota a path uses: of znodes, of bytes.",
              (f"max by (key) ({gauge('quota_count_usage_per_namespace')} / {gauge('quota_count_limit_per_namespace')})", "{{key}} znodes"),
              (f"max by (key) ({gauge('quota_bytes_usage_per_namespace')} / {gauge('quota_bytes_limit_per_namespace')})", "{{key}} bytes")),
    ]),
])

STORAGE = dashboard("paddock-storage", "Paddock / Storage", "The log, snapshots and room on the disk.", [
    ("Log", [
        panel("Sync", "s", "To write and sync one batch: median and 99th percentile.",
              (quantile(0.5, "paddock_log_sync_seconds"), "median " + NAME),
              (quantile(0.99, "paddock_log_sync_seconds"), "99 % " + NAME)),
        panel("Syncs", "ops", "Batches written.", (rate("fsynctime_count"), NAME)),
        panel("Transactions of a batch", "short", "Average: what group commit gathers.",
              (average("paddock_log_batch_transactions"), NAME)),
        panel("Written", "Bps", "To the log.", (rate("paddock_log_bytes_total"), NAME)),
        panel("Queue", "short", "Transactions that wait for the log.", (gauge("paddock_log_queue_transactions"), NAME)),
        panel("Slow syncs", "ops", "Slower than fsync.warningthresholdms.", (rate("fsync_threshold_exceed_count"), NAME)),
    ]),
    ("Snapshots", [
        panel("Age", "s", "Of the newest snapshot.", (f"time() - {gauge('paddock_snapshot_taken_seconds')}", NAME)),
        panel("Time", "ms", "To take one, on average.",
              (f"{gauge('snapshottime_sum')} / clamp_min({gauge('snapshottime_count')}, 1)", NAME)),
        panel("Failed", "short", "Snapshots that failed, since the start.", (gauge("snapshot_error_count"), NAME)),
    ]),
    ("Room", [
        panel("Free", "bytes", "On the file systems of data and log.", (gauge("paddock_disk_free_bytes"), NAME + " {{directory}}")),
        panel("Directories", "bytes", "What the files of the server take.", (gauge("paddock_directory_bytes"), NAME + " {{directory}}")),
        panel("Writes refused", "short", "1 while a disk is nearly full.", (gauge("paddock_writes_refused"), NAME)),
    ]),
    ("The last start", [
        panel("Snapshot loaded in", "ms", "At the last start.", (gauge("startup_snap_load_time_sum"), NAME)),
        panel("Transactions applied", "short", "Of the log, at the last start.", (gauge("startup_txns_loaded_sum"), NAME)),
        panel("In", "ms", "To apply them.", (gauge("startup_txns_load_time_sum"), NAME)),
    ]),
])

SERVER = dashboard("paddock-server", "Paddock / One server", "Where the time and the memory of one server go.", [
    ("State", [
        stat("Uptime", "ms", "Since the start.", (gauge("uptime"), "")),
        stat("Serves", "bool_yes_no", "All clients.", (gauge("paddock_serving"), "")),
        stat("Connections", "short", "Of clients.", (gauge("num_alive_connections"), "")),
        stat("Znodes", "short", "Of the tree.", (gauge("znode_count"), "")),
        stat("Watches", "short", "That are set here.", (gauge("watch_count"), "")),
        stat("Version", "short", "Of the program; 1 for the one that runs.", (gauge("paddock_build_info"), "{{version}}")),
    ]),
    ("Threads", [
        panel("Turns", "s", "How long turns of the event loops take: 99th percentile.",
              (quantile(0.99, "paddock_turn_seconds", "thread"), "{{thread}}")),
        panel("Busy", "percentunit", "Share of the time that the loops' turns take; of all I/O threads together.",
              (rate("paddock_turn_seconds_sum", "thread"), "{{thread}}")),
        panel("Stalls", "ms", "Milliseconds in a second by which the core's turns came too late.",
              (rate("jvm_pause_time_ms_sum"), NAME)),
        panel("Gate", "s", "99th percentile: how long changes of the tree keep readers out, and wait for them.",
              (quantile(0.99, "paddock_gate_held_seconds"), "held"), (quantile(0.99, "paddock_gate_waited_seconds"), "waited")),
        panel("Batches", "short", "Average requests that the core is given at once, and transactions of one sync.",
              (average("paddock_core_batch_requests"), "requests"), (average("paddock_log_batch_transactions"), "transactions")),
        panel("Phases of a write", "s", "Averages.", (average("paddock_write_phase_seconds", "phase"), "{{phase}}")),
    ]),
    ("Memory and descriptors", [
        panel("Memory", "bytes", "Resident, and what may be used.", (gauge("process_resident_memory_bytes"), "resident"),
              (gauge("paddock_memory_limit_bytes"), "limit")),
        panel("By purpose", "bytes", "Of the tree: nodes, index, paths and data; the history for servers that lag.",
              (gauge("paddock_memory_bytes"), "{{purpose}}"), stack=True),
        panel("Descriptors", "short", "Open, and allowed.", (gauge("process_open_fds"), "open"), (gauge("process_max_fds"), "allowed")),
        panel("Processor", "percentunit", "1 is one processor.", (rate("process_cpu_seconds_total"), NAME)),
        panel("Requests of ZooKeeper's dashboards", "ms", "avg_latency, min_latency, max_latency since the start.",
              (gauge("avg_latency"), "average"), (gauge("min_latency"), "least"), (gauge("max_latency"), "most")),
        panel("Shares used up", "ops", "How often a connection had more requests than its share of a turn.",
              (rate("paddock_turns_used_up_total"), NAME)),
    ]),
], of_many=False)

ALL = {"overview": OVERVIEW, "ensemble": ENSEMBLE, "clients": CLIENTS, "storage": STORAGE, "server": SERVER}
