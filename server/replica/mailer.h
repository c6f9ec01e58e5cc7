// SPDX-License-Identifier: Apache-2.0
//
// How the core reaches its shards: mail into their slots of the shared tree, and a note of who has
// got some. Owned by the replica.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "gate/shared_tree.h"
#include "tree/changes.h"

namespace paddock::replica {

class Mailer {
 public:
  /// `shards`: the first slots of `tree`, which take mail.
  Mailer(gate::SharedTree& tree, std::size_t shards);

  /// Mail to one connection, inside the write gate and outside of it.
  void mail(const gate::SharedTree::WriteGate& gate, const gate::MailEntry& entry, View text);
  void mail_now(const gate::MailEntry& entry, View text);

  /// Tells those who watch what a transaction has changed.
  void mail_changes(const gate::SharedTree::WriteGate& gate,
                    Zxid zxid,
                    const tree::Changes& changes);
  /// Tells those who count whose ephemerals have become more or fewer by that.
  void mail_owners(const gate::SharedTree::WriteGate& gate, const tree::Changes& changes);
  /// Tells those who count that a session is theirs no more; `gate`: the write gate, if it is held.
  void mail_session_left(const gate::SharedTree::WriteGate* gate, SessionId session);
  /// It lives on that connection from now on: the same to all shards but that one's.
  void mail_session_moved(const gate::SharedTree::WriteGate* gate,
                          SessionId session,
                          ConnectionId to);
  [[nodiscard]] bool all_delivered(const gate::SharedTree::WriteGate& gate) const;

  /// What was not delivered is not delivered any more: events that name lists of a tree that goes.
  /// Whose answer that was, or who was to be closed, is closed: nobody says it again.
  void drop_mail(const gate::SharedTree::WriteGate& gate);

  /// Moves the shards that have got mail since the last call to `into`, each once.
  void take_mailed(std::vector<std::size_t>& into);

 private:
  void note(std::size_t shard);
  void tell_left(const gate::SharedTree::WriteGate* gate, std::size_t shard, SessionId session);

  gate::SharedTree& tree_;
  std::size_t shards_;
  std::vector<std::size_t> mailed_;
};

}  // namespace paddock::replica
