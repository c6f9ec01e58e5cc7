// SPDX-License-Identifier: Apache-2.0
#include "request/operation.h"

namespace paddock::request {

namespace {

using jute::CreateMode;
using jute::Opcode;

bool read_create(jute::Reader& in, Operation& into) {
  jute::CreateRequest request;
  if (!in.get(request)) return false;
  into.path = request.path;
  into.data = request.data;
  into.acl = request.acl;
  into.mode = request.flags;
  return true;
}

bool read_create_ttl(jute::Reader& in, Operation& into) {
  return read_create(in, into) && in.get(into.ttl_ms);
}

bool read_path_version(jute::Reader& in, Operation& into) {
  jute::PathVersionRequest request;
  if (!in.get(request)) return false;
  into.path = request.path;
  into.version = request.version;
  return true;
}

bool read_set_data(jute::Reader& in, Operation& into) {
  jute::SetDataRequest request;
  if (!in.get(request)) return false;
  into.path = request.path;
  into.data = request.data;
  into.version = request.version;
  return true;
}

bool read_set_acl(jute::Reader& in, Operation& into) {
  jute::SetAclRequest request;
  if (!in.get(request)) return false;
  into.path = request.path;
  into.acl = request.acl;
  into.version = request.version;
  return true;
}

/// The kind of a create inside a multi follows from its mode where the mode has a kind of its own.
/// False for a mode that the request type cannot carry.
bool settle_create(Operation& create) {
  if (create.opcode == Opcode::CreateTtl) {
    if (is_ttl_mode(create.mode)) return true;
    create.ttl_ms = -1;
    create.opcode = Opcode::Create;
  } else if (!is_known_mode(create.mode) || is_ttl_mode(create.mode)) {
    return false;
  }
  if (create.mode == CreateMode::Container) create.opcode = Opcode::CreateContainer;
  return true;
}

bool read_multi_operation(Opcode opcode, jute::Reader& in, Operation& into) {
  if (opcode == Opcode::SetAcl || !read_operation(opcode, in, into) || is_null(into.path))
    return false;
  const bool is_create = opcode == Opcode::Create || opcode == Opcode::Create2 ||
                         opcode == Opcode::CreateContainer || opcode == Opcode::CreateTtl;
  return !is_create || settle_create(into);
}

}  // namespace

bool is_known_mode(CreateMode mode) {
  return mode >= CreateMode::Persistent && mode <= CreateMode::PersistentSequentialWithTtl;
}

bool is_ephemeral_mode(CreateMode mode) {
  return mode == CreateMode::Ephemeral || mode == CreateMode::EphemeralSequential;
}

bool needs_upgrade(const Operation& op) {
  return is_ephemeral_mode(op.mode) &&
         (op.opcode == Opcode::Create || op.opcode == Opcode::Create2);
}

bool is_sequential_mode(CreateMode mode) {
  return mode == CreateMode::PersistentSequential || mode == CreateMode::EphemeralSequential ||
         mode == CreateMode::PersistentSequentialWithTtl;
}

bool is_ttl_mode(CreateMode mode) {
  return mode == CreateMode::PersistentWithTtl || mode == CreateMode::PersistentSequentialWithTtl;
}

bool read_operation(Opcode opcode, jute::Reader& in, Operation& into) {
  into = Operation{};
  into.opcode = opcode;
  if (opcode == Opcode::Create || opcode == Opcode::Create2 || opcode == Opcode::CreateContainer) {
    return read_create(in, into);
  }
  if (opcode == Opcode::CreateTtl) return read_create_ttl(in, into);
  if (opcode == Opcode::Delete || opcode == Opcode::Check) return read_path_version(in, into);
  if (opcode == Opcode::SetData) return read_set_data(in, into);
  if (opcode == Opcode::SetAcl) return read_set_acl(in, into);
  return false;
}

bool read_multi(View payload, std::vector<Operation>& into) {
  into.clear();
  jute::Reader in(payload);
  jute::MultiHeader header;
  if (!in.get(header)) return false;
  while (!header.done) {
    if (!read_multi_operation(header.type, in, into.emplace_back())) return false;
    if (!in.get(header)) return false;
  }
  return true;
}

}  // namespace paddock::request
