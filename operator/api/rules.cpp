// SPDX-License-Identifier: Apache-2.0
#include "api/rules.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/config_catalog.h"
#include "model/quantity.h"

namespace paddock::api {
namespace {

bool has_odd_voters(const EnsembleSpec& spec) {
  constexpr std::array kVoters{1, 3, 5, 7};
  return std::ranges::count(kVoters, spec.voters.replicas) == 1;
}

bool has_one_provider(const EnsembleSpec& spec) {
  const TlsProviderSpec& provider = spec.tls.provider;
  return int{provider.self_signed.has_value()} + int{provider.cert_manager.has_value()} +
             int{provider.given.has_value()} ==
         1;
}

bool has_given_secrets(const EnsembleSpec& spec) {
  const auto& given = spec.tls.provider.given;
  if (!given) return true;
  const bool has_clients = spec.tls.client == TlsMode::Disabled || !given->client.empty();
  const bool has_servers = spec.tls.quorum == TlsMode::Disabled ||
                           (!given->quorum.empty() && !given->operator_secret.empty() &&
                            !given->operator_subject.empty());
  return has_clients && has_servers;
}

bool is_renewed_in_time(const EnsembleSpec& spec) {
  const TlsProviderSpec& provider = spec.tls.provider;
  const auto is_in_time = [](const auto& of) {
    return !of || of->renew_before_days < of->certificate_days;
  };
  return is_in_time(provider.self_signed) && is_in_time(provider.cert_manager) &&
         (!provider.self_signed ||
          provider.self_signed->certificate_days < provider.self_signed->authority_days);
}

bool has_not_shrunk(const VolumeSpec& before, const VolumeSpec& after) {
  const auto was = model::parse_bytes(before.size);
  const auto is = model::parse_bytes(after.size);
  return !was || !is || *was <= *is;
}

bool has_log_on_both_sides(const EnsembleSpec& before, const EnsembleSpec& after) {
  return before.storage.txn_log && after.storage.txn_log;
}

constexpr std::array kRules{
    Rule{"voters.replicas",
         "self.voters.replicas in [1, 3, 5, 7]",
         "this number of voters is not possible: write 1, 3, 5 or 7",
         has_odd_voters},
    Rule{"tls.quorum.mode",
         "self.tls.quorum.mode != 'Optional'",
         "between servers it is Disabled or Required",
         [](const EnsembleSpec& spec) {
           return spec.tls.quorum != TlsMode::Optional;
         }},
    Rule{"tls.provider",
         "[has(self.tls.provider.selfSigned), has(self.tls.provider.certManager), "
         "has(self.tls.provider.given)].filter(x, x).size() == 1",
         "write exactly one of selfSigned, certManager and given",
         has_one_provider},
    Rule{
        "tls.provider.given",
        "!has(self.tls.provider.given) || ("
        "(self.tls.client.mode == 'Disabled' || (has(self.tls.provider.given.client) && "
        "self.tls.provider.given.client != '')) && "
        "(self.tls.quorum.mode == 'Disabled' || (has(self.tls.provider.given.quorum) && "
        "self.tls.provider.given.quorum != '' && has(self.tls.provider.given.operator) && "
        "self.tls.provider.given.operator != '' && has(self.tls.provider.given.operatorSubject) && "
        "self.tls.provider.given.operatorSubject != '')))",
        "name a Secret for clients, and with TLS between servers for quorum and operator, and "
        "operatorSubject",
        has_given_secrets},
    Rule{"tls.provider",
         "(!has(self.tls.provider.selfSigned) || (self.tls.provider.selfSigned.renewBeforeDays < "
         "self.tls.provider.selfSigned.certificateDays && "
         "self.tls.provider.selfSigned.certificateDays < "
         "self.tls.provider.selfSigned.authorityDays)) && "
         "(!has(self.tls.provider.certManager) || self.tls.provider.certManager.renewBeforeDays < "
         "self.tls.provider.certManager.certificateDays)",
         "renewBeforeDays must be less than certificateDays, and that less than authorityDays",
         is_renewed_in_time},
};

constexpr std::array kChangeRules{
    ChangeRule{"storage.data.className",
               "(has(self.storage.data.className) ? self.storage.data.className : '') == "
               "(has(oldSelf.storage.data.className) ? oldSelf.storage.data.className : '')",
               "the class of a volume that exists cannot change: set it back",
               [](const EnsembleSpec& before, const EnsembleSpec& after) {
                 return before.storage.data.class_name == after.storage.data.class_name;
               }},
    ChangeRule{
        "storage.data.size",
        "quantity(self.storage.data.size).compareTo(quantity(oldSelf.storage.data.size)) >= 0",
        "a volume cannot shrink: write as much as before, or more",
        [](const EnsembleSpec& before, const EnsembleSpec& after) {
          return has_not_shrunk(before.storage.data, after.storage.data);
        }},
    ChangeRule{"storage.txnLog",
               "has(self.storage.txnLog) == has(oldSelf.storage.txnLog)",
               "the log of disks that exist cannot move: set it back",
               [](const EnsembleSpec& before, const EnsembleSpec& after) {
                 return before.storage.txn_log.has_value() == after.storage.txn_log.has_value();
               }},
    ChangeRule{"storage.txnLog.className",
               "!has(self.storage.txnLog) || !has(oldSelf.storage.txnLog) || "
               "(has(self.storage.txnLog.className) ? self.storage.txnLog.className : '') == "
               "(has(oldSelf.storage.txnLog.className) ? oldSelf.storage.txnLog.className : '')",
               "the class of a volume that exists cannot change: set it back",
               [](const EnsembleSpec& before, const EnsembleSpec& after) {
                 return !has_log_on_both_sides(before, after) ||
                        before.storage.txn_log->class_name == after.storage.txn_log->class_name;
               }},
    ChangeRule{
        "storage.txnLog.size",
        "!has(self.storage.txnLog) || !has(oldSelf.storage.txnLog) || "
        "quantity(self.storage.txnLog.size).compareTo(quantity(oldSelf.storage.txnLog.size)) "
        ">= 0",
        "a volume cannot shrink: write as much as before, or more",
        [](const EnsembleSpec& before, const EnsembleSpec& after) {
          return !has_log_on_both_sides(before, after) ||
                 has_not_shrunk(*before.storage.txn_log, *after.storage.txn_log);
        }},
};

}  // namespace

std::span<const Rule> rules() {
  return kRules;
}

std::span<const ChangeRule> change_rules() {
  return kChangeRules;
}

std::string config_cel() {
  std::vector<std::string> conditions;
  std::vector<std::string> names;
  for (const std::string_view key : model::owned_keys()) {
    if (key.ends_with(".N")) {
      conditions.push_back(fmt::format("k.startsWith('{}')", key.substr(0, key.size() - 1)));
    } else {
      names.push_back(fmt::format("'{}'", key));
    }
  }
  conditions.insert(conditions.begin(), fmt::format("k in [{}]", fmt::join(names, ", ")));
  return fmt::format("!has(self.config) || self.config.all(k, !({}))",
                     fmt::join(conditions, " || "));
}

}  // namespace paddock::api
