// SPDX-License-Identifier: Apache-2.0
#include "kube/credentials.h"

#include <algorithm>
#include <utility>

#include <boost/json/serialize.hpp>
#include <yaml-cpp/binary.h>

#include "kube/time_text.h"

namespace paddock::kube {

namespace {

// A token is rewritten when a fifth of its life is left: minutes before its end.
constexpr Duration kFilesEvery = seconds(60);
// What fails, or gives what the server refuses, is not asked more often.
constexpr Duration kRetryEvery = seconds(1);
// Before the end of what a plugin has printed, for the way to the server and its clock.
constexpr milliseconds kMargin{10'000};

std::string base64(std::string_view bytes) {
  const std::string copy(bytes);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the library wants its own bytes
  return YAML::EncodeBase64(reinterpret_cast<const unsigned char*>(copy.data()), copy.size());
}

bool is_usable(const Credentials& credentials) {
  const bool has_pair = !credentials.certificate_pem.empty() && !credentials.key_pem.empty();
  const bool has_half = credentials.certificate_pem.empty() != credentials.key_pem.empty();
  return !has_half && (has_pair || !credentials.authorization.empty());
}

bool breaks_a_header(std::string_view value) {
  return std::ranges::any_of(value, [](char letter) {
    return static_cast<unsigned char>(letter) < ' ' || letter == 0x7F;
  });
}

}  // namespace

bool Credentials::has_same_tls(const Credentials& other) const {
  return authority_pem == other.authority_pem && certificate_pem == other.certificate_pem &&
         key_pem == other.key_pem;
}

std::string basic_authorization(const User& user) {
  return "Basic " + base64(user.username + ":" + user.password);
}

Result<Credentials> parse_exec_credential(View output, const ExecPlugin& plugin) {
  const auto printed = parse_json(output);
  if (!printed) return std::unexpected(printed.error());
  if (text_at(*printed, {"kind"}) != "ExecCredential") return fail("it is no ExecCredential");
  if (text_at(*printed, {"apiVersion"}) != plugin.api_version) {
    return fail("it is not of the version " + plugin.api_version);
  }
  Credentials credentials{
      .certificate_pem = std::string(text_at(*printed, {"status", "clientCertificateData"})),
      .key_pem = std::string(text_at(*printed, {"status", "clientKeyData"}))};
  const std::string_view token = text_at(*printed, {"status", "token"});
  if (breaks_a_header(token)) return fail("its token is none");
  if (!token.empty()) credentials.authorization = "Bearer " + std::string(token);
  if (!is_usable(credentials)) return fail("it has neither a token nor a certificate with its key");
  const std::string_view expires = text_at(*printed, {"status", "expirationTimestamp"});
  if (expires.empty()) return credentials;
  credentials.expires = parse_time(expires);
  if (!credentials.expires) return fail("its expirationTimestamp is no time");
  return credentials;
}

std::string exec_info(const ExecPlugin& plugin,
                      const ClusterAccess& access,
                      const std::string& authority_pem) {
  json::object spec{{"interactive", false}};
  if (plugin.wants_cluster) {
    const std::string scheme = access.url.is_secure ? "https://" : "http://";
    json::object cluster{{"server", scheme + host_and_port(access.url) + access.url.base_path}};
    if (!access.tls_server_name.empty()) cluster["tls-server-name"] = access.tls_server_name;
    if (access.skips_verification) cluster["insecure-skip-tls-verify"] = true;
    if (!authority_pem.empty()) cluster["certificate-authority-data"] = base64(authority_pem);
    spec["cluster"] = std::move(cluster);
  }
  return json::serialize(json::object{
      {"kind", "ExecCredential"}, {"apiVersion", plugin.api_version}, {"spec", std::move(spec)}});
}

bool CredentialCache::is_due(Now now) const {
  if (!read_at_) return true;
  const Duration age = now.monotonic - *read_at_;
  if (!problem_.empty()) return age >= kRetryEvery;
  // At once, unless that has just not helped.
  if (is_rejected_) return !reread_at_ || now.monotonic - *reread_at_ >= kRetryEvery;
  const bool ends =
      current_ && current_->expires && now.wall.ms + kMargin.count() >= current_->expires->ms;
  if (ends) return age >= kRetryEvery;
  return source_ == Source::Files && age >= kFilesEvery;
}

void CredentialCache::on_read(Result<Credentials> credentials, Now now) {
  read_at_ = now.monotonic;
  if (std::exchange(is_rejected_, false)) reread_at_ = now.monotonic;
  if (!credentials) {
    problem_ = std::move(credentials.error().message);
    return;
  }
  problem_.clear();
  current_ = *std::move(credentials);
  ++version_;
}

void CredentialCache::on_rejected(std::uint64_t version) {
  if (version == version_) is_rejected_ = true;
}

const Credentials* CredentialCache::current() const {
  return current_ ? &*current_ : nullptr;
}

}  // namespace paddock::kube
