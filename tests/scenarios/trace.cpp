// SPDX-License-Identifier: Apache-2.0
#include "scenarios/trace.h"

#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/assert.h"

namespace paddock::scenarios {
namespace {

std::string entry_text(Zxid zxid, View payload) {
  const bool is_about_members =
      payload.starts_with("begin ") || payload == simulation::finish_payload();
  return is_about_members ? fmt::format("{}({})", text_of(zxid), payload) : text_of(zxid);
}

void join(std::string& text, const std::string& word) {
  if (!text.empty()) text += ' ';
  text += word;
}

/// The entries above `after`.
std::string entries_text(const zab::EntryBatch& batch, Zxid after) {
  std::string text;
  for (const zab::Entry& entry : batch.entries()) {
    if (entry.zxid > after) join(text, entry_text(entry.zxid, batch.payload(entry)));
  }
  return text;
}

std::string piece_text(const zab::SnapshotPiece& piece) {
  return fmt::format("{}, bytes {} to {} of {}",
                     text_of(piece.zxid),
                     piece.offset,
                     piece.offset + piece.bytes.size(),
                     piece.size);
}

// --- Messages: the name, and what follows it.

struct Words {
  std::string name;
  std::string rest;
};

Words words_of(const zab::Notification& one) {
  switch (one.standing) {
    case election::Standing::Looking:
      if (!one.is_voter) return {"Vote", fmt::format("for nobody, round {}", one.round)};
      return {"Vote",
              fmt::format("for {} with epoch {} and {}, round {}",
                          raw(one.vote.leader),
                          one.vote.epoch,
                          text_of(one.vote.zxid),
                          one.round)};
    case election::Standing::Following:
      return {"Following", fmt::format("{} in epoch {}", raw(one.vote.leader), one.vote.epoch)};
    case election::Standing::Leading:
      return {"Leading", fmt::format("epoch {}", one.vote.epoch)};
    case election::Standing::Elected:
      return {"Elected", ""};
  }
  PADDOCK_UNREACHABLE();
}

Words words_of(const zab::JoinRequest& one) {
  return {"JoinRequest",
          fmt::format("{}, accepted epoch {}{}",
                      one.attempt,
                      one.accepted_epoch,
                      one.may_vote ? "" : ", no vote")};
}

Words words_of(const zab::NotLeading& /*one*/) {
  return {"NotLeading", ""};
}

Words words_of(const zab::NewEpoch& one) {
  return {"NewEpoch",
          fmt::format("{}, to request {}{}",
                      one.epoch,
                      one.attempt,
                      one.counts ? "" : ", which does not count")};
}

Words words_of(const zab::EpochAck& one) {
  std::string rest =
      fmt::format("{}, current epoch {}, last {}", one.epoch, one.current_epoch, text_of(one.last));
  if (one.wants_snapshot) rest += ", wants a snapshot";
  if (one.snapshot_offset > 0) {
    rest += fmt::format(
        ", has {} bytes of snapshot {}", one.snapshot_offset, text_of(one.snapshot_zxid));
  }
  if (one.refused_snapshot > Zxid{}) {
    rest += fmt::format(", refuses snapshot {}", text_of(one.refused_snapshot));
  }
  return {"EpochAck", std::move(rest)};
}

Words words_of(const zab::FeedFrom& one) {
  return {"FeedFrom", fmt::format("{}, turn {}, epoch {}", raw(one.server), one.turn, one.epoch)};
}

Words words_of(const zab::FeedRequest& one) {
  return {"FeedRequest",
          fmt::format("turn {}, last {}, durable {}, epoch {}",
                      one.turn,
                      text_of(one.last),
                      text_of(one.durable),
                      one.epoch)};
}

Words words_of(const zab::FeedEnd& one) {
  return {"FeedEnd", fmt::format("turn {}, epoch {}", one.turn, one.epoch)};
}

Words words_of(const zab::SyncFrom& one) {
  return {"SyncFrom", fmt::format("{}, epoch {}", text_of(one.zxid), one.epoch)};
}

Words words_of(const zab::SnapshotPiece& one) {
  return {"SnapshotPiece", fmt::format("{}, epoch {}", piece_text(one), one.epoch)};
}

Words words_of(const zab::SnapshotAck& one) {
  const std::string got = one.is_installed ? "installed" : fmt::format("{} bytes", one.offset);
  return {"SnapshotAck", fmt::format("{}, {}, epoch {}", text_of(one.zxid), got, one.epoch)};
}

Words words_of(const zab::NewLeader& one) {
  return {"NewLeader", fmt::format("up to {}, epoch {}", text_of(one.last), one.epoch)};
}

Words words_of(const zab::NewLeaderAck& one) {
  return {"NewLeaderAck", fmt::format("epoch {}", one.epoch)};
}

Words words_of(const zab::UpToDate& one) {
  return {"UpToDate", fmt::format("committed {}, epoch {}", text_of(one.committed), one.epoch)};
}

Words words_of(const zab::Franchise& one) {
  return {"Franchise", fmt::format("epoch {}", one.epoch)};
}

Words words_of(const zab::FranchiseAck& one) {
  return {"FranchiseAck", fmt::format("epoch {}", one.epoch)};
}

Words words_of(const zab::Append& one) {
  return {"Append",
          fmt::format("{} behind {}, committed {}, epoch {}, beat {}",
                      entries_text(*one.batch, one.previous),
                      text_of(one.previous),
                      text_of(one.committed),
                      one.epoch,
                      one.beat)};
}

Words words_of(const zab::Ack& one) {
  return {"Ack", fmt::format("{}, epoch {}, beat {}", text_of(one.last), one.epoch, one.beat)};
}

Words words_of(const zab::Commit& one) {
  return {"Commit",
          fmt::format("{}, epoch {}, beat {}", text_of(one.committed), one.epoch, one.beat)};
}

Words words_of(const zab::Handover& one) {
  return {"Handover", fmt::format("to {}, epoch {}", raw(one.to), one.epoch)};
}

}  // namespace

std::string text_of(Zxid zxid) {
  return fmt::format("{}.{}", zxid.epoch(), zxid.counter());
}

std::string text_of(const std::vector<simulation::Record>& records) {
  std::string text;
  for (const simulation::Record& record : records) {
    join(text, entry_text(record.zxid, record.payload));
  }
  return text;
}

std::string text_of(const election::ServerSet& servers) {
  std::string text;
  servers.for_each([&](ServerId id) { join(text, fmt::format("{}", raw(id))); });
  return text;
}

std::string text_of(const election::Quorums& quorums) {
  const std::string committed = text_of(quorums.committed.voters);
  if (!quorums.pending) return committed;
  return fmt::format("{} and of {}", committed, text_of(quorums.pending->voters));
}

std::string text_of(const zab::Epochs& epochs) {
  return fmt::format("accepted epoch {}, current epoch {}{}",
                     epochs.accepted,
                     epochs.current,
                     epochs.may_vote ? "" : ", no vote");
}

std::string name_of(const zab::Message& message) {
  return std::visit([](const auto& one) { return words_of(one).name; }, message);
}

std::string text_of(const zab::Message& message) {
  const Words words = std::visit([](const auto& one) { return words_of(one); }, message);
  return words.rest.empty() ? words.name : words.name + " " + words.rest;
}

std::string text_of(const zab::DiskTask& task) {
  if (const auto* one = std::get_if<zab::LogAppend>(&task)) {
    return "writes " + entries_text(*one->batch, one->after);
  }
  if (const auto* one = std::get_if<zab::LogTruncate>(&task)) {
    return fmt::format("truncates to {}", text_of(one->zxid));
  }
  if (const auto* one = std::get_if<zab::SnapshotPiece>(&task)) {
    return "writes snapshot " + piece_text(*one);
  }
  return "writes " + text_of(std::get<zab::Epochs>(task));
}

std::string standing_of(const zab::Peer& peer) {
  const std::string epoch = peer.epoch() == 0 ? "" : fmt::format(" in epoch {}", peer.epoch());
  switch (peer.role()) {
    case zab::Role::Looking:
      return "looks for a leader";
    case zab::Role::Leading:
      return fmt::format("leads{}: {}", epoch, name(peer.phase()));
    case zab::Role::Following:
      return fmt::format("follows {}{}: {}", raw(*peer.leader()), epoch, name(peer.phase()));
  }
  PADDOCK_UNREACHABLE();
}

}  // namespace paddock::scenarios
