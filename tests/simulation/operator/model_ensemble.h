// SPDX-License-Identifier: Apache-2.0
//
// Servers and their disks as far as an operator can tell them apart: logs with a configuration by
// joint consensus, elections, learners, empty disks that do not vote, writes that are acknowledged.
// No messages: in a step whoever is linked agrees at once, or does not by chance.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/prng.h"
#include "observe/member_report.h"

namespace paddock::operator_simulation {

using Voters = std::set<ServerId>;

struct Entry {
  std::int64_t zxid = 0;
  /// 0: about the configuration.
  std::int64_t write = 0;
  /// Who votes from here on; beside them, until the next such entry, the old ones.
  Voters voters;
  std::optional<Voters> joint_with;
  std::int64_t version = 0;
};

struct Disk {
  std::string uid;
  std::string ensemble_id;
  std::int64_t epoch = 0;
  std::vector<Entry> log;
  bool may_vote = false;
  /// It may be part of a new ensemble.
  bool is_granted = false;
  /// Those that its zoo.cfg names; 0: it is to join.
  std::int32_t first_voters = 0;

  /// Its server's zoo.cfg stays.
  void wipe() {
    *this = Disk{.uid = uid + " wiped", .ensemble_id = {}, .log = {}, .first_voters = first_voters};
  }
  [[nodiscard]] bool is_empty() const { return ensemble_id.empty(); }
  [[nodiscard]] const Entry& configuration() const;
  [[nodiscard]] bool counts(ServerId id) const;
  /// Of the joint configuration too.
  [[nodiscard]] bool is_quorum(const Voters& some) const;
};

struct Server {
  Disk* disk = nullptr;  // of the claim that its pod mounts
  bool is_isolated = false;
  std::string version;
  std::optional<std::string> reload_hash;
  std::optional<std::string> mounted_hash = std::nullopt;
  std::set<std::int32_t> trusted;
  std::int32_t signer = 0;
  std::optional<ServerId> leader = std::nullopt;
  bool is_synced = false;
};

enum class ReconfigAnswer : std::uint8_t {
  Accepted,
  NotLeader,
  BadVersion,
  InProgress,
  NoQuorum,
};

class ModelEnsemble {
 public:
  std::map<ServerId, Server> servers;  // that run

  void stop(ServerId id);
  void step(Prng& prng, bool clients_come);

  [[nodiscard]] const Server* leader() const;
  [[nodiscard]] std::optional<ServerId> leader_id() const;
  [[nodiscard]] bool is_serving(ServerId id) const;
  /// Whether all that run, and are not cut off, take one another's certificates.
  [[nodiscard]] bool do_all_trust() const;
  /// It votes, serves and has all that the leader has.
  [[nodiscard]] bool is_full(ServerId id) const;
  [[nodiscard]] observe::MemberReport report(ServerId id) const;

  ReconfigAnswer reconfigure(ServerId member, bool adds, std::int64_t from_version);
  bool transfer(ServerId from, ServerId to);

  /// Writes that clients were told are done.
  std::set<std::int64_t> acknowledged;
  std::int32_t ensembles_begun = 0;
  /// The first thing that went wrong.
  std::string violation;

 private:
  [[nodiscard]] bool is_linked(ServerId a, ServerId b) const;
  [[nodiscard]] Voters backers(ServerId leader) const;
  [[nodiscard]] Voters holders_of(ServerId leader, std::int64_t zxid) const;
  [[nodiscard]] bool may_leave(ServerId leader) const;
  void depose(ServerId leader);
  void begin();
  void elect(Prng& prng);
  void lead(ServerId id, Prng& prng);
  void follow(ServerId id, ServerId leader);
  void replicate(ServerId leader, Prng& prng, bool clients_come);
  void commit(ServerId leader);
  void finish_reconfiguration(ServerId leader, Prng& prng);

  std::int64_t writes_ = 0;
};

}  // namespace paddock::operator_simulation
