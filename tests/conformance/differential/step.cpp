// SPDX-License-Identifier: Apache-2.0
#include "step.h"

#include <fmt/format.h>

#include "jute/records.h"
#include "jute/writer.h"

namespace paddock::conformance {

namespace {

using jute::Opcode;

View view_of(const std::optional<std::string>& data) {
  return data ? View{*data} : View{};
}

std::string full_path(const Request& request, const EncodingPlace& place) {
  constexpr std::string_view kQuota = "/zookeeper/quota";
  if (request.verbatim) return request.path;
  if (request.path.starts_with(kQuota)) {
    return std::string(kQuota) + place.root + request.path.substr(kQuota.size());
  }
  return place.root + request.path;
}

void put_acl(const std::vector<AclEntry>& acl, jute::ListBuilder<jute::Acl>& list) {
  for (const AclEntry& entry : acl) list.add({entry.perms, {entry.scheme, entry.id}});
}

void put_paths(const std::vector<std::string>& paths,
               const EncodingPlace& place,
               jute::Writer& writer) {
  writer.put(static_cast<std::int32_t>(paths.size()));
  for (const std::string& path : paths) {
    const std::string full = place.root + path;
    writer.put(View{full});
  }
}

void put_record(const Request& request, const EncodingPlace& place, jute::Writer& writer);

void put_multi(const Request& request, const EncodingPlace& place, jute::Writer& writer) {
  for (const Request& operation : request.operations) {
    writer.put(jute::MultiHeader{operation.opcode, false, -1});
    put_record(operation, place, writer);
  }
  writer.put(jute::kMultiEnd);
}

void put_record(const Request& request, const EncodingPlace& place, jute::Writer& writer) {
  const std::string path = full_path(request, place);
  jute::ListBuilder<jute::Acl> acl;
  put_acl(request.acl, acl);
  switch (request.opcode) {
    case Opcode::Create:
    case Opcode::Create2:
    case Opcode::CreateContainer:
      writer.put(jute::CreateRequest{
          path, view_of(request.data), acl.view(), jute::CreateMode{request.number}});
      return;
    case Opcode::CreateTtl:
      writer.put(jute::CreateTtlRequest{path,
                                        view_of(request.data),
                                        acl.view(),
                                        jute::CreateMode{request.number},
                                        request.ttl_ms});
      return;
    case Opcode::Delete:
    case Opcode::Check:
      writer.put(jute::PathVersionRequest{path, request.number});
      return;
    case Opcode::Exists:
    case Opcode::GetData:
    case Opcode::GetChildren:
    case Opcode::GetChildren2:
      writer.put(jute::PathWatchRequest{path, request.watch});
      return;
    case Opcode::SetData:
      writer.put(jute::SetDataRequest{path, view_of(request.data), request.number});
      return;
    case Opcode::SetAcl:
      writer.put(jute::SetAclRequest{path, acl.view(), request.number});
      return;
    case Opcode::GetAcl:
    case Opcode::Sync:
    case Opcode::GetEphemerals:
    case Opcode::GetAllChildrenNumber:
      writer.put(jute::PathRequest{path});
      return;
    case Opcode::CheckWatches:
    case Opcode::RemoveWatches:
      writer.put(jute::PathTypeRequest{path, jute::WatcherType{request.number}});
      return;
    case Opcode::AddWatch:
      writer.put(jute::AddWatchRequest{path, jute::AddWatchMode{request.number}});
      return;
    case Opcode::SetWatches:
    case Opcode::SetWatches2:
      writer.put(place.relative_zxid);
      for (const auto& list : request.lists) put_paths(list, place, writer);
      return;
    case Opcode::Multi:
    case Opcode::MultiRead:
      put_multi(request, place, writer);
      return;
    case Opcode::Reconfig:
      writer.put(jute::ReconfigRequest{});
      return;
    case Opcode::Auth:
      writer.put(jute::AuthPacket{0, "digest", view_of(request.data)});
      return;
    case Opcode::Sasl:
      writer.put(view_of(request.data));
      return;
    case Opcode::WhoAmI:
    case Opcode::Ping:
    case Opcode::CloseSession:
    case Opcode::Notification:
    case Opcode::DeleteContainer:
    case Opcode::CreateSession:
    case Opcode::Error:
      return;
  }
}

std::string describe_operations(const Request& request) {
  std::string text;
  for (const Request& operation : request.operations) text += "\n        " + describe(operation);
  return text;
}

std::string describe_lists(const Request& request) {
  std::string text;
  for (const auto& list : request.lists) text += fmt::format(" [{}]", fmt::join(list, " "));
  return text;
}

std::string_view name(StepKind kind) {
  switch (kind) {
    case StepKind::Batch:
      return "batch";
    case StepKind::Reconnect:
      return "reconnect";
    case StepKind::Move:
      return "move";
    case StepKind::Close:
      return "close";
    case StepKind::Refuse:
      return "refused request";
    case StepKind::Barrier:
      return "barrier";
  }
  PADDOCK_UNREACHABLE();
}

}  // namespace

void encode(const Request& request, std::int32_t xid, const EncodingPlace& place, ByteBuffer& out) {
  jute::FrameWriter frame(out);
  jute::Writer writer(out);
  writer.put(jute::RequestHeader{xid, request.opcode});
  put_record(request, place, writer);
  frame.close();
}

std::string describe(const Request& request) {
  std::string text = fmt::format("{} {:?}", jute::name(request.opcode), request.path);
  if (request.watch) text += " watch";
  text += fmt::format(" number {}", request.number);
  if (request.opcode == Opcode::CreateTtl) text += fmt::format(" ttl {}", request.ttl_ms);
  text += request.data ? fmt::format(" {} bytes", request.data->size()) : " null";
  for (const AclEntry& entry : request.acl) {
    text += fmt::format(" {}:{}:{}", entry.perms, entry.scheme, entry.id);
  }
  return text + describe_lists(request) + describe_operations(request);
}

std::string describe(const Step& step) {
  std::string text = fmt::format("{} of session {}", name(step.kind), step.slot);
  for (const Request& request : step.requests) text += "\n      " + describe(request);
  return text;
}

}  // namespace paddock::conformance
