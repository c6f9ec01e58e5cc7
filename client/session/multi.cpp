// SPDX-License-Identifier: Apache-2.0
#include "client_session/multi.h"

#include "jute/writer.h"

namespace paddock::client {

namespace {

jute::Opcode opcode_of(CreateMode mode) {
  switch (mode) {
    case CreateMode::Persistent:
    case CreateMode::Ephemeral:
    case CreateMode::PersistentSequential:
    case CreateMode::EphemeralSequential:
      return jute::Opcode::Create2;
    case CreateMode::Container:
      return jute::Opcode::CreateContainer;
    case CreateMode::PersistentWithTtl:
    case CreateMode::PersistentSequentialWithTtl:
      return jute::Opcode::CreateTtl;
  }
  PADDOCK_UNREACHABLE();
}

bool is_sequential(CreateMode mode) {
  return mode == CreateMode::PersistentSequential || mode == CreateMode::EphemeralSequential ||
         mode == CreateMode::PersistentSequentialWithTtl;
}

bool is_legal_create(View path, const CreateOptions& options) {
  const auto error = is_sequential(options.mode) ? sequential_path_error(path) : path_error(path);
  if (error) return false;
  const bool has_ttl = opcode_of(options.mode) == jute::Opcode::CreateTtl;
  return has_ttl ? options.ttl_ms > 0 && options.ttl_ms <= kTtlMaxMs : options.ttl_ms == 0;
}

void put_create(jute::Writer writer, View server_path, const CreateOptions& options) {
  const std::vector<Acl> open = open_acl();
  const std::span<const Acl> acl = options.acl.empty() ? std::span<const Acl>(open) : options.acl;
  jute::ListBuilder<jute::Acl> list;
  for (const Acl& entry : acl) list.add({entry.perms, {entry.scheme, entry.id}});
  if (opcode_of(options.mode) == jute::Opcode::CreateTtl) {
    writer.put(jute::CreateTtlRequest{
        server_path, options.data, list.view(), options.mode, options.ttl_ms});
    return;
  }
  writer.put(jute::CreateRequest{server_path, options.data, list.view(), options.mode});
}

EncodedRequest finish_multi(jute::Opcode opcode, ByteBuffer body) {
  jute::Writer(body).put(jute::kMultiEnd);
  return Request{opcode, std::move(body), nullptr};
}

}  // namespace

EncodedRequest create_request(const Chroot& chroot, View path, const CreateOptions& options) {
  if (!is_legal_create(path, options)) return std::unexpected(ErrorCode::BadArguments);
  Request request{opcode_of(options.mode), {}, nullptr};
  put_create(jute::Writer(request.body), chroot.to_server(path), options);
  return request;
}

template <class Record>
void Transaction::add(jute::Opcode opcode, const Record& record) {
  jute::Writer writer(body_);
  writer.put(jute::MultiHeader{opcode, false, -1});
  writer.put(record);
  ++count_;
}

Transaction& Transaction::create(View path, const CreateOptions& options) {
  is_bad_ = is_bad_ || !is_legal_create(path, options);
  if (is_bad_) return *this;
  jute::Writer writer(body_);
  writer.put(jute::MultiHeader{opcode_of(options.mode), false, -1});
  put_create(writer, chroot_.to_server(path), options);
  ++count_;
  return *this;
}

Transaction& Transaction::remove(View path, std::int32_t version) {
  is_bad_ = is_bad_ || path_error(path);
  const std::string server_path = chroot_.to_server(path);
  add(jute::Opcode::Delete, jute::PathVersionRequest{server_path, version});
  return *this;
}

Transaction& Transaction::set(View path, View data, std::int32_t version) {
  is_bad_ = is_bad_ || path_error(path);
  const std::string server_path = chroot_.to_server(path);
  add(jute::Opcode::SetData, jute::SetDataRequest{server_path, data, version});
  return *this;
}

Transaction& Transaction::check(View path, std::int32_t version) {
  is_bad_ = is_bad_ || path_error(path);
  const std::string server_path = chroot_.to_server(path);
  add(jute::Opcode::Check, jute::PathVersionRequest{server_path, version});
  return *this;
}

EncodedRequest Transaction::finish() && {
  if (is_bad_ || count_ == 0) return std::unexpected(ErrorCode::BadArguments);
  return finish_multi(jute::Opcode::Multi, std::move(body_));
}

ReadBatch& ReadBatch::get(View path) {
  return add(jute::Opcode::GetData, path);
}

ReadBatch& ReadBatch::children(View path) {
  return add(jute::Opcode::GetChildren, path);
}

ReadBatch& ReadBatch::add(jute::Opcode opcode, View path) {
  is_bad_ = is_bad_ || path_error(path);
  const std::string server_path = chroot_.to_server(path);
  jute::Writer writer(body_);
  writer.put(jute::MultiHeader{opcode, false, -1});
  writer.put(jute::PathWatchRequest{server_path, false});
  ++count_;
  return *this;
}

EncodedRequest ReadBatch::finish() && {
  if (is_bad_ || count_ == 0) return std::unexpected(ErrorCode::BadArguments);
  return finish_multi(jute::Opcode::MultiRead, std::move(body_));
}

}  // namespace paddock::client
