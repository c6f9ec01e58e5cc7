// SPDX-License-Identifier: Apache-2.0
//
// Kubernetes objects as JSON values: what every kind has (names, uid, versions, labels, owners),
// and members by their path. Pure. What is not there, or of another type, reads as empty.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/bytes.h"
#include "base/error.h"

namespace paddock::kube {

namespace json = boost::json;

/// An object among those of its kind. `ns` is empty for kinds that live in no namespace.
struct ObjectKey {
  std::string ns{};
  std::string name{};

  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;
};

/// "namespace/name", or "name".
[[nodiscard]] std::string to_text(const ObjectKey& key);

using Path = std::initializer_list<std::string_view>;

/// Null if there is no such member.
[[nodiscard]] const json::value* find(const json::value& in, Path path);
[[nodiscard]] std::string_view text_at(const json::value& in, Path path);
[[nodiscard]] std::optional<std::int64_t> number_at(const json::value& in, Path path);

[[nodiscard]] ObjectKey key_of(const json::value& object);
[[nodiscard]] std::string_view uid_of(const json::value& object);
[[nodiscard]] std::string_view resource_version_of(const json::value& object);
[[nodiscard]] std::string_view label_of(const json::value& object, std::string_view label);
/// Somebody has asked for its end.
[[nodiscard]] bool is_being_deleted(const json::value& object);
/// The uid of the owner that controls it; empty without one.
[[nodiscard]] std::string_view controller_uid_of(const json::value& object);

/// JSON as API servers write it, schemas of resources included. *Errors*: what is wrong with it.
[[nodiscard]] Result<json::value> parse_json(View text);

}  // namespace paddock::kube
