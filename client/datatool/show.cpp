// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "client_cli/output.h"
#include "data/segment.h"
#include "data/snapshot_io.h"
#include "datatool/commands.h"
#include "datatool/describe.h"
#include "datatool/walk.h"
#include "storage/posix_disk.h"
#include "storage/snapshot_reader.h"
#include "storage/snapshots.h"

namespace paddock::datatool {
namespace {

namespace json = boost::json;

class Show {
 public:
  Show(const ShowOptions& options, cli::Output& out) : options_(options), out_(out) {}

  Verdict run() {
    const auto kind = kind_of(disk_, options_.target.path);
    PADDOCK_TRY(kind);
    const auto shown = *kind == TargetKind::Segment    ? segment(disk_, options_.target.path)
                       : *kind == TargetKind::Snapshot ? snapshot(options_.target.path)
                                                       : directory();
    PADDOCK_TRY(shown);
    out_.json(document_);
    return true;
  }

 private:
  /// A line for people, and a member for programs.
  template <class Value>
  void put(std::string_view key, std::string_view label, Value&& value, std::string_view text) {
    document_[key] = std::forward<Value>(value);
    out_.line(fmt::format("{:<15} {}", label, text));
  }
  void put(std::string_view key, std::string_view label, std::string text) {
    put(key, label, json::string(text), text);
  }

  Result<> record(const data::SegmentRecord& record, json::array& records) {
    txn::pb::Txn txn;
    const View bytes = record.payload;
    if (!txn.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return fail(fmt::format("the record at offset {} is no transaction", record.offset));
    }
    json::object one = to_json(txn);
    one["offset"] = record.offset;
    if (out_.is_json()) records.push_back(std::move(one));
    std::string what;
    for (const txn::pb::Op& op : txn.ops()) what += (what.empty() ? "" : "; ") + describe(op);
    if (what.empty()) what = txn.has_charter() ? "the ensemble's id and feature level" : "nothing";
    out_.line(fmt::format("{} {} session {} {}",
                          hex(txn.zxid()),
                          cli::format_time(txn.time_ms()),
                          hex(txn.session()),
                          what));
    return {};
  }

  Result<> segment(storage::Disk& disk, const std::string& path) {
    json::array records;
    const auto each = [&](const data::SegmentRecord& one) {
      return record(one, records);
    };
    const auto found = data::walk_segment(disk, path, each);
    if (!found) return std::unexpected(Error(found.error()).within(path));
    put("segment", "segment", path);
    if (!found->is_begun) {
      put("state", "state", "prepared, and not begun");
      return {};
    }
    put("after", "after", hex(found->header.base.value));
    put("records", "records", found->records, fmt::format("{}", found->records));
    put("last", "last", hex(found->last.value));
    put("end", "end", found->end, fmt::format("offset {}", found->end));
    if (out_.is_json()) document_["transactions"] = std::move(records);
    return {};
  }

  Result<> snapshot(const std::string& path) {
    auto reader = storage::SnapshotReader::open(disk_, path);
    PADDOCK_TRY(reader);
    const storage::SnapshotInfo info = (*reader)->info();
    put("snapshot", "snapshot", path);
    put("created_ms", "created", info.created.ms, cli::format_time(info.created.ms));
    const auto state = data::load_snapshot(disk_, path);
    PADDOCK_TRY(state);
    return describe_state(**state);
  }

  Result<> describe_state(const data::State& state) {
    const json::object found = to_json(state);
    for (const auto& [key, value] : found) {
      std::string text = json::serialize(value);
      if (value.is_string()) text = std::string(value.as_string());
      put(std::string(key), std::string(key), value, text.empty() ? "none" : text);
    }
    if (!options_.with_nodes) return {};
    json::array nodes;
    walk(state.tree, "/", [&](const tree::NodeView& node) {
      out_.line(fmt::format("{} {} bytes, version {}, mzxid {}, owner {}",
                            printable(node.path),
                            node.data.size(),
                            node.stat.version,
                            hex(node.stat.mzxid),
                            hex(node.owner)));
      if (out_.is_json()) nodes.push_back(to_json(node));
    });
    document_["nodes"] = std::move(nodes);
    return {};
  }

