// SPDX-License-Identifier: Apache-2.0
//
// A client of DIGEST-MD5 (RFC 2831), which a test may have say anything.
#pragma once

#include <string>

namespace paddock::sasl {

struct DigestClient {
  std::string user;
  std::string password;
  std::string realm = "zk-sasl-md5";
  std::string authzid{};
  std::string uri = "zookeeper/zk-sasl-md5";
  std::string count = "00000001";
  std::string qop = "auth";

  /// The answer to a challenge.
  [[nodiscard]] std::string answer(const std::string& challenge) const;
};

}  // namespace paddock::sasl
