// SPDX-License-Identifier: Apache-2.0
//
// Signs requests to S3-compatible servers: AWS Signature Version 4. Pure.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace paddock::backup {

struct S3Credentials {
  std::string key;
  std::string secret;
  /// Of temporary ones; else empty.
  std::string token{};
};

struct S3Request {
  std::string method;
  std::string host{};  // as the Host header has it
  /// Not encoded: "/bucket/key".
  std::string path{};
  std::map<std::string, std::string> query{};
  /// SHA-256 of the body, in hexadecimal.
  std::string body_sha256{};
  std::string region{};
  /// "20130524T000000Z".
  std::string time{};
};

/// The headers to be sent with it, but for Host.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> sign_s3(
    const S3Request& request, const S3Credentials& credentials);

/// Path and query as they must be sent.
[[nodiscard]] std::string target_of(const S3Request& request);

}  // namespace paddock::backup
