// SPDX-License-Identifier: Apache-2.0
//
// Who decides, as the log says it: a configuration counts from the moment its entry is in a
// server's log, committed or not. First the next one counts beside the one in force, so that both
// must agree; an entry behind it, which the leader adds when both have committed the first, makes
// it the only one. A truncated entry has never counted. Owned by State. Source: Raft (Ongaro,
// dissertation 2014, section 4.3, joint consensus); ZooKeeper QuorumPeer.processReconfig.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "election/configuration.h"
#include "zab/entries.h"

namespace paddock::zab {

/// What an entry of the log does to the configuration.
struct ConfigurationStep {
  enum class Kind : std::uint8_t {
    Begin,   // `next` counts beside the one in force
    Finish,  // and from here on alone
  };
  Kind kind{};
  election::Configuration next;  // of Begin
};

/// Nothing for an entry that is about something else. Called for every entry that is logged.
using ConfigurationStepOf = std::optional<ConfigurationStep> (*)(Zxid zxid, View payload);

class Membership {
 public:
  /// `committed`: as of everything that is applied. `step_of` null: entries never change anything.
  Membership(election::Quorums committed, ConfigurationStepOf step_of)
      : base_(std::move(committed)), quorums_(base_), step_of_(step_of) {}

  /// Who decides, by the whole log.
  [[nodiscard]] const election::Quorums& quorums() const { return quorums_; }
  /// Whether `id` votes by what is known to be committed, or by anything in the log behind it.
  [[nodiscard]] bool is_or_was_voter(ServerId id) const;
  /// All that has changed quorums() is known to be committed: no crash takes it back.
  [[nodiscard]] bool is_settled() const { return steps_.empty(); }
  /// Rises whenever quorums() may have changed.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

  /// The entries of `batch` above `after` are in the log.
  void append(const EntryBatch& batch, Zxid after);
  /// The entries above `zxid` are gone.
  void truncate(Zxid zxid);
  /// Nothing up to `zxid` will be truncated.
  void commit(Zxid zxid);
  /// A snapshot has replaced the log.
  void restart(election::Quorums committed);

 private:
  struct Step {
    Zxid zxid;
    ConfigurationStep step;
  };

  static void carry_out(const ConfigurationStep& step, election::Quorums& quorums);
  void recount();

  election::Quorums base_;  // without steps_
  std::vector<Step> steps_;
  election::Quorums quorums_;
  ConfigurationStepOf step_of_;
  std::uint64_t changes_ = 0;
};

}  // namespace paddock::zab
