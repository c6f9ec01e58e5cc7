// SPDX-License-Identifier: Apache-2.0
//
// Metrics of the disk: the log, snapshots, room, the last start.
#include <algorithm>
#include <iterator>

#include <sys/statvfs.h>

#include "runtime/directory_size.h"
#include "runtime/metric_groups.h"

namespace paddock::runtime {
namespace {

/// One observation, of the start.
metrics::Observations once(auto value) {
  return {.count = 1, .sum = number(value), .min = number(value), .max = number(value)};
}

std::vector<Metric> start_metrics(const StartReport& start) {
  return {
      summary("startup_snap_load_time",
              once(start.snapshot_load.count()),
              "Milliseconds to load the snapshot at the start"),
      summary("startup_txns_loaded",
              once(start.replayed.transactions),
              "Transactions of the log that were applied at the start"),
      summary("startup_txns_load_time", once(start.replay.count()), "Milliseconds to apply them"),
      summary("dbinittime",
              once((start.snapshot_load + start.replay).count()),
              "Milliseconds to load the database at the start"),
  };
}

std::vector<Metric> log_metrics(const LogThreadStats& log, Quantiler& quantiler) {
  const Buckets syncs = log.sync_times.read();
  const Buckets transactions = log.batch_transactions.read();
  const std::int64_t written = log.transactions.load();
  return {
      summary("fsynctime",
              metrics::observations(syncs, 1e-3),
              "Milliseconds to write and sync one log batch"),
      quantiler.summary("sync_processor_queue_flush_time_ms", syncs, "The same, with quantiles"),
      summary("sync_processor_batch_size",
              metrics::observations(transactions, 1),
              "Transactions of one log batch"),
      counter("sync_processor_request_queued",
              number(log.queued.load()),
              "Transactions that the log thread was given"),
      counter("fsync_threshold_exceed_count",
              number(log.slow_syncs.load()),
              "Syncs slower than fsync.warningthresholdms"),
      histogram(
          "paddock_log_sync_seconds", Unit::Seconds, syncs, "To write and sync one log batch"),
      histogram("paddock_log_batch_transactions",
                Unit::Number,
                transactions,
                "Transactions of one log batch"),
      histogram("paddock_log_batch_bytes", Unit::Number, log.batch_bytes.read(), "Its bytes"),
      gauge("paddock_log_queue_transactions",
            number(std::max<std::int64_t>(log.queued.load() - written, 0)),
            "Transactions that are not on this disk yet"),
      counter("paddock_log_bytes_total", number(log.bytes.load()), "Bytes written to the log"),
      counter("paddock_log_transactions_total", number(written), "Transactions written to the log"),
  };
}

std::vector<Metric> snapshot_metrics(const SnapshotReport& snapshot,
                                     const admin::SnapshotReport& last) {
  std::vector<Metric> found = {
      summary("snapshottime",
              {.count = static_cast<std::uint64_t>(snapshot.count),
               .sum = number(snapshot.took_sum.count()),
               .min = number(snapshot.took_min.count()),
               .max = number(snapshot.took_max.count())},
              "Milliseconds to take a snapshot"),
      counter("snapshot_error_count", number(snapshot.errors), "Snapshots that failed"),
  };
  if (last.taken_s == 0) return found;
  found.push_back(gauge(
      "paddock_snapshot_taken_seconds", number(last.taken_s), "Unix time of the newest snapshot"));
  found.push_back(gauge("paddock_snapshot_zxid", number(last.zxid.value), "Its zxid"));
  return found;
}

std::vector<Metric> room_metrics(const config::StorageConfig& storage) {
  Metric free = metrics::family("paddock_disk_free_bytes", Kind::Gauge, "Free on the file system");
  Metric size = metrics::family("paddock_disk_size_bytes", Kind::Gauge, "Size of the file system");
  Metric used = metrics::family(
      "paddock_directory_bytes", Kind::Gauge, "Bytes of the files in the directory");
  const auto add = [&](const char* name, const std::string& path) {
    struct statvfs found{};
    if (::statvfs(path.c_str(), &found) == 0) {
      metrics::add(free, "directory", name, number(found.f_bavail) * number(found.f_frsize));
      metrics::add(size, "directory", name, number(found.f_blocks) * number(found.f_frsize));
    }
    metrics::add(used, "directory", name, number(directory_bytes(path)));
  };
  add("data", storage.data_dir);
  if (storage.data_log_dir != storage.data_dir) add("log", storage.data_log_dir);
  return {free, size, used};
}

}  // namespace

std::vector<Metric> storage_metrics(const ReportSources& sources,
                                    const admin::ServerReport& report,
                                    Quantiler& quantiler) {
  std::vector<Metric> found = log_metrics(sources.log.stats(), quantiler);
  const auto add = [&found](std::vector<Metric> more) {
    std::ranges::move(more, std::back_inserter(found));
  };
  add(snapshot_metrics(sources.background.report(), report.last_snapshot));
  add(room_metrics(sources.config.storage));
  add(start_metrics(sources.start));
  return found;
}

}  // namespace paddock::runtime
