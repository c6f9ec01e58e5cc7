// SPDX-License-Identifier: Apache-2.0
//
// What a client asks of the ensemble itself.
#include <fmt/format.h>

#include "simulation/sim_client.h"

namespace paddock::simulation {

void SimClient::reconfigure(const std::string& members) {
  if (!is_ready_ || has_ended_ || closing_) return;
  send({.kind = Kind::Reconfig, .name = {}, .other = {}, .data = members});
}

void SimClient::on_reconfigured(const jute::ReplyHeader& header, View record) {
  if (header.err == ErrorCode::NewConfigNoQuorum || header.err == ErrorCode::ReconfigInProgress) {
    return;
  }
  jute::DataResponse response;
  if (header.err != ErrorCode::Ok || !jute::decode(record, response)) {
    return fail(fmt::format("a reconfiguration was answered with {}", paddock::name(header.err)));
  }
  if (!response.data.ends_with(fmt::format("version={:x}", header.zxid))) {
    return fail("the new configuration is not of its transaction's version");
  }
  ++reconfigurations_;
}

}  // namespace paddock::simulation
