# SPDX-License-Identifier: Apache-2.0
"""Numbers of `mntr` that only one side has, by their names without "zk_" (shell patterns)."""

# Of Apache's threads and queues, which have no counterpart here.
_PROCESSORS = """
    *_commit_proc_* *_commitproc_* *_final_proc_* prep_process_time prep_processor_queue_time_ms sync_process_time
    sync_processor_queue_time_ms sync_processor_queue_and_flush_time_ms sync_processor_queue_size proposal_process_time
    close_session_prep_time concurrent_request_processing_* write_batch_time_* *_write_committed_time_ms
    time_waiting_empty_pool_* *_session_queue* session_queues_drained request_commit_queued
    requests_not_forwarded_to_commit_processor skip_learner_request_* learner_request_processor_queue_size
    outstanding_changes_* om_*_process_time_ms *_learner_handler_qp_* stale_requests
    socket_closing_time netty_queued_buffer_capacity dead_watchers_* add_dead_watcher_stall_time
    response_packet_* connection_token_deficit cnxn_closed_without_zk_server_running
"""
# Of what is not there yet.
_ABSENT = "ensemble_auth_* insecure_admin_count"
# Could be measured here, and are not.
_NOT_MEASURED = """
    commit_propagation_latency proposal_latency inflight_*_count revalidate_count
    quit_leading_due_to_disloyal_voter unrecoverable_error_count *_per_namespace request_throttle_queue_time_ms
"""
NOT_SHOWN = (_PROCESSORS + _ABSENT + _NOT_MEASURED).split()
# Names of other releases of ZooKeeper (3.4, 3.5, 3.9), what Apache shows only once there was one, and our own.
OURS = "ack_latency followers fsync_threshold_exceed_count snapshot_error_count paddock_* *_paddock_* op_count_*".split()
