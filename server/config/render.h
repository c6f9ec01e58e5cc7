// SPDX-License-Identifier: Apache-2.0
//
// The configuration as text for people: what --check-config prints, and the reference of all keys.
// Secrets never appear. Pure functions.
#pragma once

#include <string>

#include "config/load.h"

namespace paddock::config {

/// The effective settings, one `key=value` a line with their origin, then notes, warnings and
/// errors. Ends with a line that says whether the configuration can be used.
[[nodiscard]] std::string render(const Loaded& loaded);

/// The Markdown tables of docs/configuration.md, one for each section.
[[nodiscard]] std::string render_reference();

}  // namespace paddock::config
