// SPDX-License-Identifier: Apache-2.0
#include "backup/s3_signature.h"

#include <fmt/format.h>

#include "base/number_text.h"
#include "data/sha256.h"

namespace paddock::backup {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kDateLength = 8;

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string encode(std::string_view text, bool keeps_slashes) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c) || (keeps_slashes && c == '/')) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string query_text(const S3Request& request) {
  std::string text;
  for (const auto& [name, value] : request.query) {
    text +=
        fmt::format("{}{}={}", text.empty() ? "" : "&", encode(name, false), encode(value, false));
  }
  return text;
}

}  // namespace

std::string target_of(const S3Request& request) {
  const std::string query = query_text(request);
  return encode(request.path, true) + (query.empty() ? "" : "?" + query);
}

std::vector<std::pair<std::string, std::string>> sign_s3(const S3Request& request,
                                                         const S3Credentials& credentials) {
  std::map<std::string, std::string> headers{{"host", request.host},
                                             {"x-amz-content-sha256", request.body_sha256},
                                             {"x-amz-date", request.time}};
  if (!credentials.token.empty()) headers["x-amz-security-token"] = credentials.token;
  std::string canonical =
      fmt::format("{}\n{}\n{}\n", request.method, encode(request.path, true), query_text(request));
  std::string names;
  for (const auto& [name, value] : headers) {
    canonical += fmt::format("{}:{}\n", name, value);
    names += (names.empty() ? "" : ";") + name;
  }
  canonical += fmt::format("\n{}\n{}", names, request.body_sha256);

  const std::string date = request.time.substr(0, kDateLength);
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", date, request.region);
  const std::string to_sign =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, request.time, scope, data::sha256_hex(canonical));
  std::string key = "AWS4" + credentials.secret;
  for (const std::string_view part : {std::string_view(date),
                                      std::string_view(request.region),
                                      std::string_view("s3"),
                                      std::string_view("aws4_request")}) {
    key = data::hmac_sha256(key, part);
  }
  const std::string signature = to_hex(data::hmac_sha256(key, to_sign));

  headers.erase("host");
  std::vector<std::pair<std::string, std::string>> out(headers.begin(), headers.end());
  out.emplace_back("authorization",
                   fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}",
                               kAlgorithm,
                               credentials.key,
                               scope,
                               names,
                               signature));
  return out;
}

}  // namespace paddock::backup
