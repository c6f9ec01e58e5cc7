# SPDX-License-Identifier: Apache-2.0
"""Which metrics are named where: in dashboards, rules and pages."""

import pathlib
import re

from panels import boards
from promtool import RULES, ROOT

# Before '{' or '[', or by themselves; functions and labels are none.
WORD = re.compile(r"(?<![\w$\"=~])([a-z][a-z0-9_]+)\b(?!\s*\()")
KEYWORDS = set("""by on without and or unless ignoring group_left group_right le sum max min avg count rate increase bool offset
                  namespace ensemble instance thread phase peer key op limit role version directory""".split())
# In a page, what is in backquotes and looks like a metric: of ours, of a process.
NAMED = re.compile(r"`((?:paddock|process|jvm)_[a-z0-9_]+)(?:\{[^`]*\})?`")

# What existing dashboards and alerts for ZooKeeper ask for.
OF_ZOOKEEPER = """
    up znode_count watch_count ephemerals_count approximate_data_size num_alive_connections outstanding_requests avg_latency
    min_latency max_latency packets_received packets_sent open_file_descriptor_count max_file_descriptor_count quorum_size
    learners synced_followers synced_observers pending_syncs leader_uptime uptime election_time_count election_time_sum
    looking_count leader_unavailable_time_sum fsynctime_count fsynctime_sum snapshottime_sum readlatency_sum readlatency
    updatelatency_sum updatelatency proposal_count commit_count global_sessions stale_sessions_expired connection_drop_count
    connection_rejected connection_request_count bytes_received_count response_bytes jvm_pause_time_ms_sum
    process_cpu_seconds_total process_open_fds jvm_memory_bytes_used jvm_memory_bytes_max quorum_ack_latency ack_latency
    propagation_latency proposal_ack_creation_latency node_changed_watch_count_sum sync_processor_queue_flush_time_ms
    quota_count_limit_per_namespace quota_bytes_usage_per_namespace digest_mismatches_count op_count_total op_count_create
""".split()


def of_query(query):
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(by|on|without)\s*\([^)]*\)|\"[^\"]*\"", " ", query)
    return {word for word in WORD.findall(bare) if word not in KEYWORDS}


def _expr(text):
    """Of a rule file."""
    found = re.search(r"expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)", text)
    return found[1] or found[2]


def is_known(name, known):
    """As it is, or as a summary or a histogram."""
    return name in known or f"{name}_count" in known


def used():
    found = {"dashboards of ZooKeeper": set(OF_ZOOKEEPER)}
    for name, board in boards().items():
        found[f"dashboard {name}"] = {word for panel in board["panels"] for target in panel.get("targets", ())
                                      for word in of_query(target["expr"])}
    for path in RULES.glob("*.yaml"):
        found[f"rule {path.stem}"] = of_query(_expr(path.read_text(encoding="utf-8")))
    for path in [ROOT / "docs" / "monitoring.md", ROOT / "docs" / "operations.md", *(ROOT / "docs" / "runbooks").glob("*.md")]:
        if path.exists():
            found[path.name] = set(NAMED.findall(path.read_text(encoding="utf-8")))
    return found
