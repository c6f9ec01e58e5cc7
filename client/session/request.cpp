// SPDX-License-Identifier: Apache-2.0
#include "client_session/request.h"

#include "jute/writer.h"

namespace paddock::client {

namespace {

template <jute::Record T>
Request encode(jute::Opcode opcode, const T& record) {
  Request request{opcode, {}, nullptr};
  jute::Writer(request.body).put(record);
  return request;
}

std::unexpected<ErrorCode> bad_arguments() {
  return std::unexpected(ErrorCode::BadArguments);
}

bool is_legal(View path) {
  return !path_error(path);
}

jute::ListBuilder<jute::Acl> encode_acl(std::span<const Acl> acl) {
  jute::ListBuilder<jute::Acl> list;
  for (const Acl& entry : acl) list.add({entry.perms, {entry.scheme, entry.id}});
  return list;
}

EncodedRequest path_request(jute::Opcode opcode, const Chroot& chroot, View path) {
  if (!is_legal(path)) return bad_arguments();
  const std::string server_path = chroot.to_server(path);
  return encode(opcode, jute::PathRequest{server_path});
}

struct Watched {
  jute::Opcode opcode;
  WatchEffect effect;
};

Request watched_request(Watched what, std::string server_path, WatcherId watcher) {
  const bool watch = watcher != WatcherId{};
  Request request = encode(what.opcode, jute::PathWatchRequest{server_path, watch});
  if (watch) {
    request.watch = std::make_unique<WatchChange>(WatchChange{
        .effect = what.effect, .server_path = std::move(server_path), .watcher = watcher});
  }
  return request;
}

EncodedRequest watched_request(Watched what, const Chroot& chroot, View path, WatcherId watcher) {
  if (!is_legal(path)) return bad_arguments();
  return watched_request(what, chroot.to_server(path), watcher);
}

}  // namespace

EncodedRequest plain_create_request(const Chroot& chroot, View path, const CreateOptions& options) {
  auto request = create_request(chroot, path, options);
  if (request && request->opcode == jute::Opcode::CreateTtl) return bad_arguments();
  if (request) request->opcode = jute::Opcode::Create;
  return request;
}

EncodedRequest delete_request(const Chroot& chroot, View path, std::int32_t version) {
  if (!is_legal(path)) return bad_arguments();
  const std::string server_path = chroot.to_server(path);
  return encode(jute::Opcode::Delete, jute::PathVersionRequest{server_path, version});
}

EncodedRequest exists_request(const Chroot& chroot, View path, WatcherId watcher) {
  return watched_request({jute::Opcode::Exists, WatchEffect::Exists}, chroot, path, watcher);
}

EncodedRequest get_request(const Chroot& chroot, View path, WatcherId watcher) {
  return watched_request({jute::Opcode::GetData, WatchEffect::Data}, chroot, path, watcher);
}

EncodedRequest children_request(const Chroot& chroot, View path, WatcherId watcher) {
  return watched_request(
      {jute::Opcode::GetChildren2, WatchEffect::Children}, chroot, path, watcher);
}

EncodedRequest child_names_request(const Chroot& chroot, View path, WatcherId watcher) {
  return watched_request({jute::Opcode::GetChildren, WatchEffect::Children}, chroot, path, watcher);
}

EncodedRequest set_request(const Chroot& chroot, View path, View data, std::int32_t version) {
  if (!is_legal(path)) return bad_arguments();
  const std::string server_path = chroot.to_server(path);
  return encode(jute::Opcode::SetData, jute::SetDataRequest{server_path, data, version});
}

EncodedRequest get_acl_request(const Chroot& chroot, View path) {
  return path_request(jute::Opcode::GetAcl, chroot, path);
}

EncodedRequest set_acl_request(const Chroot& chroot,
                               View path,
                               std::span<const Acl> acl,
                               std::int32_t version) {
  if (!is_legal(path)) return bad_arguments();
  const std::string server_path = chroot.to_server(path);
  const auto list = encode_acl(acl);
  return encode(jute::Opcode::SetAcl, jute::SetAclRequest{server_path, list.view(), version});
}

EncodedRequest sync_request(const Chroot& chroot, View path) {
  return path_request(jute::Opcode::Sync, chroot, path);
}

EncodedRequest add_watch_request(const Chroot& chroot,
                                 View path,
                                 AddWatchMode mode,
                                 WatcherId watcher) {
  if (!is_legal(path) || watcher == WatcherId{}) return bad_arguments();
  std::string server_path = chroot.to_server(path);
  Request request = encode(jute::Opcode::AddWatch, jute::AddWatchRequest{server_path, mode});
  const WatchEffect effect =
      mode == AddWatchMode::Persistent ? WatchEffect::Persistent : WatchEffect::PersistentRecursive;
  request.watch = std::make_unique<WatchChange>(
      WatchChange{.effect = effect, .server_path = std::move(server_path), .watcher = watcher});
  return request;
}

EncodedRequest remove_watch_request(const Chroot& chroot,
                                    View path,
                                    WatcherType type,
                                    WatcherId watcher) {
  if (!is_legal(path)) return bad_arguments();
  std::string server_path = chroot.to_server(path);
  Request request = encode(jute::Opcode::RemoveWatches, jute::PathTypeRequest{server_path, type});
  request.watch = std::make_unique<WatchChange>(WatchChange{.effect = WatchEffect::Remove,
                                                            .server_path = std::move(server_path),
                                                            .watcher = watcher,
                                                            .type = type});
  return request;
}

EncodedRequest ephemerals_request(const Chroot& chroot, View prefix) {
  return path_request(jute::Opcode::GetEphemerals, chroot, prefix);
}

EncodedRequest descendant_count_request(const Chroot& chroot, View path) {
  return path_request(jute::Opcode::GetAllChildrenNumber, chroot, path);
}

Request who_am_i_request() {
  return {jute::Opcode::WhoAmI, {}, nullptr};
}

EncodedRequest config_request(WatcherId watcher) {
  return watched_request(
      {jute::Opcode::GetData, WatchEffect::Data}, std::string(kConfigPath), watcher);
}

Request reconfig_request(const ReconfigOptions& options) {
  return encode(jute::Opcode::Reconfig,
                jute::ReconfigRequest{
                    options.joining, options.leaving, options.members, options.config_version});
}

}  // namespace paddock::client
