// SPDX-License-Identifier: Apache-2.0
#include "client_text/ensemble_text.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client_text/trimmed.h"

namespace paddock::client {

namespace {

struct Line {
  View key;
  View value;
};

std::vector<Line> parse_lines(View text) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const View line = trimmed(text.substr(0, end));
    text = end == View::npos ? View{} : text.substr(end + 1);
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == View::npos) continue;
    lines.push_back({trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1))});
  }
  return lines;
}

}  // namespace

std::string client_addresses(View config) {
  View version;
  std::vector<std::string> addresses;
  for (const auto& [key, value] : parse_lines(config)) {
    if (key == "version") version = value;
    if (!key.starts_with("server.")) continue;
    const std::size_t semicolon = value.find(';');
    if (semicolon == View::npos) continue;
    const View address = value.substr(semicolon + 1);
    const bool is_port = address.find(':') == View::npos;
    addresses.push_back(fmt::format("{}{}", is_port ? "0.0.0.0:" : "", address));
  }
  return fmt::format("{} {}", version, fmt::join(addresses, ","));
}

Result<std::string> members_of(View config_file) {
  std::vector<std::string> members;
  for (const auto& [key, value] : parse_lines(config_file)) {
    if (key.starts_with("server.")) members.push_back(fmt::format("{}={}", key, value));
  }
  if (members.empty()) return fail("there is no line server.N=host:port:port;port in it");
  return fmt::format("{}", fmt::join(members, ","));
}

}  // namespace paddock::client
