// SPDX-License-Identifier: Apache-2.0
//
// Writes transactions for tests in few words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jute/opcode.h"
#include "tree/acl.h"
#include "txn/txn.pb.h"

namespace paddock::tree {

inline const std::vector<AclEntry> kOpen{{31, "world", "anyone"}};

struct CreateArgs {
  std::string path;
  std::optional<std::string> data = "";
  std::vector<AclEntry> acl = kOpen;
  std::int64_t owner = 0;
  std::int32_t parent_cversion = 1;
};

class TxnBuilder {
 public:
  explicit TxnBuilder(std::int64_t zxid, std::int64_t session = 0) {
    txn_.set_zxid(zxid);
    txn_.set_session(session);
    txn_.set_time_ms(time_of(zxid));
  }

  /// The time that a builder's transaction has.
  static std::int64_t time_of(std::int64_t zxid) { return 1'700'000'000'000 + zxid * 10; }

  TxnBuilder& at(std::int64_t time_ms) {
    txn_.set_time_ms(time_ms);
    return *this;
  }
  TxnBuilder& create(const CreateArgs& args) {
    auto& op = *add(jute::Opcode::Create).mutable_create();
    op.set_path(args.path);
    if (args.data) op.set_data(*args.data);
    put(args.acl, *op.mutable_acl());
    op.set_owner(args.owner);
    op.set_parent_cversion(args.parent_cversion);
    return *this;
  }
  TxnBuilder& remove(std::string_view path) {
    add(jute::Opcode::Delete).mutable_delete_()->set_path(std::string(path));
    return *this;
  }
  TxnBuilder& set_data(std::string_view path,
                       const std::optional<std::string>& data,
                       std::int32_t version) {
    auto& op = *add(jute::Opcode::SetData).mutable_set_data();
    op.set_path(std::string(path));
    if (data) op.set_data(*data);
    op.set_version(version);
    return *this;
  }
  TxnBuilder& set_acl(std::string_view path,
                      const std::vector<AclEntry>& acl,
                      std::int32_t version) {
    auto& op = *add(jute::Opcode::SetAcl).mutable_set_acl();
    op.set_path(std::string(path));
    put(acl, *op.mutable_acl());
    op.set_version(version);
    return *this;
  }
  TxnBuilder& check(std::string_view path) {
    add(jute::Opcode::Check).mutable_check()->set_path(std::string(path));
    return *this;
  }
  TxnBuilder& create_session(std::int32_t timeout_ms) {
    add(jute::Opcode::CreateSession).mutable_create_session()->set_timeout_ms(timeout_ms);
    return *this;
  }
  TxnBuilder& close_session() {
    add(jute::Opcode::CloseSession).mutable_close_session();
    return *this;
  }

  [[nodiscard]] const txn::pb::Txn& txn() const { return txn_; }

 private:
  txn::pb::Op& add(jute::Opcode opcode) {
    auto& op = *txn_.add_ops();
    op.set_opcode(static_cast<std::int32_t>(opcode));
    return op;
  }
  template <class Out>
  static void put(const std::vector<AclEntry>& acl, Out& out) {
    for (const AclEntry& entry : acl) {
      auto& added = *out.Add();
      added.set_perms(entry.perms);
      added.set_scheme(entry.scheme);
      added.set_id(entry.id);
    }
  }

  txn::pb::Txn txn_;
};

}  // namespace paddock::tree
