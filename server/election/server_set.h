// SPDX-License-Identifier: Apache-2.0
//
// A set of servers by id (0 to 255): a value of 32 bytes, counted and compared without a loop over
// nodes.
#pragma once

#include <bitset>
#include <cstddef>
#include <initializer_list>

#include "base/assert.h"
#include "base/ids.h"

namespace paddock::election {

class ServerSet {
 public:
  ServerSet() = default;
  ServerSet(std::initializer_list<ServerId> ids) {
    for (const ServerId id : ids) insert(id);
  }

  void insert(ServerId id) { bits_.set(place(id)); }
  void erase(ServerId id) { bits_.reset(place(id)); }
  [[nodiscard]] bool contains(ServerId id) const { return bits_.test(place(id)); }
  [[nodiscard]] std::size_t size() const { return bits_.count(); }
  [[nodiscard]] bool empty() const { return bits_.none(); }

  /// Every id of `other` is in here.
  [[nodiscard]] bool includes(const ServerSet& other) const {
    return (other.bits_ & ~bits_).none();
  }

  template <class Each>
  void for_each(Each each) const {
    for (std::size_t i = bits_._Find_first(); i < bits_.size(); i = bits_._Find_next(i)) {
      each(ServerId{static_cast<std::int32_t>(i)});
    }
  }

  friend ServerSet operator&(const ServerSet& a, const ServerSet& b) {
    ServerSet both;
    both.bits_ = a.bits_ & b.bits_;
    return both;
  }
  friend ServerSet operator|(const ServerSet& a, const ServerSet& b) {
    ServerSet either;
    either.bits_ = a.bits_ | b.bits_;
    return either;
  }
  friend bool operator==(const ServerSet&, const ServerSet&) = default;

 private:
  static constexpr std::size_t kServersMax = 256;

  [[nodiscard]] static std::size_t place(ServerId id) {
    PADDOCK_ASSERT(raw(id) >= 0 && static_cast<std::size_t>(raw(id)) < kServersMax);
    return static_cast<std::size_t>(raw(id));
  }

  std::bitset<kServersMax> bits_;
};

}  // namespace paddock::election
