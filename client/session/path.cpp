// SPDX-License-Identifier: Apache-2.0
#include "client_session/path.h"

namespace paddock::client {

namespace {

bool is_forbidden(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte < 0x20U || byte == 0x7fU;
}

std::optional<std::string_view> component_error(View component) {
  if (component.empty()) return "it has an empty component ('//')";
  if (component == "." || component == "..") return "'.' and '..' are not allowed as components";
  for (const char character : component) {
    if (is_forbidden(character)) return "it contains a control character";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> path_error(View path) {
  if (path.empty()) return "it is empty";
  if (path.front() != '/') return "it must start with '/'";
  if (path.size() == 1) return std::nullopt;
  if (path.back() == '/') return "it must not end with '/'";
  View rest = path.substr(1);
  while (true) {
    const std::size_t slash = rest.find('/');
    if (const auto error = component_error(rest.substr(0, slash))) return error;
    if (slash == View::npos) return std::nullopt;
    rest.remove_prefix(slash + 1);
  }
}

std::optional<std::string_view> sequential_path_error(View path) {
  if (!path.ends_with('/')) return path_error(path);
  return path_error(std::string(path) + "1");
}

View parent_path(View path) {
  const std::size_t slash = path.rfind('/');
  if (slash == View::npos || path.size() == 1) return kEmpty;
  return path.substr(0, slash == 0 ? 1 : slash);
}

std::string Chroot::to_server(View client_path) const {
  if (root_.empty()) return std::string(client_path);
  if (client_path == "/") return root_;
  std::string path;
  path.reserve(root_.size() + client_path.size());
  return path.append(root_).append(client_path);
}

bool Chroot::contains(View server_path) const {
  if (!server_path.starts_with(root_)) return false;
  return server_path.size() == root_.size() || root_.empty() || server_path[root_.size()] == '/';
}

View Chroot::to_client(View server_path) const {
  if (root_.empty() || !contains(server_path)) return server_path;
  return server_path.size() == root_.size() ? View("/") : server_path.substr(root_.size());
}

}  // namespace paddock::client
