// SPDX-License-Identifier: Apache-2.0
//
// What a server holds whatever its role: the end of its history, how far that is durable and
// committed, its promises, and who decides. Owned by zab::Peer, changed by the role it is in.
// Invariants: committed <= history.last(); nothing that is committed is ever truncated; promises
// only rise.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "base/assert.h"
#include "base/ids.h"
#include "base/time.h"
#include "election/configuration.h"
#include "election/election.h"
#include "zab/effects.h"
#include "zab/history.h"
#include "zab/membership.h"

namespace paddock::zab {

struct PeerOptions {
  ServerId self{};
  /// No ensemble: this server leads itself, in the epoch that it finds.
  bool is_alone = false;
  election::ElectionOptions election;
  /// How often a leader is heard of at least.
  Duration heartbeat = milliseconds(100);
  /// Silence after which a learner gives its leader up, and a leader without a quorum itself.
  Duration silence_max = milliseconds(2000);
  /// How long discovery and, until a quorum has it, synchronization may go without progress.
  Duration discovery_max = milliseconds(2000);
  /// How long a leader that hands over waits for its successor to have everything.
  Duration handover_max = milliseconds(1000);
  /// Bytes on their way to one learner, not acknowledged yet.
  std::size_t window_bytes = std::size_t{8} << 20U;
  /// Bytes of the history that are kept in memory although they are applied.
  std::size_t history_bytes_max = std::size_t{32} << 20U;
  /// As leader: followers feed the observers.
  bool feed_by_followers = true;
  /// An observer leaves a follower that keeps it so far behind what the leader says is committed.
  Duration feed_lag_max = milliseconds(500);
  /// How long the leader then feeds it before it names a follower again.
  Duration feed_retry = milliseconds(5000);
  /// The counter of a zxid at which a leader begins a new epoch, looked at with each heartbeat:
  /// what is left is enough for that. Source: ZOOKEEPER-1277.
  std::uint32_t counter_max = 0xff00'0000;
  /// Which entries change the configuration; null: none does.
  ConfigurationStepOf configuration_step_of = nullptr;
};

/// What a server finds when it starts.
struct Recovered {
  Epochs epochs;
  election::Quorums quorums;
  /// The log's last record, or the snapshot's zxid.
  Zxid last;
  /// Known to be committed: the state up to here is applied.
  Zxid committed;
  /// The entries above `committed`, up to `last`; none if there are none.
  SharedBatch tail;
};

struct State {
  State(const PeerOptions& the_options, Recovered recovered)
      : options(the_options),
        membership(std::move(recovered.quorums), the_options.configuration_step_of),
        history(recovered.committed),
        durable(recovered.last),
        committed(recovered.committed),
        epochs(recovered.epochs),
        wanted_epochs(recovered.epochs) {
    if (recovered.tail != nullptr && !recovered.tail->empty()) append(recovered.tail);
    PADDOCK_ASSERT(history.last() == recovered.last);
  }

  /// Who decides, by this server's log.
  [[nodiscard]] const election::Quorums& quorums() const { return membership.quorums(); }
  [[nodiscard]] bool is_voter() const {
    return epochs.may_vote && quorums().is_voter(options.self);
  }

  /// A voter, or one that may still be needed: by a configuration that is not known to be over.
  [[nodiscard]] bool may_lead() const { return membership.is_or_was_voter(options.self); }

  /// Leaders of lower epochs are not followed. Only a promise that the leader counts binds: where
  /// this server counts for nothing it may go where its history allows. An epoch that has entries
  /// was promised by a quorum, so no later leader is below it.
  [[nodiscard]] std::int64_t epoch_min(bool counts) const {
    const std::int64_t known =
        std::max<std::int64_t>(wanted_epochs.current, history.last().epoch());
    return counts ? std::max(known, wanted_epochs.accepted) : known;
  }

  /// Everything up to `zxid` is on disk.
  [[nodiscard]] bool is_durable(Zxid zxid) const { return rewrites == 0 && durable >= zxid; }

  void append(const SharedBatch& batch) {
    membership.append(*batch, history.last());
    history.append(batch);
  }
  void truncate(Zxid zxid) {
    history.truncate(zxid);
    membership.truncate(zxid);
  }

  void promise(std::int64_t epoch, Effects& effects) {
    if (wanted_epochs.accepted >= epoch) return;
    wanted_epochs.accepted = epoch;
    effects.disk.emplace_back(wanted_epochs);
  }
  void enter(std::int64_t epoch, Effects& effects) {
    if (wanted_epochs.current >= epoch) return;
    wanted_epochs.current = epoch;
    wanted_epochs.accepted = std::max(wanted_epochs.accepted, epoch);
    effects.disk.emplace_back(wanted_epochs);
  }
  /// This server's vote counts again: it holds the history of `epoch`'s leader.
  void take_franchise(std::int64_t epoch, Effects& effects) {
    if (wanted_epochs.may_vote) return;
    wanted_epochs.may_vote = true;
    wanted_epochs.accepted = std::max(wanted_epochs.accepted, epoch);
    effects.disk.emplace_back(wanted_epochs);
  }
  /// What is committed by the leader's word, as far as it is here.
  void commit(Zxid zxid) {
    const Zxid reached = zxid < history.last() ? zxid : history.last();
    if (reached <= committed) return;
    committed = reached;
    membership.commit(committed);
  }

  PeerOptions options;
  Membership membership;
  History history;
  Zxid durable;
  /// Truncations and installations on their way: until they are done, what is reported durable
  /// belongs to the history before them.
  int rewrites = 0;
  /// One of them is the installation of a snapshot, of this server's disk.
  bool is_installing = false;
  std::pair<ServerId, Zxid> installing;
  Zxid committed;
  Epochs epochs;         // on disk
  Epochs wanted_epochs;  // on their way there
  /// The state is not what its history should have made of it: only a snapshot of another server
  /// helps.
  bool must_rebuild = false;
  /// How much of a leader's snapshot is written aside; nothing once it is installed or was useless.
  SnapshotProgress received;
  /// By server, whichever epoch it leads in: the last one that came damaged.
  std::map<ServerId, Zxid> refused;
  /// Pieces on their way to the disk: what is received is certain when there are none.
  int pieces_queued = 0;
  election::ServerSet linked;
};

}  // namespace paddock::zab
