// SPDX-License-Identifier: Apache-2.0
//
// The small server that targets throw requests at: a few nodes of every kind, and two sessions.
#pragma once

#include "auth/identities.h"
#include "base/assert.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "request/prepare.h"
#include "session/session_table.h"
#include "tree/data_tree.h"
#include "txn/txn.pb.h"

namespace paddock::fuzz {

inline constexpr SessionId kOwner{0x1001};
inline constexpr SessionId kStranger{0x1002};
inline constexpr SessionId kSessions[] = {kOwner, kStranger};

class TreeOfFuzz {
 public:
  TreeOfFuzz() : preparer(tree, sessions, options()) {
    for (const SessionId id : kSessions) sessions.create(id, milliseconds{10000}, MonotonicTime{});
    owner_.add("digest", "owner:hash");
    plant(jute::Opcode::Create, "/a", jute::CreateMode::Persistent, open());
    plant(jute::Opcode::Create, "/a/b", jute::CreateMode::Persistent, open());
    plant(jute::Opcode::Create, "/a/e", jute::CreateMode::Ephemeral, open());
    plant(jute::Opcode::CreateContainer, "/c", jute::CreateMode::Container, open());
    plant(jute::Opcode::Create, "/p", jute::CreateMode::Persistent, own());
    plant(jute::Opcode::Create, "/zookeeper/quota/a", jute::CreateMode::Persistent, open());
    for (const View name : {"zookeeper_limits", "zookeeper_stats"}) {
      plant(jute::Opcode::Create,
            "/zookeeper/quota/a/" + std::string(name),
            jute::CreateMode::Persistent,
            open());
    }
  }

  [[nodiscard]] auth::Identities identities_of(SessionId session) const {
    return session == kOwner ? owner_.view() : auth::Identities{};
  }

  /// Applies a transaction that was prepared.
  void apply(const txn::pb::Txn& txn) {
    changes_.clear();
    tree.apply(txn, changes_);
    ByteBuffer reply;
    jute::Writer writer(reply);
    request::write_reply(txn, changes_.stats(), writer);
    for (const txn::pb::Op& op : txn.ops()) {
      if (op.has_close_session()) sessions.close(SessionId{txn.session()});
    }
    preparer.on_applied(Zxid{txn.zxid()});
  }

  tree::DataTree tree;
  session::SessionTable sessions{milliseconds{1000}};
  request::Preparer preparer;
  Zxid last = Zxid::of(1, 0);

 private:
  static request::PrepareOptions options() {
    request::PrepareOptions options;
    options.extended_types_enabled = true;
    options.enforce_quota = true;
    return options;
  }

  using AclList = jute::ListBuilder<jute::Acl>;

  static AclList open() {
    AclList list;
    list.add({jute::kPermAll, {"world", "anyone"}});
    return list;
  }
  static AclList own() {
    AclList list;
    list.add({jute::kPermAll, {"auth", ""}});
    return list;
  }

  void plant(jute::Opcode opcode, View path, jute::CreateMode mode, const AclList& acl) {
    ByteBuffer bytes;
    jute::Writer(bytes).put(jute::CreateRequest{path, "data", acl.view(), mode});
    const request::WriteRequest request{
        .opcode = opcode, .payload = bytes.view(), .session = kOwner, .identities = owner_.view()};
    last = last.next();
    txn::pb::Txn txn;
    const auto outcome = preparer.prepare(request, last, WallTime{1}, txn);
    PADDOCK_ASSERT(outcome.err == ErrorCode::Ok);
    apply(txn);
  }

  auth::IdentitySet owner_;
  tree::Changes changes_;
};

}  // namespace paddock::fuzz
