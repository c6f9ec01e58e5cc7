// SPDX-License-Identifier: Apache-2.0
#include "bench/operation.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace paddock::bench {

namespace {

constexpr std::uint64_t kShareMax = 1'000'000;

std::optional<Operation> operation_named(std::string_view text) {
  for (const Operation operation : kOperations) {
    if (name(operation) == text) return operation;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_share(std::string_view text) {
  std::uint64_t share = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, share);
  if (error != std::errc{} || stop != end || share > kShareMax) return std::nullopt;
  return share;
}

std::string list_of_names() {
  std::string text;
  for (const Operation operation : kOperations) {
    if (!text.empty()) text += ", ";
    text += name(operation);
  }
  return text;
}

}  // namespace

std::string_view name(Operation operation) {
  switch (operation) {
    case Operation::Get:
      return "get";
    case Operation::Exists:
      return "exists";
    case Operation::Set:
      return "set";
    case Operation::Create:
      return "create";
    case Operation::Delete:
      return "delete";
    case Operation::Children:
      return "children";
    case Operation::Multi:
      return "multi";
    case Operation::Sync:
      return "sync";
  }
  return "unknown";
}

Result<Mix> Mix::parse(std::string_view text) {
  Mix mix;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const std::size_t equals = item.find('=');
    const auto operation = operation_named(item.substr(0, equals));
    if (!operation) {
      return fail("unknown operation '" + std::string(item) + "'; known are " + list_of_names());
    }
    const auto share = equals == std::string_view::npos ? std::optional<std::uint64_t>{1}
                                                        : parse_share(item.substr(equals + 1));
    if (!share) return fail("'" + std::string(item) + "': a share is a number up to 1000000");
    mix.shares_[index(*operation)] += *share;
    mix.total_ += *share;
    if (*share > 0) mix.first_ = *operation;
  }
  if (mix.total_ == 0) return fail("the mix names no operation; try get=90,set=10");
  mix.only_one_ = mix.shares_[index(mix.first_)] == mix.total_;
  return mix;
}

}  // namespace paddock::bench
