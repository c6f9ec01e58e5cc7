// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <vector>

#include <zlib.h>

#include "apache/convert.h"
#include "base/bytes.h"
#include "tree/acl.h"
#include "tree/data_tree.h"

namespace paddock::apache {
namespace {

constexpr std::int32_t kMagic = 0x5a4b534e;  // "ZKSN"
constexpr std::int32_t kVersion = 2;
constexpr std::int64_t kNoDatabase = -1;
/// 0 is no list's index in a snapshot, and -1 the open one's.
constexpr std::int64_t kOpenAcl = -1;

class Writing {
 public:
  explicit Writing(const data::State& state) : state_(state) {}

  std::string run() {
    const tree::Znode& root = *state_.tree.find("/");
    integer(kMagic);
    integer(kVersion);
    integer(kNoDatabase);
    sessions();
    acls(root);
    walk(root, [this](const tree::Znode& one) { node(one); });
    text("/");
    seal();
    integer(state_.tree.last_zxid().value);
    integer(kDigestVersion);
    integer(digest_);
    seal();
    return std::move(out_);
  }

 private:
  template <std::integral T>
  void integer(T value) {
    const std::size_t at = out_.size();
    out_.resize(at + sizeof value);
    store_be(out_.data() + at, value);
  }

  void text(View bytes) {
    integer(is_null(bytes) ? std::int32_t{-1} : static_cast<std::int32_t>(bytes.size()));
    out_.append(bytes);
  }

  void sessions() {
    integer(static_cast<std::int32_t>(state_.sessions.size()));
    for (const auto& [id, session] : state_.sessions) {
      integer(raw(id));
      integer(static_cast<std::int32_t>(session.timeout.count()));
    }
  }

  /// A node and all that is below it, parents first. Without recursion: a tree may be deep.
  template <class Each>
  void walk(const tree::Znode& top, Each&& each) {
    std::vector<const tree::Znode*> waiting{&top};
    while (!waiting.empty()) {
      const tree::Znode& node = *waiting.back();
      waiting.pop_back();
      each(node);
      state_.tree.for_each_child(node,
                                 [&](const tree::Znode& child) { waiting.push_back(&child); });
    }
  }

  void acls(const tree::Znode& root) {
    walk(root, [this](const tree::Znode& node) { acls_.try_emplace(state_.tree.view(node).acl); });
    acls_.erase(tree::kOpenAcl);
    integer(static_cast<std::int32_t>(acls_.size()));
    std::int64_t next = 1;
    for (auto& [id, index] : acls_) {
      index = next++;
      integer(index);
      const auto entries = state_.tree.acl_entries(id);
      integer(static_cast<std::int32_t>(entries.size()));
      for (const tree::AclEntry& entry : entries) {
        integer(entry.perms);
        text(entry.scheme);
        text(entry.id);
      }
    }
    acls_[tree::kOpenAcl] = kOpenAcl;
  }

  void node(const tree::Znode& znode) {
    const tree::NodeView view = state_.tree.view(znode);
    const bool is_root = view.path == "/";
    const Node written{.path = is_root ? kEmpty : view.path,
                       .data = view.data,
                       .czxid = view.stat.czxid,
                       .mzxid = view.stat.mzxid,
                       .pzxid = view.stat.pzxid,
                       .ctime = view.stat.ctime,
                       .mtime = view.stat.mtime,
                       .owner = view.owner,
                       .version = view.stat.version,
                       .cversion = view.cversion,
                       .aversion = view.stat.aversion};
    digest_ += digest_of(written);
    put(written, acls_.find(view.acl)->second);
  }

  void put(const Node& node, std::int64_t acl) {
    text(node.path);
    text(node.data);
    integer(acl);
    integer(node.czxid);
    integer(node.mzxid);
    integer(node.ctime);
    integer(node.mtime);
    integer(node.version);
    integer(node.cversion);
    integer(node.aversion);
    integer(node.owner);
    integer(node.pzxid);
  }

  void seal() {
    const std::size_t end = out_.size();
    sum_ = ::adler32_z(sum_, reinterpret_cast<const Bytef*>(out_.data() + summed_), end - summed_);
    summed_ = end;
    integer(static_cast<std::int64_t>(sum_));
    text("/");
  }

  const data::State& state_;
  std::string out_;
  std::map<tree::AclId, std::int64_t> acls_;
  std::uint64_t digest_ = 0;
  uLong sum_ = ::adler32_z(0, nullptr, 0);
  std::size_t summed_ = 0;
};

}  // namespace

std::string to_snapshot(const data::State& state) {
  return Writing(state).run();
}

}  // namespace paddock::apache
