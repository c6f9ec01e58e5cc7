// SPDX-License-Identifier: Apache-2.0
#include "kube/discovery.h"

#include <charconv>

namespace paddock::kube {

namespace {

/// Vendors write "20+".
std::optional<int> leading_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && number >= 0 ? std::optional(number) : std::nullopt;
}

const json::array* array_at(const json::value& in, std::string_view name) {
  const json::value* const value = kube::find(in, {name});
  return value == nullptr ? nullptr : value->if_array();
}

Resource resource_of(std::string_view group_version, const json::value& entry) {
  const std::size_t slash = group_version.find('/');
  const bool is_core = slash == std::string_view::npos;
  const json::value* const namespaced = kube::find(entry, {"namespaced"});
  return {.group = std::string(is_core ? "" : group_version.substr(0, slash)),
          .version = std::string(is_core ? group_version : group_version.substr(slash + 1)),
          .plural = std::string(text_at(entry, {"name"})),
          .kind = std::string(text_at(entry, {"kind"})),
          .is_namespaced = namespaced != nullptr && *namespaced == true};
}

}  // namespace

Result<ServerVersion> parse_server_version(const json::value& document) {
  const auto major = leading_number(text_at(document, {"major"}));
  const auto minor = leading_number(text_at(document, {"minor"}));
  if (!major || !minor) return fail("the server does not say which version it is");
  return ServerVersion{*major, *minor, std::string(text_at(document, {"gitVersion"}))};
}

Result<> Discovery::add_groups(const json::value& document) {
  const json::array* const groups = array_at(document, "groups");
  if (groups == nullptr) return fail("no list of API groups");
  for (const json::value& group : *groups) {
    const json::array* const versions = array_at(group, "versions");
    if (versions == nullptr) continue;
    for (const json::value& version : *versions) {
      versions_.emplace(text_at(version, {"groupVersion"}));
    }
  }
  return {};
}

Result<> Discovery::add_resources(const json::value& document) {
  const std::string group_version(text_at(document, {"groupVersion"}));
  const json::array* const resources = array_at(document, "resources");
  if (group_version.empty() || resources == nullptr) return fail("no list of API resources");
  versions_.insert(group_version);
  for (const json::value& entry : *resources) {
    Resource resource = resource_of(group_version, entry);
    if (resource.plural.find('/') != std::string::npos) {
      subresources_.insert(group_version + " " + resource.plural);
      continue;
    }
    std::pair key(group_version, resource.kind);
    kinds_.insert_or_assign(std::move(key), std::move(resource));
  }
  return {};
}

bool Discovery::has(std::string_view api_version) const {
  return versions_.contains(api_version);
}

std::optional<std::string> Discovery::first_of(
    std::initializer_list<std::string_view> api_versions) const {
  for (const std::string_view version : api_versions) {
    if (has(version)) return std::string(version);
  }
  return std::nullopt;
}

std::optional<Resource> Discovery::find(std::string_view api_version, std::string_view kind) const {
  const auto found = kinds_.find({std::string(api_version), std::string(kind)});
  return found == kinds_.end() ? std::nullopt : std::optional(found->second);
}

bool Discovery::has_subresource(const Resource& resource, std::string_view subresource) const {
  return subresources_.contains(api_version(resource) + " " + resource.plural + "/" +
                                std::string(subresource));
}

}  // namespace paddock::kube
