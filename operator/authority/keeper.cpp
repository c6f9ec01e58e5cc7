// SPDX-License-Identifier: Apache-2.0
#include "authority/keeper.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "authority/x509.h"
#include "objects/read.h"
#include "resource/secret.h"

namespace paddock::authority {
namespace {

using objects::Authority;
using objects::Objects;
using objects::Site;

constexpr std::int64_t kDayMs = 86'400'000;
/// Clocks of servers may be behind ours.
constexpr std::int64_t kSkewMs = 300'000;

std::string entry(const json::value& secret, std::string_view name) {
  return resource::secret_entry_of(secret, name);
}

const api::SelfSignedSpec& settings(const Site& site) {
  static const api::SelfSignedSpec kDefaults;
  const auto& wanted = site.spec.tls.provider.self_signed;
  return wanted ? *wanted : kDefaults;
}

Validity from_now(const Site& site, std::int32_t days) {
  return {.begin = {site.now.ms - kSkewMs}, .end = {site.now.ms + days * kDayMs}};
}

std::string subject_of(Authority authority) {
  return authority == Authority::Servers ? "paddock servers" : "paddock clients";
}

/// "1.crt" and "1.key" of each number.
std::map<std::int32_t, Pair> authorities_in(const json::value* secret) {
  std::map<std::int32_t, Pair> found;
  const json::value* const data = secret == nullptr ? nullptr : kube::find(*secret, {"data"});
  if (data == nullptr || !data->is_object()) return found;
  for (const auto& member : data->get_object()) {
    const std::string_view name = member.key();
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc{} || std::string_view(end) != ".crt" || number <= 0) continue;
    found[number] = {.certificate = entry(*secret, name),
                     .key = entry(*secret, fmt::format("{}.key", number))};
  }
  return found;
}

const json::value* authority_secret(const Site& site, Authority authority, const Find& find) {
  return find("Secret", objects::authority_secret(site, authority));
}

Result<json::value> authority_secret(const Site& site,
                                     Authority authority,
                                     const plan::ApplyCertificates& action,
                                     const Find& find) {
  std::map<std::int32_t, Pair> pairs = authorities_in(authority_secret(site, authority, find));
  std::set<std::int32_t> wanted = action.trusted;
  wanted.insert(action.signer);
  std::erase_if(pairs, [&](const auto& entry) { return !wanted.contains(entry.first); });
  for (const std::int32_t number : wanted) {
    if (pairs.contains(number)) continue;
    auto made = make_authority({.organization = fmt::format("{}/{}", site.ns, site.ensemble),
                                .common_name = fmt::format("{} {}", subject_of(authority), number)},
                               from_now(site, settings(site).authority_days));
    PADDOCK_TRY(made);
    pairs[number] = *std::move(made);
  }
  std::map<std::string, std::string> entries;
  for (const auto& [number, pair] : pairs) {
    entries[fmt::format("{}.crt", number)] = pair.certificate;
    entries[fmt::format("{}.key", number)] = pair.key;
  }
  return objects::authority_object(site, authority, entries, action);
}

struct Signing {
  Pair signer;
  std::string signer_key_id;
  /// Certificates of all that are trusted.
  std::string trusted;
};

/// None before there is an authority.
std::optional<Signing> signing_of(const Site& site, Authority authority, const Find& find) {
  const json::value* const secret = authority_secret(site, authority, find);
  if (secret == nullptr) return std::nullopt;
  const observe::CertificatesView view = objects::read_certificates(*secret);
  const std::map<std::int32_t, Pair> pairs = authorities_in(secret);
  const auto signer = pairs.find(view.signer);
  if (signer == pairs.end()) return std::nullopt;
  const auto facts = inspect(signer->second.certificate);
  if (!facts) return std::nullopt;
  Signing signing{.signer = signer->second, .signer_key_id = facts->key_id, .trusted = {}};
  for (const std::int32_t number : view.trusted) {
    const auto pair = pairs.find(number);
    if (pair != pairs.end()) signing.trusted += pair->second.certificate;
  }
  return signing;
}

bool is_good(const Site& site,
             const objects::CertificateRequest& request,
             const Signing& signing,
             const std::string& certificate) {
  const auto facts = inspect(certificate);
  if (!facts) return false;
  const std::int64_t renewed_at =
      facts->validity.end.ms - settings(site).renew_before_days * kDayMs;
  std::vector<std::string> has = facts->dns_names;
  std::vector<std::string> wants = request.names;
  std::ranges::sort(has);
  std::ranges::sort(wants);
  return site.now.ms < renewed_at && has == wants &&
         facts->subject.common_name == request.common_name &&
         facts->subject.organization == request.organization &&
         facts->authority_key_id == signing.signer_key_id;
}

/// The Secret that is due for a request; none if it is as it should be.
Result<std::optional<json::value>> due(const Site& site,
                                       const objects::CertificateRequest& request,
                                       const Signing& signing,
                                       const Find& find) {
  const json::value* const is = find("Secret", request.secret);
  objects::Certificate certificate{.chain = is == nullptr ? "" : entry(*is, "tls.crt"),
                                   .key = is == nullptr ? "" : entry(*is, "tls.key"),
                                   .trusted = signing.trusted};
  const bool trusts = is != nullptr && entry(*is, "ca.crt") == signing.trusted;
  if (is_good(site, request, signing, certificate.chain)) {
    if (trusts) return std::optional<json::value>();
  } else {
    auto made = issue(signing.signer,
                      {.organization = request.organization, .common_name = request.common_name},
                      request.names,
                      from_now(site, settings(site).certificate_days));
    PADDOCK_TRY(made);
    certificate.chain = std::move(made->certificate);
    certificate.key = std::move(made->key);
  }
  return std::optional(objects::certificate_secret(site, request, certificate));
}

}  // namespace

