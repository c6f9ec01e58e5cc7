// SPDX-License-Identifier: Apache-2.0
#include "apache/txn.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "tree/owner.h"
#include "tree/path.h"

namespace paddock::apache {
namespace {

constexpr std::size_t kDigestBytes = 12;

bool is_known(Type type) {
  switch (type) {
    case Type::Error:
    case Type::CreateSession:
    case Type::CloseSession:
    case Type::Create:
    case Type::Delete:
    case Type::SetData:
    case Type::SetAcl:
    case Type::Check:
    case Type::Multi:
    case Type::Create2:
    case Type::Reconfig:
    case Type::CreateContainer:
    case Type::DeleteContainer:
    case Type::CreateTtl:
      return true;
  }
  return false;
}

/// Whether its fields begin with a path.
bool has_path(Type type) {
  return type != Type::Error && type != Type::CreateSession && type != Type::CloseSession &&
         type != Type::Multi;
}

bool is_whole(const Input& in) {
  return in.ok() && (in.left() == 0 || in.left() == kDigestBytes);
}

/// In 3.3 creations had no version of the parent; what follows then is nothing.
Change read_create(Input& in, Type type, bool may_be_old) {
  Change change{.type = type};
  change.path = in.text();
  change.data = in.text();
  change.acl = in.acls();
  if (type == Type::Create || type == Type::Create2)
    change.is_ephemeral = in.integer<std::int8_t>() != 0;
  if (may_be_old && in.ok() && (in.left() == 0)) {
    change.number = -1;
    return change;
  }
  change.number = in.int32();
  if (type == Type::CreateTtl) change.ttl_ms = in.int64();
  return change;
}

/// Before 3.6 it had no paths; a digest behind it must not be taken for some.
Change read_close_session(Input& in) {
  Change change{.type = Type::CloseSession};
  Input with_paths = in;
  constexpr std::size_t kPathBytes = 4;
  for (std::int32_t left = with_paths.count(kPathBytes); left > 0 && with_paths.ok(); --left) {
    change.paths.push_back(with_paths.text());
  }
  const bool have_paths = is_whole(with_paths) && std::ranges::all_of(change.paths, [](View path) {
                            return path.size() > 1 && path.front() == '/';
                          });
  if (have_paths) {
    in = with_paths;
  } else {
    change.paths.clear();
  }
  return change;
}

Change read_change(Input& in, Type type, bool may_be_old) {
  Change change{.type = type};
  switch (type) {
    case Type::Create:
    case Type::Create2:
    case Type::CreateContainer:
    case Type::CreateTtl:
      return read_create(in, type, may_be_old);
    case Type::Delete:
    case Type::DeleteContainer:
      change.path = in.text();
      return change;
    case Type::SetData:
    case Type::Reconfig:
      change.path = in.text();
      change.data = in.text();
      change.number = in.int32();
      return change;
    case Type::SetAcl:
      change.path = in.text();
      change.acl = in.acls();
      change.number = in.int32();
      return change;
    case Type::Check:
      change.path = in.text();
      change.number = in.int32();
      return change;
    case Type::CreateSession:
    case Type::Error:
      change.number = in.int32();
      return change;
    case Type::CloseSession:
      return read_close_session(in);
    case Type::Multi:
      break;
  }
  return change;
}

Result<> check(const Change& change) {
  if (!has_path(change.type)) return {};
  const View path = change.path;
  const bool is_new = change.type == Type::Create || change.type == Type::Create2 ||
                      change.type == Type::CreateContainer || change.type == Type::CreateTtl;
  if (!path.starts_with('/') || (is_new && tree::basename(path).empty())) {
    return fail(fmt::format("it has the impossible path '{}'", path));
  }
  return {};
}

Result<> read_multi(Input& in, Txn& txn) {
  constexpr std::size_t kPartBytes = 8;
  for (std::int32_t left = in.count(kPartBytes); left > 0 && in.ok(); --left) {
    const Type type{in.int32()};
    const View bytes = in.text();
    if (!in.ok()) break;
    if (!is_known(type) || type == Type::Multi || type == Type::CreateSession ||
        type == Type::CloseSession) {
      return fail(fmt::format("a part of a multi is of type {}", std::to_underlying(type)));
    }
    Input part(bytes);
    txn.changes.push_back(read_change(part, type, false));
    if (!part.ok()) return fail("a part of a multi ends too early");
    PADDOCK_TRY(check(txn.changes.back()));
  }
  return {};
}

/// Nothing of a multi happens if one of its parts is an error.
bool has_failed(const Txn& txn) {
  return std::ranges::any_of(txn.changes,
                             [](const Change& change) { return change.type == Type::Error; });
}

std::int64_t owner_of(const Change& change, const Txn& txn) {
  if (change.type == Type::CreateContainer) return tree::kContainerOwner;
  if (change.type == Type::CreateTtl) return tree::ttl_owner(change.ttl_ms & tree::kTtlMsMax);
  return change.is_ephemeral ? txn.session : 0;
}

void apply(const Change& change, const Txn& txn, Tree& tree) {
  switch (change.type) {
    case Type::Create:
    case Type::Create2:
    case Type::CreateContainer:
    case Type::CreateTtl:
      return tree.create({.path = change.path,
                          .data = change.data,
                          .acl = tree.intern(change.acl),
                          .owner = owner_of(change, txn),
                          .zxid = txn.zxid,
                          .time = txn.time_ms,
                          .parent_cversion = change.number,
                          .adjusts_parent = change.type == Type::Create});
    case Type::Delete:
    case Type::DeleteContainer:
      return tree.remove(change.path, txn.zxid);
    case Type::SetData:
    case Type::Reconfig:
      return tree.set_data(change.path, change.data, change.number, txn.zxid, txn.time_ms);
    case Type::SetAcl:
      return tree.set_acl(change.path, tree.intern(change.acl), change.number);
    case Type::CloseSession:
      return tree.close_session(txn.session, change.paths, txn.zxid);
    case Type::Check:
    case Type::CreateSession:
    case Type::Error:
    case Type::Multi:
      return;
  }
}

}  // namespace

Result<Txn> parse_txn(View bytes) {
  Input in(bytes);
  Txn txn;
  txn.session = in.int64();
  txn.cxid = in.int32();
  txn.zxid = in.int64();
  txn.time_ms = in.int64();
  txn.type = Type{in.int32()};
  if (!in.ok()) return fail("its header ends too early");
  if (!is_known(txn.type)) {
    return fail(fmt::format("it is of type {}, which no version up to 3.9 writes",
                            std::to_underlying(txn.type)));
  }
  if (txn.type == Type::Multi) {
    PADDOCK_TRY(read_multi(in, txn));
  } else {
    txn.changes.push_back(read_change(in, txn.type, true));
    if (in.ok()) PADDOCK_TRY(check(txn.changes.back()));
  }
  if (!in.ok()) return fail("it ends too early");
  if (in.left() >= kDigestBytes) {
    const std::int32_t version = in.int32();
    txn.digest = {.version = version, .value = in.integer<std::uint64_t>()};
  }
  return txn;
}

void apply(const Txn& txn, Tree& tree) {
  if (has_failed(txn)) return;
  for (const Change& change : txn.changes) apply(change, txn, tree);
}

}  // namespace paddock::apache
