// SPDX-License-Identifier: Apache-2.0
#include "request/read.h"

#include "auth/access.h"
#include "base/assert.h"
#include "jute/records.h"

namespace paddock::request {

namespace {

using jute::Opcode;
using tree::DataTree;
using tree::Znode;

/// The node at `path`. The reference server keeps the root under both "/" and "".
const Znode* find(const DataTree& tree, View path) {
  return tree.find(path.empty() ? View{"/"} : path);
}

bool permits(const DataTree& tree,
             const Znode& node,
             std::int32_t perms,
             const ReadRequest& request) {
  const tree::AclId acl = tree.acl(node);
  return acl == tree::kOpenAcl || request.skip_acl ||
         auth::permits(tree.acl_entries(acl), perms, request.identities);
}

/// Whether `node` exists and may be read.
ErrorCode check_readable(const DataTree& tree, const Znode* node, const ReadRequest& request) {
  if (node == nullptr) return ErrorCode::NoNode;
  return permits(tree, *node, jute::kPermRead, request) ? ErrorCode::Ok : ErrorCode::NoAuth;
}

/// A path in the request that is there; a null one is malformed.
template <jute::Record T>
bool decode(const ReadRequest& request, T& into) {
  return jute::decode(request.payload, into) && !is_null(into.path);
}

ReadOutcome refused(ErrorCode err) {
  return {.err = err, .path = {}};
}

ReadOutcome answered(const jute::PathWatchRequest& query, WatchWish table) {
  return {.wish = query.watch ? table : WatchWish::None, .path = query.path};
}

ReadOutcome exists(const DataTree& tree, const ReadRequest& request, jute::Writer& out) {
  jute::PathWatchRequest query;
  if (!decode(request, query)) return refused(ErrorCode::MarshallingError);
  if (query.path.find('\0') != View::npos) return refused(ErrorCode::BadArguments);
  const Znode* node = find(tree, query.path);
  ReadOutcome outcome = answered(query, WatchWish::Data);
  outcome.err = check_readable(tree, node, request);
  if (outcome.err == ErrorCode::NoAuth) return refused(outcome.err);
  if (node != nullptr) out.put(tree.stat(*node));
  return outcome;
}

void write_data(const DataTree& tree, const Znode& node, jute::Writer& out) {
  out.put(tree.data(node));
  out.put(tree.stat(node));
}

ReadOutcome get_data(const DataTree& tree, const ReadRequest& request, jute::Writer& out) {
  jute::PathWatchRequest query;
  if (!decode(request, query)) return refused(ErrorCode::MarshallingError);
  const Znode* node = find(tree, query.path);
  const ErrorCode err = check_readable(tree, node, request);
  if (err != ErrorCode::Ok) return refused(err);
  write_data(tree, *node, out);
  return answered(query, WatchWish::Data);
}

ReadOutcome get_children(const DataTree& tree, const ReadRequest& request, jute::Writer& out) {
  jute::PathWatchRequest query;
  if (!decode(request, query)) return refused(ErrorCode::MarshallingError);
  const Znode* node = find(tree, query.path);
  const ErrorCode err = check_readable(tree, node, request);
  if (err != ErrorCode::Ok) return refused(err);
  tree.write_children(*node, out.out());
  if (request.opcode == Opcode::GetChildren2) out.put(tree.stat(*node));
  return answered(query, WatchWish::Child);
}

ReadOutcome get_acl(const DataTree& tree, const ReadRequest& request, jute::Writer& out) {
  jute::PathRequest query;
  if (!decode(request, query)) return refused(ErrorCode::MarshallingError);
  const Znode* node = find(tree, query.path);
  if (node == nullptr) return refused(ErrorCode::NoNode);
  if (!permits(tree, *node, jute::kPermRead | jute::kPermAdmin, request)) {
    return refused(ErrorCode::NoAuth);
  }
  const bool is_admin = permits(tree, *node, jute::kPermAdmin, request);
  auth::write_acl(tree.acl_entries(tree.acl(*node)),
                  is_admin ? auth::AclDisclosure::Full : auth::AclDisclosure::Masked,
                  out);
  out.put(tree.stat(*node));
  return {.path = {}};
}

ReadOutcome get_all_children_number(const DataTree& tree,
                                    const ReadRequest& request,
                                    jute::Writer& out) {
  jute::PathRequest query;
  if (!decode(request, query)) return refused(ErrorCode::MarshallingError);
  const Znode* node = find(tree, query.path);
  const ErrorCode err = check_readable(tree, node, request);
  if (err != ErrorCode::Ok) return refused(err);
  // Under the name "" the root counts itself among what is below it.
  const std::size_t count = tree.descendants(*node) + (query.path.empty() ? 1 : 0);
  out.put(static_cast<std::int32_t>(count));
  return {.path = {}};
}

/// What is left of a text without the spaces and control characters around it.
View trimmed(View text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

ReadOutcome get_ephemerals(const DataTree& tree, const ReadRequest& request, jute::Writer& out) {
  jute::PathRequest query;
  if (!jute::decode(request.payload, query)) return refused(ErrorCode::MarshallingError);
  const View meant = trimmed(query.path);
  const View prefix = meant.empty() || meant == "/" ? kEmpty : query.path;
  const std::size_t count_at = out.out().size();
  std::int32_t count = 0;
  out.put(count);
  tree.for_each_ephemeral(request.session, [&](View path) {
    if (!path.starts_with(prefix)) return;
    out.put(path);
    ++count;
  });
  store_be(out.out().data() + count_at, count);
  return {.path = {}};
}

/// What a multiRead may answer at most: it can name one big node as often as fits into a request.
constexpr std::size_t kMultiReadBytesMax = std::size_t{64} << 20U;

/// One read of a multiRead; its own errors are part of the answer.
void answer_one(
    const DataTree& tree, Opcode type, View path, const ReadRequest& request, jute::Writer& out) {
  const Znode* node = find(tree, path);
  const ErrorCode err = check_readable(tree, node, request);
  if (err != ErrorCode::Ok) {
    out.put(jute::MultiHeader{Opcode::Error, false, static_cast<std::int32_t>(err)});
    out.put(jute::ErrorResponse{err});
    return;
  }
  out.put(jute::MultiHeader{type, false, 0});
  if (type == Opcode::GetData) {
    write_data(tree, *node, out);
  } else {
    tree.write_children(*node, out.out());
  }
}

bool answer_all(const DataTree& tree, const ReadRequest& request, jute::Writer& out) {
  const std::size_t start = out.out().size();
  jute::Reader reader(request.payload);
  jute::MultiHeader header;
  if (!reader.get(header)) return false;
  while (!header.done) {
    jute::PathWatchRequest query;
    if (header.type != Opcode::GetData && header.type != Opcode::GetChildren) return false;
    if (!reader.get(query) || is_null(query.path)) return false;
    answer_one(tree, header.type, query.path, request, out);
    if (out.out().size() - start > kMultiReadBytesMax || !reader.get(header)) return false;
  }
  out.put(jute::kMultiEnd);
  return true;
}

ReadOutcome multi_read(const DataTree& tree, const ReadRequest& request, jute::Writer& out) {
  const std::size_t start = out.out().size();
  if (answer_all(tree, request, out)) return {.path = {}};
  out.out().truncate(start);
  return refused(ErrorCode::MarshallingError);
}

}  // namespace

bool is_read(Opcode opcode) {
  return opcode == Opcode::Exists || opcode == Opcode::GetData || opcode == Opcode::GetAcl ||
         opcode == Opcode::GetChildren || opcode == Opcode::GetChildren2 ||
         opcode == Opcode::GetEphemerals || opcode == Opcode::GetAllChildrenNumber ||
         opcode == Opcode::MultiRead;
}

ReadOutcome read(const DataTree& tree, const ReadRequest& request, jute::Writer& out) {
  if (request.opcode == Opcode::GetData) return get_data(tree, request, out);
  if (request.opcode == Opcode::Exists) return exists(tree, request, out);
  if (request.opcode == Opcode::GetChildren || request.opcode == Opcode::GetChildren2) {
    return get_children(tree, request, out);
  }
  if (request.opcode == Opcode::GetAcl) return get_acl(tree, request, out);
  if (request.opcode == Opcode::GetEphemerals) return get_ephemerals(tree, request, out);
  if (request.opcode == Opcode::GetAllChildrenNumber)
    return get_all_children_number(tree, request, out);
  PADDOCK_ASSERT(request.opcode == Opcode::MultiRead);
  return multi_read(tree, request, out);
}

}  // namespace paddock::request
