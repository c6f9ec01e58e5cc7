// SPDX-License-Identifier: Apache-2.0
//
// The files of the web console, which are compiled in. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace paddock::console {

struct Asset {
  std::string_view name;  // "app.js"
  std::string_view bytes;
};

/// All; made at build time of the files beside this one.
[[nodiscard]] std::span<const Asset> assets();

/// By what stands behind /console/ ("" is the page itself); null: there is none.
[[nodiscard]] const Asset* find_asset(std::string_view name);

[[nodiscard]] std::string content_type_of(const Asset& asset);

/// Changes with the bytes: as the header ETag has it.
[[nodiscard]] std::string tag_of(const Asset& asset);

}  // namespace paddock::console
