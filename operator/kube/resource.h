// SPDX-License-Identifier: Apache-2.0
//
// A kind of object as the API serves it, and the paths under which it does. Pure.
// Source: Kubernetes "API concepts", resource URIs.
#pragma once

#include <string>
#include <string_view>

#include "kube/object.h"

namespace paddock::kube {

struct Resource {
  std::string group{};  // empty: the core group
  std::string version{};
  std::string plural{};
  std::string kind{};
  bool is_namespaced = true;

  friend bool operator==(const Resource&, const Resource&) = default;
};

/// "apps/v1", or "v1".
[[nodiscard]] std::string api_version(const Resource& resource);

/// Where the API serves a version of a group: "/apis/apps/v1", "/api/v1".
[[nodiscard]] std::string version_path(std::string_view api_version);

/// All objects of a namespace; of all namespaces if `ns` is empty.
[[nodiscard]] std::string collection_path(const Resource& resource, std::string_view ns);

/// One object, or a subresource of it: "status", "scale", "eviction".
[[nodiscard]] std::string object_path(const Resource& resource,
                                      const ObjectKey& key,
                                      std::string_view subresource = {});

/// Text as one segment of a path, or as a value of a query.
[[nodiscard]] std::string escaped(std::string_view text);

/// What follows the path: "?a=1&b=2". What is empty is left out.
class Query {
 public:
  Query& add(std::string_view name, std::string_view value);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace paddock::kube
