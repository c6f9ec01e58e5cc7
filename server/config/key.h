// SPDX-License-Identifier: Apache-2.0
//
// One row of the key table: what a key is called, how compatible we are with it, which text it
// takes and which field it fills. The tables (keys_*.cpp) are the only place that lists keys;
// parsing, warnings, --check-config and docs/configuration.md are made from them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "config/server_config.h"

namespace paddock::config {

/// How much a ZooKeeper user depends on the key.
enum class KeyClass : std::uint8_t {
  Essential,   // E: a drop-in replacement must honour it
  Compatible,  // C: should be honoured
  Mapped,      // M: has the same effect by other means, or in another unit
  Accepted,    // A: belongs to the JVM, Netty or Jetty; has no effect
  Unsafe,      // U: for tests
  Own,         // P: Paddock's own
};

/// What this server does with the key.
enum class Support : std::uint8_t {
  Honoured,
  InEnsemble,  // means something only in an ensemble; checked and kept otherwise
  NotYet,      // checked, kept, and warned about
  NoEffect,    // any text is accepted, with a warning
  Refused,     // an error that says what to do instead
};

/// What is being put together: settings that several keys make up wait here until all are read.
struct Draft {
  ServerConfig config;
  std::optional<std::uint16_t> client_port;
  std::optional<std::uint16_t> secure_client_port;
  std::string client_address;
  std::string secure_client_address;
  std::string metrics_address;
  /// -1: no listener.
  std::int64_t metrics_port = 7000;
  std::int64_t metrics_https_port = -1;
};

/// How text becomes fields and back.
struct Field {
  /// "true or false": completes the sentence "expected ...". Never null.
  std::string (*allowed)() = nullptr;
  /// `suffix` is what stands for N in `server.N`. Errors: the reason, or an empty message when
  /// "expected <allowed>" says it all.
  Result<> (*parse)(std::string_view suffix, std::string_view value, Draft& draft) = nullptr;
  /// The effective value; empty when not set. Null for keys without a field.
  std::string (*show)(const ServerConfig& config) = nullptr;
  bool secret = false;
};

struct Key {
  /// Ends in ".N" where any suffix is taken.
  std::string_view name;
  KeyClass key_class;
  Support support;
  Field field;
  /// For the reference; when empty it is what `field.show` makes of a default ServerConfig.
  std::string_view default_text;
  std::string_view meaning;

  [[nodiscard]] constexpr bool takes_suffix() const { return name.ends_with(".N"); }
};

}  // namespace paddock::config