  static json::object to_json(const tree::NodeView& node) {
    return {{"path", printable(node.path)},
            {"data_length", node.data.size()},
            {"version", node.stat.version},
            {"czxid", hex(node.stat.czxid)},
            {"mzxid", hex(node.stat.mzxid)},
            {"owner", hex(node.owner)}};
  }
  static json::object to_json(const txn::pb::Txn& txn) { return datatool::to_json(txn); }
  static json::object to_json(const data::State& state) { return datatool::to_json(state); }

  Result<> directory() {
    auto opened = open_directory(disk_, options_.target);
    PADDOCK_TRY(opened);
    data::Directory& directory = *opened->directory;
    const storage::Metadata& metadata = directory.metadata();
    put("directory", "directory", directory.home());
    put("in_use",
        "in use",
        opened->is_in_use,
        opened->is_in_use ? "yes; shown is what is durable" : "no");
    put("server_id", "server id", metadata.server_id(), fmt::format("{}", metadata.server_id()));
    put("current_epoch",
        "epochs",
        metadata.current_epoch(),
        fmt::format("{}, promised {}", metadata.current_epoch(), metadata.accepted_epoch()));
    document_["accepted_epoch"] = metadata.accepted_epoch();
    put("clean_shutdown",
        "last end",
        metadata.clean_shutdown(),
        metadata.clean_shutdown() ? "clean" : "not clean, or not ended");
    put("last", "last", hex(directory.durable().value));
    put("committed", "committed", hex(directory.recovery().committed.value) + " at least");
    for (const std::string& warning : directory.recovery().warnings) out_.remark(warning);
    PADDOCK_TRY(files(directory));
    const auto state = directory.load();
    PADDOCK_TRY(state);
    return describe_state(**state);
  }

  Result<> files(data::Directory& directory) {
    const auto snapshots = storage::list_snapshots(disk_, directory.home());
    PADDOCK_TRY(snapshots);
    json::array listed;
    for (const Zxid zxid : *snapshots) {
      const std::string path = storage::snapshot_path(directory.home(), zxid);
      listed.push_back(json::string(path));
      out_.line(fmt::format("{:<15} {}", "snapshot", path));
    }
    document_["snapshots"] = std::move(listed);
    const auto names = disk_.list(directory.log());
    PADDOCK_TRY(names);
    json::array segments;
    for (const std::string& name : *names) {
      if (!name.starts_with("segment.")) continue;
      const std::string path = directory.log() + "/" + name;
      const auto found = data::walk_segment(directory.disk(), path);
      PADDOCK_TRY(found);
      segments.push_back(json::object{{"segment", path},
                                      {"records", found->records},
                                      {"first", hex(found->first.value)},
                                      {"last", hex(found->last.value)}});
      out_.line(found->records == 0 ? fmt::format("{:<15} {} (no records)", "segment", path)
                                    : fmt::format("{:<15} {} ({} records, {} to {})",
                                                  "segment",
                                                  path,
                                                  found->records,
                                                  hex(found->first.value),
                                                  hex(found->last.value)));
      if (!options_.with_records) continue;
      json::array records;
      PADDOCK_TRY(data::walk_segment(
          directory.disk(), path, [&](const data::SegmentRecord& one) -> Result<> {
            return one.zxid > directory.durable() ? Result<>{} : record(one, records);
          }));
      if (out_.is_json()) segments.back().as_object()["transactions"] = std::move(records);
    }
    document_["segments"] = std::move(segments);
    return {};
  }

  storage::PosixDisk disk_;
  const ShowOptions& options_;
  cli::Output& out_;
  json::object document_;
};

}  // namespace

Verdict show(const ShowOptions& options, cli::Output& out) {
  return Show(options, out).run();
}

}  // namespace paddock::datatool