std::int32_t wanted_authority(const Site& site, const Find& find) {
  if (!site.spec.tls.provider.self_signed) return 0;
  const std::map<std::int32_t, Pair> pairs =
      authorities_in(authority_secret(site, Authority::Servers, find));
  if (pairs.empty()) return 1;
  const auto& [newest, pair] = *pairs.rbegin();
  const auto facts = inspect(pair.certificate);
  // Whatever the newest signs must end before it does.
  const std::int64_t longest = std::int64_t{settings(site).certificate_days} * kDayMs;
  const bool is_about_to_end = !facts || facts->validity.end.ms - site.now.ms < longest;
  return is_about_to_end ? newest + 1 : newest;
}

Result<Objects> build(const Site& site, const plan::ApplyCertificates& action, const Find& find) {
  Objects objects;
  for (const Authority authority : {Authority::Servers, Authority::Clients}) {
    auto secret = authority_secret(site, authority, action, find);
    PADDOCK_TRY(secret);
    objects.push_back(*std::move(secret));
  }
  return objects;
}

Result<Objects> due_certificates(const Site& site, const Find& find) {
  Objects objects;
  if (!site.spec.tls.provider.self_signed) return objects;
  for (const objects::CertificateRequest& request :
       objects::certificate_requests(site, site.voters)) {
    const auto signing = signing_of(site, request.authority, find);
    if (!signing) continue;
    auto secret = due(site, request, *signing, find);
    PADDOCK_TRY(secret);
    if (*secret) objects.push_back(**std::move(secret));
  }
  const auto clients = signing_of(site, Authority::Clients, find);
  if (!clients) return objects;
  const json::value bundle = objects::trust_bundle(site, clients->trusted);
  const json::value* const is = find("ConfigMap", objects::trust_bundle_name(site));
  if (is == nullptr || objects::applied_hash_of(*is) != objects::applied_hash_of(bundle)) {
    objects.push_back(bundle);
  }
  return objects;
}

std::optional<std::int32_t> authority_number(const json::value& secret, std::string_view key_id) {
  for (const auto& [number, pair] : authorities_in(&secret)) {
    const auto facts = inspect(pair.certificate);
    if (facts && facts->key_id == key_id) return number;
  }
  return std::nullopt;
}

}  // namespace paddock::authority
