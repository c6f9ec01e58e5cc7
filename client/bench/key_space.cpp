// SPDX-License-Identifier: Apache-2.0
#include "bench/key_space.h"

#include <fmt/format.h>

#include "base/prng.h"

namespace paddock::bench {

namespace {

constexpr std::string_view kPlaceholder = "{}";

std::size_t digits_of(std::uint64_t number) {
  return fmt::format("{}", number).size();
}

}  // namespace

Result<KeySpace> KeySpace::make(std::string_view pattern, std::uint64_t count) {
  const std::size_t at = std::min(pattern.find(kPlaceholder), pattern.size());
  const std::string_view head = pattern.substr(0, at);
  const std::string_view tail =
      at < pattern.size() ? pattern.substr(at + kPlaceholder.size()) : std::string_view{};
  if (!head.starts_with('/') || tail.find('/') != std::string_view::npos) {
    return fail(
        "'" + std::string(pattern) +
        "' is no key pattern; write an absolute path with {} in its last part, as /bench/key-{}");
  }
  if (count == 0) return fail("a load needs at least one key");

  const std::size_t digits = digits_of(count - 1);
  KeySpace keys;
  keys.count_ = count;
  keys.path_bytes_ = head.size() + digits + tail.size();
  keys.paths_.reserve(keys.path_bytes_ * count);
  for (std::uint64_t key = 0; key < count; ++key) {
    keys.paths_ += fmt::format("{}{:0{}}{}", head, key, digits, tail);
  }
  const std::size_t slash = head.rfind('/');
  keys.parent_ = slash == 0 ? "/" : head.substr(0, slash);
  return keys;
}

std::vector<std::string> KeySpace::ancestors() const {
  return parent_ == "/" ? std::vector<std::string>{} : path_and_ancestors(parent_);
}

std::vector<std::string> path_and_ancestors(std::string_view path) {
  std::vector<std::string> paths;
  for (std::size_t slash = path.find('/', 1); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    paths.emplace_back(path.substr(0, slash));
  }
  paths.emplace_back(path);
  return paths;
}

std::string make_value(std::size_t size, std::uint64_t seed) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  Prng prng(seed);
  std::string value(size, '\0');
  for (char& byte : value) byte = kAlphabet[prng.below(kAlphabet.size())];
  return value;
}

}  // namespace paddock::bench
