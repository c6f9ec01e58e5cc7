// SPDX-License-Identifier: Apache-2.0
#include "model/config_catalog.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/hash.h"

namespace paddock::model {
namespace {

struct Entry {
  /// Ends in ".N" where any suffix is taken.
  std::string_view name;
  ChangeClass change_class;
  std::string_view instead;
};

constexpr std::string_view kByMembers = "set voters and observers";
constexpr std::string_view kByTls = "set tls";
constexpr std::string_view kByStorage = "set storage";

/// All that is not a Restart.
constexpr std::array kEntries{
    Entry{"paddock.limit.N", ChangeClass::Reload, ""},
    Entry{"server.N", ChangeClass::Reconfig, kByMembers},
    Entry{"group.N", ChangeClass::Owned, "leave it out: voters have no weights here"},
    Entry{"weight.N", ChangeClass::Owned, "leave it out: voters have no weights here"},
    Entry{"peerType", ChangeClass::Owned, kByMembers},
    Entry{"dynamicConfigFile", ChangeClass::Owned, kByMembers},
    Entry{"standaloneEnabled", ChangeClass::Owned, kByMembers},
    Entry{"reconfigEnabled", ChangeClass::Owned, kByMembers},
    Entry{"quorumListenOnAllIPs", ChangeClass::Owned, "leave it out: it is on"},
    Entry{"db.autocreate",
          ChangeClass::Owned,
          "leave it out: only the first start of an ensemble may be empty"},
    Entry{"datadir.autocreate", ChangeClass::Owned, kByStorage},
    Entry{"dataDir", ChangeClass::Owned, kByStorage},
    Entry{"dataLogDir", ChangeClass::Owned, kByStorage},
    Entry{"clientPort", ChangeClass::Owned, "set services"},
    Entry{"clientPortAddress", ChangeClass::Owned, "set services"},
    Entry{"secureClientPort", ChangeClass::Owned, kByTls},
    Entry{"secureClientPortAddress", ChangeClass::Owned, kByTls},
    Entry{"sslQuorum", ChangeClass::Owned, kByTls},
    Entry{"ssl.keyStore.location", ChangeClass::Owned, kByTls},
    Entry{"ssl.trustStore.location", ChangeClass::Owned, kByTls},
    Entry{"ssl.quorum.keyStore.location", ChangeClass::Owned, kByTls},
    Entry{"ssl.quorum.trustStore.location", ChangeClass::Owned, kByTls},
    Entry{"ssl.clientAuth", ChangeClass::Owned, kByTls},
    Entry{"client.portUnification", ChangeClass::Owned, kByTls},
    Entry{"portUnification", ChangeClass::Owned, kByTls},
    Entry{"admin.forceHttps", ChangeClass::Owned, kByTls},
    Entry{"admin.portUnification", ChangeClass::Owned, kByTls},
    Entry{"admin.needClientAuth", ChangeClass::Owned, kByTls},
    Entry{"paddock.admin.clientAuth", ChangeClass::Owned, kByTls},
    Entry{"admin.serverAddress", ChangeClass::Owned, "leave it out: probes need it"},
    Entry{"admin.enableServer", ChangeClass::Owned, "leave it out: the operator needs it"},
    Entry{"admin.serverPort", ChangeClass::Owned, "leave it out: the operator needs it"},
    Entry{"paddock.configurationLabel",
          ChangeClass::Owned,
          "leave it out: the operator knows by it what is in force"},
    Entry{"paddock.admin.operators", ChangeClass::Owned, "leave it out: the operator needs it"},
};

bool matches(const Entry& entry, std::string_view key) {
  if (!entry.name.ends_with(".N")) return entry.name == key;
  const std::string_view front = entry.name.substr(0, entry.name.size() - 1);
  return key.size() > front.size() && key.starts_with(front);
}

const Entry* find(std::string_view key) {
  constexpr std::string_view kPrefix = "zookeeper.";
  if (key.starts_with(kPrefix)) key.remove_prefix(kPrefix.size());
  const auto* const found =
      std::ranges::find_if(kEntries, [&](const Entry& entry) { return matches(entry, key); });
  return found == kEntries.end() ? nullptr : found;
}

}  // namespace

ChangeClass change_class_of(std::string_view key) {
  const Entry* const entry = find(key);
  return entry == nullptr ? ChangeClass::Restart : entry->change_class;
}

std::string_view instead_of(std::string_view key) {
  const Entry* const entry = find(key);
  return entry == nullptr ? std::string_view() : entry->instead;
}

std::vector<std::string_view> owned_keys() {
  std::vector<std::string_view> keys;
  for (const Entry& entry : kEntries) {
    if (!entry.instead.empty()) keys.push_back(entry.name);
  }
  return keys;
}

std::string hash_of(const Properties& properties, ChangeClass change_class) {
  Fingerprint fingerprint;
  for (const auto& [key, value] : properties) {
    if (change_class_of(key) == change_class) fingerprint.add(key).add(value);
  }
  return fingerprint.text();
}

Fingerprint& Fingerprint::add(std::string_view part) {
  bytes_.append(fmt::format("{}:", part.size())).append(part);
  return *this;
}

std::string Fingerprint::text() const {
  return fmt::format("{:016x}", hash64(bytes_));
}

}  // namespace paddock::model
