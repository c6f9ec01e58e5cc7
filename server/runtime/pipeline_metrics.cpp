// SPDX-License-Identifier: Apache-2.0
//
// Metrics of the way of a request through the server: queues, batches, phases, turns, the gate.
#include "runtime/metric_groups.h"

namespace paddock::runtime {
namespace {

metrics::Observations observed(const StallReport& stalls) {
  return {.count = static_cast<std::uint64_t>(stalls.count),
          .sum = number(stalls.sum.count()),
          .min = number(stalls.min.count()),
          .max = number(stalls.max.count())};
}

std::vector<Metric> core_metrics(const CoreNumbers& core) {
  return {
      counter(
          "stale_sessions_expired", number(core.replica.sessions_expired), "Sessions that expired"),
      counter("proposal_count", number(core.replica.proposals), "Transactions proposed"),
      counter("commit_count", number(core.replica.commits), "Transactions committed"),
      counter("digest_mismatches_count",
              number(core.replica.digest_mismatches),
              "Comparisons in which the servers' trees differed, as the leader found"),
      counter("paddock_rebuilds_total",
              number(core.replica.rebuilds),
              "How often this server's tree was wrong and it rebuilt itself"),
      gauge("paddock_writes_refused",
            core.writes_refused ? 1 : 0,
            "1 while the disk is nearly full and writes are refused"),
      gauge("paddock_core_requests",
            number(core.in_flight),
            "Requests of this server's clients that the core has not answered"),
      gauge("paddock_proposals_in_flight",
            number(core.ordered),
            "Transactions that this leader has ordered and that are not applied"),
  };
}

/// Of writes, by where they are.
Metric phases(const Gathered& from) {
  Metric found = metrics::family("paddock_write_phase_seconds",
                                 Kind::Histogram,
                                 "How long writes take: queued before the core has them, then from "
                                 "the proposal until it is durable here and until it is committed",
                                 Unit::Seconds);
  metrics::add(found, "phase", "queued").buckets = from.report.counters.write_queued_times;
  metrics::add(found, "phase", "durable").buckets = from.core.durable;
  metrics::add(found, "phase", "committed").buckets = from.core.committed;
  return found;
}

/// Of the loops: the core's, and those of I/O threads together.
Metric turns(const ReportSources& sources) {
  Metric found = metrics::family("paddock_turn_seconds",
                                 Kind::Histogram,
                                 "How long turns of the event loops take, of waiting nothing",
                                 Unit::Seconds);
  metrics::add(found, "thread", "core").buckets = sources.core.loop().turn_times().read();
  Buckets io;
  bool has_own = false;
  for (ShardIo* shard : sources.shards) {
    if (&shard->loop() == &sources.core.loop()) continue;
    io.add(shard->loop().turn_times().read());
    has_own = true;
  }
  if (has_own) metrics::add(found, "thread", "io").buckets = io;
  return found;
}

}  // namespace

std::vector<Metric> pipeline_metrics(const Gathered& from,
                                     const ReportSources& sources,
                                     Quantiler& quantiler) {
  const gate::SharedTree::Times& gate = sources.tree.times();
  const Buckets held = gate.held.read();
  std::vector<Metric> found = core_metrics(from.core);
  found.push_back(summary("prep_processor_queue_size",
                          metrics::observations(from.core.batch_sizes, 1),
                          "Requests that the core is given at once"));
  found.push_back(counter("prep_processor_request_queued",
                          number(from.core.batch_sizes.sum),
                          "Requests that the core was given"));
  found.push_back(
      quantiler.summary("propagation_latency",
                        from.core.propagated,
                        "Milliseconds from a proposal by the leader's clock until it is "
                        "applied by this server's"));
  found.push_back(quantiler.summary("proposal_ack_creation_latency",
                                    from.core.durable,
                                    "Milliseconds until a proposal was on this server's disk"));
  found.push_back(quantiler.summary("quorum_ack_latency",
                                    from.core.quorum,
                                    "Milliseconds until a quorum had what this leader proposed"));
  found.push_back(summary("commit_process_time",
                          metrics::observations(held, 1e-3),
                          "Milliseconds to apply what is committed, once for each batch"));
  found.push_back(histogram("paddock_core_batch_requests",
                            Unit::Number,
                            from.core.batch_sizes,
                            "Requests that the core is given at once"));
  found.push_back(histogram("paddock_gate_held_seconds",
                            Unit::Seconds,
                            held,
                            "How long changes of the tree keep readers out"));
  found.push_back(histogram("paddock_gate_waited_seconds",
                            Unit::Seconds,
                            gate.waited.read(),
                            "How long changes of the tree wait for readers"));
  found.push_back(phases(from));
  found.push_back(turns(sources));
  if (sources.config.features.stall_monitor) {
    found.push_back(summary("jvm_pause_time_ms",
                            observed(from.core.stalls),
                            "Milliseconds by which the core's turns came too late"));
  }
  return found;
}

}  // namespace paddock::runtime
