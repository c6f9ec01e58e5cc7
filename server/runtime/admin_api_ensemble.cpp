// SPDX-License-Identifier: Apache-2.0
//
// The calls about the ensemble.
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/number_text.h"
#include "jute/records.h"
#include "jute/writer.h"
#include "runtime/admin_api.h"

namespace paddock::runtime {

namespace {

namespace api = admin::pb;

/// Whoever may change the server may change its ensemble.
OwnCaller the_server() {
  auto identities = std::make_shared<auth::IdentitySet>();
  identities->add("super", "");
  return {.ip = "127.0.0.1", .identities = std::move(identities), .is_server = true};
}

/// Null: not said, as the protocol has it.
View view_of(const std::string& text) {
  return text.empty() ? View{} : View(text);
}

}  // namespace

ApiResult<api::TransferLeaderAnswer> AdminApi::transfer_leader(const api::TransferLeaderRequest& in,
                                                               const ApiCaller& /*caller*/) {
  std::optional<ServerId> to;
  if (in.has_to()) {
    if (in.to() < 1 || in.to() > 255) {
      return refused(400, fmt::format("to={}: expected a server id (1 to 255)", in.to()));
    }
    to = ServerId{static_cast<std::int32_t>(in.to())};
  }
  const auto begun = reporter_.transfer_leadership(to);
  if (!begun) return refused(409, begun.error().message);
  api::TransferLeaderAnswer answer;
  answer.set_state("begun; /admin/member says who leads");
  return answer;
}

/// A multi of nothing is a transaction like any other.
ApiResult<api::BarrierAnswer> AdminApi::barrier(const api::Nothing& /*in*/,
                                                const ApiCaller& /*caller*/) {
  ByteBuffer record;
  jute::Writer(record).put(jute::kMultiEnd);
  const auto written = call_as(the_server(), jute::Opcode::Multi, record.view());
  if (!written) return std::unexpected(written.error());
  const auto versions = reporter_.configuration_versions();
  if (!versions) return refused(503, versions.error().message);
  api::BarrierAnswer answer;
  answer.set_zxid(fmt::format("0x{:x}", written->zxid.value));
  if (*versions) {
    answer.set_committed_configuration(fmt::format("{:x}", (*versions)->committed));
    answer.set_activated_configuration(fmt::format("{:x}", (*versions)->activated));
  }
  return answer;
}

ApiResult<api::InitializeAnswer> AdminApi::initialize(const api::InitializeRequest& in,
                                                      const ApiCaller& /*caller*/) {
  const std::string disk = reporter_.disk_id();
  if (in.disk_id() != disk) {
    return refused(
        409,
        in.disk_id().empty()
            ? "disk_id is needed: the one that GET /admin/member tells"
            : fmt::format("this server's disk is {}, not {}: it was replaced", disk, in.disk_id()));
  }
  const auto granted = control_.grant_vote();
  if (!granted) return refused(409, granted.error().message);
  api::InitializeAnswer answer;
  answer.set_granted(*granted);
  return answer;
}

ApiResult<api::ReconfigAnswer> AdminApi::reconfig(const api::ReconfigRequest& in,
                                                  const ApiCaller& /*caller*/) {
  const std::string joining = fmt::format("{}", fmt::join(in.joining(), ","));
  const std::string leaving = fmt::format("{}", fmt::join(in.leaving(), ","));
  const std::string members = fmt::format("{}", fmt::join(in.members(), ","));
  if (members.empty() == (joining.empty() && leaving.empty())) {
    return refused(400, "expected either members, or joining and leaving");
  }
  std::int64_t from = -1;
  if (in.has_from_version()) {
    const auto version = parse_hex(in.from_version());
    if (!version) return refused(400, "from_version: expected a version in hexadecimal");
    from = static_cast<std::int64_t>(*version);
  }
  ByteBuffer record;
  jute::Writer(record).put(jute::ReconfigRequest{.joining_servers = view_of(joining),
                                                 .leaving_servers = view_of(leaving),
                                                 .new_members = view_of(members),
                                                 .config_version = from});
  const auto changed = call_as(the_server(), jute::Opcode::Reconfig, record.view());
  if (!changed) return std::unexpected(changed.error());
  jute::DataResponse data;
  if (!jute::decode(changed->record, data)) return refused(503, "the answer cannot be read");
  const std::size_t at = data.data.rfind("version=");
  api::ReconfigAnswer answer;
  answer.set_text(std::string(data.data));
  if (at != View::npos) answer.set_version(std::string(data.data.substr(at + 8)));
  return answer;
}

}  // namespace paddock::runtime
