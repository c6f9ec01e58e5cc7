// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "data/segment.h"
#include "data/snapshot_io.h"
#include "datatool/commands.h"
#include "datatool/describe.h"
#include "storage/posix_disk.h"
#include "storage/snapshots.h"

namespace paddock::datatool {
namespace {

namespace json = boost::json;

/// Goes on after a mistake: all of them are told.
class Check {
 public:
  Check(const TargetOptions& target, cli::Output& out) : target_(target), out_(out) {}

  Verdict run() {
    const auto kind = kind_of(disk_, target_.path);
    PADDOCK_TRY(kind);
    if (*kind == TargetKind::Segment) {
      note(target_.path, data::walk_segment(disk_, target_.path));
    } else if (*kind == TargetKind::Snapshot) {
      note(target_.path, data::load_snapshot(disk_, target_.path));
    } else {
      PADDOCK_TRY(directory());
    }
    out_.json(json::object{{"ok", wrong_ == 0}, {"problems", problems_}, {"remarks", remarks_}});
    return wrong_ == 0;
  }

 private:
  template <class Outcome>
  void note(const std::string& what, const Outcome& outcome) {
    if (outcome) return out_.line("ok      " + what);
    ++wrong_;
    out_.line("WRONG   " + outcome.error().message);
    problems_.push_back(json::string(outcome.error().message));
  }

  void remark(const std::string& text) {
    out_.line("note    " + text);
    remarks_.push_back(json::string(text));
  }

  Result<> directory() {
    auto opened = open_directory(disk_, target_);
    if (!opened) {
      note(target_.path, opened);
      return {};
    }
    data::Directory& directory = *opened->directory;
    if (opened->is_in_use) {
      remark(fmt::format("a server uses it: what is durable was checked, up to {}",
                         hex(directory.durable().value)));
    }
    const auto snapshots = storage::list_snapshots(directory.disk(), directory.home());
    PADDOCK_TRY(snapshots);
    for (const Zxid zxid : *snapshots) {
      const std::string path = storage::snapshot_path(directory.home(), zxid);
      note(path, data::load_snapshot(directory.disk(), path));
    }
    const auto state = directory.load();
    note(state ? fmt::format("{}: state after {}, {} znodes",
                             directory.log(),
                             hex((*state)->tree.last_zxid().value),
                             (*state)->tree.counts().nodes)
               : directory.log(),
         state);
    return {};
  }

  storage::PosixDisk disk_;
  const TargetOptions& target_;
  cli::Output& out_;
  int wrong_ = 0;
  json::array problems_;
  json::array remarks_;
};

}  // namespace

Verdict check(const TargetOptions& target, cli::Output& out) {
  return Check(target, out).run();
}

}  // namespace paddock::datatool
