// SPDX-License-Identifier: Apache-2.0
#include "client_session/answer.h"

#include "jute/reader.h"

namespace paddock::client {

namespace {

std::unexpected<ErrorCode> malformed() {
  return std::unexpected(ErrorCode::MarshallingError);
}

std::vector<std::string> copy(const jute::List<View>& list) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (const View text : list) texts.emplace_back(text);
  return texts;
}

std::optional<std::string> copy_nullable(View bytes) {
  if (is_null(bytes)) return std::nullopt;
  return std::string(bytes);
}

bool read_stat(jute::Reader& reader, OpResult& result) {
  Stat stat;
  if (!reader.get(stat)) return false;
  result.stat = stat;
  return true;
}

/// Reads what follows the header of one result; false if malformed.
bool read_result(const Chroot& chroot,
                 jute::Opcode opcode,
                 jute::Reader& reader,
                 OpResult& result) {
  View bytes;
  jute::List<View> names;
  ErrorCode error{};
  switch (static_cast<std::int32_t>(opcode)) {
    case static_cast<std::int32_t>(jute::Opcode::Create):
      if (!reader.get(bytes)) return false;
      result.path = chroot.to_client(bytes);
      return true;
    case static_cast<std::int32_t>(jute::Opcode::Create2):
      if (!reader.get(bytes)) return false;
      result.path = chroot.to_client(bytes);
      return read_stat(reader, result);
    case static_cast<std::int32_t>(jute::Opcode::SetData):
      return read_stat(reader, result);
    case static_cast<std::int32_t>(jute::Opcode::Delete):
    case static_cast<std::int32_t>(jute::Opcode::Check):
      return true;
    case static_cast<std::int32_t>(jute::Opcode::GetData):
      if (!reader.get(bytes)) return false;
      result.data = copy_nullable(bytes);
      return read_stat(reader, result);
    case static_cast<std::int32_t>(jute::Opcode::GetChildren):
      if (!reader.get(names)) return false;
      result.children = copy(names);
      return true;
    case static_cast<std::int32_t>(jute::Opcode::Error):
      if (!reader.get(error)) return false;
      result.error = error;
      return true;
    default:
      return false;
  }
}

}  // namespace

Answer<Created> decode_created(const Chroot& chroot, View body) {
  jute::PathStatResponse response;
  if (!jute::decode(body, response)) return malformed();
  return Created{std::string(chroot.to_client(response.path)), response.stat};
}

Answer<std::string> decode_path(const Chroot& chroot, View body) {
  jute::PathResponse response;
  if (!jute::decode(body, response)) return malformed();
  return std::string(chroot.to_client(response.path));
}

Answer<Stat> decode_stat(View body) {
  jute::StatResponse response;
  if (!jute::decode(body, response)) return malformed();
  return response.stat;
}

Answer<NodeData> decode_data(View body) {
  jute::DataResponse response;
  if (!jute::decode(body, response)) return malformed();
  return NodeData{copy_nullable(response.data), response.stat};
}

Answer<AclOfNode> decode_acl(View body) {
  jute::AclResponse response;
  if (!jute::decode(body, response)) return malformed();
  AclOfNode answer{{}, response.stat};
  for (const jute::Acl& entry : response.acl) {
    answer.acl.push_back({entry.perms, std::string(entry.id.scheme), std::string(entry.id.id)});
  }
  return answer;
}

Answer<Children> decode_children(View body) {
  jute::ChildrenStatResponse response;
  if (!jute::decode(body, response)) return malformed();
  return Children{copy(response.children), response.stat};
}

Answer<std::vector<std::string>> decode_child_names(View body) {
  jute::PathsResponse response;
  if (!jute::decode(body, response)) return malformed();
  return copy(response.paths);
}

Answer<std::vector<std::string>> decode_paths(const Chroot& chroot, View body) {
  jute::PathsResponse response;
  if (!jute::decode(body, response)) return malformed();
  std::vector<std::string> paths;
  for (const View path : response.paths) {
    // The server compares beginnings: for the chroot /app it also lists /apple.
    if (chroot.contains(path)) paths.emplace_back(chroot.to_client(path));
  }
  return paths;
}

Answer<std::int32_t> decode_count(View body) {
  jute::CountResponse response;
  if (!jute::decode(body, response)) return malformed();
  return response.count;
}

Answer<std::vector<Identity>> decode_identities(View body) {
  jute::WhoAmIResponse response;
  if (!jute::decode(body, response)) return malformed();
  std::vector<Identity> identities;
  for (const jute::ClientInfo& info : response.identities) {
    identities.push_back({std::string(info.scheme), std::string(info.user)});
  }
  return identities;
}

Answer<std::vector<OpResult>> decode_multi(const Chroot& chroot, View body) {
  jute::Reader reader(body);
  std::vector<OpResult> results;
  while (true) {
    jute::MultiHeader header;
    if (!reader.get(header)) return malformed();
    if (header.done) return results;
    OpResult result;
    if (!read_result(chroot, header.type, reader, result)) return malformed();
    results.push_back(std::move(result));
  }
}

}  // namespace paddock::client
