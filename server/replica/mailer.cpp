// SPDX-License-Identifier: Apache-2.0
#include "replica/mailer.h"

#include <algorithm>

#include "base/assert.h"
#include "gate/connection_id.h"

namespace paddock::replica {

Mailer::Mailer(gate::SharedTree& tree, std::size_t shards) : tree_(tree), shards_(shards) {
  PADDOCK_ASSERT(shards <= tree.slots());
}

void Mailer::mail(const gate::SharedTree::WriteGate& gate,
                  const gate::MailEntry& entry,
                  View text) {
  const std::size_t shard = gate::shard_of(entry.connection);
  PADDOCK_ASSERT(shard < shards_);
  note(shard);
  gate.mail(shard).add(entry, text);
}

void Mailer::mail_now(const gate::MailEntry& entry, View text) {
  const std::size_t shard = gate::shard_of(entry.connection);
  PADDOCK_ASSERT(shard < shards_);
  note(shard);
  const gate::SharedTree::ReadGate gate = tree_.read(shard);
  gate.mail().add(entry, text);
}

void Mailer::mail_changes(const gate::SharedTree::WriteGate& gate,
                          Zxid zxid,
                          const tree::Changes& changes) {
  if (changes.list().empty()) return;
  for (std::size_t shard = 0; shard < shards_; ++shard) {
    if (!gate.wants_events(shard)) continue;
    note(shard);
    for (const tree::Change& change : changes.list()) {
      gate.mail(shard).add(
          {.kind = gate::MailKind::Event, .event = change.type, .acl = change.acl, .zxid = zxid},
          changes.path(change));
    }
  }
}

void Mailer::mail_owners(const gate::SharedTree::WriteGate& gate, const tree::Changes& changes) {
  if (changes.owners().empty()) return;
  for (std::size_t shard = 0; shard < shards_; ++shard) {
    if (!gate.counts_sessions(shard)) continue;
    note(shard);
    for (const SessionId owner : changes.owners()) {
      const std::size_t count = gate.tree().ephemeral_count(owner);
      gate.mail(shard).add({.kind = gate::MailKind::Ephemerals,
                            .ephemerals = static_cast<std::uint32_t>(count),
                            .session = owner});
    }
  }
}

void Mailer::mail_session_left(const gate::SharedTree::WriteGate* gate, SessionId session) {
  for (std::size_t shard = 0; shard < shards_; ++shard) tell_left(gate, shard, session);
}

void Mailer::mail_session_moved(const gate::SharedTree::WriteGate* gate,
                                SessionId session,
                                ConnectionId to) {
  for (std::size_t shard = 0; shard < shards_; ++shard) {
    if (shard != gate::shard_of(to)) tell_left(gate, shard, session);
  }
}

void Mailer::tell_left(const gate::SharedTree::WriteGate* gate,
                       std::size_t shard,
                       SessionId session) {
  const gate::MailEntry entry{.kind = gate::MailKind::SessionLeft, .session = session};
  if (gate != nullptr) {
    if (!gate->counts_sessions(shard)) return;
    gate->mail(shard).add(entry);
  } else {
    const gate::SharedTree::ReadGate own = tree_.read(shard);
    if (!own.counts_sessions()) return;
    own.mail().add(entry);
  }
  note(shard);
}

bool Mailer::all_delivered(const gate::SharedTree::WriteGate& gate) const {
  for (std::size_t shard = 0; shard < shards_; ++shard) {
    if (!gate.mail(shard).empty()) return false;
  }
  return true;
}

void Mailer::drop_mail(const gate::SharedTree::WriteGate& gate) {
  for (std::size_t shard = 0; shard < shards_; ++shard) gate.mail(shard).close_addressees();
}

void Mailer::take_mailed(std::vector<std::size_t>& into) {
  for (const std::size_t shard : mailed_) {
    if (std::ranges::find(into, shard) == into.end()) into.push_back(shard);
  }
  mailed_.clear();
}

void Mailer::note(std::size_t shard) {
  if (std::ranges::find(mailed_, shard) == mailed_.end()) mailed_.push_back(shard);
}

}  // namespace paddock::replica
