// SPDX-License-Identifier: Apache-2.0
#include "base/ip_range.h"

#include <charconv>
#include <string>

#include <arpa/inet.h>

namespace paddock {

std::optional<IpRange::Address> IpRange::address_of(std::string_view text) {
  const std::string terminated(text);
  const bool is_ipv6 = text.find(':') != std::string_view::npos;
  Address address{.size = is_ipv6 ? std::size_t{16} : std::size_t{4}};
  const int family = is_ipv6 ? AF_INET6 : AF_INET;
  if (::inet_pton(family, terminated.c_str(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

std::optional<IpRange> IpRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = address_of(text.substr(0, slash));
  if (!address) return std::nullopt;
  IpRange range;
  range.address_ = *address;
  range.bits_ = address->size * 8;
  if (slash == std::string_view::npos) return range;
  const std::string_view bits = text.substr(slash + 1);
  const auto [at, error] = std::from_chars(bits.data(), bits.data() + bits.size(), range.bits_);
  const bool is_number = error == std::errc{} && at == bits.data() + bits.size();
  if (!is_number || range.bits_ > address->size * 8) return std::nullopt;
  return range;
}

bool IpRange::contains(std::string_view address) const {
  const auto other = address_of(address);
  if (!other || other->size != address_.size) return false;
  for (std::size_t bit = 0; bit < bits_; bit += 8) {
    const std::size_t rest = bits_ - bit;
    const unsigned mask = rest >= 8 ? 0xffU : 0xffU << (8 - rest);
    const unsigned differing = unsigned{address_.bytes.at(bit / 8)} ^ other->bytes.at(bit / 8);
    if ((differing & mask & 0xffU) != 0) return false;
  }
  return true;
}

}  // namespace paddock
