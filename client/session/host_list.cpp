// SPDX-License-Identifier: Apache-2.0
#include "client_session/host_list.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/assert.h"
#include "client_session/path.h"

namespace paddock::client {

namespace {

Result<std::uint16_t> parse_port(View text, View host) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0 || value > 65535) {
    return fail(fmt::format("'{}' has the port '{}': give a number from 1 to 65535", host, text));
  }
  return static_cast<std::uint16_t>(value);
}

/// The place of the colon before the port, or npos: an IPv6 address without brackets has no port.
std::size_t find_port_colon(View text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    return close == View::npos ? View::npos : text.find(':', close);
  }
  const std::size_t colon = text.find(':');
  return colon == text.rfind(':') ? colon : View::npos;
}

/// What no name and no address has, but a mistyped one may.
bool is_stray(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '[' || c == ']';
}

Result<Host> parse_host(View text) {
  const std::size_t colon = find_port_colon(text);
  View name = text.substr(0, colon);
  if (name.starts_with('[')) {
    if (!name.ends_with(']')) {
      return fail(fmt::format("'{}' lacks a ']': write IPv6 servers as [::1]:2181", text));
    }
    name = name.substr(1, name.size() - 2);
  }
  if (name.empty()) {
    return fail(fmt::format("'{}' names no server: expected host:port", text));
  }
  if (std::ranges::any_of(name, is_stray)) {
    return fail(fmt::format("'{}' is not a server's name or address", name));
  }
  Host host{std::string(name)};
  if (colon == View::npos || colon + 1 == text.size()) return host;
  const auto port = parse_port(text.substr(colon + 1), text);
  if (!port) return std::unexpected(port.error());
  host.port = *port;
  return host;
}

View trim(View text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string to_string(const Host& host) {
  const bool is_ipv6 = host.name.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host.name, host.port)
                 : fmt::format("{}:{}", host.name, host.port);
}

Result<ConnectString> parse_connect_string(View text) {
  ConnectString parsed;
  const std::size_t slash = text.find('/');
  if (slash != View::npos && slash + 1 < text.size()) {
    parsed.chroot = std::string(text.substr(slash));
    if (const auto reason = path_error(parsed.chroot)) {
      return fail(fmt::format("the chroot '{}' is not a path: {}", parsed.chroot, *reason));
    }
  }
  View rest = text.substr(0, slash);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const View part = trim(rest.substr(0, comma));
    rest = comma == View::npos ? View{} : rest.substr(comma + 1);
    if (part.empty()) continue;
    auto host = parse_host(part);
    if (!host) return std::unexpected(std::move(host).error());
    parsed.hosts.push_back(std::move(*host));
  }
  if (parsed.hosts.empty()) {
    return fail(
        fmt::format("'{}' names no server: expected host:port[,host:port…][/chroot]", text));
  }
  return parsed;
}

HostList::HostList(std::vector<Host> hosts, Prng& prng) : hosts_(std::move(hosts)) {
  PADDOCK_ASSERT(!hosts_.empty());
  for (std::size_t left = hosts_.size(); left > 1; --left) {
    std::swap(hosts_[left - 1], hosts_[prng.below(left)]);
  }
  at_ = hosts_.size() - 1;
}

const Host& HostList::next() {
  at_ = (at_ + 1) % hosts_.size();
  ++tried_;
  return hosts_[at_];
}

std::uint32_t HostList::failed_rounds() const {
  return static_cast<std::uint32_t>(tried_ / hosts_.size());
}

void HostList::prefer(const Host& host) {
  const auto found = std::ranges::find(hosts_, host);
  if (found == hosts_.end()) return;
  const auto index = static_cast<std::size_t>(found - hosts_.begin());
  at_ = (index + hosts_.size() - 1) % hosts_.size();
}

}  // namespace paddock::client
