// SPDX-License-Identifier: Apache-2.0
#include "replica/configuration_step.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "base/assert.h"
#include "reconfig/members.h"
#include "txn/txn.pb.h"

namespace paddock::replica {
namespace {

using google::protobuf::internal::WireFormatLite;

txn::pb::ConfigurationStep kind_of(View payload) {
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const std::uint8_t*>(payload.data()), static_cast<int>(payload.size()));
  while (const std::uint32_t tag = input.ReadTag()) {
    if (WireFormatLite::GetTagFieldNumber(tag) == txn::pb::Txn::kConfigurationStepFieldNumber) {
      std::uint32_t kind = 0;
      const bool is_read = input.ReadVarint32(&kind);
      PADDOCK_ASSERT(is_read);
      return static_cast<txn::pb::ConfigurationStep>(kind);
    }
    const bool is_skipped = WireFormatLite::SkipField(&input, tag);
    PADDOCK_ASSERT(is_skipped);
  }
  return txn::pb::CONFIGURATION_STEP_NONE;
}

}  // namespace

std::optional<zab::ConfigurationStep> configuration_step_of(Zxid /*zxid*/, View payload) {
  using Kind = zab::ConfigurationStep::Kind;
  const txn::pb::ConfigurationStep kind = kind_of(payload);
  if (kind == txn::pb::CONFIGURATION_STEP_NONE) return std::nullopt;
  if (kind == txn::pb::CONFIGURATION_STEP_FINISH) {
    return zab::ConfigurationStep{.kind = Kind::Finish, .next = {}};
  }
  PADDOCK_ASSERT(kind == txn::pb::CONFIGURATION_STEP_BEGIN);
  txn::pb::Txn txn;
  const bool is_txn = txn.ParseFromArray(payload.data(), static_cast<int>(payload.size()));
  PADDOCK_ASSERT(is_txn && txn.ops_size() == 1);
  const auto members = reconfig::parse_members(txn.ops(0).set_data().data());
  PADDOCK_ASSERT(members.has_value());
  return zab::ConfigurationStep{.kind = Kind::Begin, .next = reconfig::configuration_of(*members)};
}

}  // namespace paddock::replica
