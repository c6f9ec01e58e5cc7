// SPDX-License-Identifier: Apache-2.0
//
// A server in miniature for the tests of requests: a tree, sessions and a preparer, with requests
// encoded as clients encode them. Transactions are applied at once (do()) or kept outstanding
// (propose(), apply()).
#pragma once

#include <deque>
#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "auth/identities.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "request/prepare.h"
#include "request/read.h"
#include "session/session_table.h"
#include "tree/data_tree.h"
#include "txn/txn.pb.h"

namespace paddock::request {

inline constexpr SessionId kAlice{0x1001};
inline constexpr SessionId kBob{0x1002};
inline constexpr SessionId kClosing{0x1003};
inline constexpr SessionId kNobody{0x1004};

/// A list of access control entries, encoded.
class AclOf {
 public:
  AclOf(std::initializer_list<jute::Acl> entries) {
    for (const jute::Acl& entry : entries) list_.add(entry);
  }
  [[nodiscard]] jute::List<jute::Acl> list() const { return list_.view(); }

 private:
  jute::ListBuilder<jute::Acl> list_;
};

inline const AclOf kOpen{{jute::kPermAll, {"world", "anyone"}}};
inline const AclOf kReadOnly{{jute::kPermRead, {"world", "anyone"}}};
inline const AclOf kCreatorOnly{{jute::kPermAll, {"auth", ""}}};

template <class... Values>
std::string encode(const Values&... values) {
  ByteBuffer bytes;
  jute::Writer writer(bytes);
  (writer.put(values), ...);
  return std::string(bytes.view());
}

// Payloads of requests.

inline std::string create(View path,
                          View data = kEmpty,
                          jute::CreateMode mode = jute::CreateMode::Persistent,
                          const AclOf& acl = kOpen) {
  return encode(jute::CreateRequest{path, data, acl.list(), mode});
}
inline std::string create_ttl(View path,
                              std::int64_t ttl_ms,
                              jute::CreateMode mode = jute::CreateMode::PersistentWithTtl) {
  return encode(jute::CreateTtlRequest{path, kEmpty, kOpen.list(), mode, ttl_ms});
}
inline std::string remove(View path, std::int32_t version = -1) {
  return encode(jute::PathVersionRequest{path, version});
}
inline std::string check(View path, std::int32_t version = -1) {
  return encode(jute::PathVersionRequest{path, version});
}
inline std::string set_data(View path, View data, std::int32_t version = -1) {
  return encode(jute::SetDataRequest{path, data, version});
}
inline std::string set_acl(View path, const AclOf& acl, std::int32_t version = -1) {
  return encode(jute::SetAclRequest{path, acl.list(), version});
}
inline std::string watch(View path, bool watched = false) {
  return encode(jute::PathWatchRequest{path, watched});
}
inline std::string only_path(View path) {
  return encode(jute::PathRequest{path});
}

struct SubRequest {
  jute::Opcode opcode{};
  std::string record;
};

inline std::string multi(const std::vector<SubRequest>& operations) {
  std::string payload;
  for (const SubRequest& operation : operations) {
    payload += encode(jute::MultiHeader{operation.opcode, false, -1});
    payload += operation.record;
  }
  return payload + encode(jute::kMultiEnd);
}

class World {
 public:
  explicit World(PrepareOptions options = {}) : preparer(tree, sessions, options) {
    for (const SessionId id : {kAlice, kBob, kClosing}) {
      sessions.create(id, milliseconds{10000}, MonotonicTime{});
    }
    sessions.find(kClosing)->closing = true;
    alice_.add("digest", "alice:hash");
    super_.add("super", kEmpty);
  }

  /// Judges a request and leaves its transaction outstanding.
  PrepareOutcome propose(jute::Opcode opcode,
                         const std::string& payload,
                         SessionId session = kAlice) {
    const WriteRequest request{.opcode = opcode,
                               .payload = payload,
                               .session = session,
                               .xid = 7,
                               .identities = identities_of(session)};
    txn::pb::Txn txn;
    const Zxid zxid = last_proposed.next();
    const PrepareOutcome outcome = preparer.prepare(request, zxid, now, txn);
    if (outcome.err == ErrorCode::Ok && !outcome.multi_failed) {
      EXPECT_EQ(txn.zxid(), zxid.value);
      propose(txn);
    } else {
      EXPECT_EQ(txn.ByteSizeLong(), 0U) << "a refused request leaves no transaction";
    }
    return outcome;
  }

  void propose(const txn::pb::Txn& txn) {
    last_proposed = Zxid{txn.zxid()};
    outstanding.push_back(txn);
  }

  /// Applies the oldest `count` outstanding transactions; their replies are appended to `replies`.
  void apply(std::size_t count) {
    for (; count > 0 && !outstanding.empty(); --count) {
      const txn::pb::Txn txn = outstanding.front();
      outstanding.pop_front();
      tree::Changes changes;
      tree.apply(txn, changes);
      for (const txn::pb::Op& op : txn.ops()) {
        if (op.has_close_session()) sessions.close(SessionId{txn.session()});
        if (op.has_create_session()) {
          sessions.create(SessionId{txn.session()},
                          milliseconds(op.create_session().timeout_ms()),
                          MonotonicTime{});
        }
      }
      ByteBuffer reply;
      jute::Writer writer(reply);
      write_reply(txn, changes.stats(), writer);
      replies.emplace_back(reply.view());
      preparer.on_applied(Zxid{txn.zxid()});
    }
  }
  void apply_all() { apply(outstanding.size()); }

  /// Judges a request and applies it at once; returns the error of the reply's header.
  ErrorCode act(jute::Opcode opcode, const std::string& payload, SessionId session = kAlice) {
    const PrepareOutcome outcome = propose(opcode, payload, session);
    apply_all();
    return outcome.err;
  }

  /// Answers a read; the record is left in `record`.
  ReadOutcome read(jute::Opcode opcode, const std::string& payload, SessionId session = kAlice) {
    payload_ = payload;
    ByteBuffer bytes;
    jute::Writer writer(bytes);
    const ReadOutcome outcome = request::read(tree,
                                              {.opcode = opcode,
                                               .payload = payload_,
                                               .session = session,
                                               .identities = identities_of(session)},
                                              writer);
    record.assign(bytes.view());
    return outcome;
  }

  [[nodiscard]] jute::Stat stat(View path) const {
    const tree::Znode* node = tree.find(path);
    return node == nullptr ? jute::Stat{} : tree.stat(*node);
  }
  [[nodiscard]] bool has(View path) const { return tree.find(path) != nullptr; }

  /// Alice has proved who she is, Bob has not; Nobody is the super user.
  [[nodiscard]] auth::Identities identities_of(SessionId session) const {
    if (session == kAlice) return alice_.view();
    if (session == super_session) return super_.view();
    return {};
  }

  tree::DataTree tree;
  session::SessionTable sessions{milliseconds{1000}};
  Preparer preparer;
  WallTime now{1'700'000'000'000};
  Zxid last_proposed = Zxid::of(1, 0);
  std::deque<txn::pb::Txn> outstanding;
  std::vector<std::string> replies;
  std::string record;
  /// Who is the super user, if anybody.
  SessionId super_session{};

 private:
  auth::IdentitySet alice_;
  auth::IdentitySet super_;
  std::string payload_;
};

}  // namespace paddock::request
