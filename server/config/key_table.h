// SPDX-License-Identifier: Apache-2.0
//
// The table of all keys, in the order in which the reference shows them, and look-up by any of the
// names that users write. Constant data; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/key.h"

namespace paddock::config {

struct KeySection {
  std::string_view title;
  std::span<const Key> keys;
};

/// Every key, by section.
[[nodiscard]] std::span<const KeySection> key_sections();

// The sections' tables, one file each.
[[nodiscard]] std::span<const Key> general_keys();
[[nodiscard]] std::span<const Key> storage_keys();
[[nodiscard]] std::span<const Key> ensemble_keys();
[[nodiscard]] std::span<const Key> limit_keys();
[[nodiscard]] std::span<const Key> security_keys();
[[nodiscard]] std::span<const Key> tls_keys();
[[nodiscard]] std::span<const Key> admin_keys();
[[nodiscard]] std::span<const Key> audit_keys();
[[nodiscard]] std::span<const Key> own_keys();

/// Names that documentation prints, or that older releases used, for a key of another name.
struct KeyAlias {
  std::string_view alias;
  std::string_view name;
};
[[nodiscard]] std::span<const KeyAlias> key_aliases();

/// A key as somebody wrote it: with or without "zookeeper." in front, or by an alias.
struct FoundKey {
  /// Null when nobody knows the key.
  const Key* key = nullptr;
  /// What stands for N in a key that takes a suffix.
  std::string suffix;
  /// The table's spelling ("server.3", "clientPort"); for unknown keys what was written, without
  /// "zookeeper.".
  std::string name;
};
[[nodiscard]] FoundKey find_key(std::string_view written);

/// The known name nearest to `name`, if it is close enough to be what was meant; empty otherwise.
[[nodiscard]] std::string_view similar_key(std::string_view name);

/// True for names whose value must not be shown: those of secret keys, and unknown ones that look
/// so.
[[nodiscard]] bool is_secret_name(std::string_view name);

}  // namespace paddock::config
