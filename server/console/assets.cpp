// SPDX-License-Identifier: Apache-2.0
#include "console/assets.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"

namespace paddock::console {

const Asset* find_asset(std::string_view name) {
  const std::string_view wanted = name.empty() ? "index.html" : name;
  const auto found = std::ranges::find(assets(), wanted, &Asset::name);
  return found == assets().end() ? nullptr : &*found;
}

std::string content_type_of(const Asset& asset) {
  if (asset.name.ends_with(".html")) return "text/html; charset=utf-8";
  if (asset.name.ends_with(".css")) return "text/css; charset=utf-8";
  if (asset.name.ends_with(".svg")) return "image/svg+xml";
  return "text/javascript; charset=utf-8";
}

std::string tag_of(const Asset& asset) {
  return fmt::format("\"{:016x}\"", hash64(asset.bytes));
}

}  // namespace paddock::console
