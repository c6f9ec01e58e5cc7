// SPDX-License-Identifier: Apache-2.0
//
// The calls about the tree. Reads are answered as a shard answers them, inside a read gate, by the
// same code and with the caller's identities; changes are made by a client of this server with
// them.
#include <algorithm>

#include <fmt/format.h>

#include "jute/permissions.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "request/read.h"
#include "runtime/admin_api.h"

namespace paddock::runtime {

namespace {

namespace api = admin::pb;

constexpr std::uint32_t kChildrenMax = 1000;
constexpr std::size_t kDataShownMax = std::size_t{64} << 10U;

void fill(const jute::Stat& from, api::Stat& into) {
  into.set_czxid(fmt::format("0x{:x}", from.czxid));
  into.set_mzxid(fmt::format("0x{:x}", from.mzxid));
  into.set_pzxid(fmt::format("0x{:x}", from.pzxid));
  into.set_ctime_ms(from.ctime);
  into.set_mtime_ms(from.mtime);
  into.set_version(from.version);
  into.set_cversion(from.cversion);
  into.set_aversion(from.aversion);
  into.set_ephemeral_owner(fmt::format("0x{:x}", from.ephemeral_owner));
  into.set_data_length(from.data_length);
  into.set_num_children(from.num_children);
}

/// Three answers from one state of the tree, as they are on the wire.
struct Read {
  ErrorCode err = ErrorCode::Ok;
  Zxid zxid;
  ByteBuffer data;
  ByteBuffer children;
  ByteBuffer acl;
};

Read read_node(const gate::SharedTree::ReadGate& gate,
               const std::string& path,
               const auth::IdentitySet& identities,
               bool skip_acl) {
  Read read;
  read.zxid = gate.tree().last_zxid();
  ByteBuffer payload;
  jute::Writer(payload).put(jute::PathWatchRequest{.path = path});
  const auto answer = [&](jute::Opcode opcode, ByteBuffer& into) {
    jute::Writer writer(into);
    const auto outcome = request::read(gate.tree(),
                                       {.opcode = opcode,
                                        .payload = payload.view(),
                                        .session = {},
                                        .identities = identities.view(),
                                        .skip_acl = skip_acl},
                                       writer);
    if (read.err == ErrorCode::Ok) read.err = outcome.err;
  };
  answer(jute::Opcode::GetData, read.data);
  answer(jute::Opcode::GetChildren2, read.children);
  answer(jute::Opcode::GetAcl, read.acl);
  return read;
}

void add_children(const ByteBuffer& bytes, const api::NodeRequest& in, api::NodeAnswer& answer) {
  jute::ChildrenStatResponse response;
  if (!jute::decode(bytes.view(), response)) return;
  std::vector<View> names;
  for (const View name : response.children) {
    if (in.after().empty() || name > View(in.after())) names.push_back(name);
  }
  const std::size_t wanted = in.limit() == 0 ? kChildrenMax : std::min(in.limit(), kChildrenMax);
  const std::size_t count = std::min(names.size(), wanted);
  std::ranges::partial_sort(names, names.begin() + static_cast<std::ptrdiff_t>(count));
  answer.set_more(count < names.size());
  for (std::size_t i = 0; i < count; ++i) answer.add_children(std::string(names[i]));
}

void add_acl(const ByteBuffer& bytes, api::NodeAnswer& answer) {
  jute::AclResponse response;
  if (!jute::decode(bytes.view(), response)) return;
  for (const jute::Acl& one : response.acl) {
    api::AclEntry& entry = *answer.add_acl();
    entry.set_perms(jute::permission_letters(one.perms));
    entry.set_scheme(std::string(one.id.scheme));
    entry.set_id(std::string(one.id.id));
  }
}

api::NodeChangedAnswer changed(const OwnClient::Answer& answer) {
  api::NodeChangedAnswer message;
  message.set_zxid(fmt::format("0x{:x}", answer.zxid.value));
  return message;
}

}  // namespace

ApiResult<api::NodeAnswer> AdminApi::node(const api::NodeRequest& in, const ApiCaller& caller) {
  const std::string path = in.path().empty() ? "/" : in.path();
  const Read read = read_node(reporter_.read_tree(),
                              path,
                              *caller.as_client.identities,
                              reporter_.config().features.skip_acl);
  if (read.err != ErrorCode::Ok) return std::unexpected(refusal_of(read.err));
  jute::DataResponse data;
  if (!jute::decode(read.data.view(), data)) return refused(503, "the znode cannot be read");
  api::NodeAnswer answer;
  answer.set_path(path);
  fill(data.stat, *answer.mutable_stat());
  if (!is_null(data.data) && data.data.size() <= kDataShownMax) {
    answer.set_data(std::string(data.data));
  }
  add_children(read.children, in, answer);
  add_acl(read.acl, answer);
  answer.set_zxid(fmt::format("0x{:x}", read.zxid.value));
  return answer;
}

ApiResult<api::NodeChangedAnswer> AdminApi::create_node(const api::CreateNodeRequest& in,
                                                        const ApiCaller& caller) {
  jute::ListBuilder<jute::Acl> acl;
  for (const api::AclEntry& entry : in.acl()) {
    const auto perms = jute::parse_permissions(entry.perms());
    if (!perms) return refused(400, "acl: perms are letters of cdrwa");
    acl.add({.perms = *perms, .id = {entry.scheme(), entry.id()}});
  }
  if (in.acl().empty()) acl.add({.perms = jute::kPermAll, .id = {"world", "anyone"}});
  ByteBuffer record;
  jute::Writer(record).put(
      jute::CreateRequest{.path = in.path(), .data = in.data(), .acl = acl.view(), .flags = {}});
  const auto answer = call_as(caller.as_client, jute::Opcode::Create, record.view());
  if (!answer) return std::unexpected(answer.error());
  return changed(*answer);
}

ApiResult<api::NodeChangedAnswer> AdminApi::set_node(const api::SetNodeRequest& in,
                                                     const ApiCaller& caller) {
  ByteBuffer record;
  jute::Writer(record).put(jute::SetDataRequest{
      .path = in.path(), .data = in.data(), .version = in.has_version() ? in.version() : -1});
  const auto answer = call_as(caller.as_client, jute::Opcode::SetData, record.view());
  if (!answer) return std::unexpected(answer.error());
  return changed(*answer);
}

ApiResult<api::NodeChangedAnswer> AdminApi::delete_node(const api::DeleteNodeRequest& in,
                                                        const ApiCaller& caller) {
  ByteBuffer record;
  jute::Writer(record).put(
      jute::PathVersionRequest{.path = in.path(), .version = in.has_version() ? in.version() : -1});
  const auto answer = call_as(caller.as_client, jute::Opcode::Delete, record.view());
  if (!answer) return std::unexpected(answer.error());
  return changed(*answer);
}

}  // namespace paddock::runtime
