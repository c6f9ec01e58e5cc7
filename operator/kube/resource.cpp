// SPDX-License-Identifier: Apache-2.0
#include "kube/resource.h"

namespace paddock::kube {

namespace {

bool is_unreserved(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_' ||
         letter == '~';
}

}  // namespace

std::string api_version(const Resource& resource) {
  return resource.group.empty() ? resource.version : resource.group + "/" + resource.version;
}

std::string version_path(std::string_view api_version) {
  const bool is_core = api_version.find('/') == std::string_view::npos;
  return (is_core ? "/api/" : "/apis/") + std::string(api_version);
}

std::string collection_path(const Resource& resource, std::string_view ns) {
  std::string path = version_path(api_version(resource));
  if (resource.is_namespaced && !ns.empty()) path.append("/namespaces/").append(escaped(ns));
  return path.append("/").append(resource.plural);
}

std::string object_path(const Resource& resource,
                        const ObjectKey& key,
                        std::string_view subresource) {
  std::string path = collection_path(resource, key.ns);
  path.append("/").append(escaped(key.name));
  if (!subresource.empty()) path.append("/").append(subresource);
  return path;
}

std::string escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  // A segment of dots only would be taken for a step up.
  const bool is_step = text == "." || text == "..";
  std::string out;
  for (const char letter : text) {
    if (is_unreserved(letter) && !is_step) {
      out.push_back(letter);
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    out.append({'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]});
  }
  return out;
}

Query& Query::add(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  text_.append(text_.empty() ? "?" : "&").append(name).append("=").append(escaped(value));
  return *this;
}

}  // namespace paddock::kube
