// SPDX-License-Identifier: Apache-2.0
//
// How the lines of paddock.limit.<name> become a ClientLimit: for the key table and validate().
#pragma once

#include <string>
#include <string_view>

#include "config/key.h"

namespace paddock::config {

struct Loading;

[[nodiscard]] std::string allowed_client_limit();
[[nodiscard]] Result<> parse_client_limit(std::string_view suffix,
                                          std::string_view value,
                                          Draft& draft);
/// The names.
[[nodiscard]] std::string show_client_limits(const ServerConfig& config);
/// Whether each says whom it is about.
void check_client_limits(Loading& loading);

}  // namespace paddock::config
