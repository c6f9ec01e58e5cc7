// SPDX-License-Identifier: Apache-2.0
//
// The servers' admin ports over HTTP/1.1, with TLS or without: one connection for each call, as
// calls are few. Lives on the thread that runs its io_context.
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "control/member_api.h"

namespace paddock::manager {

class MemberClient final : public control::MemberApi {
 public:
  /// `io` outlives it.
  explicit MemberClient(boost::asio::io_context& io) : io_(io) {}

  [[nodiscard]] std::unique_ptr<kube::Pending> call(const control::MemberAddress& address,
                                                    const kube::Credentials& credentials,
                                                    kube::Request request,
                                                    kube::OnReply on_reply) override;

 private:
  boost::asio::io_context& io_;
};

}  // namespace paddock::manager
