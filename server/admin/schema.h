// SPDX-License-Identifier: Apache-2.0
//
// The calls of the admin API as admin.proto has them: which path and method is which call, and who
// may. Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "admin/authority.h"
#include "base/bytes.h"

namespace paddock::admin {

struct Call {
  std::string name;    // "TransferLeader"
  std::string method;  // GET or POST
  std::string path;
  Access access{};
  const google::protobuf::Descriptor* request = nullptr;
};

/// All, in the order of the schema.
[[nodiscard]] const std::vector<Call>& calls();

/// Those of a path, by method.
[[nodiscard]] std::vector<const Call*> calls_at(View path);

/// An empty request of a call.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> new_request(const Call& call);

}  // namespace paddock::admin
