// SPDX-License-Identifier: Apache-2.0
#include "apache/snapshot.h"

#include <utility>

#include <fmt/format.h>
#include <zlib.h>

namespace paddock::apache {
namespace {

constexpr std::int32_t kMagic = 0x5a4b534e;  // "ZKSN"
constexpr std::int32_t kVersion = 2;
/// In place of a list: anybody may do anything.
constexpr std::int64_t kOpenAcl = -1;
constexpr std::int32_t kAllPerms = 31;
constexpr std::size_t kDigestBytes = 20;

class Reading {
 public:
  Reading(View bytes, Loaded& into) : bytes_(bytes), in_(bytes), into_(into) {}

  Result<> run() {
    PADDOCK_TRY(header());
    PADDOCK_TRY(sessions());
    PADDOCK_TRY(acls());
    PADDOCK_TRY(nodes());
    PADDOCK_TRY(seal("nodes"));
    if (in_.left() < kDigestBytes) return {};
    PADDOCK_TRY(digest());
    // 3.9 says here what was processed last, which changes nothing for a start.
    if (in_.left() < sizeof(std::int64_t)) return {};
    [[maybe_unused]] const std::int64_t last_processed = in_.int64();
    return seal("last zxid");
  }

 private:
  [[nodiscard]] std::unexpected<Error> damaged(std::string_view what) const {
    return fail(fmt::format("it is damaged before offset {}: {}", in_.offset(), what));
  }

  Result<> header() {
    const std::int32_t magic = in_.int32();
    const std::int32_t version = in_.int32();
    [[maybe_unused]] const std::int64_t database = in_.int64();
    if (!in_.ok() || magic != kMagic) return damaged("it does not begin as a snapshot does");
    if (version != kVersion) {
      return fail(fmt::format("its format is version {}, and {} is known", version, kVersion));
    }
    return {};
  }

  Result<> sessions() {
    constexpr std::size_t kSessionBytes = 12;
    for (std::int32_t left = in_.count(kSessionBytes); left > 0; --left) {
      const std::int64_t id = in_.int64();
      into_.sessions[id] = in_.int32();
    }
    return in_.ok() ? Result<>{} : damaged("its sessions end too early");
  }

  Result<> acls() {
    constexpr std::size_t kListBytes = 12;
    acls_[kOpenAcl] = into_.tree.intern({{kAllPerms, "world", "anyone"}});
    for (std::int32_t left = in_.count(kListBytes); left > 0 && in_.ok(); --left) {
      const std::int64_t index = in_.int64();
      acls_[index] = into_.tree.intern(in_.acls());
    }
    return in_.ok() ? Result<>{} : damaged("its access control lists end too early");
  }

  Result<> nodes() {
    for (;;) {
      const View path = in_.text();
      if (!in_.ok() || is_null(path)) return damaged("its nodes end too early");
      if (path == "/") return {};
      PADDOCK_TRY(node(path));
    }
  }

  Result<> node(View path) {
    Node node{.path = path, .data = in_.text()};
    const std::int64_t acl = in_.int64();
    node.czxid = in_.int64();
    node.mzxid = in_.int64();
    node.ctime = in_.int64();
    node.mtime = in_.int64();
    node.version = in_.int32();
    node.cversion = in_.int32();
    node.aversion = in_.int32();
    node.owner = in_.int64();
    node.pzxid = in_.int64();
    if (!in_.ok()) return damaged("a node ends too early");
    const auto list = acls_.find(acl);
    if (list == acls_.end()) {
      return damaged(fmt::format("the access control list {} of {} is missing", acl, path));
    }
    node.acl = list->second;
    if (into_.tree.load(node)) return {};
    return damaged(fmt::format("{} is there twice, or its parent is not there", path));
  }

  /// What came before has this checksum.
  Result<> seal(std::string_view what) {
    const std::size_t end = in_.offset();
    sum_ =
        ::adler32_z(sum_, reinterpret_cast<const Bytef*>(bytes_.data() + summed_), end - summed_);
    summed_ = end;
    const std::int64_t stored = in_.int64();
    const View mark = in_.text();
    if (!in_.ok() || mark != "/") return damaged(fmt::format("the end of its {} is missing", what));
    if (static_cast<std::uint64_t>(stored) == sum_) return {};
    return damaged(fmt::format("the checksum of its {} is wrong", what));
  }

  Result<> digest() {
    SnapshotDigest digest{.zxid = in_.int64(), .version = in_.int32()};
    if (digest.version < kDigestVersion) {
      // A text, made in another way.
      [[maybe_unused]] const View text = in_.text();
    } else {
      digest.value = in_.integer<std::uint64_t>();
    }
    if (!in_.ok()) return damaged("its digest ends too early");
    if (digest.zxid > 0) into_.digest = digest;
    into_.is_exact = digest.zxid == 0;
    return seal("digest");
  }

  View bytes_;
  Input in_;
  Loaded& into_;
  std::map<std::int64_t, AclIndex> acls_;
  uLong sum_ = ::adler32_z(0, nullptr, 0);
  std::size_t summed_ = 0;
};

}  // namespace

Result<> parse_snapshot(View bytes, Loaded& into) {
  return Reading(bytes, into).run();
}

}  // namespace paddock::apache
