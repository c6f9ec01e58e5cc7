// SPDX-License-Identifier: Apache-2.0
//
// What a server serves: its version, the versions of its groups and the kinds in them. Pure: an
// operator asks for the documents it needs and decides by what they say.
// Source: meta/v1 APIGroupList, APIResourceList; version.Info.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "kube/resource.h"

namespace paddock::kube {

struct ServerVersion {
  int major = 0;
  int minor = 0;
  std::string text{};  // "v1.34.2"

  friend bool operator==(const ServerVersion&, const ServerVersion&) = default;
};

/// Of the document "/version". *Errors*: it is none.
[[nodiscard]] Result<ServerVersion> parse_server_version(const json::value& document);

class Discovery {
 public:
  /// The document "/apis". *Errors*: it is none.
  [[nodiscard]] Result<> add_groups(const json::value& document);
  /// The document of one version of a group: "/apis/apps/v1", "/api/v1". *Errors*: it is none.
  [[nodiscard]] Result<> add_resources(const json::value& document);

  /// Whether there is a version of a group: "policy/v1".
  [[nodiscard]] bool has(std::string_view api_version) const;
  /// The first of these that there is.
  [[nodiscard]] std::optional<std::string> first_of(
      std::initializer_list<std::string_view> api_versions) const;
  /// A kind of a version whose resources have been added.
  [[nodiscard]] std::optional<Resource> find(std::string_view api_version,
                                             std::string_view kind) const;
  [[nodiscard]] bool has_subresource(const Resource& resource, std::string_view subresource) const;

 private:
  std::set<std::string, std::less<>> versions_{"v1"};
  std::map<std::pair<std::string, std::string>, Resource> kinds_;  // by version and kind
  std::set<std::string> subresources_;                             // "apps/v1 deployments/scale"
};

}  // namespace paddock::kube
