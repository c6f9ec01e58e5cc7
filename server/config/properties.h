// SPDX-License-Identifier: Apache-2.0
//
// The parser of Java's `.properties` format, which zoo.cfg is written in. A pure and total
// function: any bytes give entries and errors, never anything else. Source:
// java.util.Properties.load; unlike it, values lose their trailing spaces (ZooKeeper trims them)
// and text is UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace paddock::config {

struct Property {
  std::string key;
  std::string value;
  /// The line, counted from 1, on which the entry starts.
  int line = 0;

  friend bool operator==(const Property&, const Property&) = default;
};

struct PropertyError {
  int line = 0;
  std::string message;

  friend bool operator==(const PropertyError&, const PropertyError&) = default;
};

/// The entries in the order of the text; a key that occurs twice is there twice.
struct Properties {
  std::vector<Property> entries;
  std::vector<PropertyError> errors;
};

[[nodiscard]] Properties parse_properties(std::string_view text);

}  // namespace paddock::config
