// SPDX-License-Identifier: Apache-2.0
//
// The addresses that "10.0.0.0/8", "::1" and the like stand for. A value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace paddock {

class IpRange {
 public:
  /// An address, with the number of its leading bits that count behind a slash.
  [[nodiscard]] static std::optional<IpRange> parse(std::string_view text);

  /// Whether it holds an address of the same family; false for what is no address.
  [[nodiscard]] bool contains(std::string_view address) const;

 private:
  static constexpr std::size_t kBytesMax = 16;
  struct Address {
    std::array<std::uint8_t, kBytesMax> bytes{};
    std::size_t size = 0;  // 4 or 16
  };
  [[nodiscard]] static std::optional<Address> address_of(std::string_view text);

  Address address_;
  std::size_t bits_ = 0;
};

}  // namespace paddock
