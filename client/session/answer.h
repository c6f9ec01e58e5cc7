// SPDX-License-Identifier: Apache-2.0
//
// Replies as values: one function for each kind of reply body, which decodes it, copies what is
// borrowed and takes the chroot off its paths. Pure functions, callable from any thread. A body
// that does not decode gives MarshallingError.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "client_session/path.h"
#include "client_session/types.h"

namespace paddock::client {

template <class T>
using Answer = std::expected<T, ErrorCode>;

/// The answer of operations that return nothing.
struct Done {};

struct Created {
  std::string path;
  Stat stat;
};

/// `data` is nothing where the node stores null.
struct NodeData {
  std::optional<std::string> data;
  Stat stat;
};

/// Names, in no particular order.
struct Children {
  std::vector<std::string> names;
  Stat stat;
};

struct AclOfNode {
  std::vector<Acl> acl;
  Stat stat;
};

struct Identity {
  std::string scheme;
  std::string user;
};

/// One operation of a transaction or read batch. Which fields are set follows from the operation.
/// After a failed transaction, `error` of the operation that failed says why, and the others
/// changed nothing.
struct OpResult {
  ErrorCode error = ErrorCode::Ok;
  std::string path;
  std::optional<Stat> stat;
  std::optional<std::string> data;
  std::vector<std::string> children;
};

/// create2, createContainer, createTTL.
[[nodiscard]] Answer<Created> decode_created(const Chroot& chroot, View body);
/// create, sync.
[[nodiscard]] Answer<std::string> decode_path(const Chroot& chroot, View body);
/// exists, setData, setACL.
[[nodiscard]] Answer<Stat> decode_stat(View body);
/// getData, reconfig.
[[nodiscard]] Answer<NodeData> decode_data(View body);
[[nodiscard]] Answer<AclOfNode> decode_acl(View body);
/// getChildren2.
[[nodiscard]] Answer<Children> decode_children(View body);
/// getChildren: names, not paths.
[[nodiscard]] Answer<std::vector<std::string>> decode_child_names(View body);
/// getEphemerals.
[[nodiscard]] Answer<std::vector<std::string>> decode_paths(const Chroot& chroot, View body);
/// getAllChildrenNumber.
[[nodiscard]] Answer<std::int32_t> decode_count(View body);
[[nodiscard]] Answer<std::vector<Identity>> decode_identities(View body);
/// multi, multiRead.
[[nodiscard]] Answer<std::vector<OpResult>> decode_multi(const Chroot& chroot, View body);

}  // namespace paddock::client
