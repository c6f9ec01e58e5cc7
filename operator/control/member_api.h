// SPDX-License-Identifier: Apache-2.0
//
// The seam to the servers' admin ports: who asks members does so through this, and so can be tested
// against servers that exist in memory. Calls and answers are on one thread, as those of kube::Api.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kube/api.h"
#include "kube/credentials.h"

namespace paddock::control {

struct MemberAddress {
  std::string host{};  // also the name that its certificate must have
  std::uint16_t port = 0;
  bool is_secure = false;
};

class MemberApi {
 public:
  MemberApi() = default;
  virtual ~MemberApi() = default;
  MemberApi(const MemberApi&) = delete;
  MemberApi& operator=(const MemberApi&) = delete;

  /// One attempt; as kube::Api::call(). The error of a refusal has the server's sentence.
  [[nodiscard]] virtual std::unique_ptr<kube::Pending> call(const MemberAddress& address,
                                                            const kube::Credentials& credentials,
                                                            kube::Request request,
                                                            kube::OnReply on_reply) = 0;
};

}  // namespace paddock::control
