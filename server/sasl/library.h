// SPDX-License-Identifier: Apache-2.0
//
// Cyrus SASL, which a process has once: it is told to load the plugins of the two mechanisms and no
// other, to read no configuration of its own, to ask us for passwords, and to be quiet.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <sasl/sasl.h>

#include "base/error.h"
#include "cyrus/plugins.h"

namespace paddock::sasl {

/// Held by all who use it; the last one to let go of it ends it.
class Library {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const Library>> open();

  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library();
};

/// What a connection's callbacks, and the plugin that gives out passwords, are about. Its address
/// is in callbacks_of().
class Callbacks {
 public:
  Callbacks() = default;
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;
  virtual ~Callbacks() = default;

  /// The password of a user; null if there is no such user.
  [[nodiscard]] virtual const std::string* password_of(std::string_view user) const = 0;
  /// Whether one who has proved to be `authenticated` may be `wanted`.
  [[nodiscard]] virtual bool may_be(std::string_view wanted,
                                    std::string_view authenticated) const = 0;
};

/// The callbacks of a connection as Cyrus takes them; both must live as long as the connection.
using CallbackTable = std::array<sasl_callback_t, 4>;
[[nodiscard]] CallbackTable callbacks_of(Callbacks& callbacks);

}  // namespace paddock::sasl
