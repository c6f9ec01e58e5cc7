// SPDX-License-Identifier: Apache-2.0
#include "apache/tree.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <zlib.h>

#include "base/assert.h"
#include "tree/owner.h"

namespace paddock::apache {
namespace {

constexpr View kSystemSubtree = "/zookeeper/";

View parent_of(View path) {
  return path.substr(0, path.rfind('/'));
}

std::uint32_t crc(std::uint32_t before, View bytes) {
  return static_cast<std::uint32_t>(
      ::crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

auto as_tuple(const tree::AclEntry& entry) {
  return std::tie(entry.perms, entry.scheme, entry.id);
}

/// The root has two names.
View own_name(View path) {
  return path == "/" ? kEmpty : path;
}

}  // namespace

std::uint32_t digest_of(const Node& node) {
  if (node.path.starts_with(kSystemSubtree)) return 0;
  std::array<char, 60> stat{};
  char* at = stat.data();
  for (const std::int64_t field : {node.czxid, node.mzxid, node.pzxid, node.ctime, node.mtime}) {
    store_be(at, field);
    at += sizeof field;
  }
  for (const std::int32_t field : {node.version, node.cversion, node.aversion}) {
    store_be(at, field);
    at += sizeof field;
  }
  store_be(at, node.owner);
  std::uint32_t sum = 0;
  if (!node.path.empty()) sum = crc(sum, node.path);
  if (!node.data.empty()) sum = crc(sum, node.data);
  return crc(sum, {stat.data(), stat.size()});
}

bool AclLess::operator()(const AclList& a, const AclList& b) const {
  return std::ranges::lexicographical_compare(a, b, {}, &as_tuple, &as_tuple);
}

Tree::Tree() = default;

AclIndex Tree::intern(const AclList& list) {
  const auto [at, is_new] = acl_index_.try_emplace(list, static_cast<AclIndex>(acls_.size()));
  if (is_new) acls_.push_back(&at->first);
  return at->second;
}

const Node* Tree::find(View path) const {
  const auto found = index_.find(own_name(path));
  return found == index_.end() ? nullptr : &nodes_[found->second];
}

Node* Tree::look(View path) {
  const auto found = index_.find(own_name(path));
  return found == index_.end() ? nullptr : &nodes_[found->second];
}

void Tree::enroll(const Node& node) {
  if (tree::is_ephemeral(node.owner)) ephemerals_[node.owner].insert(node.path);
}

bool Tree::load(Node node) {
  const bool is_root = node.path.empty();
  if (!is_root && (node.path.front() != '/' || !index_.contains(parent_of(node.path))))
    return false;
  if (!index_.try_emplace(node.path, static_cast<Id>(nodes_.size())).second) return false;
  node.is_live = true;
  node.digest = digest_of(node);
  digest_ += node.digest;
  nodes_.push_back(node);
  enroll(nodes_.back());
  return true;
}

void Tree::raise(Node& parent, std::int32_t cversion, std::int64_t zxid) {
  if (cversion == -1) cversion = parent.cversion + 1;
  // It may be behind already: what is replayed may have happened before the snapshot was taken.
  if (cversion <= parent.cversion) return;
  change(parent, [&](Node& node) {
    node.cversion = cversion;
    node.pzxid = zxid;
  });
}

void Tree::create(const Created& created) {
  Node* const parent = look(parent_of(created.path));
  if (parent == nullptr) return;
  if (Node* const there = look(created.path); there != nullptr) {
    there->acl = created.acl;
    if (created.adjusts_parent) raise(*parent, created.parent_cversion, created.zxid);
    return;
  }
  raise(*parent, created.parent_cversion, created.zxid);
  const bool is_loaded = load({.path = created.path,
                               .data = created.data,
                               .acl = created.acl,
                               .czxid = created.zxid,
                               .mzxid = created.zxid,
                               .pzxid = created.zxid,
                               .ctime = created.time,
                               .mtime = created.time,
                               .owner = created.owner});
  PADDOCK_ASSERT(is_loaded);
}

void Tree::remove(View path, std::int64_t zxid) {
  Node* const parent = look(parent_of(path));
  if (parent == nullptr || own_name(path).empty()) return;
  if (zxid > parent->pzxid) {
    change(*parent, [&](Node& node) { node.pzxid = zxid; });
  }
  Node* const node = look(path);
  if (node == nullptr) return;
  if (const auto owned = ephemerals_.find(node->owner); owned != ephemerals_.end()) {
    owned->second.erase(node->path);
  }
  digest_ -= node->digest;
  index_.erase(path);
  *node = {};
}

void Tree::set_data(
    View path, View data, std::int32_t version, std::int64_t zxid, std::int64_t time) {
  Node* const node = look(path);
  if (node == nullptr) return;
  change(*node, [&](Node& changed) {
    changed.data = data;
    changed.version = version;
    changed.mzxid = zxid;
    changed.mtime = time;
  });
}

void Tree::set_acl(View path, AclIndex acl, std::int32_t version) {
  Node* const node = look(path);
  if (node == nullptr) return;
  change(*node, [&](Node& changed) {
    changed.acl = acl;
    changed.aversion = version;
  });
}

void Tree::close_session(std::int64_t session, const std::vector<View>& paths, std::int64_t zxid) {
  auto owned = ephemerals_.extract(session);
  for (const View path : paths) {
    if (!owned.empty()) owned.mapped().erase(path);
    remove(path, zxid);
  }
  if (owned.empty()) return;
  for (const View path : owned.mapped()) remove(path, zxid);
}

void Tree::rewrite(View path, std::string data) {
  Node* const node = look(path);
  if (node == nullptr) return;
  texts_.push_back(std::move(data));
  change(*node, [&](Node& changed) { changed.data = texts_.back(); });
}

}  // namespace paddock::apache
