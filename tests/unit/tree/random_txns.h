// SPDX-License-Identifier: Apache-2.0
//
// Random transactions that fit a model: every kind of operation, several in one, over few enough
// paths that nodes come and go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/prng.h"
#include "model.h"
#include "tree/data_tree.h"
#include "txn_builder.h"

namespace paddock::tree {

class RandomTxns {
 public:
  RandomTxns(Prng& prng, Model& model) : prng_(prng), model_(model) {}

  /// The next transaction, already applied to the model.
  [[nodiscard]] txn::pb::Txn next() {
    ++zxid_;
    const auto session = static_cast<std::int64_t>(1 + prng_.below(3));
    txn::pb::Txn all = TxnBuilder(zxid_, session).txn();
    if (prng_.chance(1, 40)) {
      all = TxnBuilder(zxid_, session).close_session().txn();
      model_.apply(all);
      return all;
    }
    // Each operation is applied by itself, so that the next one is drawn from what it left.
    for (std::uint64_t left = prng_.chance(1, 5) ? prng_.below(5) : 1; left > 0; --left) {
      TxnBuilder one(zxid_, session);
      draw(one, session);
      model_.apply(one.txn());
      for (const txn::pb::Op& op : one.txn().ops()) *all.add_ops() = op;
    }
    return all;
  }

 private:
  void draw(TxnBuilder& one, std::int64_t session) {
    const std::string path = existing();
    const ModelNode& node = model_.nodes().at(path);
    switch (prng_.below(8)) {
      case 0:
        one.set_acl(path, acl(), node.aversion + 1);
        return;
      case 1:
      case 2:
        one.set_data(path, data(), node.version + 1);
        return;
      case 3:
        one.check(path);
        return;
      case 4:
      case 5:
        if (!path.starts_with("/zookeeper") && path != "/" && model_.children(path).empty()) {
          one.remove(path);
        }
        return;
      default:
        draw_create(one, path, node, session);
    }
  }

  void draw_create(TxnBuilder& one,
                   const std::string& parent,
                   const ModelNode& node,
                   std::int64_t session) {
    const std::string path = (parent == "/" ? "" : parent) + "/" + name();
    // What lies there has a meaning of its own.
    if (path.starts_with("/zookeeper/quota")) return;
    if (is_ephemeral(node.owner) || model_.nodes().contains(path)) return;
    const std::int64_t owners[] = {0, 0, 0, session, session, kContainerOwner, ttl_owner(1000)};
    one.create({.path = path,
                .data = data(),
                .acl = acl(),
                .owner = owners[prng_.below(std::size(owners))],
                .parent_cversion = node.cversion + 1});
  }

  [[nodiscard]] std::string existing() {
    auto at = model_.nodes().begin();
    std::advance(at, prng_.below(model_.nodes().size()));
    return at->first;
  }
  [[nodiscard]] std::string name() {
    const std::uint64_t size = prng_.chance(1, 50) ? 300 + prng_.below(1500) : 1 + prng_.below(9);
    return std::string(size, static_cast<char>('a' + prng_.below(6)));
  }
  [[nodiscard]] std::optional<std::string> data() {
    if (prng_.chance(1, 10)) return std::nullopt;
    const std::uint64_t size = prng_.chance(1, 30) ? prng_.below(3000) : prng_.below(200);
    return std::string(size, static_cast<char>('A' + prng_.below(26)));
  }
  [[nodiscard]] std::vector<AclEntry> acl() {
    if (prng_.chance(2, 3)) return kOpen;
    std::vector<AclEntry> entries;
    for (std::uint64_t left = 1 + prng_.below(2); left > 0; --left) {
      entries.push_back({static_cast<std::int32_t>(1 + prng_.below(31)),
                         "digest",
                         "user" + std::to_string(prng_.below(12)) + ":hash"});
    }
    return entries;
  }

  Prng& prng_;
  Model& model_;
  std::int64_t zxid_ = 0;
};

}  // namespace paddock::tree
